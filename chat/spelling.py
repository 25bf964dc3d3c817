"""Words of a question that nothing knows, read as the documents spell them.

Only a word that neither the documents nor an English word list has is changed, and only into one
word of the documents that is a single usual slip away (a letter left out, doubled or too much, two
swapped, a wrong vowel or the key beside): it must begin with the same letter. Names, figures and
what may be the name of another substance stay as they are. The answer says what was read.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from chat.phrases import word_lists
from chat.terms import STOP, stem
from chat.terms import words as text_words
from ingest.embed import model_path
from ingest.library import Release

WORD = re.compile(r"(?<![\w'’.-])[^\W\d_]+(?![\w'’-]|\.\w)")
SHORTEST = 5  # letters of a word that is changed; in one of four only swapped ones are put right
# Words that nothing knows, and their share of the question's; where there are more they are none.
MOST, STRANGE = 12, 0.5
LOOKED_AT = 20  # passages in which a word is looked for as it is spelled
VOWELS = "aeiouy"
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
LETTERS = "".join(KEYS)
ENDINGS = ("s", "es", "d", "ed", "r", "er", "ing", "ly")
# Ends of the names of substances: "digoxin" is no slip for "dioxin", nor "nitrite" for "nitrate".
SUBSTANCE = re.compile(r"(?:[ai]te|i[dn]e|[ao]l|[ao]ne|ins?|ase|ose|an|am|il)$")


def spelled(question: str, release: Release, language: str = "en") -> dict[str, str]:
    """Each misspelt word of the question with the one that is read instead."""
    if not word_lists(language):
        return {}
    found = [match for match in WORD.finditer(question) if match[0].isascii()]
    unknown = [match for match in found if not _known(match[0].lower(), release)]
    words = dict.fromkeys(m[0] for m in unknown if m[0].islower() or not m.start())
    if len(words) > min(MOST, max(1, len(found) * STRANGE)):
        return {}
    read = {word: _as(word, _nearest(word.lower(), release)) for word in words}
    return {word: other for word, other in read.items() if other}


def respelled(question: str, read: Mapping[str, str]) -> str:
    """The question with its misspelt words put right."""
    return WORD.sub(lambda match: read.get(match[0], match[0]), question) if read else question


def _known(word: str, release: Release) -> bool:
    """Whether the documents or the word list have the word in any of its forms."""
    listed = any(word.removesuffix(end) in english() for end in ("", *ENDINGS))
    return listed or bool(release.frequencies([word])[word])


def _nearest(word: str, release: Release) -> str:
    """The one word of the documents that it is a slip of; "" where there is none, or several."""
    short = len(word) < SHORTEST
    if len(word) < SHORTEST - 1 or (SUBSTANCE.search(word) and not short):
        return ""
    counts = release.frequencies(sorted({*_swapped(word), *_lacking(word), *_slips(word)}))
    near = [
        other
        for other, count in counts.items()
        if other in STOP or (count and _stands(other, release))
    ]
    alone = len({stem(other) for other in near}) == 1
    if not alone or (short and near[0] not in [*_swapped(word)]):
        return ""
    return max(near, key=lambda other: (other in english(), counts[other]))


def _stands(word: str, release: Release) -> bool:
    """Whether an English document writes the word like that: the index only knows its stem."""
    for passage in release.passages([key for key, _, _ in release.lexical([word], LOOKED_AT)]):
        if word in text_words(" ".join((*passage.headings, passage.text))):
            language = release.document(passage.document).about.language
            return (language or "en").startswith("en")
    return False


def _swapped(word: str) -> Iterator[str]:
    """The word with two neighbours swapped, but for the first letter."""
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _lacking(word: str) -> Iterator[str]:
    """The word with one letter more, behind the first."""
    for place in range(1, len(word) + 1):
        yield from (word[:place] + letter + word[place:] for letter in LETTERS)


def _slips(word: str) -> Iterator[str]:
    """The word without a letter, or with another that is easily taken for it.

    At its end only a doubled letter goes: "signer" is no slip for "signed", nor "matcha" for
    "match".
    """
    for place in range(1, len(word)):
        before, letter, after = word[:place], word[place], word[place + 1 :]
        if after or letter == before[-1]:
            yield before + after
        if after:
            yield from (before + other + after for other in _instead(letter))


@cache
def _instead(letter: str) -> str:
    """The letters for which somebody may write this one."""
    row = next(row for row in KEYS if letter in row)
    place = row.index(letter)
    beside = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    return beside + (VOWELS if letter in VOWELS else "")


@cache
def english() -> frozenset[str]:
    """The 22,000 words that the packaged embedding model's tokenizer has whole."""
    lines = (Path(model_path()) / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line.isalpha() and line.isascii())


def _as(word: str, other: str) -> str:
    """The other word; where this one has a capital, and may be a name, only "What" and such."""
    if word.islower():
        return other
    return other.capitalize() if word.istitle() and other in STOP else ""
