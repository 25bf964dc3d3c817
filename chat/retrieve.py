"""The passages that may answer a question: dense and lexical search, fused, twins folded."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chat.reranker import Span
from chat.terms import content_words, words
from ingest.document import Document, Passage
from ingest.library import Release
from ingest.split import embedded_text

POOL = 100  # candidates of each search
SCORED = 1000  # passages whose lexical scores are known, should the other search propose them
KEPT = 20  # passages returned
FIRST, BY_WORDS = (
    5,
    3,
)  # passages that stand first as ranked, then those that words alone rank first
DENSE_SHARE = 0.65
NEAREST = 0.7  # cosine similarity that counts as much as all words of the question
COVERED_SHARE = 0.5  # of the lexical score: which words a passage has, and not how often
SIBLINGS = 0.5  # how much a passage counts as its document's found passages together
FEEDBACK = 0.7  # how far the question moves towards what was found first (Rocchio 1971)
FEEDBACK_DOCUMENTS = 3
SHINGLE = 5  # words
SAME = 0.6  # shared shingles of the shorter passage from which two passages are one
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Found:
    """One passage found. scores: dense (cosine), lexical (BM25), fused (0 to 1).

    twins: passages of other documents with nearly the same words, folded into this one.
    """

    passage: Passage
    document: Document
    score: float
    scores: dict[str, float]
    twins: tuple[tuple[Passage, Document], ...] = ()

    def page(self, spans: Iterable[Span] = ()) -> tuple[str, list[Span]]:
        """The passage under its title and heading, and where spans of its text stand in that."""
        text = embedded_text(self.document, self.passage)
        before = len(text) - len(self.passage.text)
        return text, [(before + start, before + end) for start, end in spans]


def retrieve(
    question: str, vector: NDArray[np.float32], release: Release, kept: int = KEPT
) -> list[Found]:
    """The passages that fit the question, best first. vector: the question's, of unit length."""
    scored = worded_too(rank(question, vector, release))[:kept]
    passages = release.passages([key for key, _ in scored])
    found = [
        Found(passage, release.document(passage.document), scores["fused"], scores)
        for passage, (_, scores) in zip(passages, scored, strict=True)
    ]
    return folded(found)


def rank(
    question: str, vector: NDArray[np.float32], release: Release
) -> list[tuple[str, dict[str, float]]]:
    """(passage id, scores) of all candidates, best first; equal ones in order of id."""
    if not release.passage_count:
        return []
    pool = _pool(question, vector, release)
    fused = pool.fused(pool.moved(vector, pool.fused(vector)))
    dense = pool.own @ vector
    order = sorted(range(len(pool.keys)), key=lambda place: (-fused[place], pool.keys[place]))
    return [
        (
            pool.keys[place],
            {
                "dense": round(float(dense[place]), 4),
                "lexical": round(float(pool.lexical[place]), 4),
                "fused": round(float(fused[place]), 4),
            },
        )
        for place in order
    ]


def worded_too(scored: list[tuple[str, dict[str, float]]]) -> list[tuple[str, dict[str, float]]]:
    """The ranking, with the passages that are best by words alone behind the first few.

    A name that stands once in a long document weighs little beside what its passages are about, but
    who asks for that name asks for that passage.
    """
    by_words = sorted(scored, key=lambda item: -item[1]["lexical"])[:BY_WORDS]
    first = scored[:FIRST]
    lifted = [item for item in by_words if item[1]["lexical"] and item not in first]
    return [*first, *lifted, *(item for item in scored[FIRST:] if item not in lifted)]


@dataclass(frozen=True)
class _Pool:
    """The candidates of both searches. Arrays have one row for each key.

    own: vectors of the passages; context: the same, mixed with those of the passages of the same
    document that were found as well. lexical: BM25; worded: what of the score the words give.
    """

    keys: list[str]
    owners: list[str]
    own: NDArray[np.float32]
    context: NDArray[np.float32]
    lexical: NDArray[np.float32]
    worded: NDArray[np.float32]

    def fused(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """The score of each passage, about 0 to 1."""
        dense = (self.context @ vector) / NEAREST
        return DENSE_SHARE * dense + (1 - DENSE_SHARE) * self.worded

    def moved(
        self, vector: NDArray[np.float32], scores: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The question's vector, moved towards the best passages of the best documents."""
        first: dict[str, int] = {}
        for place in np.argsort(-scores, kind="stable"):
            first.setdefault(self.owners[place], int(place))
        best = list(first.values())[:FEEDBACK_DOCUMENTS]
        weights = np.maximum(scores[best], 1e-6)
        return _unit(vector + FEEDBACK * _unit(weights @ self.context[best]))


def _pool(question: str, vector: NDArray[np.float32], release: Release) -> _Pool:
    hits = release.lexical(content_words(question), SCORED)
    known = {key: (score, share) for key, score, share in hits}
    near = {key for key, _ in release.dense(vector, POOL)}
    keys = sorted(near | {key for key, _, _ in hits[:POOL]})
    owners, own = release.placed(keys)
    together = _together(owners)
    scores = np.array([known.get(key, (0.0, 0.0)) for key in keys], np.float32).reshape(-1, 2)
    lexical, share = scores[:, 0], scores[:, 1]
    worded = (1 - COVERED_SHARE) * _min_max(lexical) + COVERED_SHARE * share
    context = (1 - SIBLINGS) * own + SIBLINGS * _unit(together @ own)
    worded = (1 - SIBLINGS) * worded + SIBLINGS * (together @ worded)
    return _Pool(keys, owners, own, context, lexical, worded)


def _together(owners: Sequence[str]) -> NDArray[np.float32]:
    """A matrix that takes the mean over the passages of the same document."""
    numbers = np.unique(owners, return_inverse=True)[1]
    same = (numbers[:, None] == numbers[None, :]).astype(np.float32)
    means: NDArray[np.float32] = same / same.sum(axis=1, keepdims=True)
    return means


def folded(found: Sequence[Found]) -> list[Found]:
    """Passages with nearly the words of a better one in another document become its twins.

    Not where each has a figure that the other lacks: what an old edition says must be seen.
    """
    kept: list[Found] = []
    for item in found:
        text = item.passage.text
        twin = next((n for n, other in enumerate(kept) if _same(text, other.passage.text)), None)
        if twin is None or kept[twin].document.id == item.document.id:
            kept.append(item)
        else:
            pair = (item.passage, item.document)
            kept[twin] = replace(kept[twin], twins=(*kept[twin].twins, pair))
    return kept


def _min_max(values: NDArray[np.float32]) -> NDArray[np.float32]:
    spread = float(np.ptp(values)) if values.size else 0.0
    return (values - values.min()) / spread if spread else np.zeros_like(values)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
    return unit


@lru_cache(maxsize=4096)
def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    found = words(text)
    shingles = zip(*(found[n:] for n in range(SHINGLE)), strict=False)
    return frozenset(shingles) or frozenset([tuple(found)])


def _same(a: str, b: str) -> bool:
    figures, others = set(FIGURE.findall(a)), set(FIGURE.findall(b))
    return _overlap(_shingles(a), _shingles(b)) >= SAME and (figures <= others or others <= figures)


def _overlap(a: frozenset[tuple[str, ...]], b: frozenset[tuple[str, ...]]) -> float:
    return len(a & b) / max(1, min(len(a), len(b)))
