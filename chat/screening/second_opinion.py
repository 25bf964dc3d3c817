"""A second opinion beside the rules: for each level a model over the vectors of a text's tokens.

The vectors come from the packaged encoder, whose upper layers `learning.py` taught the levels; a
model is a readout of the whole text and a few attention heads. It adds levels where somebody is
spoken of. Where it is sure that a message is no emergency or no crisis, rules that find one are
lowered to "soon" or "support" unless they say otherwise (`if doubted`), and never to nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chat.screening.encoder import Encoder, TokenEncoder, open_encoder, whole
from chat.screening.rulebook import Rulebook
from chat.screening.rules import IF_DOUBTED, Level
from chat.wording import PROMPTS

RULE = "second opinion"
PIECE, PIECES = 150, 4  # words that are read at once; pieces of a long message
# Added to the threshold of a grave level where no person is named: "patch or pill for sleep" is
# asked about nobody, and what nobody is in needs more to be an emergency or a crisis.
SURER = 1.5


Rows = NDArray[np.float32]


@dataclass(frozen=True)
class Model:
    """What is known of one level.

    threshold: the score from which it speaks; doubts: the score below which it is sure that the
    level is not there. vector, looks, says: of each number of a vector, what the whole text's and
    each head's make of it.
    """

    threshold: float
    doubts: float
    bias: float
    vector: Sequence[float]
    looks: Sequence[Sequence[float]]
    says: Sequence[Sequence[float]]

    @cached_property
    def _read(self) -> tuple[Rows, Rows, Rows]:
        vector, looks, says = (
            np.asarray(one, np.float32) for one in (self.vector, self.looks, self.says)
        )
        return vector, looks, says

    def score(self, tokens: Rows) -> float:
        """The log odds of the level. tokens: shape (tokens, size of a vector)."""
        vector, looks, says = self._read
        seen = tokens @ looks
        share = np.exp(seen - seen.max(axis=0))
        heads = (share / share.sum(axis=0) * (tokens @ says)).sum()
        return float(whole(tokens) @ vector + heads) + self.bias


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
        alone = self.scores(question, encoder)
        found = self._heard(question, alone, book)
        if not before:
            return Opinion(frozenset(found), self._doubted(question, alone))
        earlier, text = "\n".join(before), "\n".join([*before, question])
        together = self.scores(text, encoder)
        if heard := self._heard(text, together, book):
            old = self._reached(self.scores(earlier, encoder)) - self._reached(alone)
            found |= heard - old
        doubted = self._doubted(question, alone) & self._doubted(text, together)
        return Opinion(frozenset(found), doubted)

    def scores(self, text: str, encoder: Encoder) -> Scores:
        """Each level's highest score among the pieces of the text."""
        told = [encoder.encode(piece) for piece in pieces(text)]
        return {
            level: max(model.score(tokens) for tokens in told)
            for level, model in self.models.items()
        }

    def _heard(self, text: str, scores: Scores, book: Rulebook) -> set[Level]:
        """The levels found in a text that speaks of somebody; surer ones where nobody is named."""
        if not book.speaks_of_somebody(text):
            return set()
        found = self._reached(scores)
        if not found or book.names_somebody(text):
            return found
        return (found - IF_DOUBTED.keys()) | (self._reached(scores, SURER) & IF_DOUBTED.keys())

    def _reached(self, scores: Scores, more: float = 0.0) -> set[Level]:
        return {one for one, score in scores.items() if score >= self.models[one].threshold + more}

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


def tuned_at(language: str) -> Path:
    """Where the upper layers that were taught are kept."""
    return stored_at(language).with_suffix(".npz")


def open_tuned_encoder(language: str = "en") -> TokenEncoder | None:
    """The encoder whose vectors the second opinion reads; None without the packaged weights."""
    return open_encoder(tuned_at(language))
