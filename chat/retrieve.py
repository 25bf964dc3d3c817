"""The passages that may answer a question: dense and lexical search, fused, twins folded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chat.terms import content_words, words
from ingest.document import Document, Passage
from ingest.library import Release

POOL = 100  # candidates of each search
KEPT = 20  # passages returned
DENSE_SHARE = 0.65
SHINGLE = 5  # words
SAME = 0.6  # shared shingles of the shorter passage from which two passages are one


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


def retrieve(
    question: str, vector: NDArray[np.float32], release: Release, kept: int = KEPT
) -> list[Found]:
    """The passages that fit the question, best first. vector: the question's, of unit length."""
    scored = rank(question, vector, release)[:kept]
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
    lexical = dict(release.lexical(content_words(question), POOL))
    dense = dict(release.dense(vector, POOL))
    missing = [key for key in lexical if key not in dense]
    if missing:
        dense.update(zip(missing, (release.vectors(missing) @ vector).tolist(), strict=True))
    keys = sorted(dense)
    fused = DENSE_SHARE * _min_max([dense[key] for key in keys])
    fused += (1 - DENSE_SHARE) * _min_max([lexical.get(key, 0.0) for key in keys])
    order = sorted(range(len(keys)), key=lambda place: (-fused[place], keys[place]))
    return [
        (
            keys[place],
            {
                "dense": round(dense[keys[place]], 4),
                "lexical": round(lexical.get(keys[place], 0.0), 4),
                "fused": round(float(fused[place]), 4),
            },
        )
        for place in order
    ]


def folded(found: Sequence[Found]) -> list[Found]:
    """Passages with nearly the words of a better one in another document become its twins."""
    kept: list[Found] = []
    shingles: list[set[tuple[str, ...]]] = []
    for item in found:
        own = _shingles(item.passage.text)
        twin = next((n for n, other in enumerate(shingles) if _overlap(own, other) >= SAME), None)
        if twin is None or kept[twin].document.id == item.document.id:
            kept.append(item)
            shingles.append(own)
        else:
            pair = (item.passage, item.document)
            kept[twin] = replace(kept[twin], twins=(*kept[twin].twins, pair))
    return kept


def _min_max(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, np.float64)
    spread = float(np.ptp(array)) if array.size else 0.0
    return (array - array.min()) / spread if spread else np.zeros_like(array)


def _shingles(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[n : n + SHINGLE]) for n in range(max(1, len(found) - SHINGLE + 1))}


def _overlap(a: set[tuple[str, ...]], b: set[tuple[str, ...]]) -> float:
    return len(a & b) / max(1, min(len(a), len(b)))
