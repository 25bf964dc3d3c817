"""Reading and abstention on a set in SQuAD's form, asked through the chat itself.

    python -m evals squad FILE [--limit N] [--seed 0] [--json]

Every context becomes a document of a scratch library, which is gone afterwards. An answerable
question is a hit where one of its gold answers stands in the statements, word for word save for
case, punctuation and articles (Rajpurkar et al. 2016); one that cannot be answered where the status
is not_found. A question that ends in an error counts as failed.
"""

import argparse
import json
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chat.answer import Answer, Statement
from chat.pipeline import Question, chats
from chat.settings import read_settings
from evals.scratch import scratch_library
from evals.statistics import wilson
from evals.trial import File
from ingest.document import About
from ingest.embed import open_embedder
from ingest.errors import UserError

ARTICLES = frozenset(("a", "an", "the"))
SHORT = 60  # words that an answer should not exceed


@dataclass(frozen=True)
class Case:
    """One question with its gold answers; none of them where it cannot be answered."""

    question: str
    golds: tuple[str, ...]


@dataclass(frozen=True)
class Set:
    """The contexts of a file as documents, and its questions."""

    files: list[File]
    cases: list[Case]


@dataclass(frozen=True)
class Row:
    """One case with what the chat said."""

    case: Case
    answer: Answer

    @property
    def failed(self) -> bool:
        return self.answer.status == "error"

    @property
    def refused(self) -> bool:
        return self.answer.status == "not_found"

    @property
    def length(self) -> int:
        return sum(len(statement.text.split()) for statement in self.answer.statements)

    @property
    def contained(self) -> bool:
        """Whether a gold answer stands in one of the statements."""
        return any(
            contains(words_of(statement), plain_words(gold))
            for gold in self.case.golds
            for statement in self.answer.statements
        )

    @property
    def f1(self) -> float:
        """The best word F1 of any statement with any gold answer."""
        pairs = [
            word_f1(words_of(statement), plain_words(gold))
            for gold in self.case.golds
            for statement in self.answer.statements
        ]
        return max(pairs, default=0.0)

    @property
    def right(self) -> bool:
        return self.contained if self.case.golds else self.refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m evals squad`."""
    parser.add_argument("file", type=Path, help="a set in the form of SQuAD 2")
    parser.add_argument("--limit", type=int, help="ask only so many questions, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="of that draw")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Ask, print the report; exit code 0, or 2 where a question ended in an error."""
    given = read_set(arguments.file)
    cases = given.cases
    if arguments.limit is not None and arguments.limit < len(cases):
        cases = random.Random(arguments.seed).sample(cases, max(0, arguments.limit))  # noqa: S311
    rows, seconds = ask(given.files, cases)
    found = report(rows)
    found |= {"file": arguments.file.name, "documents": len(given.files)}
    found["seconds_per_question"] = round(seconds / max(1, len(rows)), 4)
    print(json.dumps(found, indent=2) if arguments.json else lines(found))
    return 2 if found["errors"] or not rows else 0


def read_set(path: Path) -> Set:
    """The contexts and questions of a file in SQuAD's form; UserError if it is none."""
    files: list[File] = []
    cases: list[Case] = []
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        for article in articles:
            for paragraph in article["paragraphs"]:
                title = paragraph.get("title") or article.get("title", "").replace("_", " ")
                about = About(title=title or None)
                files.append(File(f"{len(files) + 1:05d}.txt", paragraph["context"], about))
                cases += [_case(each) for each in paragraph["qas"]]
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{path} is not in SQuAD's form ({error!r}): it needs data, paragraphs, context, qas"
        ) from error
    return Set(files, cases)


def _case(question: Mapping[str, Any]) -> Case:
    possible = not question.get("is_impossible", False)
    golds = [answer["text"] for answer in question.get("answers", [])] if possible else []
    return Case(question["question"], tuple(dict.fromkeys(golds)))


def ask(files: Sequence[File], cases: Sequence[Case]) -> tuple[list[Row], float]:
    """What the chat says to each question over a scratch library of the files, and in what time."""
    settings = replace(read_settings(), model=None)  # what is quoted, without a chat model
    embedder = open_embedder().load()
    questions = [Question(case.question) for case in cases]
    with scratch_library(files, embedder) as library, chats(settings, embedder)(library) as chat:
        started = time.perf_counter()
        answers = [answer for _, answer in _with_progress(chat.ask_all(questions), len(cases))]
        seconds = time.perf_counter() - started
    return [Row(case, answer) for case, answer in zip(cases, answers, strict=True)], seconds


def _with_progress(
    answered: Iterable[tuple[Question, Answer]], total: int
) -> Iterable[tuple[Question, Answer]]:
    from tqdm import tqdm

    shown: Iterable[tuple[Question, Answer]] = tqdm(
        answered, total=total, unit="question", disable=not sys.stderr.isatty()
    )
    return shown


def report(rows: Sequence[Row]) -> dict[str, Any]:
    """The figures of a run: counts, rates and their Wilson intervals, and means."""
    known = [row for row in rows if row.case.golds]
    unknown = [row for row in rows if not row.case.golds]
    answered = [row for row in known if row.answer.statements]
    return {
        "questions": len(rows),
        "errors": sum(row.failed for row in rows),
        "answerable": {
            "contained": rate(row.contained for row in known),
            f"contained_within_{SHORT}_words": rate(
                row.contained and row.length <= SHORT for row in known
            ),
            "false_abstentions": rate(row.refused for row in known),
            "words_per_answer": _mean([row.length for row in answered]),
            "best_statement_f1": _mean([row.f1 for row in known]),
        },
        "unanswerable": {"not_found": rate(row.refused for row in unknown)},
        "both": {"right": rate(row.right for row in rows)},
    }


def rate(outcomes: Iterable[bool]) -> dict[str, Any]:
    """How many of how many, their share (None of nothing) and its Wilson interval."""
    counted = list(outcomes)
    k, n = sum(counted), len(counted)
    interval = [round(bound, 4) for bound in wilson(k, n)]
    return {"k": k, "n": n, "rate": round(k / n, 4) if n else None, "interval": interval}


def lines(found: Mapping[str, Any]) -> str:
    """The report for people."""
    out = [f"{found['file']}: {found['questions']} questions, {found['documents']} documents"]
    for part in ("answerable", "unanswerable", "both"):
        out += [f"{part}, {name}: {_shown(value)}" for name, value in found[part].items()]
    out.append(f"errors: {found['errors']}; seconds a question: {found['seconds_per_question']}")
    return "\n".join(out).replace("_", " ")


def _shown(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    low, high = value["interval"]
    return f"{value['rate']} ({value['k']} of {value['n']}; {low} to {high})"


def _mean(values: Sequence[float]) -> float | None:
    return round(statistics.fmean(values), 4) if values else None


def words_of(statement: Statement) -> list[str]:
    """The words that a statement quotes; all its words where it quotes none."""
    quoted = statement.kind == "quote" and statement.citations
    return plain_words(statement.citations[0].quote if quoted else statement.text)


def plain_words(text: str) -> list[str]:
    """The words in lower case, without punctuation and articles."""
    return [word for word in re.findall(r"\w+", text.lower()) if word not in ARTICLES]


def contains(words: Sequence[str], gold: Sequence[str]) -> bool:
    """Whether the gold words stand in a row among the words."""
    size = len(gold)
    starts = range(len(words) - size + 1)
    return size > 0 and any(list(words[at : at + size]) == list(gold) for at in starts)


def word_f1(words: Sequence[str], gold: Sequence[str]) -> float:
    """The harmonic mean of precision and recall of words, counted with repetitions."""
    shared = sum((Counter(words) & Counter(gold)).values())
    return 2 * shared / (len(words) + len(gold)) if shared else 0.0
