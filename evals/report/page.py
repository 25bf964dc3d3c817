"""The HTML page of an outcome; every word that comes from elsewhere is escaped here."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from evals.gates import Gate
from evals.outcome import Outcome
from evals.report.plots import interval_bar, plots
from evals.report.stages import stages
from evals.trial import Row

FOLDER = Path(__file__).parent
STATES = {0: "passed", 1: "failed", 2: "few"}
KINDS = {"passed": "passed", "failed": "failed", "too few": "few"}


def page(outcome: Outcome) -> str:
    """The whole page; no request leaves it."""
    failing = [row for row in outcome.rows if not row.passed and not row.part]
    suites = Counter(row.suite for row in failing)
    return Template(_text("page.html")).substitute(
        library=escape(str(outcome.header["library"])),
        release=escape(str(outcome.header["release"])),
        style=_text("style.css"),
        script=_text("script.js"),
        state=STATES[outcome.exit_code],
        verdict=escape(outcome.verdict),
        lists="".join(_list(title, gates) for title, gates in outcome.lists),
        advice=f"<p>{escape(outcome.advice)}</p>" if outcome.advice else "",
        header=_pairs(outcome.header),
        gates="".join(_gate(gate) for gate in outcome.gates),
        stages=stages(outcome.rows, outcome.gates),
        plots=plots(outcome.rows),
        count=str(len(failing)),
        options="".join(_option(name, many) for name, many in suites.items()),
        rows="".join(_row(row) for row in failing) or "<p>Every row is good.</p>",
    )


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _list(title: str, gates: Iterable[Gate]) -> str:
    links = [f'<a href="#{_anchor(gate)}">{escape(gate.label)}</a>' for gate in gates]
    return f"<p><b>{escape(title.capitalize())}:</b> {'; '.join(links)}.</p>"


def _anchor(gate: Gate) -> str:
    return escape(f"gate-{gate.name}")


def _pairs(values: Mapping[str, Any]) -> str:
    return "".join(
        f"<dt>{escape(str(key))}</dt><dd>{escape(str(value))}</dd>" for key, value in values.items()
    )


def _option(name: str, many: int) -> str:
    told = escape(name.replace("_", " "))
    return f'<option value="{escape(name)}">{told} ({many})</option>'


def _gate(gate: Gate) -> str:
    """A line of the table; on a narrow page each cell says what it is."""
    aim, means = (gate.aim.text, gate.aim.means) if gate.aim else ("none", "")
    cells = [
        f'<td class="outcome {KINDS[gate.outcome]}">{gate.outcome.upper()}</td>',
        _cell("Rate", f"{gate.rate:.3f} {interval_bar(gate)}"),
        _cell("Good / all", f"{gate.k}/{gate.n}"),
        _cell("Errors", str(gate.errors)),
        _cell("Without an answer", _refused(gate)),
        _cell("95 % range", _span(gate.interval)),
        _cell("By cluster", f"{_span(gate.clustered)} <small>({gate.clusters})</small>"),
        _cell("Aim", f"<span>{escape(aim)}</span>{_shown(gate)}"),
        _cell("Others reach", escape(gate.aim.anchor if gate.aim else ""), "note"),
    ]
    name = f"{escape(gate.label)}<small>{escape(means)}</small>"
    return f'<tr id="{_anchor(gate)}"><th scope="row">{name}</th>{"".join(cells)}</tr>'


def _cell(label: str, content: str, kind: str = "") -> str:
    extra = f' class="{kind}"' if kind else ""
    return f'<td data-label="{escape(label)}"{extra}>{content}</td>'


def _refused(gate: Gate) -> str:
    left = f" <small>({gate.outside} not counted)</small>" if gate.outside else ""
    return f"{gate.refusals}{left}"


def _shown(gate: Gate) -> str:
    """The rate that is sure enough to be held against the aim, rounded down."""
    if gate.aim is None or gate.aim.kind == "all":
        return ""
    return f" <small>shown: {math.floor(1000 * gate.aim.shown(gate.k, gate.n)) / 1000:.3f}</small>"


def _span(bounds: tuple[float, float]) -> str:
    return f"<span>{bounds[0]:.3f} – {bounds[1]:.3f}</span>"


def _row(row: Row) -> str:
    told = [f"{name}: {'good' if good else 'bad'}" for name, good in row.verdicts.items()]
    verdicts = ", ".join(told).replace("_", " ")
    parts = [
        f'<p class="tag">{escape(row.id)} · {escape(verdicts)}</p>',
        f"<p>{escape(row.question)} — {escape(row.reason)}</p>" if row.held_out else "",
        f"<p>Why it is asked: {escape(row.why)}</p>" if row.why else "",
        _history(row),
        f"<h3>Expected</h3>{_quotes(row.expected)}" if row.expected else "",
        f"<h3>Answer</h3>{_answer(row)}",
        f"<h3>Passages</h3>{_passages(row)}",
    ]
    return (
        f'<details class="row" data-suite="{escape(row.suite)}"><summary><span class="tag">'
        f"{escape(row.suite.replace('_', ' '))}</span> {title(row)}</summary>"
        f"<div>{''.join(parts)}</div></details>"
    )


def title(row: Row) -> str:
    """What a closed row shows: of one that nobody may tune on neither question nor reason."""
    if row.held_out:
        return f"{escape(row.id)} <span class='reason'>— held out: leave it closed to tune</span>"
    reason = f"<span class='reason'>— {escape(row.reason or row.error)}</span>"
    return f"{escape(row.question)} {reason}"


def _history(row: Row) -> str:
    turns = [f"{turn['role']}: {turn['content']}" for turn in row.history]
    return f"<h3>Earlier turns</h3>{_quotes(turns)}" if turns else ""


def _answer(row: Row) -> str:
    statements = [statement["text"] for statement in row.answer.get("statements", [])]
    notices = [f"[{n['kind']}] {n['text']}" for n in row.answer.get("notices", [])]
    status = escape(str(row.answer.get("status", "none")))
    return f'<p class="tag">status: {status}</p>{_quotes([*notices, *statements])}'


def _passages(row: Row) -> str:
    cited: dict[str, list[str]] = {}
    for statement in row.answer.get("statements", []):
        for citation in statement.get("citations", []):
            cited.setdefault(citation["passage"], []).append(citation["quote"])
    shown = [_passage(passage, cited.get(passage["id"], [])) for passage in row.passages]
    return "".join(shown) or "<p>None were found.</p>"


def _passage(passage: Mapping[str, Any], quotes: Sequence[str]) -> str:
    """The text of a passage, with the words that the answer cites marked."""
    text = escape(str(passage["text"]))
    for quote in map(escape, quotes):
        text = text.replace(quote, f"<mark>{quote}</mark>", 1)
    label = escape(f"{passage['document']} · {passage['use']}")
    return f'<p class="tag">{label}</p><blockquote>{text}</blockquote>'


def _quotes(texts: Iterable[str]) -> str:
    return "".join(f"<blockquote>{escape(text)}</blockquote>" for text in texts)
