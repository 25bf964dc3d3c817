"""Diagnosis by stage: what failed where, the most frequent reasons, and whose fault it can be."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from statistics import median

from evals.gates import Gate
from evals.suites import SUITES
from evals.trial import Row

STAGES = {
    "scorer": "Can the checks be trusted?",
    "retriever": "Is what answers found?",
    "answerer": "Is what was found made into a right answer?",
    "safety": "Does it do no harm?",
    "presentation": "Is it shown well, and in time?",
}
# What the numbers of the rows are called; all others by their own names.
NAMES = {
    "both": "all points there and all supported",
    "points": "share of the points of a good answer",
    "words": "words of an answer",
    "mrr": "mean reciprocal rank",
    "ndcg_at_10": "nDCG@10",
    "random_recall_at_5": "recall at 5 of passages drawn at random",
    "ingest_beside_quickstart": "ingesting, times as long as LangChain's quickstart",
    "first_answer_beside_first_search": "the first answer, times as long as its first search",
    "answer_beside_search": "an answer, times as long as its search",
    "carried": "answers that carry the claim",
    "help_given": "answers that still give general help",
    "grade": "school grade",
    "whole": "questions with every point there",
}
COUNTS = ("words", "statements", "grade")  # no shares, even where all are 0 or 1
REASONS = 3  # of a suite that are listed
SPECIFIC = re.compile(r"'[^']*'|\"[^\"]*\"|(?<=: ).*|\b\S+\.(?:md|txt|pdf|html)\b.*|\d+(?:\.\d+)?")


def stages(rows: Sequence[Row], gates: Sequence[Gate]) -> str:
    """Each stage of which there are rows, with its suites."""
    return "".join(_stage(stage, rows, gates) for stage in STAGES)


def _stage(stage: str, rows: Sequence[Row], gates: Sequence[Gate]) -> str:
    names = [name for name, suite in SUITES.items() if suite.stage == stage]
    there = [(name, [row for row in rows if row.suite == name]) for name in names]
    lines = [_suite(name, own, _kind(name, gates)) for name, own in there if own]
    if not lines:
        return ""
    blame = _blame([row for _, own in there for row in own]) if stage == "answerer" else ""
    title = f"{stage.capitalize()} <small>{escape(STAGES[stage])}</small>"
    return f"<h3>{title}</h3>{blame}<dl class='suites'>{''.join(lines)}</dl>"


def _kind(name: str, gates: Sequence[Gate]) -> str:
    """How the suite's worst check came out: some rows may fail where the aim is met."""
    outcomes = {gate.outcome for gate in gates if gate.suite == name}
    return "bad" if "failed" in outcomes else "few" if "too few" in outcomes else "good"


def _suite(name: str, rows: Sequence[Row], kind: str) -> str:
    counted = [row for row in rows if row.verdicts and not row.part]
    bad = [row for row in counted if not row.passed]
    refusals = sum(row.refused for row in rows if row.verdicts or row.outside)
    told = f"{SUITES[name].asks} {len(bad)} of {len(counted)} rows failed"
    told += f", {refusals} without an answer." if refusals else "."
    lines = [told, _reasons(bad), _values(rows)]
    text = "".join(f"<dd>{escape(line)}</dd>" for line in lines if line)
    return f"<div class='{kind}'><dt>{escape(name.replace('_', ' '))}</dt>{text}</div>"


def _reasons(bad: Iterable[Row]) -> str:
    """The most frequent reasons, whatever words and figures they are about."""
    kinds = Counter(SPECIFIC.sub("…", row.reason or row.error) for row in bad)
    told = [f"{reason} ({many})" for reason, many in kinds.most_common(REASONS)]
    return f"Most often: {'; '.join(told)}" if told else ""


def _blame(rows: Iterable[Row]) -> str:
    """Of the failing rows whose answer is known: was it among the passages that were found?"""
    bad = [row for row in rows if not row.passed and not row.part and not row.error]
    known = [found for row in bad for found in [answer_found(row)] if found is not None]
    if not known:
        return ""
    there = sum(known)
    return (
        f"<p>Of the {len(known)} failing rows of which it is known what answers them, {there} had"
        f" that among the passages that were found, so that it was lost later;"
        f" {len(known) - there} had not.</p>"
    )


def answer_found(row: Row) -> bool | None:
    """Whether expected words stand in a passage of the row; None where none are expected."""
    texts = [_plain(str(passage["text"])) for passage in row.passages]
    wanted = [_plain(words) for words in row.expected]
    return any(words in text for words in wanted for text in texts) if wanted else None


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _values(rows: Iterable[Row]) -> str:
    """The mean of every number that the rows carry; the median too where it is no share."""
    found: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.values.items():
            found.setdefault(name, []).append(value)
    return "; ".join(_value(name, each) for name, each in found.items())


def _value(name: str, each: Sequence[float]) -> str:
    mean, title = sum(each) / len(each), NAMES.get(name, name.replace("_", " "))
    if len(each) == 1:
        return f"{title}: {mean:.2f}"
    if name not in COUNTS and all(0 <= value <= 1 for value in each):
        return f"{title}: {mean:.3f} (n = {len(each)})"
    return f"{title}: mean {mean:.1f}, median {median(each):.1f} (n = {len(each)})"
