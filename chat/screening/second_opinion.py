"""A second opinion where no rule fired: models over a vector, concepts, words.

One for emergencies, one for crises, one for decisions about somebody's treatment; each is a
logistic regression that `learning.py` made of the examples. It can only add a level, never take
one back, and speaks only where somebody is spoken of.
"""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chat.screening.encoder import Encoder
from chat.screening.rulebook import Rulebook
from chat.screening.rules import Level
from chat.wording import PROMPTS

Vector = NDArray[np.float64]
RULE = "second opinion"
CONCEPT, WORDS = 0.3, 0.7  # what a concept and all words together weigh beside a vector of length 1
PIECE, PIECES = 60, 8  # words that are read at once; pieces of a long message


@dataclass(frozen=True)
class Model:
    """What is known of one level. threshold: the score from which it speaks."""

    threshold: float
    bias: float
    concepts: Mapping[str, float]
    words: Mapping[str, float]
    vector: Sequence[float]

    def score(self, vector: Vector, concepts: AbstractSet[str], words: AbstractSet[str]) -> float:
        """The log odds of the level; words count by their mean, however many there are."""
        known = [self.words[word] for word in words if word in self.words]
        told = sum(self.concepts.get(name, 0.0) for name in concepts) * CONCEPT
        said = sum(known) / len(known) ** 0.5 * WORDS if known else 0.0
        return float(vector @ np.asarray(self.vector)) + told + said + self.bias


@dataclass(frozen=True)
class SecondOpinion:
    """The stored models. learned_from: hash of the examples; encoder: whose vectors they read."""

    learned_from: str
    encoder: str
    models: Mapping[Level, Model]

    def finds(self, text: str, book: Rulebook, encoder: Encoder) -> set[Level]:
        """The levels that a part of the text reads like.

        None where the encoder is not the one whose vectors the models learned from.
        """
        if encoder.name != self.encoder or not book.speaks_of_somebody(text):
            return set()
        found = set[Level]()
        for piece in pieces(text):
            vector, concepts, words = encoder.encode(piece), book.holds(piece), book.words(piece)
            scores = {one: m.score(vector, concepts, words) for one, m in self.models.items()}
            found |= {one for one, score in scores.items() if score >= self.models[one].threshold}
        return found


def pieces(text: str) -> list[str]:
    """The text in pieces of the length the models learned from, the first `PIECES` of them."""
    words = text.split()
    count = min(PIECES, max(1, round(len(words) / PIECE)))
    size = PIECE if len(words) > PIECE * PIECES * 2 else -(-len(words) // count)
    starts = range(0, max(1, len(words)), max(1, size))
    return [" ".join(words[start : start + size]) for start in starts][:PIECES]


@cache
def second_opinion(language: str) -> SecondOpinion | None:
    """The stored models of a language; None where there are none."""
    path = stored_at(language)
    if not path.is_file():
        return None
    stored = json.loads(path.read_text(encoding="utf-8"))
    models = {level: Model(**model) for level, model in stored["models"].items()}
    return SecondOpinion(stored["learned_from"], stored["encoder"], models)


def stored_at(language: str) -> Path:
    return PROMPTS / language / "screen" / "second_opinion.json"
