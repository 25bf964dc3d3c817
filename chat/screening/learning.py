"""Learn the second opinion from examples.

    python -m chat.screening.learning            how well it does on messages it did not learn
    python -m chat.screening.learning --write    learn from the examples again and store it

It learns from `prompts/LANGUAGE/screen/examples/` and from the examples of the rules, for each
level what `fitting.py` says. It takes a few minutes.
"""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chat.screening.encoder import NAME, open_encoder
from chat.screening.fitting import Fitted, Marks, Rows, fit
from chat.screening.rulebook import rulebook
from chat.screening.rules import Level
from chat.screening.second_opinion import CONCEPT, WORDS, Model, SecondOpinion, stored_at
from chat.screening.textfiles import blocks
from chat.wording import PROMPTS
from ingest.errors import UserError

Scores = NDArray[np.float64]
FOLDS = 5
SEEN = 3  # a word or pair of words counts from so many examples on


@dataclass(frozen=True)
class Lesson:
    """What a level is told from.

    mistaken: the share of the others that it may take for it; missed: the share of its own that it
    may be sure to be none.
    """

    apart_from: frozenset[str]
    mistaken: float
    missed: float = 0.02


LESSONS: dict[Level, Lesson] = {
    "crisis": Lesson(
        frozenset({"emergency", "soon", "personal_advice", "general", "harmless"}), 0.035
    ),
    "emergency": Lesson(frozenset({"soon", "personal_advice", "general", "harmless"}), 0.04, 0.03),
    "soon": Lesson(frozenset({"personal_advice", "general", "harmless"}), 0.05),
    "personal_advice": Lesson(frozenset({"general", "harmless", "soon"}), 0.035),
}


@dataclass(frozen=True)
class Lessons:
    """The examples as numbers. rows: a column for each of the concepts, then of the words."""

    labels: NDArray[np.str_]
    tokens: Sequence[Rows]
    rows: Rows
    concepts: Sequence[str]
    words: Sequence[str]

    def only(self, chosen: Marks) -> "Lessons":
        """The examples that are marked."""
        tokens = [one for one, wanted in zip(self.tokens, chosen, strict=True) if wanted]
        return replace(self, labels=self.labels[chosen], tokens=tokens, rows=self.rows[chosen])


def examples(language: str) -> dict[str, str]:
    """Message -> its label, from the example files and the rules; the files go before."""
    found: dict[str, str] = {}
    for path in sorted((PROMPTS / language / "screen" / "examples").glob("*.txt")):
        for name, lines in blocks(path):
            found.update(dict.fromkeys(lines, name))
    for rule in rulebook(language).rules:
        rest = "general" if rule.level == "personal_advice" else "harmless"
        for label, told in ((str(rule.level), rule.fires), (rest, rule.quiet)):
            for line in told:
                found.setdefault(line, label)
    return found


def digest(language: str) -> str:
    """A short hash of all examples with their labels."""
    told = json.dumps(examples(language), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _lessons(language: str) -> Lessons:
    encoder, book, told = open_encoder(), rulebook(language), examples(language)
    if encoder is None:
        raise UserError("the second opinion's weights are missing: run `make setup`")
    said = [book.words(text) for text in told]
    counted = Counter(word for words in said for word in words)
    words = sorted(word for word, count in counted.items() if count >= SEEN)
    concepts = sorted(book.concepts.names | set(book.ranges))
    tokens = [encoder.encode(text) for text in told]
    held = _marks([book.holds(text) for text in told], concepts)
    worded = _marks(said, words)
    share = np.sqrt(np.maximum(1, worded.sum(axis=1, keepdims=True)))
    rows = np.hstack([CONCEPT * held, WORDS * worded / share]).astype(np.float32)
    return Lessons(np.array(list(told.values())), tokens, rows, concepts, words)


def _marks(found: Sequence[frozenset[str]], names: Sequence[str]) -> Scores:
    places = {name: place for place, name in enumerate(names)}
    marks = np.zeros((len(found), len(names)))
    for row, one in enumerate(found):
        marks[row, [places[name] for name in one if name in places]] = 1
    return marks


def held_out(lessons: Lessons, wanted: Marks) -> Scores:
    """For each example its score from a model that did not learn it."""
    fold = np.random.default_rng(0).permutation(len(wanted)) % FOLDS
    told = np.zeros(len(wanted))
    for one in range(FOLDS):
        rest, left = lessons.only(fold != one), lessons.only(fold == one)
        told[fold == one] = _fitted(rest, wanted[fold != one]).scores(left.tokens, left.rows)
    return told


def _fitted(lessons: Lessons, wanted: Marks) -> Fitted:
    return fit(lessons.tokens, lessons.rows, wanted)


def learn_level(level: Level, lessons: Lessons) -> tuple[Model, str]:
    """A model of one level, and in words how it did on what it had not learned."""
    lesson = LESSONS[level]
    lessons = lessons.only(np.isin(lessons.labels, [level, *lesson.apart_from]))
    wanted = lessons.labels == level
    told = held_out(lessons, wanted)
    threshold = round(float(np.quantile(told[~wanted], 1 - lesson.mistaken)), 3)
    doubts = min(threshold, round(float(np.quantile(told[wanted], lesson.missed)), 3))
    model = _model(_fitted(lessons, wanted), lessons, threshold, doubts)
    caught, sent = (told[wanted] >= threshold).mean(), (told[~wanted] >= threshold).mean()
    figures = f"{level:16} found {caught:.3f} of {wanted.sum()}, others {sent:.3f}"
    return model, f"{figures} of {(~wanted).sum()}"


def _model(fitted: Fitted, lessons: Lessons, threshold: float, doubts: float) -> Model:
    """What was learned, rounded; a word keeps its 0, because it counts among those known."""
    weights = _rounded(fitted.weights)
    concepts = dict(zip(lessons.concepts, weights, strict=False))
    words = dict(zip(lessons.words, weights[len(concepts) :], strict=True))
    looks, says = ([_rounded(row) for row in one] for one in (fitted.looks, fitted.says))
    vector, bias = _rounded(fitted.vector), round(fitted.bias, 3)
    return Model(threshold, doubts, bias, concepts, words, vector, looks, says)


def _rounded(numbers: Iterable[np.float32]) -> list[float]:
    return [round(float(number), 3) for number in numbers]


def main(argv: list[str] | None = None) -> None:
    """Print how it does; with --write store it."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("--language", default="en")
    parser.add_argument("--write", action="store_true", help="store what was learned")
    given = parser.parse_args(argv)
    lessons, models = _lessons(given.language), dict[Level, Model]()
    for level in LESSONS:
        models[level], figures = learn_level(level, lessons)
        print(figures)
    if given.write:
        opinion = SecondOpinion(digest(given.language), NAME, models)
        stored_at(given.language).write_text(json.dumps(asdict(opinion)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
