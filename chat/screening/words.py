"""A message as words: lower case, contractions written out, stems, small words left out.

Two views of one message. `raw` keeps every word, for cues such as "no", "my", "ten years ago".
`stems` keeps the words that carry meaning, in the form the concept lists are compared in.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[.!?\n;:,()]")
WRAP = re.compile(r"(?<=[^\s.!?:;])[ \t]*\n[ \t]*(?=[^\s\-*•\d])")  # a line end inside a sentence
BORDERS = frozenset(".!?\n;")
APOSTROPHES = str.maketrans("’‘`´ʼ", "'''''")
LONGEST_WORD = 40


@dataclass(frozen=True)
class Word:
    """One word that carries meaning. at: its place in `Message.raw`."""

    stem: str
    at: int


@dataclass(frozen=True)
class Message:
    """A message as words. sentence: for each raw word the number of its sentence."""

    raw: tuple[str, ...]
    sentence: tuple[int, ...]
    words: tuple[Word, ...]

    @property
    def sentences(self) -> list[tuple[int, int]]:
        """Start and end in `raw` of each sentence."""
        starts = [i for i, n in enumerate(self.sentence) if i == 0 or n != self.sentence[i - 1]]
        return list(pairwise([*starts, len(self.raw)])) if starts else []


@lru_cache(maxsize=50_000)
def stem(word: str, stemmer: str = "english") -> str:
    """The stem of a lower-case word. stemmer: Snowball's name of the language."""
    if len(word) > LONGEST_WORD:
        return word
    # A stemmer holds the word that it works on: one for all threads would mix up their words.
    return str(snowballstemmer.stemmer(stemmer).stemWord(word))


def raw_words(
    text: str, spelling: Mapping[str, str], right: Callable[[str], str] = str
) -> list[str]:
    """Words and punctuation in lower case, variants written out, misspelled ones put `right`."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(APOSTROPHES)
    plain = WRAP.sub(" ", plain)
    found = list[str]()
    for token in WORD.findall(plain):
        written = spelling.get(token) or spelling.get(token.replace("'", ""))
        if written is None and token.endswith("'s"):
            written = spelling.get(token[:-2], token[:-2])
        found.extend(written.split() if written else [right(token)])
    return found


def meaning(raw: Sequence[str], small: frozenset[str], stemmer: str = "english") -> list[Word]:
    """The words of `raw` that carry meaning, as stems."""
    return [
        Word(stem(word, stemmer), at)
        for at, word in enumerate(raw)
        if word not in small and (word[0].isalnum() or ord(word[0]) > 127)
    ]


def message(raw: list[str], small: frozenset[str], stemmer: str = "english") -> Message:
    """Raw words as a Message; sentences end at . ! ? ; and line ends."""
    numbers, current = list[int](), 0
    for word in raw:
        numbers.append(current)
        current += word in BORDERS
    return Message(tuple(raw), tuple(numbers), tuple(meaning(raw, small, stemmer)))
