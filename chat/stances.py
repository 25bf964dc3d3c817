"""Do two sentences speak for and against what a question asks, each in words of its own?

"Do not take it if you are pregnant" denies nothing that "It is safe in pregnancy" says, and both
answer "Is it safe in pregnancy?", no and yes. The words that speak for something and against it
stand in `prompts/LANGUAGE/verify/stances.txt`. So do two figures where a figure is asked for, in
whatever words they are given.
"""

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from chat.disagree import FIGURED, SO, figures_differ
from chat.helps import HELPS
from chat.lexicon import stems
from chat.screening.textfiles import phrase_lists
from chat.support.numbers import quantities
from chat.support.reading import PLAIN, Reading
from chat.wording import PROMPTS

Pair = tuple[str, str]
SAFE, ADVISED = "whether it is safe", "whether it is advised"
# What is asked, and the lists that speak for and against it.
SAFETY, ADVICE, HELP = ("safe", "unsafe"), ("advised", "discouraged"), ("helps", "does not help")
COMPARED, CAUSED = ("differs", "equal"), ("causes", "does not cause")
ASKED = {
    "asks comparison": (SO, (COMPARED, (COMPARED[0], HELP[1]))),
    "asks safety": (SAFE, (SAFETY, ADVICE)),
    "asks advice": (ADVISED, (ADVICE, SAFETY, HELP)),
    "asks effect": (HELPS, (HELP, ADVICE)),
    "asks cause": (SO, (CAUSED,)),
}
LANGUAGE = "en"
TURNED = 3  # words before a phrase of which one may turn it round
# Share of what is asked about that both sentences must say, by rarity; and one that was read, and
# found to answer.
ABOUT, ANSWERING = 0.5, 0.3
# Two answers to it are no disagreement.
ASKS_WHICH = re.compile(
    r"\b(?:what|which|who)(?: \w+)?"
    r" (?:helps?|works?|eases?|relieves?|prevents?|treats?|should|can)\b",
    re.IGNORECASE,
)
TIMES, AMOUNTS = {"day", "month"}, {"mg", "iu", "ml", "mmol", "unit", "%", "°c", "$", "£", "€"}
# What a question for a figure asks to be told in; the first that fits.
MEASURES = [
    (re.compile(rf"\b(?:{asks})\b", re.IGNORECASE), units)
    for asks, units in (
        ("how (?:often|frequently|many times)", {"often"}),
        ("how many (?:minutes|hours|days|nights|weeks|months|years)", TIMES),
        ("how many (?:mg|mcg|iu|ml|grams?|milligrams|micrograms|units)", AMOUNTS),
        ("how (?:long|soon|quickly|fast|late|early)|when|at what age", TIMES),
        ("how (?:many|likely|common)|percentage|share|proportion", {"%"}),
        ("how (?:much|strong|high|low|warm|hot|cold)|doses?|dosage|amounts?|strength", AMOUNTS),
    )
]
# Words that only ask for a figure: nothing is about them.
MEASURING = stems(
    "long soon quickly fast late early often frequently many much strong strength high low likely"
    " common dose doses dosage amount amounts percentage share proportion take takes last lasts"
    " should recommended usual right best daily day week people percent mg milligrams hours minutes"
)


@dataclass(frozen=True)
class Stances:
    """The lists of one language. asked: what is asked -> the words that ask it.

    phrases: each with its list. speaks: any of them. telling: terms that only say what is asked.
    """

    phrases: Mapping[str, str]
    speaks: re.Pattern[str]
    turning: frozenset[str]
    asked: Mapping[str, re.Pattern[str]]
    telling: frozenset[str]


