"""Fit one level of the second opinion: the mean of two logistic regressions.

One reads the vector of the whole text, concepts and words, with a ridge. The other has, in place of
that vector, attention heads: each looks for tokens (softmax of `tokens @ looks`) and says how much
what it finds counts for the level (`tokens @ says`), so that one flag in a long text is not
diluted; it is fitted by AdamW with some of the inputs dropped. In both, the level weighs as much as
all others together. Same examples, same numbers on the same machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chat.screening.encoder import whole

Rows = NDArray[np.float32]
Marks = NDArray[np.bool_]
HEADS, ROUNDS, BATCH, DROPPED = 4, 30, 64, 0.2
RATE, DECAY, LINEAR_DECAY = 9e-3, 0.1, 0.001  # longest step; pull to nothing, of heads, of words
RIDGE, STEPS = 0.1, 300  # of the regression on whole texts
MIDDLE, SHAKEN = 0.3, 8.0  # share of the steps that grow; tokens by which lengths are mixed


@dataclass(frozen=True)
class Fitted:
    """looks and says: shape (size of a vector, HEADS); weights: of the columns; bias.

    vector: of the whole text's vector.
    """

    vector: Rows
    looks: Rows
    says: Rows
    weights: Rows
    bias: float

    def scores(self, tokens: Sequence[Rows], rows: Rows) -> NDArray[np.float64]:
        """The log odds of each text."""
        told = [
            attended(one, self.looks, self.says) + float(whole(one) @ self.vector) for one in tokens
        ]
        return np.asarray(told + rows @ self.weights + self.bias, np.float64)


def attended(tokens: Rows, looks: Rows, says: Rows) -> float:
    """What all heads say of one text. tokens: shape (tokens, size of a vector)."""
    seen = tokens @ looks
    weight = np.exp(seen - seen.max(axis=0))
    return float((weight / weight.sum(axis=0) * (tokens @ says)).sum())


def fit(tokens: Sequence[Rows], rows: Rows, wanted: Marks) -> Fitted:
    """What tells the level, from texts with their token vectors and columns."""
    heads, ridge = _heads(tokens, rows, wanted), _ridge(tokens, rows, wanted)
    size = tokens[0].shape[1]
    half = np.float32(0.5)
    weights = half * (heads["weights"] + ridge[size:-1])
    bias = float(heads["bias"][0] + ridge[-1]) / 2
    return Fitted(half * ridge[:size], heads["looks"], half * heads["says"], weights, bias)


def _ridge(tokens: Sequence[Rows], rows: Rows, wanted: Marks) -> Rows:
    """Weights of the whole text's vector, then of the columns, then the bias."""
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1 / RIDGE, class_weight="balanced", max_iter=STEPS)
    vectors = np.array([whole(one) for one in tokens])
    model.fit(sparse.hstack([vectors, sparse.csr_matrix(rows)], format="csr"), wanted)
    return np.asarray([*model.coef_[0], *model.intercept_], np.float32)


def _heads(tokens: Sequence[Rows], rows: Rows, wanted: Marks) -> dict[str, Rows]:
    """The heads, with weights of the columns and a bias of their own."""
    rng, size = np.random.default_rng(0), tokens[0].shape[1]
    told = {
        "looks": rng.normal(0, 0.05, (size, HEADS)).astype(np.float32),
        "says": rng.normal(0, 0.01, (size, HEADS)).astype(np.float32),
        "weights": np.zeros(rows.shape[1], np.float32),
        "bias": np.zeros(1, np.float32),
    }
    step, count = _Adam(told), ROUNDS * -(-len(rows) // BATCH)
    heavier = np.float32((~wanted).sum() / wanted.sum())
    for done, batch in enumerate(_batches(tokens, rng)):
        padded, there = _padded([tokens[place] for place in batch], rng)
        slopes = _slopes(told, padded, there, rows[batch], wanted[batch], heavier)
        step.take(slopes, _rate(done / count))
    return told


def _batches(tokens: Sequence[Rows], rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Texts of about one length together, in another order each round."""
    lengths = np.array([len(one) for one in tokens])
    for _ in range(ROUNDS):
        order = np.argsort(lengths + rng.uniform(0, SHAKEN, len(lengths)))
        starts = np.arange(0, len(order), BATCH)
        for start in rng.permutation(starts):
            yield order[start : start + BATCH]


def _padded(texts: Sequence[Rows], rng: np.random.Generator) -> tuple[Rows, Marks]:
    """The token vectors of a batch, some numbers dropped, and which of them are tokens."""
    padded = np.zeros((len(texts), max(map(len, texts)), texts[0].shape[1]), np.float32)
    there = np.zeros(padded.shape[:2], bool)
    for row, one in enumerate(texts):
        padded[row, : len(one)] = one
        there[row, : len(one)] = True
    kept = rng.random(padded.shape, np.float32) >= DROPPED
    return padded * kept / np.float32(1 - DROPPED), there


def _slopes(
    told: dict[str, Rows],
    tokens: Rows,
    there: Marks,
    rows: Rows,
    wanted: Marks,
    heavier: np.float32,
) -> dict[str, Rows]:
    """The gradient of the mean loss of a batch."""
    seen = np.where(there[..., None], tokens @ told["looks"], np.float32(-1e4))
    share = np.exp(seen - seen.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    values = tokens @ told["says"]
    heads = (share * values).sum(axis=1)
    odds = heads.sum(axis=1) + rows @ told["weights"] + told["bias"]
    wrong = 1 / (1 + np.exp(-odds)) - wanted
    wrong = (wrong * np.where(wanted, heavier, 1) / len(wanted)).astype(np.float32)
    said = share * wrong[:, None, None]
    flat = tokens.reshape(-1, tokens.shape[2])
    looked = said * (values - heads[:, None])
    return {
        "looks": flat.T @ looked.reshape(len(flat), -1),
        "says": flat.T @ said.reshape(len(flat), -1),
        "weights": rows.T @ wrong,
        "bias": wrong.sum(keepdims=True),
    }


def _rate(done: float) -> float:
    """One cycle: the step grows, then falls to nothing."""
    if done < MIDDLE:
        return RATE * float(0.04 + 0.96 * (1 - np.cos(np.pi * done / MIDDLE)) / 2)
    return RATE * float(1 + np.cos(np.pi * (done - MIDDLE) / (1 - MIDDLE))) / 2


class _Adam:
    """AdamW (Loshchilov and Hutter 2019); changes the numbers in place."""

    def __init__(self, told: dict[str, Rows]) -> None:
        self._told, self._taken = told, 0
        self._means = {name: np.zeros_like(one) for name, one in told.items()}
        self._squares = {name: np.zeros_like(one) for name, one in told.items()}

    def take(self, slopes: dict[str, Rows], rate: float) -> None:
        """One step down the slopes."""
        self._taken += 1
        for name, slope in slopes.items():
            decay = DECAY if name in {"looks", "says"} else LINEAR_DECAY
            mean, square, one = self._means[name], self._squares[name], self._told[name]
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope**2 - square)
            even = mean / (1 - 0.9**self._taken)
            spread = np.sqrt(square / (1 - 0.999**self._taken)) + 1e-8
            one *= 1 - rate * decay
            one -= rate * even / spread
