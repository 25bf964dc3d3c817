"""Does a statement turn its source round? Negation, direction, and who does what."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from chat.lexicon import PUNCTUATION, Lexicon, content, is_content
from chat.spelled import NUMBERS
from chat.terms import stem

SCOPE = 8  # content words that a negation reaches
RELATIVE = ("that", "who")  # "the plaque that a brush cannot reach" denies nothing of the plaque
FOCUS = 2  # content words that a direction word is about
SWAPPED = {"minerals and vitamins", "medicines", "ways in"}
NUMBER = re.compile(r"\d|" + "|".join(rf"{name}\b" for name in NUMBERS))
# Negations that no other word stands for; "lack" or "unlikely" may be said in other words.
PLAIN = frozenset(["not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "without"])
VERBS = frozenset(
    [
        "stop",
        "stops",
        "stopped",
        "stopping",
        "keep",
        "keeps",
        "kept",
        "keeping",
        "prevent",
        "prevents",
        "prevented",
        "preventing",
        "protect",
        "protects",
        "protected",
        "hinder",
        "hinders",
        "hindered",
        "save",
        "saves",
        "spare",
        "spares",
        "spared",
    ]
)
ADVISING = ("advis", "warn", "recommend", "caution", "argue", "urg", "speak")
MOSTLY = 0.65  # share of a negation's scope from which a statement speaks of the same thing
# "no more than" is a limit and "not only" no negation at all.
NOT_NEGATING = {"only", "just", "matter", "doubt", "exceed"}
COMPARING = {"more", "less", "fewer", "later", "longer"}


@dataclass(frozen=True)
class Negation:
    """A word that turns round what follows. scope: the stems it reaches, its head first.

    subject: the stems before it in its clause, of which something is denied.
    """

    word: str
    scope: tuple[str, ...]
    reached: frozenset[int]
    hard: bool = True
    subject: tuple[str, ...] = ()


@dataclass(frozen=True)
class Direction:
    """A word with an opposite. sides: (pair, side). about: the stems it is about."""

    word: str
    place: int
    sides: frozenset[tuple[int, int]]
    about: tuple[str, ...]
    negated: bool


class Reading:
    """A text as tokens with its negations and direction words."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.tokens = lexicon.tokens(text)
        self.content = content(self.tokens)
        self.negations = list(self._negations())
        self.directions = list(self._directions())

    @property
    def hard(self) -> list[Negation]:
        """The negations proper, without words that only may stand for one."""
        return [negation for negation in self.negations if negation.hard]

    def clause(self, place: int) -> tuple[int, int]:
        """Where the clause around a token begins and ends."""
        borders = self.lexicon.negation["borders"] | PUNCTUATION
        start, end = place, place + 1
        while start > 0 and self.tokens[start - 1] not in borders:
            start -= 1
        while end < len(self.tokens) and self.tokens[end] not in borders:
            end += 1
        return start, end

    def _negations(self) -> Iterator[Negation]:
        for place, token in enumerate(self.tokens):
            hard = token in self.lexicon.negation["negators"] or self._turns_what_follows(place)
            if not hard and token not in self.lexicon.negation["soft"]:
                continue
            after = self.tokens[place + 1] if place + 1 < len(self.tokens) else ""
            only = after == "only" and "but" not in self.tokens[place:]
            than = self.tokens[place + 2 : place + 3] == ["than"]
            limit = (after in COMPARING and than) or self._turns_limit(place)
            if hard and not only and (after in NOT_NEGATING or limit):
                continue
            start, end = self.clause(place)
            later = [n for n in range(place + 1, end) if is_content(self.tokens[n])][:SCOPE]
            relative = [n for n in range(start, place) if self.tokens[n] in RELATIVE]
            start = relative[-1] + 1 if relative and hard else start
            before = [n for n in range(start, place) if is_content(self.tokens[n])]
            reached = later if len(later) >= FOCUS else [*later, *reversed(before)][:SCOPE]
            scope = tuple(stem(self.tokens[n]) for n in reached)
            subject = tuple(stem(self.tokens[n]) for n in before)
            yield Negation(token, scope, frozenset(later), hard, subject)

    def _turns_what_follows(self, place: int) -> bool:
        """As "stops ... from being absorbed" and "advises against" deny what follows."""
        word = self.tokens[place]
        if word in VERBS:
            later = self.tokens[place + 1 : place + 6]
            return any(a == "from" and b.endswith("ing") for a, b in pairwise([*later, ""]))
        before = self.tokens[max(0, place - 3) : place]
        return word == "against" and any(said.startswith(ADVISING) for said in before)

    def _turns_limit(self, place: int) -> bool:
        """Whether a negation belongs to a limit, as in "should not take more than 350 mg"."""
        following = self.tokens[place + 1 : place + 9]
        return any(
            word in {"than", "exceed", "over", "above"} and NUMBER.match(next_word)
            for word, next_word in pairwise([*following, ""])
        )

    def _directions(self) -> Iterator[Direction]:
        reached = {place for negation in self.hard for place in sorted(negation.reached)[:FOCUS]}
        for place, token in enumerate(self.tokens):
            sides = self.lexicon.opposites.get(token)
            compares = {"more", "less", "fewer", "better", "worse", "higher", "lower"}
            if sides and not (token in compares and "than" in self.tokens[place + 1 : place + 4]):
                if place and self.tokens[place - 1] in {"less", "fewer"}:
                    sides = frozenset((pair, 1 - side) for pair, side in sides)
                if token.startswith(ADVISING) and "against" in self.tokens[place + 1 : place + 3]:
                    sides = frozenset((pair, 1) for pair, _ in sides)
                yield Direction(token, place, sides, self._about(place), place in reached)

    def _about(self, place: int) -> tuple[str, ...]:
        start, end = self.clause(place)
        later: list[str] = []
        for word in self.tokens[place + 1 : end]:
            if word == "by" or len(later) == FOCUS:
                break
            later += [stem(word)] if is_content(word) else []
        if later:
            return tuple(later)
        before = [stem(t) for t in self.tokens[start:place] if is_content(t)]
        return tuple(before[-FOCUS - 1 :])


