"""Do two sentences disagree on whether something helps, or whether it helps everybody?"""

import re
from collections.abc import Sequence

from chat.disagree import LACKING, denies, has_object, negated, of_others, shared
from chat.lexicon import content
from chat.support import SAYING
from chat.support.reading import Direction, Reading

HELPS, ALL = "whether it helps", "whether it helps everybody"
HELPING = ("helps", "relieves", "prevents")
# Said of what helps even where nothing follows.
OF_ITSELF = frozenset(
    "help helps helped helpful effective useful beneficial works good successful".split()
)
NO_BETTER = re.compile(
    r"\b(?:no|not) (?:better|more (?:effective|useful|helpful)) than (?:an? )?"
    r"(?:placebo|dummy|sham|nothing)\b"
)
# Of whom or what something is said without exception.
EVERY = frozenset("all every everyone everybody each always any anyone anybody".split())
LOOSELY = 0.2  # as TOGETHER in `disagree.py`, where the question says what both are about
NEAR = 3  # words after one that helps of which one may say that it helps all


def stances_differ(one: Reading, other: Reading, asked: Sequence[str]) -> str | None:
    """One says that something helps with what is asked about, the other that it does not."""
    if of_others(one, other) or shared(one, other) < LOOSELY:
        return None
    mine, theirs = (_stances(reading, asked) for reading in (one, other))
    if len({helps for helps, _ in mine}) != 1 or len({helps for helps, _ in theirs}) != 1:
        return None
    if any(a != b and _same_helper(x, y, one) for a, x in mine for b, y in theirs):
        return HELPS
    return None


def one_helps_all(one: Reading, other: Reading) -> bool:
    """One says that it helps all, or with all, the other that it does not or may not help all."""
    return not of_others(one, other) and any(
        _helps_all(a) and _not_all(b) for a, b in ((one, other), (other, one))
    )


def _helps_all(reading: Reading) -> bool:
    helping = _helping(reading)
    helped = [d.place for d in reading.directions if d.sides & helping and d.word not in LACKING]
    return not reading.hard and any(
        EVERY & set(reading.tokens[place : reading.clause(place)[1]][: 1 + NEAR])
        for place in helped
    )


def _not_all(reading: Reading) -> bool:
    """Whether a negation stands before "works for everyone" or the like."""
    denials = [each.place for each in reading.hard if denies(each, reading)]
    denied = range(denials[0], len(reading.tokens)) if denials else range(0)
    helping = _helping(reading)
    helped = any(d.place in denied for d in reading.directions if d.sides & helping)
    return helped and any(reading.tokens[place] in EVERY for place in denied)


def _stances(reading: Reading, asked: Sequence[str]) -> list[tuple[bool, list[str]]]:
    """(whether it helps, the stems of what helps) wherever something asked about is helped."""
    helping = _helping(reading)
    found = [
        (not negated(reading, direction), _helper(reading, direction))
        for direction in reading.directions
        if direction.sides & helping
        and direction.word not in LACKING
        and not _compares(reading, direction.place)
        and (direction.word in OF_ITSELF or has_object(reading, direction))
        and any(reading.lexicon.any_alike(term, direction.about) for term in asked)
    ]
    return found or [(False, reading.content) for _ in NO_BETTER.findall(" ".join(reading.tokens))]


def _helper(reading: Reading, direction: Direction) -> list[str]:
    """What helps: what stands before in the clause, or in the sentence if nothing does."""
    start, _ = reading.clause(direction.place)
    before = content(reading.tokens[start : direction.place])
    return [word for word in before or reading.content if word not in SAYING]


def _same_helper(one: Sequence[str], other: Sequence[str], where: Reading) -> bool:
    return any(where.lexicon.any_alike(word, other) for word in one)


def _compares(reading: Reading, place: int) -> bool:
    """Whether a word is only compared by, as in "not as effective as"."""
    around = reading.tokens[max(0, place - 1) : place + 2]
    return len(around) == 3 and around[0] in {"as", "so"} and around[2] == "as"


def _helping(reading: Reading) -> set[tuple[int, int]]:
    """The sides of the lists of opposites that words which help stand on."""
    return {side for word in HELPING for side in reading.lexicon.opposites.get(word, ())}
