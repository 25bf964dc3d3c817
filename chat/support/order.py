"""Who does what, and what is more than what: nothing may change places with anything else."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from chat.lexicon import PUNCTUATION, Lexicon, is_content
from chat.support.reading import Reading
from chat.terms import stem

SWAPPED = {"minerals and vitamins", "medicines", "ways in"}
ORDER = {"before", "after", "later", "earlier", "following"}
EQUAL = re.compile(
    r"\b(?:as (?:much|many|good|well|effective|often|safe|likely|high|long)\b[^.,;]{0,40}\bas\b"
    r"|the same (?:amount|number|effect)|equally|no difference between)",
    re.IGNORECASE,
)
UNEQUAL = re.compile(
    r"\b(?:more|less|fewer|better|worse|higher|lower|safer|longer|shorter)\b[^.,;]{0,40}"
    r"\bthan\b(?! \d)",
    re.IGNORECASE,
)
LESS = {"less", "fewer", "lower", "worse", "not", "smaller", "weaker", "rarer", "shorter"}
CAUSING = ("cause", "causes", "caused", "leads", "lead", "led", "results", "triggers", "because",
           "due")  # fmt: skip


def order_problem(claim: Reading, source: Reading) -> str | None:
    """As "A is better than B" may not become "B is better than A", nor effect cause."""
    for pivots in (("than",), CAUSING):
        said, stands = _halves(claim, pivots), _halves(source, pivots)
        for before, after in said:
            for left, right in stands:
                if pivots == ("than",) and _denied_on(before, after) * _denied_on(left, right) < 0:
                    return "it turns round what the source compares or says causes what"
                straight = _shared(claim.lexicon, before, left) + _shared(
                    claim.lexicon, after, right
                )
                crossed = _shared(claim.lexicon, before, right) + _shared(
                    claim.lexicon, after, left
                )
                if crossed > straight:
                    return "it turns round what the source compares or says causes what"
    return None


def _denied_on(before: Sequence[str], after: Sequence[str]) -> int:
    """1 where only what comes first is denied, -1 where only what comes last is, else 0."""
    return ("not" in before) - ("not" in after)


def _halves(reading: Reading, pivots: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """What stands before and after a pivot in its sentence, the cause always first."""
    tokens = reading.tokens
    for place, token in enumerate(tokens):
        if token not in pivots:
            continue
        denying = reading.lexicon.negation["negators"]
        before, after = (
            ["not" if t in denying else stem(t) for t in near if is_content(t) or t in denying]
            for near in (tokens[max(0, place - 7) : place], tokens[place + 1 : place + 7])
        )
        follows = tokens[place + 1 : place + 2]
        turned = token in {"because", "due"} or follows in (["by"], ["from"])
        less = pivots == ("than",) and LESS & set(tokens[max(0, place - 4) : place])
        turned = turned or bool(less)
        yield (after, before) if turned else (before, after)


def _shared(words: Lexicon, a: Sequence[str], b: Sequence[str]) -> int:
    return sum(stem_ in b or words.any_alike(stem_, b) for stem_ in set(a))


def equality_problem(claim: str, source: str) -> str | None:
    """As "as much as" may not become "less than", nor the other way round."""
    for one, other in ((EQUAL, UNEQUAL), (UNEQUAL, EQUAL)):
        said, stands = one.search(claim), other.search(source)
        if said and stands and not other.search(claim) and not one.search(source):
            return f"“{said[0]}” where the source says “{stands[0]}”"
    return None


def swap_problem(claim: Reading, source: Reading) -> str | None:
    """What the source says of one thing is said of another of its kind."""
    for kind in SWAPPED & {kind for kind, _ in _entities(claim)}:
        own, theirs = _said_of(claim, kind), _said_of(source, kind)
        if len(theirs) < 2:
            continue
        same = swapped = 0
        for thing, words in own.items():
            for word, weight in words.items():
                of = {other for other, said in theirs.items() if word in said}
                if len(of) == 1:
                    same += weight * (thing in of)
                    swapped += weight * (thing not in of)
        if swapped > same:
            return "it says of one thing what the source says of another"
    return None


def _entities(reading: Reading) -> list[tuple[str, str]]:
    known = reading.lexicon.entities
    return [known[token] for token in reading.tokens if token in known]


def _said_of(reading: Reading, kind: str) -> dict[str, dict[str, int]]:
    """Thing -> stem -> weight: the words of a clause belong to the thing named before them."""
    said: dict[str, dict[str, int]] = {}
    known, borders = (
        reading.lexicon.entities,
        (reading.lexicon.negation["borders"] - {"because"}) | PUNCTUATION,
    )
    for border, group in groupby(reading.tokens, lambda token: token in borders):
        tokens = list(group)
        things = [known[t][1] for t in tokens if t in known and known[t][0] == kind]
        if border or not things:
            continue
        thing = things[0]
        for token in tokens:
            if token in known and known[token][0] == kind:
                thing = known[token][1]
                said.setdefault(thing, {})
            elif token in reading.lexicon.negation["negators"]:
                said.setdefault(thing, {})["not"] = 1
            elif token in reading.lexicon.opposites and token not in ORDER:
                said.setdefault(thing, {})[stem(token)] = 1
    return said
