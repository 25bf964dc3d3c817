"""What all of a library is about, for who asks about "it" before anything was named."""

from collections import Counter
from weakref import WeakKeyDictionary

from chat.terms import content_words, stem, terms
from ingest.library import Release

LOOKED_AT = 200  # documents whose titles are read
SHARE = 0.5  # of the titles, and of the passages, that the subject stands in at least


known: WeakKeyDictionary[Release, str] = WeakKeyDictionary()  # keeps no closed release


def subject_of(release: Release) -> str:
    """The word that most titles share and most passages stand under; "" where there is none."""
    if release not in known:
        known[release] = _shared(release)
    return known[release]


def _shared(release: Release) -> str:
    titles = [document.title or "" for document in release.documents(LOOKED_AT)]
    words = {stem(word): word for title in titles for word in content_words(title)}
    counts = Counter(key for title in titles for key in terms(title))
    best, count = max(counts.items(), key=lambda pair: pair[1], default=("", 0))
    if len(titles) < 2 or count < SHARE * len(titles):
        return ""
    word = words[best]
    return word if release.frequencies([word])[word] >= SHARE * release.passage_count else ""
