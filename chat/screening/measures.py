"""Numbers that matter: ages, temperatures, oxygen, pulse, blood pressure, sugar, tablets, weeks.

`measures.txt` names a concept for a range, such as `[high fever] temperature from 40`; a number in
the message that lies in the range is a mention of that concept. Units: years, Celsius, per cent,
beats a minute, mmHg systolic, mmol/l, tablets, weeks.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ingest.errors import UserError

RANGE = re.compile(r"^(\w[\w ]*?)(?: from ([\d.]+))?(?: below ([\d.]+))?$")
NUMBER_WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = {"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60"}
SMALL_NUMBERS = {word: str(n) for n, word in enumerate(NUMBER_WORDS, 1)} | TENS
NUMBER = r"(?<![\d.])(\d{1,4}(?:\.\d{1,2})?)"
YEARS = {"year": 1.0, "yr": 1.0, "yo": 1.0, "y": 1.0, "month": 1 / 12, "mo": 1 / 12, "m": 1 / 12}
YEARS |= {"week": 1 / 52, "wk": 1 / 52, "day": 1 / 365, "hour": 1 / 8760}


@dataclass(frozen=True)
class Reading:
    """A measured value and where it stands in the text, in characters."""

    kind: str
    value: float
    start: int


@dataclass(frozen=True)
class Range:
    """Values of one kind from `low` to before `high`."""

    kind: str
    low: float
    high: float

    def holds(self, reading: Reading) -> bool:
        return reading.kind == self.kind and self.low <= reading.value < self.high


def range_of(line: str) -> Range:
    """`kind from LOW below HIGH`, either end may be missing; UserError for another form or kind."""
    match = RANGE.match(line)
    if not match or match[1] not in KINDS:
        kinds = ", ".join(sorted(KINDS))
        raise UserError(f"measure {line!r}: write KIND from LOW below HIGH; kinds: {kinds}")
    return Range(match[1], float(match[2] or "-inf"), float(match[3] or "inf"))


def _age(match: re.Match[str]) -> float | None:
    unit = match[2].rstrip("s").rstrip(".")
    return float(match[1]) * YEARS[unit] if unit in YEARS else None


def _celsius(match: re.Match[str]) -> float | None:
    value = float(match[1])
    if 90 <= value <= 112:
        value = (value - 32) / 1.8
    return value if 30 <= value <= 44 else None


def _plain(match: re.Match[str]) -> float | None:
    return float(match[1])


def _sugar(match: re.Match[str]) -> float | None:
    value = float(match[1])
    return value if value < 36 else value / 18


def _between(low: float, high: float) -> Callable[[re.Match[str]], float | None]:
    return lambda match: float(match[1]) if low <= float(match[1]) <= high else None


AGE_UNIT = r"(years?|yrs?|months?|weeks?|wks?|days?|hours?|mo|yo|y)"
NO_WEEK = "old|post|after|ago"
NO_AGE = "weeks|days|months|hours|minutes|mg|kg"
OXYGEN = r"\b(?:sats?|spo2|oxygen|o2|saturation|sat'?ing)\b"
TABLETS = (
    "pills?|tablets?|capsules?|tabs?|caplets?|gummies|paracetamols?|tylenols?|panadols?"
    "|ibuprofens?|advils?|aspirins?|sleepers|antidepressants"
)
Reader = tuple[str, Callable[[re.Match[str]], float | None]]
KINDS: dict[str, list[Reader]] = {
    "age": [
        (NUMBER + r"[\s-]{0,2}" + AGE_UNIT + r"[\s-]{0,2}(?:of age|olds?|o\b|/o)", _age),
        (NUMBER + r" ?(mo|yo|y)\b", _age),
        (r"\b(?:age|aged|is|am|turned) (\d{1,2})(?=[ ,.!?]|$)(?! (?:" + NO_AGE + "))", _plain),
        (r"\b(\d{1,2}) ?(?:f|m)\b", _plain),
    ],
    "temperature": [
        (NUMBER + r" ?(?:°|º|degrees?|deg\b|celsius|fahrenheit|[cf]\b)", _celsius),
        (r"\b(?:temp|temps|temperature|fever)\b[^.\d]{0,25}(\d{2,3}(?:\.\d)?)", _celsius),
        (r"\b(\d{2,3}(?:\.\d)?) (?:fever|temp)", _celsius),
        (r"(?<![\d./])(3[89]\.\d|4[01]\.\d)(?![\d/]| ?(?:kg|%|mm|km|mg|weeks?|years?))", _celsius),
    ],
    "oxygen": [
        (OXYGEN + r"[^.\d]{0,30}(\d{2})(?!\d)", _between(50, 100)),
        (NUMBER + r" ?(?:%|percent) (?:o2|oxygen|spo2|sats?|on room air)", _between(50, 100)),
    ],
    "pulse": [
        (
            r"\b(?:pulse|heart ?rate|hr|heart ?beat|bpm)\b[^.\d]{0,25}(\d{2,3})(?!\d)",
            _between(20, 300),
        ),
        (NUMBER + r" ?(?:bpm|beats (?:per|a) min)", _between(20, 300)),
    ],
    "systolic": [(r"\b(\d{2,3}) ?(?:/|over) ?\d{2,3}\b", _between(50, 300))],
    "diastolic": [(r"\b\d{2,3} ?(?:/|over) ?(\d{2,3})\b", _between(30, 200))],
    "sugar": [
        (r"\b(?:sugars?|glucose|bgl?|bsl|cgm)\b[^.\d]{0,25}(\d{1,4}(?:\.\d)?)", _sugar),
        (NUMBER + r" ?(?:mmol|mg/dl)", _sugar),
    ],
    "tablets": [(NUMBER + r" (?:\w+ ){0,3}?(?:" + TABLETS + r")\b", _plain)],
    "grams at once": [(NUMBER + r" ?(?:g|grams?)\b", _between(0, 500))],
    "weeks pregnant": [
        (
            NUMBER + r"[\s-]{0,2}(?:weeks?|wks?)(?: along)?[\s-]{0,2}(?:pregnant|preg\b|gestation)",
            _plain,
        ),
        (r"\bpregnant[^.\d]{0,15}(\d{1,2}) ?(?:weeks?|wks?|w\b)", _plain),
        (
            r"\b(?:i'?m|am|she'?s|is|at|only) (\d{1,2}) ?(?:weeks?|wks?)\b(?! (?:" + NO_WEEK + "))",
            _plain,
        ),
        (r"\b(\d{1,2}) ?(?:weeks?|wks?) (?:and|,|\+|with)[^.]{0,20}pregnan", _plain),
    ],
    "lab value": [(r"\b(?:potassium|inr|lactate)\b[^.\d]{0,30}(\d{1,2}(?:\.\d)?)", _plain)],
    "respirations": [
        (r"\b(?:respiratory rate|resp rate|rr|breaths)\b[^.\d]{0,20}(\d{1,2})", _plain)
    ],
}


def _digits(text: str) -> str:
    """Lower case, with small numbers written as digits; the length of the text may change."""
    words = re.compile(rf"\b({'|'.join(SMALL_NUMBERS)})\b")
    return words.sub(lambda match: SMALL_NUMBERS[match[1]], text.lower())


def is_number(word: str) -> bool:
    """Whether a word of a message is a number, in digits or letters."""
    return word[0].isdigit() or word in SMALL_NUMBERS


def readings(text: str) -> Iterator[Reading]:
    """Every number of a known kind in the text; places count in the text that `_digits` gives."""
    for kind, readers in KINDS.items():
        for pattern, value in readers:
            for match in re.finditer(pattern, text):
                number = value(match)
                if number is not None:
                    yield Reading(kind, number, match.start())


def measured(text: str, ranges: Mapping[str, Range]) -> list[tuple[str, int]]:
    """The named ranges that a number of the text lies in, with its place as a share of words."""
    plain = _digits(text)
    return [
        (name, reading.start)
        for reading in readings(plain)
        for name, one in ranges.items()
        if one.holds(reading)
    ]
