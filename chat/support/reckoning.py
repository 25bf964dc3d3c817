"""Figures that a source does not print and that follow from it, and periods that have no figure."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from chat.support.digits import in_digits
from chat.support.numbers import Quantity, same
from chat.support.units import PERIODS, UNITS

# A difference of two figures is only meant where a statement says that it is one.
DIFFERING = (
    "more|less|fewer|extra|further|exceeds?|short|gap|differ[a-z]*|lost|earlier|later|sooner|higher"
    "|lower|longer|shorter|left|others?"
)
ROUND = 0.05  # share by which "six times" may differ from 14.9 by 2.4
FEW = 12  # things at most of which a statement gives the sum
ADDED = {measure for measure, _ in UNITS.values()} - {"%", "times", "°c", *PERIODS}
PERIOD = re.compile(
    r"\b(?:within|in|for|over|after|several|some|many|few|of|to|takes?|lasts?|until)"
    r" (?:just |only |a few )?(seconds|minutes|hours|days|weeks|months|years|decades)\b"
)
TIMES = re.compile(r"\b(second|minute|hour|day|week|month|year|decade)s?\b")
DAILY = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annual": "year"}


def follows(quantity: Quantity, known: Sequence[Quantity], claim: str) -> bool:
    """Whether a figure is a difference, a ratio, a sum or a rate of the source's figures."""
    if quantity.other is not None or quantity.soft:
        return False
    if quantity.unit == "times":
        return any(_near(quantity.value, ratio) for ratio in _ratios(known))
    alike = [other for other in known if other.unit == quantity.unit and other.other is None]
    differing = _is_difference(quantity, claim)
    differences = (abs(a.value - b.value) for a, b in combinations(alike, 2) if differing)
    rates = (_a_day(other) for other in alike if other.often is not None)
    return (
        any(same(quantity.value, difference) for difference in differences)
        or (quantity.often is not None and any(same(_a_day(quantity), rate) for rate in rates))
        or any(same(quantity.value, total) for total in _totals(quantity, known))
    )


def _is_difference(quantity: Quantity, claim: str) -> bool:
    """Whether a word for a difference stands at the figure, as in "eight more"."""
    digits = rf"(?<![\d.]){quantity.value:g}\b"
    words = rf"{digits}(?: [a-z]+){{0,2}} (?:{DIFFERING})\b|\b(?:{DIFFERING})(?: [a-z]+)? {digits}"
    return re.search(words, in_digits(claim)) is not None


def _a_day(quantity: Quantity) -> float:
    return quantity.value * (quantity.often or 0.0)


def _near(value: float, exact: float) -> bool:
    return abs(value - exact) <= ROUND * exact


def _ratios(known: Sequence[Quantity]) -> Iterator[float]:
    """The ratios above 1 of two figures of one unit."""
    for a, b in permutations(known, 2):
        measured = a.unit == b.unit != "often" and a.other is None is b.other
        if measured and a.value > b.value > 0:
            yield a.value / b.value


def _totals(quantity: Quantity, known: Sequence[Quantity]) -> Iterator[float]:
    """As eight puffs of 100 micrograms are 800 micrograms."""
    counts = [n.value for n in known if not n.unit and n.limit == quantity.limit]
    for each in known:
        amount = each.unit == quantity.unit and each.unit in ADDED and each.limit is None
        if amount and each.other is None:
            yield from (count * each.value for count in counts if 1 < count <= FEW)


def period_problem(claim: str, source: str) -> str | None:
    """As "within minutes" may not become "within days"."""
    claim, source = (text.lower().replace("-", " ") for text in (claim, source))
    if not PERIOD.search(source):
        return None
    there = set(TIMES.findall(source)) | {DAILY[word] for word in DAILY if word in source}
    for unit in PERIOD.findall(claim):
        if unit.removesuffix("s") not in there:
            return f"“{unit}” is not the source's"
    return None