@dataclass(frozen=True)
class Said:
    """A sentence. over: the terms of its headings and of its document's title.

    answers: whether the cross-encoder says that it answers the question.
    """

    text: str
    reading: Reading
    over: Sequence[str]
    answers: bool

    def is_about(
        self, asked: Mapping[str, float], telling: Container[str], least: float = ABOUT
    ) -> bool:
        """Whether it says some of what is asked about, and with what is over it enough.

        asked: term -> how rare it is. telling: terms that only say what is asked of it.
        """
        about = {term: rarity for term, rarity in asked.items() if term not in telling}
        words, alike = self.reading.content, self.reading.lexicon.any_alike
        around = [*words, *self.over]
        said = sum(rarity for term, rarity in about.items() if alike(term, around))
        return any(alike(term, words) for term in about) and said >= least * sum(about.values())


def apart(question: str, one: Said, other: Said, asked: Mapping[str, float]) -> str | None:
    """On what two sentences give other answers to a question; None if they do not.

    asked: the terms of the question -> how rare they are.
    """
    units = next((units for words, units in MEASURES if words.search(question)), None)
    if units is None:
        return None if ASKS_WHICH.search(question) else stand_apart(question, one, other, asked)
    return FIGURED if figures_apart(one, other, asked, units) else None


def stand_apart(question: str, one: Said, other: Said, asked: Mapping[str, float]) -> str | None:
    """On what one sentence speaks for what is asked, and the other against it; None if not so.

    asked: the terms of the question -> how rare they are.
    """
    lists = stances(LANGUAGE)
    kind = next((kind for kind, words in lists.asked.items() if words.search(question)), None)
    if kind is None or not all(
        each.is_about(asked, lists.telling, ANSWERING if each.answers else ABOUT)
        for each in (one, other)
    ):
        return None
    about, pairs = ASKED[kind]
    mine, theirs = (_stance(each.reading, pairs, lists) for each in (one, other))
    return about if mine is not None and theirs is not None and mine != theirs else None


def figures_apart(
    one: Said, other: Said, asked: Mapping[str, float], units: Container[str]
) -> bool:
    """Whether two sentences answer how much, how long or how often with other figures."""
    if not all(each.is_about(asked, MEASURING) for each in (one, other)):
        return False
    mine, theirs = (
        [each for each in quantities(side.text, shares=True) if each.unit in units]
        for side in (one, other)
    )
    return figures_differ(mine, theirs)


def _stance(reading: Reading, pairs: Sequence[Pair], lists: Stances) -> bool | None:
    """Whether a sentence speaks for something, or against; None for neither and for both."""
    side = {name: name == pair[0] for pair in pairs for name in pair}
    said = {side[name] != turned for name, turned in _spoken(reading, lists) if name in side}
    return said.pop() if len(said) == 1 else None


def _spoken(reading: Reading, lists: Stances) -> Iterator[tuple[str, bool]]:
    """The list of each phrase of a sentence that speaks for or against, and if it is turned."""
    tokens = reading.tokens
    starts = list(accumulate((len(token) + 1 for token in tokens), initial=0))
    for match in lists.speaks.finditer(" ".join(tokens)):
        place = bisect_right(starts, match.start()) - 1
        first, _ = reading.clause(place)
        before = tokens[first:place]
        yield (
            lists.phrases[match[0]],
            bool(lists.turning & set(before[-TURNED:]) or PLAIN & set(before)),
        )


@cache
def stances(language: str) -> Stances:
    """The lists in `prompts/LANGUAGE/verify/stances.txt`."""
    lists = phrase_lists(PROMPTS / language / "verify" / "stances.txt")
    names = {name for _, pairs in ASKED.values() for pair in pairs for name in pair}
    phrases = {phrase: name for name in names for phrase in lists[name]}
    asks = {name: lists[name] for name in ASKED}
    return Stances(
        phrases,
        _any_of(phrases),
        frozenset(lists["turning"]),
        {name: _any_of(words) for name, words in asks.items()},
        frozenset(stems(" ".join(word for words in asks.values() for word in words))),
    )


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Any of the phrases, the longest that fits."""
    longest = sorted(set(phrases), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b", re.IGNORECASE)
