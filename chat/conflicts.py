"""Where two sources disagree on the question: both are shown and marked, neither is declared right.

Sentences of different documents are compared two by two (`chat/disagree.py`); of an answer that one
side would give alone the other side becomes part.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice

from chat.compose import YES_OR_NO
from chat.disagree import (
    FIGURED,
    FIGURES,
    MOSTLY,
    SHOWING,
    TOGETHER,
    disagree,
    of_others,
    said_in,
    shared,
    stances_differ,
)
from chat.lexicon import lexicon
from chat.read import Candidate
from chat.support.numbers import Quantity, quantities
from chat.support.reading import Reading
from chat.terms import terms
from ingest.sentences import sentence_spans

NAMED, SHOWN = "the name", "what the evidence shows"
ASKS_WHO = re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)
ASKS_YEAR = re.compile(r"\bwhen\b|\bwh(?:at|ich) year\b", re.IGNORECASE)
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w-]+")
DOUBT = re.compile(
    r"\b(?:unsupported|unlikely|unclear|unproven|(?:does|do|did) not (?:show|test)"
    r"|(?:not|never) (?:been )?(?:shown|proven|proved)|cannot (?:say|tell|show)"
    r"|says? nothing about|not enough evidence|rests? on (?:statements|claims|opinions?)"
    r"|(?:nobody|no one) should|only one of (?:several|many)"
    r"|no (?:\w+ )?(?:evidence|proof|trials?|study|studies)(?: \w+){0,3} (?:that|shows?|has|of))\b",
    re.IGNORECASE,
)
FIRST = 4  # words after a doubt that a claim must mostly carry
AFTERWARDS = re.compile(r"unsupported|rest", re.IGNORECASE)  # what they doubt stands before them
NOT_SHOWING = re.compile(r"(?:does|do|did) not (?:show|test)", re.IGNORECASE)
# Sentences of a text about itself, or about what it lacks, claim nothing of the matter.
NO_CLAIM = re.compile(
    r"^this (?:page|article|text|document|note|site|story)\b"
    r"|\b(?:gives?|gave|offers?|cites?|names?|has) no"
    r" (?:study|studies|trials?|evidence|proof|source|measurement)",
    re.IGNORECASE,
)
CLAIMED = 0.5  # share of the question's terms in a claim and in the words that doubt it
ROOM = 118  # words of an answer
FRAME = 12  # words that say who says it
READ = 14  # sentences that are compared
ABOUT = 0.45  # share of the question's terms that a sentence must carry
ALIKE, NEARLY = 0.6, 0.34  # the same in other words; where the other sentence is about it
WHOLLY = 0.75  # the same, where neither sentence was chosen for the answer


@dataclass(frozen=True)
class Disagreement:
    """Two candidates that disagree. about: on what, in a few words."""

    one: Candidate
    other: Candidate
    about: str


@dataclass(frozen=True)
class _Side:
    """A sentence of a candidate, read once for all comparisons."""

    candidate: Candidate
    text: str
    reading: Reading
    figures: tuple[Quantity, ...]


def disagreements(
    question: str, candidates: Sequence[Candidate], language: str = "en"
) -> list[Disagreement]:
    """Pairs of sentences of different documents that disagree on the question, best first.

    What one says and the other denies goes before what one says and the other doubts.
    """
    asked = terms(question)
    texts = " ".join(each.text.lower() for each in candidates)
    named = [name for name in _names(question) if name in texts]
    every = (side for candidate in candidates for side in _sides(candidate, language))
    on_it = (side for side in every if _naming(side.text, named) and _on(asked, side, NEARLY))
    sides = [(side, _on(asked, side)) for side in islice(on_it, READ)]
    found: dict[tuple[int, int], Disagreement] = {}
    for (one, first), (other, second) in combinations(sides, 2):
        pair = (id(one.candidate), id(other.candidate))
        if one.candidate.found.document.id == other.candidate.found.document.id or pair in found:
            continue
        # Both are about what is asked, or one is and the other speaks of the same as it.
        near = (first and second) or shared(one.reading, other.reading) >= TOGETHER
        if not near or not (first or second):
            continue
        about = _about(one, other, asked) or _other_fact(question, one, other)
        if about is None and YES_OR_NO.search(question) and _doubted(one, other, asked):
            about = SHOWN
        if about:
            found[pair] = Disagreement(one.candidate, other.candidate, about)
    return sorted(found.values(), key=lambda each: each.about == SHOWN)


def _about(one: _Side, other: _Side, asked: Sequence[str]) -> str | None:
    """What two sides disagree on: what they say, or whether it helps."""
    mine, theirs = one.text, other.text
    apart = not _naming(theirs, _names(mine)) and not _naming(mine, _names(theirs))
    about = disagree(one.reading, other.reading, one.figures, other.figures, asked)
    if about == FIGURED and apart:
        about = None  # figures of two things that have names of their own
    return about or stances_differ(one.reading, other.reading, asked)


def _other_fact(question: str, one: _Side, other: _Side) -> str | None:
    """Two sentences about the same thing name different people or years where those are asked."""
    if shared(one.reading, other.reading) < FIGURES:
        return None
    texts = (one.text, other.text)
    for asks, facts, about in ((ASKS_WHO, _names, NAMED), (ASKS_YEAR, _years, FIGURED)):
        mine, theirs = (facts(text) - facts(question) for text in texts)
        if asks.search(question) and mine and theirs and not mine & theirs:
            return about
    return None


def _years(text: str) -> frozenset[str]:
    return frozenset(YEAR.findall(text))


def _doubted(one: _Side, other: _Side, asked: Sequence[str]) -> bool:
    """One is somebody's claim of what is asked, the other says that nothing shows it."""
    mine, theirs = (_doubt(side.text) for side in (one, other))
    doubt, claim = (mine, other) if mine else (theirs, one)
    if doubt is None or (mine and theirs) or of_others(one.reading, other.reading):
        return False
    document = claim.candidate.found.document
    claims = document.sells or document.about.kind == "personal"
    doubted, reading = _doubted_words(doubt), claim.reading
    if not claims or NO_CLAIM.search(claim.text) or not _reaches(doubted, reading):
        return False
    return all(said_in(words, asked, reading, CLAIMED) for words in (doubted, reading.content))


