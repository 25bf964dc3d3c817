"""Quantities in a text: numbers with their units, ranges, limits and how often, made comparable.

"400mg", "0.4 g" and "four hundred milligrams" are one quantity; so are "twice a day" and "every 12
hours", "half" and "50 %", "5:1" and "five times".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chat.support.digits import in_digits
from chat.support.units import IMPLIED, LIMITS, OFTEN, PERIODS, UNITS, Limit
from chat.terms import STOP, stem

TOKEN = re.compile(
    r"[a-z]+(?:-?\d+)+[a-z]*(?![\d])|-?(?:\d+(?:\.\d+)?|\.\d+)|°[cf]\b|[a-z]+(?:'[a-z]+)?|[%$€£<>≤≥×:/~-]|[.,;()]"
)
# "20 and 40 mg": the unit belongs to both.
LISTED = re.compile(
    rf"(\d[\d.]*) (and|or) (\d[\d.]*)[ -]?({'|'.join(re.escape(unit) for unit in UNITS)})\b"
)
READ = 2_000  # texts whose quantities are kept: a span is held against many statements
# No denial reaches a limit across these.
ENDING = frozenset([".", ";", ",", "before", "after", "until", "if", "when", "while", "without"])
REACH = 10  # tokens before a limit in which a negation turns it round
AROUND = 4  # content words after a number that say what it counts
NEAR = 0.006  # relative difference of two numbers that are one, so that 66.7 % is two thirds
COUNTS = frozenset({"once", "twice", "thrice"})
BREAKS = frozenset(
    (
        "and or but for in on to with by at from then is was are were than within over after "
        "during lasted lasts last takes took about around roughly nearly almost most least"
    ).split()
)
ABOUT = frozenset("about around roughly approximately nearly almost some close".split())
MEASURING = frozenset(
    ("for over in within after than about every lasted lasts takes took half of only at").split()
)
APART = frozenset([*".,;()", "and", "but", "while", "whereas"])
TURNING = frozenset(
    {"not", "never", "no", "don't", "shouldn't", "cannot", "mustn't", "against", "avoid"}
)
CHANGES = frozenset(
    (
        "fell fall drop rose rise grew grow declin increas decreas reduc chang went go improv "
        "lower rais climb shrank shrink cut dip move score pain went down"
    ).split()
)


@dataclass(frozen=True)
class Quantity:
    """A number as it stands in a text. other: the end of a range. often: times a day, if said.

    unit: what it measures in, "" for a bare number. soft: "one" or "a", which may be no number.
    about: whether the text says that it is only roughly so.
    """

    value: float
    other: float | None = None
    unit: str = ""
    often: float | None = None
    limit: Limit | None = None
    change: bool = False
    soft: bool = False
    about: bool = False
    context: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


@lru_cache(READ)
def quantities(text: str, *, shares: bool = False) -> tuple[Quantity, ...]:
    """All quantities of a text in order, "daily" and "twice a week" among them (unit "often")."""
    tokens = TOKEN.findall(LISTED.sub(r"\1 \4 \2 \3 \4", in_digits(text, shares=shares)))
    return tuple(_Reader(tokens).read())


def implied_limits(text: str) -> set[Limit]:
    """The limits that words such as "upper level" imply without standing at a number."""
    return {IMPLIED[word] for word in re.findall(r"[a-z]+", text.lower()) if word in IMPLIED}


def same(a: float | None, b: float | None) -> bool:
    """Whether two values are the same but for rounding; whole numbers are never rounded."""
    if a is None or b is None:
        return a is b
    near = 1e-6 if a % 1 == 0 == b % 1 else NEAR
    return abs(a - b) <= near * max(abs(a), abs(b))


class _Reader:
    """Reads tokens from left to right; `place` is where it stands."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.place = 0

    def read(self) -> Iterator[Quantity]:
        while self.place < len(self.tokens):
            start = self.place
            found = self._often() or self._quantity(start)
            if found is None:
                self.place = start + 1
            else:
                yield found

    def _at(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.tokens[place] if 0 <= place < len(self.tokens) else ""

    def _take(self, *wanted: str) -> bool:
        if self._at() in wanted:
            self.place += 1
            return True
        return False

    def _quantity(self, start: int) -> Quantity | None:
        symbol = self.tokens[start] if self._take("$", "€", "£") else ""
        soft = self._at() in {"a", "an", "one", "single"}
        value = self._number(soft=soft)
        if value is None:
            return None
        soft = soft or self.tokens[start] == "1.0"
        unit, scale = self._unit(symbol)
        other, unit, scale = self._range(unit, scale)
        if self.tokens[start] in {"a", "an"} and not (unit and self._measures(start)):
            return None
        counted = self.place
        scaled = (value * scale, other * scale if other is not None else None)
        return Quantity(
            *_celsius(scaled, unit),
            unit="°c" if unit == "°f" else unit,
            often=self._rate(),
            limit=self._limit(start, unit),
            change=self._is_change(start),
            soft=soft,
            about=start > 0 and bool(ABOUT & set(self.tokens[max(0, start - 2) : start])),
            context=self._context(counted, 1),
            before=self._context(start - 1, -1),
        )

    def _measures(self, start: int) -> bool:
        """Whether "a week" is a length of time, as in "for a week" or "a week apart"."""
        return (start > 0 and self.tokens[start - 1] in MEASURING) or self._at() == "apart"

    def _number(self, *, soft: bool = False) -> float | None:
        token = self._at()
        if soft:
            self.place += 1
            return 1.0
        if not re.fullmatch(r"-?(\d+(\.\d+)?|\.\d+)", token):
            return None
        self.place += 1
        return float(token)

    def _unit(self, symbol: str = "") -> tuple[str, float]:
        if symbol:
            return UNITS[symbol]
        if self._at() == ":" and self._at(1) in {"1", "1.0"}:
            self.place += 2
            return UNITS["times"]
        ahead = 1 if self._at() == "-" and self._at(1) in UNITS else 0
        name = self._at(ahead)
        if name == "per" and self._at(ahead + 1) == "cent":
            self.place += ahead + 2
            return UNITS["%"]
        if name not in UNITS:
            return "", 1.0
        self.place += ahead + 1
        return self._per(*UNITS[name])

    def _per(self, measures: str, scale: float) -> tuple[str, float]:
        """A unit per another that is no time: mg/kg, mmol/l."""
        below = self._at(1)
        if self._at() in {"/", "per"} and below in UNITS and UNITS[below][0] not in PERIODS:
            self.place += 2
            name, size = UNITS[below]
            return f"{measures}/{name}", scale / size
        return measures, scale

    def _range(self, unit: str, scale: float) -> tuple[float | None, str, float]:
        """The other end of "2 to 4 weeks", "2-4", "between 2 and 4", with the unit of both."""
        here = self.place
        between = "between" in self.tokens[max(0, here - 4) : here]
        self._take("-") if self._at(1) == "to" else None
        if not self._take("to", "-", *(["and"] if between else [])):
            glued = self._at().startswith("-") and self.place
            other = abs(float(self._at())) if glued and self._number_like() else None
            self.place += other is not None
        else:
            other = self._number()
        if other is None:
            self.place = here
            return None, unit, scale
        later, size = self._unit()
        if unit and later and later != unit:
            self.place = here
            return None, unit, scale
        if unit and later and size != scale:
            other = other * size / scale
            return other, unit, scale
        return other, unit or later, scale if unit else size

    def _number_like(self) -> bool:
        return re.fullmatch(r"-(\d+(\.\d+)?|\.\d+)", self._at()) is not None

    def _often(self) -> Quantity | None:
        """A frequency that stands by itself: "twice a day", "daily", "every 12 hours"."""
        start = self.place
        count: float | None = 1.0
        if self._at(1) in {"times", "x", "×"}:
            count = self._number()
            self.place += 1
        elif self._take("once", "twice", "thrice"):
            count = {"once": 1.0, "twice": 2.0}.get(self.tokens[start], 3.0)
        elif self._at() in {"a", "an", "/"}:
            return None
        rate = self._rate() if count else None
        if count is None or rate is None:
            self.place = start
            return None
        context = self._context(self.place, 1)
        return Quantity(0, unit="often", often=count * rate, context=context)

    def _rate(self) -> float | None:
        """Times a day, where the next words say how often."""
        start = self.place
        if self._take(*OFTEN):
            return OFTEN[self.tokens[start]]
        if (counted := self._counted_rate()) is not None:
            return counted
        if self._skip_noun() and (counted := self._counted_rate()) is not None:
            return counted
        if self._take(*OFTEN):
            return OFTEN[self.tokens[self.place - 1]]
        if self._take("per", "a", "an", "each", "every", "/"):
            every = self.tokens[self.place - 1] == "every"
            other = 2.0 if every and self._take("other", "second") else 1.0
            number = self._number() if every else None
            unit = UNITS.get(self._at(), ("", 0.0))
            apart = self._at(1) == "apart"  # "two readings a minute apart" is no rate
            if unit[0] in PERIODS and not apart and (number or self._at() != "second"):
                self.place += 1
                return 1 / (other * (number or 1.0) * unit[1] * PERIODS[unit[0]])
        self.place = start
        return None

    def _counted_rate(self) -> float | None:
        """The count of "400 mg twice a day" belongs to the rate."""
        start = self.place
        if self._take("once"):
            count: float | None = 1.0
        elif self._take("twice", "thrice"):
            count = 2.0 if self.tokens[start] == "twice" else 3.0
        elif self._at(1) in {"times", "x", "×"}:
            count = self._number()
            self.place += 1
        else:
            return None
        rate = self._rate() if count else None
        if rate is None or count is None:
            self.place = start
            return None
        return count * rate

    def _skip_noun(self) -> bool:
        """Step over what is counted in "two tablets a day", "400 mg of magnesium daily"."""
        for ahead in range(1, 5):
            after = self._at(ahead)
            counted = after in COUNTS or self._at(ahead + 1) in {"times", "x", "×"}
            if (
                after in OFTEN
                or counted
                or (
                    after in {"per", "a", "each", "every", "/"}
                    and UNITS.get(self._at(ahead + 1), ("",))[0] in PERIODS
                )
            ):
                between = [self._at(n) for n in range(ahead)]
                if all(word.isalpha() and word not in BREAKS | COUNTS for word in between):
                    self.place += ahead
                    return True
                return False
        return False

    def _limit(self, start: int, unit: str) -> Limit | None:
        before, after = self.tokens[max(0, start - 3) : start], [self._at(0), self._at(1)]
        if before[-1:] == ["/"]:  # "at least 140/90"
            before = self.tokens[max(0, start - 5) : start - 2]
        elif after[0] == "/":  # "140/90 mmHg or higher"
            ahead = 3 if self._at(2) in UNITS else 2
            after = [self._at(ahead), self._at(ahead + 1)]
        for length in (3, 2, 1):
            phrase = " ".join(before[-length:]) if len(before) >= length else ""
            if phrase in LIMITS:
                limit = "any" if phrase == "over" and unit in PERIODS else LIMITS[phrase]
                return limit if phrase == "at least" else self._turned(limit, start - length)
        return LIMITS.get(" ".join(after)) if after[0] == "or" else None

    def _turned(self, limit: Limit, start: int) -> Limit:
        """A negation before a limit turns it round: "should not take more than"."""
        before = self.tokens[max(0, start - REACH) : start]
        stops = [n for n, token in enumerate(before) if token in ENDING]
        before = before[stops[-1] :] if stops else before
        turned = limit == "lower" and any(word in TURNING for word in before)
        return "upper" if turned else limit

    def _is_change(self, start: int) -> bool:
        before = self.tokens[max(0, start - 8) : start]
        return "from" in before[-2:] and any(stem(word) in CHANGES for word in before)

    def _context(self, place: int, step: int) -> tuple[str, ...]:
        """The content words on one side, up to the next number or the end of the clause."""
        found: list[str] = []
        while 0 <= place < len(self.tokens) and len(found) < AROUND:
            token = self.tokens[place]
            of = step > 0 and self.tokens[place - 1] == "of"  # "212 of 840 children"
            if token in APART or (token[0].isdigit() and not of):
                break
            counts = token.isalnum() and not token[0].isdigit()
            if counts and token not in STOP and token not in UNITS:
                found.append(stem(token))
            place += step
        return tuple(found)


def _celsius(values: tuple[float, float | None], unit: str) -> tuple[float, float | None]:
    if unit != "°f":
        return values
    value, other = values
    return (value - 32) / 1.8, (other - 32) / 1.8 if other is not None else None
