"""A chat model as a judge, off by default: it tells a figure only after it has shown that it can.

    python -m evals --judge provider:model

It is first asked of labelled pairs (evals/cases/judge.jsonl). Below a balanced accuracy of .75 its
opinion is not shown. It carries no gate in either case.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from chat.chat_model import ModelProblem, open_model
from evals.statistics import wilson
from evals.trial import Row
from ingest.errors import UserError

PAIRS = Path(__file__).parent / "cases" / "judge.jsonl"
PROMPT = Path(__file__).parent / "judge.txt"
LEAST = 0.75  # balanced accuracy; published judges reach .61 to .77
JUDGE = "judge (carries no gate)"  # the line of a report with its opinion
MOST = 200  # statements that it is asked of
SAID = re.compile(r"\b(yes|no)\b", re.IGNORECASE)

Ask = Callable[[str], str]


@dataclass(frozen=True)
class Pair:
    """A statement beside a source, and whether the source supports it."""

    source: str
    statement: str
    supported: bool


@dataclass(frozen=True)
class Judge:
    """A chat model with the balanced accuracy that it reached on the labelled pairs."""

    name: str
    ask: Ask
    reached: float

    @property
    def heard(self) -> bool:
        """Whether it was right often enough."""
        return self.reached >= LEAST

    @property
    def told(self) -> str:
        """What it reached, in one line."""
        shown = f"{self.name} reached a balanced accuracy of {self.reached:.2f} on labelled pairs"
        return shown if self.heard else f"{shown}; {LEAST} is needed: its opinion is not shown"


def examined(name: str) -> Judge:
    """The model `provider:name` after the labelled pairs; UserError if it cannot be asked."""
    try:
        model = open_model(name)
    except ModelProblem as problem:
        raise UserError(f"the judge {name!r} cannot be asked: {problem}") from problem

    def ask(prompt: str) -> str:
        try:
            return str(model.invoke(prompt).text)
        except Exception as error:  # each provider has its own errors
            raise UserError(f"the judge {name!r} cannot be asked: {error}") from error

    return examined_by(name, ask)


def examined_by(name: str, ask: Ask) -> Judge:
    """The judge who answers with `ask`."""
    pairs = labelled_pairs()
    return Judge(name, ask, balanced_accuracy(pairs, [supports(ask, pair) for pair in pairs]))


def opinion(judge: Judge, rows: Sequence[Row]) -> str:
    """What a judge says of the rows, in one line; why nothing, where there is nothing to tell."""
    asked = statements_of(rows)[:MOST] if judge.heard else []
    if not asked:
        return judge.told + ("; no statement of the suite citations to judge" * judge.heard)
    try:
        said = [supports(judge.ask, pair) for pair in asked]
    except UserError as error:
        return f"{judge.told}; {error}"
    good, unclear = sum(answer is True for answer in said), said.count(None)
    low, high = wilson(good, len(asked))
    return (
        f"{judge.told}; it calls {good}/{len(asked)} statements supported [{low:.3f}, {high:.3f}],"
        f" {unclear} replies were unclear and count as not supported"
    )


def supports(ask: Ask, pair: Pair) -> bool | None:
    """What the judge says of one pair; None where it says neither yes nor no."""
    template = Template(PROMPT.read_text(encoding="utf-8"))
    reply = ask(template.substitute(source=pair.source, statement=pair.statement))
    match = SAID.search(reply)
    return match[1].lower() == "yes" if match else None


def balanced_accuracy(pairs: Sequence[Pair], said: Sequence[bool | None]) -> float:
    """The mean of both shares of right answers; an unclear reply is a wrong one."""
    right: dict[bool, list[bool]] = {True: [], False: []}
    for pair, answer in zip(pairs, said, strict=True):
        right[pair.supported].append(answer is pair.supported)
    shares = [sum(each) / len(each) if each else 0.0 for each in right.values()]
    return sum(shares) / len(shares)


def labelled_pairs() -> list[Pair]:
    """The pairs that people labelled."""
    lines = PAIRS.read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines if line.strip()]
    return [Pair(each["source"], each["statement"], each["supported"]) for each in found]


def statements_of(rows: Sequence[Row]) -> list[Pair]:
    """Every statement of the citations suite beside the words it cites, each once."""
    told: list[dict[str, Any]] = [
        statement
        for row in rows
        if row.suite == "citations" and not row.part
        for statement in row.answer.get("statements", [])
    ]
    pairs = [
        Pair(" ".join(citation["quote"] for citation in each["citations"]), each["text"], False)
        for each in told
    ]
    return list(dict.fromkeys(pairs))
