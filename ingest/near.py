"""Documents that share much of their text, found by sampled hashes of runs of words.

Every run of eight words is hashed; one hash in eight is kept (so the same run is kept in every
document). What two documents share of the smaller one's hashes estimates what they share of its
text (Manber 1994, "Finding similar files in a large file system").
"""

import re
import zlib
from collections.abc import Collection, Iterable

from ingest.store import Store

RUN = 8  # words
KEPT_ONE_IN = 8
LEAST = 0.3  # of the smaller document's text
COMMON = 20  # documents; runs in more of them are furniture of the whole corpus
WORD = re.compile(r"\w+")


def sketch(text: str) -> set[int]:
    """The sampled hashes of a text; at least one where there are words."""
    words = WORD.findall(text.lower())
    starts = range(max(1, len(words) - RUN + 1)) if words else range(0)
    hashes = {zlib.crc32(" ".join(words[start : start + RUN]).encode()) for start in starts}
    return {each for each in hashes if each % KEPT_ONE_IN == 0} or set(sorted(hashes)[:1])


def near_duplicates(
    store: Store, fresh: Iterable[str], present: Collection[str]
) -> list[tuple[str, str, float]]:
    """Pairs of which at least one is fresh: (id, id, share of the smaller), most alike first."""
    pairs: dict[tuple[str, str], float] = {}
    for document in fresh:
        alike = [pair for pair in store.sketched_alike(document, COMMON) if pair[0] in present]
        sizes = store.sketch_sizes([document, *(other for other, _ in alike)])
        for other, both in alike:
            first, second = sorted((document, other))
            pairs[first, second] = both / min(sizes[document], sizes[other])
    found = [(*pair, share) for pair, share in pairs.items() if share >= LEAST]
    return sorted(found, key=lambda each: (-each[2], each[:2]))
