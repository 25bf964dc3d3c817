"""How many and how sure: a statement may not say more than its source."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from chat.support.numbers import quantities
from chat.support.reading import Reading

TOLD = 0.5  # share of what only a doubtful clause says from which a statement tells it
NOT_MUCH = {"not", "no", "unlikely", "small", "too small", "little", "low", "few", "less"}
EACH = {"each"}
DOUBTED = frozenset("may might could possibly perhaps probably suggests suggest".split())
UNKNOWN = frozenset(["unclear"])
OBLIGED = frozenset("must obliged compulsory mandatory required".split())
NEEDED = frozenset(
    "should need needs needed necessary never not has have only do essential".split()
)
# What goes together need not cause each other.
TOGETHER = frozenset(
    (
        "associated association associations linked link links correlated correlation correlate "
        "correlates tied related relation relationship connected connection coincided "
        "predicted predicts predictor prevalence cohort observational ecological sectional"
    ).split()
)
CAUSING = frozenset(
    (
        "cause causes caused causing because due lead leads led leading gave gives give brought "
        "bring brings drives drive drove makes make made trigger triggers triggered produce "
        "produces produced prevent prevents prevented protect protects protected thanks "
        "shortens shorten lengthens boosts boost raises raise reduces reduce lowers damages harms "
        "cuts creates worsens improves"
    ).split()
)


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


def _doubts(claim: Reading, source: Reading) -> Iterator[int]:
    """Where the source is in doubt; the "could" of "could not" is none."""
    for place, (word, after) in enumerate(pairwise([*source.tokens, ""])):
        doubted = word in DOUBTED and (word, after) != ("could", "not")
        if doubted or (word in UNKNOWN and not claim.hard):
            yield place


def _certainty_problem(claim: Reading, source: Reading) -> str | None:
    """As "might help" may not become "helps", nor "helps" "always helps"."""
    hedges = claim.lexicon.negation["hedges"]
    said, stands = set(claim.tokens), set(source.tokens)
    if not hedges & said and any(
        claim.tells(source, place, TOLD) for place in _doubts(claim, source)
    ):
        return "the source is less sure"
    if OBLIGED & said and not (OBLIGED | NEEDED) & stands:
        return "the source does not demand it"
    together = TOGETHER & stands and not CAUSING & stands
    if together and CAUSING & said and not TOGETHER & said and not claim.hard:
        return "the source does not say what causes it"
    sure = {"definitely", "certainly", "guaranteed", "guarantees", "guarantee", "proven", "proves",
            "cures", "cure", "cured", "undoubtedly", "permanently", "instantly"}  # fmt: skip
    stated = sure & set(claim.tokens)
    if stated and not (stated | {"always"}) & set(source.tokens) and not claim.hard:
        return f"“{min(stated)}” is not the source's"
    return None
