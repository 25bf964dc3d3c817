"""Fakes that are real subclasses, simple enough that the expected result can be worked out by hand."""

import re
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from ingest.embed import Embedder, Vectors

DIMENSIONS = 384


class WordEmbedder(Embedder):
    """Each word is one axis, so that the similarity of two texts is the share of words they share."""

    def __init__(self, name: str = "words") -> None:
        super().__init__()
        self.name = name
        self.embedded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([_axes(text) for text in texts])

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None
    ) -> Vectors:
        self.embedded += texts
        progress(len(texts))
        return np.stack([_axes(text) for text in texts])

    def load(self) -> "WordEmbedder":
        return self


def _axes(text: str) -> Vectors:
    vector = np.zeros(DIMENSIONS, np.float32)
    for word in re.findall(r"\w+", text.lower()):
        vector[zlib.crc32(word.encode()) % DIMENSIONS] += 1
    if not vector.any():
        vector[0] = 1  # no words: a unit vector all the same
    return vector / np.linalg.norm(vector)
