"""Do two sentences speak for and against what a question asks, each in words of its own?

"Do not take it if you are pregnant" denies nothing that "It is safe in pregnancy" says, and both are
answers to "Is it safe in pregnancy?", no and yes. The words that speak for something and against it
stand in `prompts/LANGUAGE/verify/stances.txt`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from chat.disagree import FIGURED, figures_differ
from chat.helps import HELPS
from chat.lexicon import stems
from chat.screening.textfiles import phrase_lists
from chat.support.numbers import Quantity
from chat.support.reading import Reading
from chat.wording import PROMPTS

SAFE, ADVISED = "whether it is safe", "whether it is advised"
ASKED = {"asks safety": SAFE, "asks advice": ADVISED, "asks effect": HELPS}
LANGUAGE = "en"
# What a question for a figure asks to be told in.
MEASURES = [
    (re.compile(r"\bhow (?:often|frequently|many times)\b", re.IGNORECASE), {"often"}),
    (
        re.compile(
            r"\bhow (?:long|soon|quickly|fast|late|early)\b|\bwhen\b|\bat what age\b"
            r"|\bhow many (?:minutes|hours|days|nights|weeks|months|years)\b",
            re.IGNORECASE,
        ),
        {"day", "month"},
    ),
    (
        re.compile(
            r"\bhow (?:many|likely|common)\b|\b(?:percentage|share|proportion)\b", re.IGNORECASE
        ),
        {"%", ""},
    ),
    (
        re.compile(
            r"\bhow (?:much|strong|high|low|warm|hot|cold)\b|\b(?:dose|dosage|amount)s?\b",
            re.IGNORECASE,
        ),
        {"mg", "iu", "ml", "mmol", "unit", "%", "°c", "$", "£", "€"},
    ),
]
MEASURING = stems(
    "long soon quickly fast late early often frequently many much strong likely dose doses dosage amount amounts percentage share take takes last lasts should recommended usual best daily day people percent"
)
TURNED = 3  # words before a phrase of which one may turn it round
ABOUT = 0.6  # share of what is asked about that both sentences must say


@dataclass(frozen=True)
class Stances:
    """The lists of one language. asked: what is asked -> the words that ask it."""

    speaks: re.Pattern[str]
    against: frozenset[str]
    turning: frozenset[str]
    asked: Mapping[str, re.Pattern[str]]
    telling: frozenset[str]


@dataclass(frozen=True)
class Said:
    """A sentence with what stands over it: the terms of its headings and of its title."""

    reading: Reading
    figures: Sequence[Quantity]
    over: Sequence[str]


def stand_apart(question: str, one: Said, other: Said, asked: Sequence[str]) -> str | None:
    """On what one sentence speaks for what is asked, and the other against it; None if not so.

    asked: the terms of the question.
    """
    lists = stances(LANGUAGE)
    kind = next((kind for kind, words in lists.asked.items() if words.search(question)), None)
    about = [term for term in asked if term not in lists.telling]
    if kind is None or not all(_is_about(about, each) for each in (one, other)):
        return None
    mine, theirs = (_stance(each.reading.tokens, lists) for each in (one, other))
    return ASKED[kind] if mine is not None and theirs is not None and mine != theirs else None


def figures_apart(question: str, one: Said, other: Said, asked: Sequence[str]) -> str | None:
    """That two sentences answer how much, how long or how often with other figures; or None."""
    kinds = [kind for words, kind in MEASURES if words.search(question)]
    about = [term for term in asked if term not in MEASURING]
    if not kinds or not all(_is_about(about, each) for each in (one, other)):
        return None
    mine, theirs = ([q for q in each.figures if q.unit in kinds[0]] for each in (one, other))
    return FIGURED if figures_differ(mine, theirs) else None


def _is_about(about: Sequence[str], said: Said) -> bool:
    """Whether a sentence says some of what is asked about, and with what is over it enough."""
    words, alike = said.reading.content, said.reading.lexicon.any_alike
    own = [term for term in about if alike(term, words)]
    return bool(own) and sum(alike(t, [*words, *said.over]) for t in about) >= ABOUT * len(about)


def _stance(tokens: Sequence[str], lists: Stances) -> bool | None:
    """Whether a sentence speaks for something, or against; None for neither and for both."""
    said = set(_spoken(tokens, lists))
    return said.pop() if len(said) == 1 else None


def _spoken(tokens: Sequence[str], lists: Stances) -> Iterator[bool]:
    text = " ".join(tokens)
    for match in lists.speaks.finditer(text):
        before = text[: match.start()].split()[-TURNED:]
        turned = bool(lists.turning & set(before))
        yield (match[0] in lists.against) == turned


@cache
def stances(language: str) -> Stances:
    """The lists in `prompts/LANGUAGE/verify/stances.txt`."""
    lists = phrase_lists(PROMPTS / language / "verify" / "stances.txt")
    phrases = [*lists["for"], *lists["against"]]
    asks = {name: lists[name] for name in ASKED}
    return Stances(
        _any_of(phrases),
        frozenset(lists["against"]),
        frozenset(lists["turning"]),
        {name: _any_of(words) for name, words in asks.items()},
        frozenset(stems(" ".join(word for words in asks.values() for word in words))),
    )


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Any of the phrases, the longest that fits."""
    longest = sorted(set(phrases), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b", re.IGNORECASE)
