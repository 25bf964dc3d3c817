"""Does a span of a source support a paraphrase? Checks that need no model, in order of gravity."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from chat.lexicon import Lexicon, is_content, lexicon
from chat.numbers import PERIODS, UNITS, Limit, Quantity, implied_limits, quantities, same
from chat.polarity import Reading, direction_problem, negation_problem, swap_problem
from chat.spelled import NUMBERS, in_digits
from chat.terms import stem

LEAST = 0.5  # share of a paraphrase's content words that its source must carry
ENTAILED = 0.5  # probability from an entailment model below which a paraphrase is dropped
Entails = Callable[[str, str], float]  # (source, statement) -> probability
NAME = re.compile(r"(?<=[\w,;:] )[A-Z][\w’'-]+|\b[A-Za-z]+-?\d+\w*\b|\b[A-Z]{2,}\b")
# Who says it may be said in other words than the source's own.
SAYING = frozenset(
    stem(word)
    for word in [
        "says",
        "said",
        "claims",
        "claim",
        "states",
        "reports",
        "argues",
        "according",
        "source",
        "article",
        "page",
        "website",
        "seller",
        "site",
        "author",
        "authors",
        "text",
        "passage",
        "note",
        "document",
        "writer",
        "mentions",
        "describes",
        "notes",
        "adds",
        "explains",
        "found",
        "finding",
        "showed",
        "result",
        "also",
        "however",
        "therefore",
        "per",
    ]
)


HELPERS = ("doctor", "physician", "clinician", "gp", "gps", "chiropractor", "pharmacist", "nurse",
           "dentist", "physiotherapist", "physiotherapy", "chiropractic")  # fmt: skip
ROUGHLY = frozenset(stem(word) for word in ["about", "around", "roughly", "nearly", "almost"])
NEARLY = 2.0  # points of a percentage that such a word allows
# Whom a number counts says little: both groups of a trial are people.
COUNTED = frozenset(
    stem(word)
    for word in ["people", "patients", "participants", "adults", "persons", "those", "volunteers"]
)
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
PAIR = re.compile(r"\b(\d[\d.]*)(?: \w+)? (?:out )?of(?: the| all)? (\d[\d.]*)\b(?! ?%)")
# Stems that name a medicine's family (WHO, international nonproprietary names).
MEDICINE = re.compile(
    r"\b\w{2,}(?:azole|trexate|cillin|mycin|micin|pril|sartan|olol|statin|oxacin|cycline|parin"
    r"|gliptin|gliflozin|dronate|mab|tinib|vir|zepam|zolam|profen|caine|triptan|setron|formin"
    r"|thiazide|semide|barbital|codone|morphone|dipine|xaban|grel|tidine|prazole)s?\b"
)
COUNTING = frozenset(
    stem(word)
    for word in [
        *NUMBERS,
        *UNITS,
        "twice",
        "half",
        "third",
        "thirds",
        "quarter",
        "double",
        "triple",
    ]
)


def unsupported(
    claim: str, source: str, around: str = "", language: str = "en", entails: Entails | None = None
) -> str | None:
    """Why `source` does not support `claim`, in a few words; None if it does.

    around: the passage and title that the source stands in; names may be taken from there.
    """
    words = lexicon(language)
    said, stands = Reading(claim, words), Reading(source, words)
    problem = (
        number_problem(claim, source)
        or negation_problem(said, stands)
        or direction_problem(said, stands)
        or quantifier_problem(said, stands, source)
        or entity_problem(said, stands, around)
        or name_problem(claim, f"{source} {around}")
        or swap_problem(said, stands)
        or order_problem(said, stands)
        or equality_problem(claim, source)
        or word_problem(said, stands)
    )
    if problem is None and entails is not None and entails(source, claim) < ENTAILED:
        return "the source does not entail it"
    return problem


def coverage(claim: str, source: str, language: str = "en") -> float:
    """The share of a claim's content words that a source carries, 0 to 1."""
    words = lexicon(language)
    return _coverage(Reading(claim, words), Reading(source, words))


