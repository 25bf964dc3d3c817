"""A second opinion on emergencies that no rule foresaw: a small model over vectors and concepts.

    python -m chat.screening.second_opinion            how well it does on messages it did not learn
    python -m chat.screening.second_opinion --write    learn from the examples again and store it

It learns from `prompts/LANGUAGE/screen/examples/` and from the examples of the rules: a logistic
regression (ridge, Newton's method: same examples, same model, same numbers) over the sentence
vector and the concepts that hold. It can only add an emergency, never take one back, and speaks
only where somebody is spoken of.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chat.screening.rulebook import Rulebook, rulebook
from chat.screening.textfiles import blocks
from chat.wording import PROMPTS
from ingest.errors import UserError

Vectors = NDArray[np.float64]
RULE = "second opinion"
RIDGE, STEPS, FOLDS = 0.3, 25, 10
CONCEPT = 0.3  # what a concept weighs beside a vector of length 1
HARMLESS_SENT = 0.05  # of the harmless examples, how many the second opinion alone may send
PIECE, PIECES = 110, 8  # words that the embedding model reads at once; pieces of a long message


@dataclass(frozen=True)
class Encoder:
    """Makes a unit vector of a text, with the name of the model that it uses."""

    name: str
    encode: Callable[[str], NDArray[np.float32]]


@dataclass(frozen=True)
class SecondOpinion:
    """The stored model. learned_from: hash of the examples; model: whose vectors it reads."""

    learned_from: str
    model: str
    threshold: float
    bias: float
    concepts: Mapping[str, float]
    weights: Sequence[float]

    def probability(self, vector: Vectors, concepts: AbstractSet[str]) -> float:
        """The probability of an emergency, from a sentence vector and the concepts that hold."""
        known = sum(self.concepts.get(name, 0.0) for name in concepts)
        score = float(vector @ np.asarray(self.weights)) + CONCEPT * known + self.bias
        return float(1 / (1 + np.exp(-score)))

    def finds(self, text: str, book: Rulebook, encoder: Encoder) -> bool:
        """Whether a part of the text reads like an emergency of somebody.

        False where the encoder is not the model whose vectors it learned from.
        """
        if encoder.name != self.model or not book.speaks_of_somebody(text):
            return False
        return any(
            self.probability(np.asarray(encoder.encode(piece), dtype=np.float64), book.holds(piece))
            >= self.threshold
            for piece in pieces(text)
        )


def pieces(text: str) -> list[str]:
    """The text in pieces that the embedding model can read whole, the first `PIECES` of them."""
    words = text.split()
    starts = range(0, max(1, len(words)), PIECE)
    return [" ".join(words[start : start + PIECE]) for start in starts][:PIECES] or [text]


def examples(language: str) -> tuple[list[str], list[bool]]:
    """Messages and whether each is an emergency, from the example files and the rules."""
    found: dict[str, bool] = {}
    for path in sorted((PROMPTS / language / "screen" / "examples").glob("*.txt")):
        for name, lines in blocks(path):
            found.update(dict.fromkeys(lines, name == "emergency"))
    for rule in rulebook(language).rules:
        urgent = rule.level in {"crisis", "emergency"}
        found.update(dict.fromkeys(rule.fires, urgent))
        found.update(dict.fromkeys(rule.quiet, False))
    return list(found), list(found.values())


def digest(language: str) -> str:
    """A short hash of all examples with their labels."""
    told = json.dumps(examples(language), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def fit(vectors: Vectors, urgent: NDArray[np.bool_]) -> tuple[Vectors, float]:
    """Weights and bias of a ridge logistic regression, both classes weighing the same."""
    rows = np.column_stack([vectors, np.ones(len(vectors))])
    share = np.where(urgent, 0.5 / urgent.mean(), 0.5 / (1 - urgent.mean()))
    penalty = np.diag([RIDGE] * vectors.shape[1] + [1e-6])
    told = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-rows @ told))
        slope = rows.T @ (share * (p - urgent)) + penalty @ told
        curve = (rows * (share * p * (1 - p))[:, None]).T @ rows + penalty
        told -= np.linalg.solve(curve, slope)
    return told[:-1], float(told[-1])


def held_out(vectors: Vectors, urgent: NDArray[np.bool_]) -> Vectors:
    """For each example its probability from a model that did not learn it (ten folds)."""
    fold = np.random.default_rng(0).permutation(len(urgent)) % FOLDS
    told = np.zeros(len(urgent))
    for one in range(FOLDS):
        weights, bias = fit(vectors[fold != one], urgent[fold != one])
        told[fold == one] = 1 / (1 + np.exp(-(vectors[fold == one] @ weights + bias)))
    return told


@cache
def second_opinion(language: str) -> SecondOpinion:
    """The stored model of a language."""
    path = _path(language)
    return SecondOpinion(**json.loads(path.read_text(encoding="utf-8")))


def _path(language: str) -> Path:
    return PROMPTS / language / "screen" / "second_opinion.json"


def learn(language: str) -> tuple[SecondOpinion, str]:
    """A model from the examples, and in words how it did on those it had not learned."""
    from ingest.embed import open_embedder

    messages, labels = examples(language)
    if not any(labels) or all(labels):
        raise UserError("the second opinion needs emergencies and harmless messages to learn from")
    embedder, urgent, book = open_embedder(), np.array(labels), rulebook(language)
    vectors = np.asarray(embedder.encode_queries(messages), dtype=np.float64)
    names = sorted(book.concepts.names | set(book.ranges))
    hold = np.array([[name in held for name in names] for held in map(book.holds, messages)])
    rows = np.column_stack([vectors, CONCEPT * hold])
    told = held_out(rows, urgent)
    threshold = round(float(np.quantile(told[~urgent], 1 - HARMLESS_SENT)), 4)
    weights, bias = fit(rows, urgent)
    rounded = [round(float(weight), 4) for weight in weights]
    size = vectors.shape[1]
    concepts = {name: weight for name, weight in zip(names, rounded[size:], strict=True) if weight}
    model = SecondOpinion(
        digest(language), embedder.name, threshold, round(bias, 4), concepts, rounded[:size]
    )
    return model, _figures(language, messages, urgent, told >= threshold)


def _figures(
    language: str, messages: Sequence[str], urgent: NDArray[np.bool_], model: NDArray[np.bool_]
) -> str:
    book = rulebook(language)
    grave = {"crisis", "emergency"}
    rules = np.array([any(f.rule.level in grave for f in book.findings(m)) for m in messages])
    lines = []
    for name, found in [("rules", rules), ("model", model), ("either", rules | model)]:
        caught, sent = found[urgent].mean(), found[~urgent].mean()
        lines.append(f"{name:7} emergencies {caught:.3f}   harmless sent {sent:.3f}")
    return "\n".join([*lines, f"{urgent.sum()} emergencies, {(~urgent).sum()} harmless"])


def main(argv: list[str] | None = None) -> None:
    """Print how it does; with --write store it."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("--language", default="en")
    parser.add_argument("--write", action="store_true", help="store what was learned")
    given = parser.parse_args(argv)
    model, figures = learn(given.language)
    print(figures)
    if given.write:
        _path(given.language).write_text(json.dumps(asdict(model)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
