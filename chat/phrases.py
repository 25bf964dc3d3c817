"""What a question speaks of: the names of things in it, found without a tagger.

A phrase is a run of words that are no function word, verb, quality or describing word of the lists
in `prompts/LANGUAGE/follow_up/words.txt`; "of" and "and" join two of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from chat.screening.textfiles import phrase_lists
from chat.terms import STOP, stem
from chat.wording import PROMPTS

WORD = re.compile(r"[^\W_]+(?:['’.\-/#+][^\W_]+)*")
JOINS = frozenset({" of ", " of the ", " and ", " or ", " and the ", " and a ", " and an "})
SINGULAR = ("ss", "us", "is", "news", "physics")
AFTER_SUBJECT = frozenset({"i", "you", "we", "they", "he", "she", "to"})
ARTICLES = frozenset({"a", "an", "the", "my", "your", "this"})
DETERMINERS = ARTICLES | {"his", "her", "their", "it", "them"}


@dataclass(frozen=True)
class Phrase:
    """A name of something at [start:end] of a question."""

    text: str
    start: int
    end: int
    several: bool  # more than one thing: "side effects", "calcium and iron"
    proper: bool  # written with capitals
    article: str = ""  # that stands before it: "the" or "my"; "the" for "a", "this"
    qualities: str = ""  # adjectives right before it: "low" of "low back pain"

    @property
    def whole(self) -> str:
        """Its text with its qualities."""
        return f"{self.qualities} {self.text}".lstrip()

    @property
    def named(self) -> str:
        """Its text as it is spoken of again: "a cream" is now "the cream"."""
        return f"{self.article} {self.whole}".lstrip()

    @property
    def terms(self) -> set[str]:
        """The stems of its words."""
        return {stem(word) for word in WORD.findall(self.text.lower())}


@cache
def word_lists(language: str = "en") -> Mapping[str, frozenset[str]]:
    """The lists of a language by name; empty where it has none."""
    path = PROMPTS / language / "follow_up" / "words.txt"
    lists = phrase_lists(path) if path.exists() else {}
    return {name: frozenset(words) for name, words in lists.items()}


def plain(word: str) -> str:
    """A word in lower case that belongs to nobody: "Cream's" is "cream"."""
    return word.lower().removesuffix("'s").removesuffix("’s")


def phrases(text: str, language: str = "en") -> list[Phrase]:
    """The phrases of a text in order; those of general words such as "the reasons" left out."""
    runs = _joined(list(_runs(text, language)), text)
    general = word_lists(language)["general"]
    return [
        _phrase(text, start, end, language)
        for start, end in runs
        if not all(word.lower() in general for word in WORD.findall(text[start:end]))
    ]


def _runs(text: str, language: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each run of naming words."""
    found = list(WORD.finditer(text))
    run: list[re.Match[str]] = []
    for place, match in enumerate(found):
        apart = run and text[run[-1].end() : match.start()].strip(" “”\"'‘’")
        if run and (apart or not _names(found, place, language)):
            yield run[0].start(), run[-1].end()
            run = []
        if _names(found, place, language):
            run.append(match)
    if run:
        yield run[0].start(), run[-1].end()


def _names(found: Sequence[re.Match[str]], place: int, language: str) -> bool:
    """Whether a word may be part of a name."""
    lists = word_lists(language)
    own = found[place][0]
    word = plain(own)
    before = found[place - 1][0].lower() if place else ""
    after = found[place + 1][0].lower() if place + 1 < len(found) else ""
    if word in STOP or word in lists["auxiliaries"] or word in lists["asking"]:
        return False
    if own[0].isupper() and place:
        return True
    if before in AFTER_SUBJECT and (before != "to" or after in DETERMINERS):
        return False
    verb = word in lists["verbs"] and before not in {"the", "a", "an"}
    if word.endswith("ed") and before not in {"the", "a", "an"}:
        verb = True
    told = word in lists["qualities"] or word in lists["describing"] or word.endswith("ly")
    return not (verb or told or word.isdigit())


def _joined(runs: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Runs with those that "of" or "and" joins to them."""
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        between = text[joined[-1][1] : start].lower() if joined else ""
        named = bool(joined) and text[joined[-1][0]].isupper() and text[start].isupper()
        if between in JOINS or (between == " to " and named):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _phrase(text: str, start: int, end: int, language: str) -> Phrase:
    name = text[start:end]
    head = re.split(r" of ", name)[0].split()[-1].lower()
    several = " and " in name or (head.endswith("s") and not head.endswith(SINGULAR))
    words = name.split()
    proper = any(w[0].isupper() for w in words) and (start > 0 or words[-1][0].isupper())
    qualities = _qualities(text[:start], language)
    article = _article(text[: start - len(qualities)], several=several)
    return Phrase(name, start, end, several, proper, article, qualities.strip())


def _qualities(before: str, language: str) -> str:
    """The adjectives that end what stands before a phrase; none where "how" asks for them."""
    place = len(before)
    for match in reversed(list(WORD.finditer(before))):
        apart = before[match.end() : place] != " "
        if apart or match[0].lower() not in word_lists(language)["qualities"]:
            return "" if match[0].lower() == "how" else before[place:]
        place = match.start()
    return before[place:]


def _article(before: str, *, several: bool) -> str:
    """The article before a phrase as it is when the phrase is spoken of again."""
    word = (WORD.findall(before.lower()) or [""])[-1]
    if not before.endswith(" ") or word not in ARTICLES:
        return ""
    if word in {"a", "an"}:
        return "" if several else "the"
    return "the" if word in {"this", "the"} else word