def negation_problem(claim: Reading, source: Reading) -> str | None:
    """A negation that was added or lost; None if there is none."""
    said, free = _unpaired(claim, source)
    standing = list(free)
    for negation in (n for n in said if n.hard):
        match = next((n for n in free if _shares(negation, n, claim, source)), None)
        if match is not None:
            free.remove(match)
        elif not _said_by_opposite(negation, claim, source) and not _prefixed(negation, source):
            return f"“{negation.word}” is not in the source"
    if _exchanged(claim, source) or _denied_of_another(claim, source):
        return "what is denied and what is said have changed places"
    for negation in (n for n in standing if n.hard):
        kept = any(_shares(negation, n, source, claim) for n in said)
        if not kept and _speaks_of(claim, negation):
            return f"the source says “{negation.word}”"
    return None


ORDER = {"before", "after", "later", "earlier", "following"}
PREFIXES = ("un", "in", "im", "ir", "non", "dis")


def _prefixed(negation: Negation, source: Reading) -> bool:
    """As "not opened" where the source says "unopened"."""
    return any(
        token.startswith(prefix) and stem(token.removeprefix(prefix)) in negation.scope
        for token in source.tokens
        for prefix in PREFIXES
    )


def _exchanged(claim: Reading, source: Reading) -> bool:
    """As "on the back, never on the stomach" and "on the stomach, never on the back"."""
    denied_here, denied_there = (
        {n.scope[0] for n in reading.hard if len(n.scope) == 1} for reading in (claim, source)
    )
    here, there = set(claim.content) - denied_here, set(source.content) - denied_there
    return bool((denied_here - denied_there) & there) and bool((denied_there - denied_here) & here)


def _denied_of_another(claim: Reading, source: Reading) -> bool:
    """Whether what the source denies of one thing is denied of another that it speaks of, too."""
    for negation in claim.hard:
        own = set(negation.subject) - GENERIC
        rivals = [set(n.subject) - GENERIC for n in source.hard if n.subject]
        if not own or not rivals or len(negation.scope) < 1:
            continue
        spoken_of = any(source.lexicon.any_alike(word, source.content) for word in own)
        if spoken_of and not any(_any_alike(source.lexicon, own, each) for each in rivals):
            said = [set(n.scope) - GENERIC for n in source.hard]
            if not any(_any_alike(source.lexicon, own, each) for each in said):
                return True
    return False


def _any_alike(lexicon: Lexicon, some: set[str], others: set[str]) -> bool:
    return any(lexicon.any_alike(word, list(others)) for word in some)


def _unpaired(claim: Reading, source: Reading) -> tuple[list[Negation], list[Negation]]:
    """The negations of both, less those such as "lack" and "deficiency" that say the same."""
    said, stands = list(claim.negations), list(source.negations)
    for negation in list(said):
        if negation.word in PLAIN:
            continue
        like = (n for n in stands if n.word not in PLAIN and _alike(negation, n, claim))
        if (pair := next(like, None)) is not None:
            said.remove(negation)
            stands.remove(pair)
    content_words = claim.content
    return said, [
        n for n in stands if n.hard or not claim.lexicon.any_alike(stem(n.word), content_words)
    ]


