"""What a text says, for verification and conflicts: its words, denials and directions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chat.lexicon import PUNCTUATION, Lexicon, content, is_content
from chat.support.digits import NUMBERS
from chat.support.meaning import Meanings
from chat.terms import stem

SCOPE = 8  # content words that a negation reaches
SAID = 0.6  # how near in meaning a word must be to be one that a clause says
RELATIVE = ("that", "who")  # "the plaque that a brush cannot reach" denies nothing of the plaque
FOCUS = 2  # content words that a direction word is about
NUMBER = re.compile(r"\d|" + "|".join(rf"{name}\b" for name in NUMBERS))
# Negations that no other word stands for; "lack" or "unlikely" may be said in other words.
PLAIN = frozenset(["not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "without"])
VERBS = frozenset(
    (
        "stop stops stopped stopping keep keeps kept keeping prevent prevents prevented "
        "preventing protect protects protected hinder hinders hindered save saves spare spares "
        "spared"
    ).split()
)
ADVISING = ("advis", "warn", "recommend", "caution", "argue", "urg", "speak")
# "no more than" is a limit and "not only" no negation at all.
NOT_NEGATING = {"only", "just", "matter", "doubt", "exceed"}
COMPARING = {"more", "less", "fewer", "later", "longer"}


@dataclass(frozen=True)
class Negation:
    """A word that turns round what follows. scope: the stems it reaches, its head first.

    subject: the stems before it in its clause, of which something is denied.
    clause: all stems of its clause.
    """

    word: str
    scope: tuple[str, ...]
    reached: frozenset[int]
    hard: bool = True
    subject: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    place: int = 0


@dataclass(frozen=True)
class Direction:
    """A word with an opposite. sides: (pair, side). about: the stems it is about."""

    word: str
    place: int
    sides: frozenset[tuple[int, int]]
    about: tuple[str, ...]
    negated: bool


class Reading:
    """A text as tokens with its negations and direction words.

    forms: stem -> the word as it stands in the text. meanings: without them only lists tell
    that two words are alike.
    """

    def __init__(self, text: str, lexicon: Lexicon, meanings: Meanings | None = None) -> None:
        self.lexicon = lexicon
        self.meanings = meanings
        self.tokens = lexicon.tokens(text)
        self.forms = {stem(token): token for token in self.tokens if is_content(token)}
        self.content = content(self.tokens)
        self.negations = list(self._negations())
        self.directions = list(self._directions())

    def carries(self, word: str, stems: Sequence[str]) -> float:
        """How far a word, as it stands elsewhere, is said by some of this text's stems, 0 to 1."""
        if self.lexicon.any_alike(stem(word), stems):
            return 1.0
        if self.meanings is None:
            return 0.0
        return self.meanings.near(word, [self.forms[each] for each in stems if each in self.forms])

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

    def own(self, place: int) -> list[str]:
        """The stems that stand in the clause around a token and nowhere else in the text."""
        start, end = self.clause(place)
        elsewhere = content([*self.tokens[:start], *self.tokens[end:]])
        there = dict.fromkeys(content(self.tokens[start:end]))
        return [word for word in there if not self.lexicon.any_alike(word, elsewhere)]

    def tells(self, other: "Reading", place: int, share: float) -> bool:
        """Whether this text has that share of what only the clause around a token says."""
        own = other.own(place)
        told = [self.carries(other.forms[word], self.content) for word in own]
        return not own or (sum(told) >= share * len(own) and max(told) >= SAID)

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
            clause = tuple(
                stem(t) for t in self.tokens[slice(*self.clause(place))] if is_content(t)
            )
            yield Negation(token, scope, frozenset(later), hard, subject, clause, place)

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
        figures = [n for n, word in enumerate(following) if NUMBER.match(word)]
        following = following[: figures[0] + 1] if figures else following  # the first is limited
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