def number_problem(claim: str, source: str) -> str | None:
    """A number, unit, range, limit or frequency that the source does not have."""
    if _mispaired(claim, source):
        return "a number stands with something else in the source"
    plain = _number_problem(claim, source, shares=False)
    return plain and _number_problem(claim, source, shares=True)


def equality_problem(claim: str, source: str) -> str | None:
    """As "as much as" may not become "less than", nor the other way round."""
    for one, other in ((EQUAL, UNEQUAL), (UNEQUAL, EQUAL)):
        said, stands = one.search(claim), other.search(source)
        if said and stands and not other.search(claim) and not one.search(source):
            return f"“{said[0]}” where the source says “{stands[0]}”"
    return None


def _mispaired(claim: str, source: str) -> bool:
    """Whether "212 of 840" became "198 of 840"."""
    said, stands = (PAIR.findall(in_digits(text)) for text in (claim, source))
    wholes = {whole: part for part, whole in stands}
    return any(whole in wholes and wholes[whole] != part for part, whole in said)


def _number_problem(claim: str, source: str, *, shares: bool) -> str | None:
    stated, known = quantities(claim, shares=shares), quantities(source, shares=shares)
    implied = implied_limits(source)
    for quantity in stated:
        problem = _quantity_problem(quantity, known, source)
        problem = problem or _limit_problem(quantity, known, implied, claim)
        if problem:
            return problem
    return None


def _quantity_problem(quantity: Quantity, known: Sequence[Quantity], source: str) -> str | None:
    if quantity.unit == "often":
        said = [other.often for other in known if other.often is not None]
        return None if _one_of(quantity.often, said) else "how often is not the source's"
    equal = [other for other in known if _equal(quantity, other)]
    if not equal and not quantity.unit and quantity.often is not None:
        given = [other.often for other in known if other.unit == "often"]
        return None if _one_of(quantity.value * quantity.often, given) else "a number is not there"
    if not equal:
        return _unknown_number(quantity, known, source)
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
        return _roughly(quantity, other)
    ends = {"lower": (other.value,), "upper": (other.other,), None: (other.value, other.other)}
    near = ends.get(quantity.limit, ()) if quantity.limit or other.change else ()
    return any(same(quantity.value, end) for end in near)


def _roughly(quantity: Quantity, other: Quantity) -> bool:
    """As "about a quarter" is 25.2 %."""
    about = bool(ROUGHLY & set(quantity.before)) and quantity.unit == "%"
    return about and abs(quantity.value - other.value) <= NEARLY


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


def quantifier_problem(claim: Reading, source: Reading, text: str) -> str | None:
    """How many, or how sure: a class of words that the source does not use."""
    classes = {source.lexicon.quantifiers.get(token) for token in source.tokens}
    shares = [q.value for q in quantities(text, shares=True) if q.unit == "%"]
    for token in claim.tokens:
        kind = claim.lexicon.quantifiers.get(token)
        if kind in {None, "some"} or kind in classes or _by_number(str(kind), shares):
            continue
        if kind == "all" and (token in EACH or _period_follows(claim.tokens, token)):
            continue
        if kind in {"few", "only"} and NOT_MUCH & set(source.tokens):
            continue
        if kind == "most" and _before(claim.tokens, token) in {"at", "the"}:
            continue  # a limit, or "the most"
        if kind == "most" and {"usually", "generally", "mainly", "often"} & set(source.tokens):
            continue
        return f"“{token}” is not the source's"
    return _certainty_problem(claim, source)


NOT_MUCH = {"not", "no", "unlikely", "small", "too small", "little", "low", "few", "less"}


def _before(tokens: Sequence[str], token: str) -> str:
    place = list(tokens).index(token)
    return tokens[place - 1] if place else ""


