"""Cases that people wrote: read, drafted from a corpus's text, and checked against it.

    python -m evals draft --name NAME     writes cases for a person to correct
    python -m evals check --name NAME     every named source and span exists

The format stands in evals/cases/README.md.
"""

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat.answer import Turn
from chat.terms import content_words
from evals.generate.facts import asked_of, sentences_of
from evals.scratch import copies
from evals.trial import Store
from ingest.errors import UserError

CASES = Path(__file__).parent / "cases"
BUNDLED = "magnesium"  # the library whose cases come with the program
DRAFTED = "drafted from the text: correct the question, the points and this line"
FEWEST, MOST = 6, 8  # content words of a sentence that is drafted from, and of its question
STATUSES = ("answered", "not_found", "personal_advice", "emergency", "crisis", "other")


@dataclass(frozen=True)
class Case:
    """One written question. more: the keys that only some suites read."""

    id: str
    question: str
    status: str = "answered"
    must: tuple[tuple[str, ...], ...] = ()
    documents: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    why: str = ""
    history: tuple[Turn, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


def load_cases(name: str, suite: str, folder: Path = CASES) -> list[Case]:
    """The cases of one suite for library `name`: SUITE.jsonl and SUITE-PART.jsonl; maybe none."""
    paths = sorted(
        {*(folder / name).glob(f"{suite}.jsonl"), *(folder / name).glob(f"{suite}-*.jsonl")}
    )
    return [case for path in paths for case in _read(path)]


def load_common(name: str, suite: str) -> list[Case]:
    """The library's own cases, else the bundled ones: for messages that no corpus changes."""
    return load_cases(name, suite) or load_cases(BUNDLED, suite)


def suites_written(name: str, folder: Path = CASES) -> list[str]:
    """For which suites there are cases of library `name`."""
    stems = {path.stem.partition("-")[0] for path in (folder / name).glob("*.jsonl")}
    return sorted(stems)


def _read(path: Path) -> list[Case]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_case(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _case(path: Path, number: int, line: str) -> Case:
    try:
        data = json.loads(line)
        history = tuple(Turn(turn["role"], turn["content"]) for turn in data.pop("history", []))
        case = Case(
            id=str(data.pop("id")),
            question=str(data.pop("question")),
            status=str(data.pop("status", "answered")),
            must=tuple(tuple(each) for each in data.pop("must", [])),
            documents=tuple(data.pop("documents", [])),
            spans=tuple(data.pop("spans", [])),
            why=str(data.pop("why", "")),
            history=history,
            more=data,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{path}:{number} is no case ({error}): see evals/cases/README.md"
        ) from error
    if case.status not in STATUSES:
        known = ", ".join(STATUSES)
        raise UserError(f"{path}:{number}: status {case.status!r} is none of {known}")
    return case


def problems_of(cases: list[Case], store: Store) -> list[str]:
    """What a person has to correct, one line each: unknown documents, missing spans, double ids."""
    texts = {document.path: document.text for document in store.documents()}
    problems, seen = [], set()
    for case in cases:
        if case.id in seen:
            problems.append(f"{case.id}: this id stands twice")
        seen.add(case.id)
        problems += [
            f"{case.id}: no document {path!r}" for path in case.documents if path not in texts
        ]
        named = [texts[path] for path in case.documents if path in texts] or list(texts.values())
        problems += [
            f"{case.id}: these words stand in none of its documents: {span!r}"
            for span in case.spans
            if not any(_plain(span) in _plain(text) for text in named)
        ]
        if not case.question.strip():
            problems.append(f"{case.id}: the question is empty")
        if not case.why.strip():
            problems.append(f"{case.id}: say why the case is there")
        if case.why == DRAFTED:
            problems.append(f"{case.id}: nobody has looked at this draft yet: say why it is there")
    return problems


def drafted(store: Store, count: int, seed: int) -> list[dict[str, Any]]:
    """Cases made from sentences of the corpus; a person corrects question and points.

    Sentences with a figure come first: they are asked for it. Others are asked for by their words.
    """
    draw = random.Random(seed)  # noqa: S311
    files = copies(store.documents())
    paths = [document.path for document in store.documents()]
    found = [
        (path, sentence, *asked_of(sentence))
        for path, file in zip(paths, files, strict=True)
        for sentence in sentences_of(file)
    ]
    draw.shuffle(found)
    found.sort(key=lambda each: not each[2])
    drafts = [_draft(*each) for each in found if each[2] or len(content_words(each[1])) >= FEWEST]
    chosen = sorted(drafts[:count], key=lambda draft: (draft["documents"], draft["spans"]))
    return [{"id": f"draft-{number:03}", **draft} for number, draft in enumerate(chosen, 1)]


def _draft(path: str, sentence: str, question: str, answer: str) -> dict[str, Any]:
    asked = " ".join(content_words(sentence)[:MOST])
    return {
        "question": question or f"What is said about {asked}?",
        "status": "answered",
        "must": [[answer or sentence.rstrip(".!")]],
        "documents": [path],
        "spans": [sentence],
        "why": DRAFTED,
    }


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)