def _alike(a: Negation, b: Negation, where: Reading) -> bool:
    return a.word == b.word or where.lexicon.alike(stem(a.word), stem(b.word))


def _shares(negation: Negation, other: Negation, own: Reading, theirs: Reading) -> bool:
    """Whether two negations are about the same thing. own, theirs: where each of them stands."""
    left = [word for word in negation.scope if word not in GENERIC] or list(negation.scope)
    right = [*other.scope, stem(other.word)]
    if not left:
        return True
    if _turned_passive(negation, other, own.lexicon):
        return True
    if len(other.scope) <= 1:
        left = own.content
    if not [word for word in negation.scope if word not in GENERIC]:
        right = theirs.content
    return any(own.lexicon.any_alike(word, right) for word in left)


def _turned_passive(negation: Negation, other: Negation, lexicon: Lexicon) -> bool:
    """As "it is not suitable for smokers" and "smokers should not use it"; or an ellipsis."""
    if not negation.reached and negation.subject:  # "while stretching did not"
        return any(lexicon.any_alike(word, other.subject) for word in negation.subject)
    crossed = sum(lexicon.any_alike(word, other.scope) for word in set(negation.subject))
    return crossed >= 2 and any(lexicon.any_alike(w, other.subject) for w in negation.scope)


def _speaks_of(claim: Reading, negation: Negation) -> bool:
    """Whether a claim is about what a source denies: its head, or most of what it reaches."""
    scope = [word for word in negation.scope if word not in GENERIC]
    if not scope:
        return False
    kept = [word for word in scope if claim.lexicon.any_alike(word, claim.content)]
    subject = [word for word in negation.subject if word not in GENERIC]
    of_same = subject and all(claim.lexicon.any_alike(word, claim.content) for word in subject)
    if (of_same and 2 * len(kept) >= len(scope)) or len(kept) == len(scope) == 1:
        return True
    head = negation.scope[0] in claim.content or _form_of(negation.scope[0], claim.content)
    return head or (len(kept) >= 2 and len(kept) >= MOSTLY * len(scope))


def _form_of(word: str, others: Sequence[str]) -> bool:
    return len(word) > 4 and any(other[:5] == word[:5] for other in others)


def _said_by_opposite(negation: Negation, claim: Reading, source: Reading) -> bool:
    """As "not safe" where the source says "dangerous"; "unclear" where it says "not clear"."""
    denied = [d for d in claim.directions if d.place in sorted(negation.reached)[:FOCUS]]
    sides = {side for direction in denied for side in direction.sides}
    if any(sides & other.sides for other in source.directions):
        return False
    return any(
        not other.negated
        and any((pair, 1 - side) in other.sides for pair, side in said.sides)
        and any(claim.lexicon.any_alike(word, other.about) for word in said.about)
        for said in denied
        for other in source.directions
    )


def direction_problem(claim: Reading, source: Reading) -> str | None:
    """A word whose opposite stands in the source, about the same thing."""
    for direction in claim.directions:
        agreeing = _matching(direction, source, turned=False)
        if agreeing:
            continue
        against = _matching(direction, source, turned=True)
        if against:
            return f"“{direction.word}” where the source says “{against[0].word}”"
    return None


def _matching(direction: Direction, source: Reading, *, turned: bool) -> list[Direction]:
    """The source's words about the same thing that agree, or with `turned` that disagree."""
    found = []
    for other in source.directions:
        about = any(source.lexicon.any_alike(word, other.about) for word in direction.about)
        if not about and direction.about and other.about:
            continue
        for pair, side in direction.sides:
            same = (pair, side) in other.sides
            opposite = (pair, 1 - side) in other.sides
            flipped = direction.negated != other.negated
            agrees = same or (opposite and flipped)
            disagrees = opposite and not flipped
            if (disagrees and not agrees) if turned else agrees:
                found.append(other)
    return found


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


GENERIC = frozenset(
    stem(word)
    for word in [
        "help",
        "helps",
        "effect",
        "effects",
        "effective",
        "work",
        "works",
        "show",
        "shown",
        "evidence",
        "found",
        "find",
        "clear",
        "clearly",
        "good",
        "likely",
        "people",
        "against",
        "significant",
        "significantly",
        "difference",
        "whether",
    ]
)
