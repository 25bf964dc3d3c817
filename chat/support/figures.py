"""The numbers of a statement against its source: value, unit, range, limit, how often, what of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from chat.lexicon import lexicon, stems
from chat.support.digits import in_digits
from chat.support.numbers import Quantity, implied_limits, quantities, same
from chat.support.reckoning import follows, period_problem
from chat.support.units import PERIODS, Limit
from chat.terms import stem

HELPERS = ("doctor", "physician", "clinician", "gp", "gps", "chiropractor", "pharmacist", "nurse",
           "dentist", "physiotherapist", "physiotherapy", "chiropractic")  # fmt: skip
ROUGHLY = 0.1  # share of a value by which "about" and "nearly" allow it to differ
BOUND = 0.2  # the same for "more than" and "under", on their side: 58 % is more than half
MONTH = 0.09  # share by which months and weeks differ: four weeks are a month
# Whom a number counts says little: both groups of a trial are people.
COUNTED = stems("people patients participants adults persons those volunteers")
PAIR = re.compile(r"\b(\d[\d.]*)(?: \w+)? (?:out )?of(?: the| all)? (\d[\d.]*)\b(?! ?%)")


def number_problem(claim: str, source: str) -> str | None:
    """A number, unit, range, limit or frequency that the source does not have."""
    if _mispaired(claim, source):
        return "a number stands with something else in the source"
    plain = _number_problem(claim, source, shares=False)
    plain = plain and _number_problem(claim, source, shares=True)
    return plain or period_problem(claim, source)


def _mispaired(claim: str, source: str) -> bool:
    """Whether "212 of 840" became "198 of 840"."""
    said, stands = (PAIR.findall(in_digits(text)) for text in (claim, source))
    wholes = {whole: part for part, whole in stands}
    return any(whole in wholes and wholes[whole] != part for part, whole in said)


def _number_problem(claim: str, source: str, *, shares: bool) -> str | None:
    stated, known = quantities(claim, shares=shares), quantities(source, shares=shares)
    implied = implied_limits(source)
    for quantity in stated:
        problem = _quantity_problem(quantity, known, claim, source)
        problem = problem or _limit_problem(quantity, known, implied, claim)
        if problem:
            return problem
    return None


def _quantity_problem(
    quantity: Quantity, known: Sequence[Quantity], claim: str, source: str
) -> str | None:
    if quantity.unit == "often":
        said = [other.often for other in known if other.often is not None]
        return None if _one_of(quantity.often, said) else "how often is not the source's"
    equal = [other for other in known if _equal(quantity, other)]
    equal = equal or [other for other in known if _near(quantity, other)]
    if not equal and not quantity.unit and quantity.often is not None:
        given = [other.often for other in known if other.unit == "often"]
        return None if _one_of(quantity.value * quantity.often, given) else "a number is not there"
    if not equal:
        reckoned = follows(quantity, known, claim)
        return None if reckoned else _unknown_number(quantity, known, source)
    if _misplaced(quantity, equal, known) or _of_other_people(quantity, equal):
        return "a number stands with something else in the source"
    if quantity.often is not None:
        rates = [o.often for o in equal if o.often is not None]
        rates = rates or [o.often for o in known if o.unit == "often" and o.often is not None]
        if not _one_of(quantity.often, rates):
            return "how often is not the source's"
    return None


def _equal(quantity: Quantity, other: Quantity) -> bool:
    if {quantity.unit, other.unit} == {"", "month"}:  # "children of 4" are 4 years old
        quantity, other = _in_months(quantity), _in_months(other)
    if quantity.unit != other.unit:
        return False
    if same(quantity.value, other.value) and same(quantity.other, other.other):
        return True
    if quantity.other is not None or other.other is None:
        return False
    ends = {"lower": (other.value,), "upper": (other.other,), None: (other.value, other.other)}
    near = ends.get(quantity.limit, ()) if quantity.limit or other.change else ()
    return any(same(quantity.value, end) for end in near)


def _near(quantity: Quantity, other: Quantity) -> bool:
    """As "about a quarter" is 25.2 %, "more than half" 58 % and "a month" four weeks."""
    if quantity.other is not None or other.other is not None or other.value <= 0:
        return False
    if {quantity.unit, other.unit} == PERIODS.keys():
        days, theirs = (q.value * PERIODS[q.unit] for q in (quantity, other))
        return abs(days - theirs) <= MONTH * theirs
    if quantity.unit != other.unit:
        return False
    above = other.value / quantity.value - 1 if quantity.value else 0.0
    if quantity.about:
        return abs(above) <= ROUGHLY
    if other.limit is not None:  # a threshold: 39 °C or more is not 37 °C or more
        return False
    return {"lower": 0 < above <= BOUND, "upper": -BOUND <= above < 0}.get(
        str(quantity.limit), False
    )


def _in_months(quantity: Quantity) -> Quantity:
    if quantity.unit:
        return quantity
    other = quantity.other * 12 if quantity.other is not None else None
    return replace(quantity, value=quantity.value * 12, other=other, unit="month")


def _unknown_number(quantity: Quantity, known: Sequence[Quantity], source: str) -> str | None:
    """As "one" and "a" are numbers only where the source counts the same thing otherwise."""
    if quantity.change and quantity.other is not None:
        ends = (quantity.value, quantity.other)
        values = [o.value for o in known if o.unit == quantity.unit and o.other is None]
        places = [next((n for n, v in enumerate(values) if same(end, v)), None) for end in ends]
        if None not in places and places == sorted(places):  # type: ignore[type-var]
            return None
    if quantity.soft and not quantity.unit:
        counted = set(quantity.context[:1])
        others = [o for o in known if not o.unit and counted & set(o.context[:2])]
        return "the number is not the source's" if others else None
    if quantity.soft and quantity.unit in PERIODS and any(o.unit in PERIODS for o in known):
        return "the number is not the source's"
    if quantity.soft and re.search(r"\b(a|an|one|each|per)\b", source.lower()):
        others = [o for o in known if o.unit == quantity.unit and not same(o.value, quantity.value)]
        return "the number is not the source's" if others else None
    return "a number, unit or range is not the source's"


def _misplaced(quantity: Quantity, equal: Sequence[Quantity], known: Sequence[Quantity]) -> bool:
    """Whether the same unit counts something else in the source, nearer to what is said here."""
    own = max(_together(quantity, other) for other in equal)
    rivals = [o for o in known if o.unit == quantity.unit and not _equal(quantity, o)]
    return any(_together(quantity, other) > own for other in rivals if other.unit != "often")


def _of_other_people(quantity: Quantity, equal: Sequence[Quantity]) -> bool:
    """Whether the source gives the number for other people: for adults, not for teenagers."""
    own = _people(quantity)
    theirs = [_people(other) for other in equal]
    return bool(own) and all(theirs) and not any(own & each for each in theirs)


def _people(quantity: Quantity) -> set[str]:
    known = people_by_stem()
    return {known[word] for word in (*quantity.before, *quantity.context) if word in known}


@cache
def people_by_stem() -> Mapping[str, str]:
    """The stem of each word for people -> which people; the lists leave adults to the others."""
    entities = lexicon("en").entities.items()
    found = {stem(name): thing for name, (kind, thing) in entities if kind == "people"}
    helpers = {stem(word) for word in HELPERS}
    return {**{k: v for k, v in found.items() if k not in helpers}, stem("adults"): "adults"}


def _together(a: Quantity, b: Quantity) -> int:
    after, before = set(a.context) - COUNTED, set(a.before) - COUNTED
    first = 2 * bool(a.context and b.context and a.context[0] == b.context[0] in after)
    straight = len(after & set(b.context)) + len(before & set(b.before))
    crossed = len(after & set(b.before)) + len(before & set(b.context))
    return first + 2 * straight + crossed


def _one_of(value: float | None, values: Sequence[float | None]) -> bool:
    return any(same(value, other) for other in values)


def _limit_problem(
    quantity: Quantity, known: Sequence[Quantity], implied: set[Limit], claim: str
) -> str | None:
    """As "up to 350" may not become "at least 350", nor "more than 75 %" 75 %."""
    equal = [other for other in known if _equal(quantity, other)]
    limits = {other.limit for other in equal}
    if not limits or any(quantity.other is None and other.other is not None for other in equal):
        return None  # the end of a range is a limit
    said = {quantity.limit} if quantity.limit else set(implied_limits(claim))
    stands = {limit for limit in limits if limit}
    if "any" in limits or (quantity.limit == "any" and "upper" not in stands):
        return None
    if quantity.limit and not (stands | implied) & said:
        return "a limit is not the source's"
    if stands and None not in limits and not stands & said:
        return "the source sets a limit"
    return None
