"""The HTML page of an outcome; every word that comes from elsewhere is escaped here."""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from statistics import median
from string import Template
from typing import Any

from evals.gates import Gate
from evals.outcome import Outcome
from evals.report.plots import interval_bar, plots
from evals.suites import SUITES
from evals.trial import Row

FOLDER = Path(__file__).parent
# What the numbers of the rows are called; all others by their own names.
NAMES = {
    "both": "all points there and all supported",
    "points": "share of the points of a good answer",
    "words": "words of an answer",
    "mrr": "mean reciprocal rank",
    "ndcg_at_10": "nDCG@10",
    "random_recall_at_5": "recall at 5 of passages drawn at random",
    "carried": "answers that carry the claim",
    "help_given": "answers that still give general help",
    "not_found": "nothing found, which is counted elsewhere",
    "grade": "school grade",
    "whole": "questions with every point there",
}
STATES = {0: "passed", 1: "failed", 2: "few"}
STAGES = ("scorer", "retriever", "answerer", "safety", "presentation")


def page(outcome: Outcome) -> str:
    """The whole page; no request leaves it."""
    failing = [row for row in outcome.rows if not row.passed and not row.part]
    suites = dict.fromkeys(row.suite for row in failing)
    return Template(_text("page.html")).substitute(
        library=escape(str(outcome.header["library"])),
        release=escape(str(outcome.header["release"])),
        style=_text("style.css"),
        script=_text("script.js"),
        state=STATES[outcome.exit_code],
        verdict=escape(outcome.verdict),
        lists="".join(_list(title, names) for title, names in outcome.lists),
        header=_pairs(outcome.header),
        gates="".join(_gate(gate) for gate in outcome.gates),
        stages="".join(_stage(stage, outcome) for stage in STAGES),
        plots=plots(outcome.rows),
        count=str(len(failing)),
        options="".join(f"<option>{escape(name)}</option>" for name in suites),
        rows="".join(_row(row) for row in failing) or "<p>Every row is good.</p>",
    )


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _list(title: str, names: Iterable[str]) -> str:
    return f"<p><b>{escape(title.capitalize())}:</b> {escape('; '.join(names))}.</p>"


def _pairs(values: Mapping[str, Any]) -> str:
    return "".join(
        f"<dt>{escape(str(key))}</dt><dd>{escape(str(value))}</dd>" for key, value in values.items()
    )


def _gate(gate: Gate) -> str:
    kind = {"passed": "passed", "failed": "failed", "too few": "few"}[gate.outcome]
    aim = gate.aim.text if gate.aim else "none"
    cells = [
        f'<td class="outcome {kind}">{gate.outcome.upper()}</td>',
        f"<td>{gate.rate:.3f}</td>",
        f"<td>{interval_bar(gate)}</td>",
        f"<td>{gate.k}/{gate.n}</td><td>{gate.errors}</td><td>{_refused(gate)}</td>",
        f"<td>{_span(gate.interval)}</td>",
        f"<td>{_span(gate.clustered)} ({gate.clusters})</td>",
        f"<td>{escape(aim)}</td>",
        f'<td class="note">{escape(gate.aim.anchor if gate.aim else "")}</td>',
    ]
    return f'<tr><th scope="row">{escape(gate.label)}</th>{"".join(cells)}</tr>'


def _refused(gate: Gate) -> str:
    return f"{gate.refusals}, {gate.outside} not in n" if gate.outside else str(gate.refusals)


def _span(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:.3f} to {bounds[1]:.3f}"


def _stage(stage: str, outcome: Outcome) -> str:
    names = [name for name, suite in SUITES.items() if suite.stage == stage]
    rows = [row for row in outcome.rows if row.suite in names]
    if not rows:
        return ""
    lines = [_suite(name, [row for row in rows if row.suite == name]) for name in names]
    return f"<h3>{stage.capitalize()}</h3><ul>{''.join(lines)}</ul>"


def _suite(name: str, rows: list[Row]) -> str:
    if not rows:
        return ""
    counted = [row for row in rows if row.verdicts and not row.part]
    bad = sum(not row.passed for row in counted)
    refusals = sum(row.refused for row in rows)
    text = f"{SUITES[name].asks} {bad} of {len(counted)} rows failed, {refusals} refusals."
    return f"<li><b>{escape(name)}</b>: {escape(text)} {escape(_values(rows))}</li>"


def _values(rows: Iterable[Row]) -> str:
    """The mean of every number that the rows carry; the median too where it is no share."""
    found: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.values.items():
            found.setdefault(name, []).append(value)
    return "; ".join(_value(name, each) for name, each in found.items())


def _value(name: str, each: list[float]) -> str:
    mean, title = sum(each) / len(each), NAMES.get(name, name.replace("_", " "))
    if all(0 <= value <= 1 for value in each):
        return f"{title}: {mean:.3f} (n = {len(each)})"
    return f"{title}: mean {mean:.1f}, median {median(each):.1f} (n = {len(each)})"


def _row(row: Row) -> str:
    verdicts = ", ".join(f"{name}: {'good' if v else 'bad'}" for name, v in row.verdicts.items())
    parts = [
        f'<p class="reason">{escape(row.reason or row.error)}</p>',
        f'<p class="tag">{escape(row.id)} · {escape(verdicts)} · why: {escape(row.why)}</p>',
        _history(row),
        f"<h3>Answer</h3>{_answer(row)}",
        f"<h3>Expected</h3>{_quotes(row.expected)}" if row.expected else "",
        "<h3>Passages</h3>" + "".join(_passage(passage) for passage in row.passages),
    ]
    return (
        f'<details class="row" data-suite="{escape(row.suite)}"><summary><span class="tag">'
        f"{escape(row.suite)}</span> {escape(row.question)} <span class='reason'>"
        f"— {escape(row.reason or row.error)}</span></summary><div>{''.join(parts)}</div></details>"
    )


def _history(row: Row) -> str:
    turns = [f"{turn['role']}: {turn['content']}" for turn in row.history]
    return f"<h3>Earlier turns</h3>{_quotes(turns)}" if turns else ""


def _answer(row: Row) -> str:
    statements = [statement["text"] for statement in row.answer.get("statements", [])]
    notices = [f"[{n['kind']}] {n['text']}" for n in row.answer.get("notices", [])]
    status = escape(str(row.answer.get("status", "none")))
    return f'<p class="tag">status: {status}</p>{_quotes([*notices, *statements])}'


def _passage(passage: Mapping[str, Any]) -> str:
    label = f"{passage['document']} · {passage['use']}"
    return f'<p class="tag">{escape(label)}</p>{_quotes([str(passage["text"])])}'


def _quotes(texts: Iterable[str]) -> str:
    return "".join(f"<blockquote>{escape(text)}</blockquote>" for text in texts)
