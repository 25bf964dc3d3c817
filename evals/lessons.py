"""Teach the cross-encoder's upper layers where in a passage the answer to a question stands.

    python -m evals.lessons FILE... [--kept-aside 4] [--most N] [--further] [--out FOLDER]

Files in SQuAD 2's form. What is found for each question in a library of its file's contexts is what
it learns from: the passage that holds the answer, one of the first that do not, and for a question
that cannot be answered its own. Of every four articles one is kept aside, to tell thresholds by; 0
keeps none. --further goes on from what is stored in the folder. Needs
`pip install -c constraints.txt ".[learn]"`; about an hour on one core.
"""

import argparse
import json
import random
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from chat.onnx import cannot_learn, packaged_folder
from chat.reader import LEARNED, LONGEST
from chat.reranker import Span
from chat.retrieve import Found, retrieve
from evals.scratch import scratch_library
from evals.squad import read_set
from ingest.embed import Embedder, open_embedder
from ingest.errors import UserError

ASIDE = 4  # of so many articles one is not learned from
FIRST = 5  # passages found that one without the answer is drawn from
ELSEWHERE = 0.25  # share of the questions without an answer that are put to another passage, too


@dataclass(frozen=True)
class Lesson:
    """A question and a passage with what stands over it.

    spans: where in it the answer may stand, none for nowhere.
    """

    question: str
    passage: str
    spans: frozenset[Span] = frozenset()


def main(argv: Sequence[str] | None = None) -> int:
    """Learn, store layers and head; exit code 1 with a line where that cannot be done."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.lessons", description=__doc__.split("\n")[0]
    )
    parser.add_argument("files", type=Path, nargs="+", help="sets in the form of SQuAD 2")
    parser.add_argument(
        "--kept-aside", type=int, default=ASIDE, help="one of so many articles; 0: none"
    )
    parser.add_argument("--most", type=int, help="lessons of a file, drawn at random")
    parser.add_argument("--further", action="store_true", help="go on from what is stored there")
    parser.add_argument("--out", type=Path, default=LEARNED, help="folder of what is learned")
    given = parser.parse_args(argv)
    try:
        _teach(given)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _teach(given: argparse.Namespace) -> None:
    folder = packaged_folder("reranker_en")
    if folder is None:
        raise UserError("the cross-encoder's weights are missing: run `make setup`")
    try:
        from chat.upper_layers import Lower
        from evals.teach import learn
    except ImportError as error:
        raise cannot_learn(error) from error
    rng = random.Random(0)  # noqa: S311
    embedder = open_embedder().load()
    lessons: list[Lesson] = []
    for file in given.files:
        taught = list(lessons_of(file, embedder, rng, given.kept_aside))
        lessons += rng.sample(taught, min(len(taught), given.most or len(taught)))
    learned = given.out / "layers.npz" if given.further else None
    learn(lessons, Lower(folder, LONGEST, learned), given.out)


def lessons_of(path: Path, embedder: Embedder, rng: random.Random, aside: int) -> Iterator[Lesson]:
    """What a file teaches. aside: of so many articles the second is left out; of 0 none."""
    given = read_set(path)
    golds: dict[str, list[str]] = {}
    for case in given.cases:
        golds.setdefault(case.question, []).extend(case.golds)
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    with scratch_library(given.files, embedder) as library:
        release = library.current()
        names = iter(file.path for file in given.files)
        for number, article in enumerate(tqdm(articles, path.name, unit="article")):
            for name, paragraph in [(next(names), each) for each in article["paragraphs"]]:
                asked = [] if aside and number % aside == 1 else paragraph["qas"]
                for question in asked:
                    asks = question["question"]
                    found = retrieve(asks, embedder.encode_queries([asks])[0], release)
                    yield from _lessons(question, golds[asks], name, found, rng)


def _lessons(
    question: Mapping[str, Any],
    golds: Sequence[str],
    own_name: str,
    found: Sequence[Found],
    rng: random.Random,
) -> Iterator[Lesson]:
    """At most two lessons of a question. golds: its answers in any of the file's contexts."""
    asked, own = question["question"], [each for each in found if each.document.path == own_name]
    if question.get("is_impossible", False):
        elsewhere = [each for each in found[:FIRST] if each not in own]
        if own:
            yield _lesson(asked, own[0])
        if elsewhere and rng.random() < ELSEWHERE:
            yield _lesson(asked, rng.choice(elsewhere))
        return
    answers = question.get("answers", [])
    held = [(_away(each, answers), each, _spans(each, answers)) for each in own]
    held = [each for each in held if each[2]]
    if held:
        _, best, spans = min(held, key=lambda each: each[0])
        yield _lesson(asked, best, spans)
    without = [
        each
        for each in found[:FIRST]
        if not any(gold.lower() in each.passage.text.lower() for gold in golds)
    ]
    if without:
        yield _lesson(asked, rng.choice(without))


def _lesson(asked: str, found: Found, spans: Iterable[Span] = ()) -> Lesson:
    """spans: places in the passage's text."""
    text, places = found.page(spans)
    return Lesson(asked, text, frozenset(places))


def _places(found: Found, gold: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Where an answer stands in a passage: how far from where it should, and the start."""
    starts = [at.start() for at in re.finditer(re.escape(gold["text"]), found.passage.text)]
    shift = found.passage.start - gold["answer_start"]
    return [(abs(start + shift), start) for start in starts]


def _away(found: Found, golds: Sequence[Mapping[str, Any]]) -> int:
    return min((away for gold in golds for away, _ in _places(found, gold)), default=sys.maxsize)


def _spans(found: Found, golds: Sequence[Mapping[str, Any]]) -> frozenset[Span]:
    """The nearest place of each answer."""
    nearest = [(min(places)[1], gold) for gold in golds if (places := _places(found, gold))]
    return frozenset((start, start + len(gold["text"])) for start, gold in nearest)


if __name__ == "__main__":
    sys.exit(main())
