"""How near words are in meaning, by the vectors of single words: "earnings" stands for "income".

It tells what a statement is about, never whether it is true: "men" is as near to "women". So it
only stands in where words are counted; numbers, names and negations are compared as they are.
"""

from collections.abc import Iterable
from functools import lru_cache

from chat.screening.encoder import Encoder, whole

KNOWN = 20_000  # words whose vectors are kept
UNRELATED, SAME = 0.6, 0.85  # cosines of two words that have nothing, or everything, in common


class Meanings:
    """Asks an encoder once for each word; for several threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._vector = lru_cache(KNOWN)(lambda word: whole(encoder.encode(word)))

    def near(self, word: str, others: Iterable[str]) -> float:
        """How near the nearest of the others is: 0 unrelated, 1 as good as the same."""
        vector = self._vector(word)
        best = max((float(vector @ self._vector(other)) for other in others), default=0.0)
        return min(1.0, max(0.0, (best - UNRELATED) / (SAME - UNRELATED)))