def _doubt(text: str) -> re.Match[str] | None:
    """Where a sentence doubts; "tight muscles do not show a lack" is no doubt of evidence."""
    doubt = DOUBT.search(text)
    if doubt is None or not NOT_SHOWING.match(doubt[0]):
        return doubt
    clause = terms(re.split(r"[,;:.]| but ", text[: doubt.start()])[-1])
    return doubt if not clause or SHOWING & set(clause) else None


def _reaches(doubted: Sequence[str], claim: Reading) -> bool:
    """Whether the claim says what is doubted: most of its first words, or half of them all."""
    said = [claim.lexicon.any_alike(word, claim.content) for word in doubted]
    return sum(said[:FIRST]) >= MOSTLY * len(said[:FIRST]) or sum(said) >= TOGETHER * len(said)


def _doubted_words(doubt: re.Match[str]) -> list[str]:
    after = [] if AFTERWARDS.match(doubt[0]) else terms(doubt.string[doubt.end() :])
    return after or terms(doubt.string[: doubt.start()])[-FIRST:]


@lru_cache(maxsize=10_000)
def _names(text: str) -> frozenset[str]:
    """Words with a capital inside a sentence: names of people, places, tests and goods."""
    return frozenset(match.lower() for match in NAME.findall(text))


def _naming(text: str, names: Iterable[str]) -> bool:
    """Whether a text has all of these names."""
    lowered = text.lower()
    return all(name in lowered for name in names)


def with_both_sides(
    question: str,
    chosen: Sequence[Candidate],
    candidates: Sequence[Candidate],
    language: str = "en",
) -> tuple[list[Candidate], list[Disagreement]]:
    """The chosen sentences with the other side of each disagreement, and what is disagreed on."""
    places = {(c.found.document.id, c.start) for c in chosen}
    by_place = {(c.found.document.id, c.start): c for c in reversed(candidates)}
    others = [c for place, c in reversed(by_place.items()) if place not in places]
    shown = list(chosen)
    kept: list[Disagreement] = []
    for each in disagreements(question, [*chosen, *others], language):
        missing = [side for side in (each.one, each.other) if side not in shown]
        told = any(_says(each.about, old, missing) for old in kept)
        settles = not kept and _settles(question, each, language)
        if not told and (len(missing) < len((each.one, each.other)) or settles):
            shown += missing
        if all(side in shown for side in (each.one, each.other)):
            kept.append(each)
    needed = [side for each in kept for side in (each.one, each.other)]
    return _within_room(shown, needed), kept


def _settles(question: str, each: Disagreement, language: str) -> bool:
    """Whether two sentences, neither of them chosen, answer yes and no to nearly all asked."""
    readings = [_read(side.text, language)[0] for side in (each.one, each.other)]
    whether, asked = bool(YES_OR_NO.search(question)) and each.about != SHOWN, terms(question)
    return whether and all(said_in(one.content, asked, one, WHOLLY) for one in readings)


def _says(about: str, old: Disagreement, missing: Sequence[Candidate]) -> bool:
    """Whether a disagreement that is shown already is the same one: no third side is added."""
    return about == old.about and not any(side in (old.one, old.other) for side in missing)


def _within_room(shown: Sequence[Candidate], needed: Sequence[Candidate]) -> list[Candidate]:
    """As many of the shown as there is room for; those that disagree go last, the best never."""
    kept = list(shown)
    spare = [candidate for candidate in shown if candidate not in needed]
    for candidate in [*reversed(spare), *reversed(needed)]:
        if sum(len(c.text.split()) + FRAME for c in kept) <= ROOM:
            break
        if candidate in kept and candidate is not shown[0]:
            kept.remove(candidate)
    return kept


def _on(asked: Sequence[str], side: _Side, least: float = ALIKE) -> bool:
    """Whether a sentence is about what is asked: it carries enough of the question's terms.

    least: the share of them that other words for the same may carry.
    """
    own = set(terms(side.text))
    carried = sum(term in own for term in asked)
    return carried >= ABOUT * len(asked) or said_in(
        side.reading.content, asked, side.reading, least
    )


def _sides(candidate: Candidate, language: str) -> list[_Side]:
    """Each of its sentences by itself: what one denies the next may say of something else."""
    text = candidate.text
    sentences = [text[start:end] for start, end in sentence_spans(text, language=language)]
    return [_Side(candidate, sentence, *_read(sentence, language)) for sentence in sentences]


@lru_cache(maxsize=10_000)
def _read(text: str, language: str) -> tuple[Reading, tuple[Quantity, ...]]:
    """A sentence is met by many questions, and reading it takes a millisecond."""
    return Reading(text, lexicon(language)), quantities(text)


def pairs(found: Sequence[Disagreement]) -> Iterator[tuple[str, str, str]]:
    """(document, document, about) of each disagreement, each pair of documents once."""
    seen = set()
    for each in found:
        key = frozenset((each.one.found.document.id, each.other.found.document.id))
        if key not in seen:
            seen.add(key)
            yield each.one.found.document.id, each.other.found.document.id, each.about
