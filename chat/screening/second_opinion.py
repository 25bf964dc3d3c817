"""A second opinion beside the rules: models over token vectors, concepts, words.

One for each level; each is a logistic regression over the vector of the whole text and over what a
few attention heads find in it, which `learning.py` made of the examples. It adds
levels where somebody is spoken of. It takes none back: where it is sure that a message is no
emergency, only rules that say so themselves (`if doubted`) are lowered, and never to nothing.
"""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from chat.screening.encoder import Encoder, whole
from chat.screening.fitting import Rows, attended
from chat.screening.rulebook import Rulebook
from chat.screening.rules import Level
from chat.wording import PROMPTS

RULE = "second opinion"
CONCEPT, WORDS = 0.3, 0.7  # what a concept and all words together weigh
PIECE, PIECES = 150, 4  # words that are read at once; pieces of a long message


@dataclass(frozen=True)
class Model:
    """What is known of one level.

    threshold: the score from which it speaks; doubts: the score below which it is sure that the
    level is not there. vector, looks, says: of each number of a vector, what it and each
    head make of it.
    """

    threshold: float
    doubts: float
    bias: float
    concepts: Mapping[str, float]
    words: Mapping[str, float]
    vector: Sequence[float]
    looks: Sequence[Sequence[float]]
    says: Sequence[Sequence[float]]

    @cached_property
    def _read(self) -> tuple[Rows, Rows, Rows]:
        vector, looks, says = (
            np.asarray(one, np.float32) for one in (self.vector, self.looks, self.says)
        )
        return vector, looks, says

    def score(self, tokens: Rows, concepts: AbstractSet[str], words: AbstractSet[str]) -> float:
        """The log odds of the level; words count by their mean, however many there are."""
        known = [self.words[word] for word in words if word in self.words]
        told = sum(self.concepts.get(name, 0.0) for name in concepts) * CONCEPT
        said = sum(known) / len(known) ** 0.5 * WORDS if known else 0.0
        vector, looks, says = self._read
        read = float(whole(tokens) @ vector) + attended(tokens, looks, says)
        return read + told + said + self.bias


@dataclass(frozen=True)
class Opinion:
    """What is thought of a message: levels found in it, and levels that are surely not there."""

    found: frozenset[Level] = frozenset()
    doubted: frozenset[Level] = frozenset()


Scores = Mapping[Level, float]


@dataclass(frozen=True)
class SecondOpinion:
    """The stored models. learned_from: hash of the examples; encoder: whose vectors they read."""

    learned_from: str
    encoder: str
    models: Mapping[Level, Model]

    def of(self, before: Sequence[str], question: str, book: Rulebook, encoder: Encoder) -> Opinion:
        """What is thought of a question, alone and after what the same person wrote before.

        Nothing where the encoder is not the one whose vectors the models learned from.
        """
        if encoder.name != self.encoder:
            return Opinion()
        alone = self._scores(question, book, encoder)
        found = self._reached(alone) if book.speaks_of_somebody(question) else set()
        if not before:
            return Opinion(frozenset(found), self._doubted(question, alone))
        earlier, text = "\n".join(before), "\n".join([*before, question])
        together = self._scores(text, book, encoder)
        if book.speaks_of_somebody(text):
            found |= self._reached(together) - self._reached(self._scores(earlier, book, encoder))
        doubted = self._doubted(question, alone) & self._doubted(text, together)
        return Opinion(frozenset(found), doubted)

    def _scores(self, text: str, book: Rulebook, encoder: Encoder) -> Scores:
        """Each level's highest score among the pieces of the text."""
        told = [self._piece(piece, book, encoder) for piece in pieces(text)]
        return {level: max(one[level] for one in told) for level in self.models}

    def _piece(self, text: str, book: Rulebook, encoder: Encoder) -> Scores:
        tokens, concepts, words = encoder.encode(text), book.holds(text), book.words(text)
        return {one: model.score(tokens, concepts, words) for one, model in self.models.items()}

    def _reached(self, scores: Scores) -> set[Level]:
        return {one for one, score in scores.items() if score >= self.models[one].threshold}

    def _doubted(self, text: str, scores: Scores) -> frozenset[Level]:
        """No level of a text that was not read whole is doubted."""
        if len(text.split()) > PIECE * PIECES:
            return frozenset()
        return frozenset(one for one, score in scores.items() if score < self.models[one].doubts)


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
