"""Texts as words: what retrieval, reading and verification count and compare."""

import re
from functools import lru_cache

import snowballstemmer

from ingest.american import american

WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
# Words that carry the form of a question or a sentence rather than its subject.
STOP = frozenset(
    """
    a about after again against all also am an and any are as at be because been before
    being between both but by can could did do does doing don't for from further get gets
    give had has have having he her here hers him his how i if in into is isn't it its
    itself just me might more most must my no nor not of off on once one only or other our
    ours out over own please really same say says she should so some such tell than that the
    their theirs them then there these they this those through to too under until up upon us
    very was we were what what's when where which while who whom why will with would you
    your yours help helps helped helping work works use uses used using affect affects
    actually anyone anything ever exactly someone something thing things way ways kind mean
    means
    """.split()
)


def words(text: str) -> list[str]:
    """The words of a text in lower case, hyphenated ones both whole and in parts."""
    found = []
    for match in WORD.findall(text.lower().replace("’", "'")):
        parts = re.split(r"[-.]", match) if "-" in match or "." in match else []
        found += [*parts, "".join(parts)] if parts else [match]
    return [word.removesuffix("'s") for word in found if word]


def content_words(text: str) -> list[str]:
    """The words of a text that carry its subject, in lower case, each once, in order."""
    return [word for word in dict.fromkeys(words(text)) if word not in STOP]


def terms(text: str) -> list[str]:
    """The stems of the content words, each once, in order."""
    return list(dict.fromkeys(stem(word) for word in content_words(text)))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of an English word (Porter 2), whoever spells it."""
    # A stemmer holds the word that it works on: one for all threads would mix up their words.
    return str(snowballstemmer.stemmer("english").stemWord(american(word)))
