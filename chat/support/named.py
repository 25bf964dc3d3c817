"""What a statement names: nothing that its source does not name."""

import re

from chat.support.reading import Reading
from chat.support.units import UNITS
from chat.terms import stem

# Kinds that must be named; a place of the body or an illness may be told in other words.
NAMED = ("minerals and vitamins", "medicines", "people")
NEAR = 0.5  # how near such words must be
NAME = re.compile(r"(?<=[\w,;:] )[A-Z][\w’'-]+|\b[A-Za-z]+-?\d+\w*\b|\b[A-Z]{2,}\b")
# Stems that name a medicine's family (WHO, international nonproprietary names).
MEDICINE = re.compile(
    r"\b\w{2,}(?:azole|trexate|cillin|mycin|micin|pril|sartan|olol|statin|oxacin|cycline|parin"
    r"|sterone|dopa|terol|blocker|oxetine|lukast|tropium|gliptin|gliflozin|dronate|mab|tinib|vir|zepam|zolam|profen|caine|triptan|setron|formin"
    r"|thiazide|semide|barbital|codone|morphone|dipine|xaban|grel|tidine|prazole)s?\b"
)


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
        if kind not in NAMED and not lost and _told(thing, claim, source):
            continue
        if (kind, thing) not in near or (kind in kinds and lost):
            return f"the source does not name {thing.split(',')[0]} here"
    return None


def _named_otherwise(thing: str, claim: Reading, source: Reading) -> bool:
    """Whether the source has another form of the claim's word, as "infected" for "infection"."""
    names = [name.strip() for name in thing.split(",")]
    own = [stem(token) for token in claim.tokens if token in names]
    return any(len(a) > 5 and a[:6] == b[:6] for a in own for b in source.content)


def _told(thing: str, claim: Reading, source: Reading) -> bool:
    """Whether the source says it in words near in meaning."""
    names = [name.strip() for name in thing.split(",")]
    return any(
        source.carries(token, source.content) >= NEAR for token in claim.tokens if token in names
    )


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