def _by_number(kind: str, shares: Sequence[float]) -> bool:
    return (kind == "most" and any(share > 50 for share in shares)) or (
        kind == "few" and any(share < 20 for share in shares)
    )


def _period_follows(tokens: Sequence[str], token: str) -> bool:
    place = list(tokens).index(token)
    after = tokens[place + 1 : place + 3]
    return tokens[max(0, place - 1)] == "of" or bool(
        set(after) & {"day", "days", "week", "night", "hours", "month", "year", "time"}
    )


def _certainty_problem(claim: Reading, source: Reading) -> str | None:
    """As "might help" may not become "helps", nor "helps" "always helps"."""
    hedges = claim.lexicon.negation["hedges"]
    doubted = {"may", "might", "could", "possibly", "perhaps", "suggests", "suggest", "unclear"}
    if doubted & set(source.tokens) and not hedges & set(claim.tokens) and not claim.hard:
        return "the source is less sure"
    sure = {"definitely", "certainly", "guaranteed", "guarantees", "guarantee", "proven", "proves",
            "cures", "cure", "cured", "undoubtedly", "permanently", "instantly"}  # fmt: skip
    stated = sure & set(claim.tokens)
    if stated and not (stated | {"always"}) & set(source.tokens) and not claim.hard:
        return f"“{min(stated)}” is not the source's"
    return None


def entity_problem(claim: Reading, source: Reading, around: str) -> str | None:
    """A mineral, medicine, people, part of the body or illness that the source does not name."""
    known = claim.lexicon.entities
    there = {known[token] for token in source.tokens if token in known}
    kinds = {kind for kind, _ in there}
    near = {known[t] for t in claim.lexicon.tokens(around) if t in known} if around else set()
    named = {known[token] for token in claim.tokens if token in known}
    for kind, thing in sorted(named - there):
        lost = any(other[0] == kind and other not in named for other in there)
        if not lost and _named_otherwise(thing, claim, source):
            continue
        if (kind, thing) not in near or (kind in kinds and lost):
            return f"the source does not name {thing.split(',')[0]} here"
    return None


def _named_otherwise(thing: str, claim: Reading, source: Reading) -> bool:
    """Whether the source has another form of the claim's word, as "infected" for "infection"."""
    names = [name.strip() for name in thing.split(",")]
    own = [stem(token) for token in claim.tokens if token in names]
    return any(len(a) > 5 and a[:6] == b[:6] for a in own for b in source.content)


def name_problem(claim: str, source: str) -> str | None:
    """A name or a code, such as "Cochrane" or "B12", that does not stand in the source."""
    lowered = re.sub(r"[-’']", "", source.lower())
    for medicine in MEDICINE.findall(claim.lower()):
        if medicine.rstrip("s") not in lowered:
            return f"the source does not name {medicine}"
    for match in NAME.findall(claim):
        name = re.sub(r"[-’']s?\b|[-’']", "", match.lower())
        if name in UNITS:
            continue
        if name not in lowered and stem(name) not in lowered:
            return f"the source does not name {match}"
    return None


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


EACH = {"each"}
LESS = {"less", "fewer", "lower", "worse", "not", "smaller", "weaker", "rarer", "shorter"}
CAUSING = ("cause", "causes", "caused", "leads", "lead", "led", "results", "triggers", "because",
           "due")  # fmt: skip


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


def word_problem(claim: Reading, source: Reading) -> str | None:
    """Too many content words that the source does not carry."""
    return None if _coverage(claim, source) >= LEAST else "the source does not say this"


def _coverage(claim: Reading, source: Reading) -> float:
    wanted = [word for word in dict.fromkeys(claim.content) if word not in SAYING | COUNTING]
    if not wanted:
        return 0.0
    there = set(source.content)
    return sum(w in there or source.lexicon.any_alike(w, source.content) for w in wanted) / len(
        wanted
    )
