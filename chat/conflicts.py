"""Where two sources disagree on the question: both are shown and marked, neither is declared right.

Sentences of different documents are compared two by two (`chat/disagree.py`); of an answer that one
side would give alone the other side becomes part.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice, takewhile
from typing import TypeVar

from chat.disagree import (
    CAUSE,
    FIGURED,
    FIGURES,
    MOSTLY,
    SHOWING,
    TOGETHER,
    disagree,
    of_another,
    of_others,
    said_in,
    share_said,
    shared,
)
from chat.helps import ALL, HELPS, one_helps_all, stances_differ
from chat.lexicon import lexicon
from chat.read import YES_OR_NO, Candidate
from chat.stances import ADVISED, SAFE, Said, apart
from chat.support.numbers import Quantity, quantities
from chat.support.reading import Reading
from chat.terms import stem, terms
from ingest.sentences import sentence_spans

T = TypeVar("T")
NAMED, SHOWN = "the name", "what the evidence shows"
ASKS_WHO = re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)
ASKS_YEAR = re.compile(r"\bwhen\b|\bwh(?:at|ich) year\b", re.IGNORECASE)
ASKS_WHETHER_CAN = re.compile(r"^(?:can|could|may|might)\b", re.IGNORECASE)
ASKS_FOR_HELP = re.compile(
    r"\b(?:help|relie(?:f|ve)|prevent|cure|heal|ease|stop|treat|get rid)\w*\b"
    r"|\b(?:good|works?) (?:for|against)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w-]+")
DOUBT = re.compile(
    r"\b(?:unsupported|unlikely|unclear|unproven|(?:does|do|did) not (?:show|test)"
    r"|(?:not|never) (?:been )?(?:shown|proven|proved)|cannot (?:say|tell|show)"
    r"|too (?:small|few|short|weak) to (?:settle|say|tell|show|know)"
    r"|says? nothing about|not enough evidence|rests? on (?:statements|claims|opinions?)"
    r"|(?:nobody|no one) should"
    r"|no (?:\w+ )?(?:evidence|proof|trials?|study|studies)(?: \w+){0,3} (?:that|shows?|has|of))\b",
    re.IGNORECASE,
)
FIRST = 4  # words after a doubt that a claim must mostly carry
AFTERWARDS = re.compile(r"unsupported|rest", re.IGNORECASE)  # what they doubt stands before them
NOT_SHOWING = re.compile(r"(?:does|do|did) not (?:show|test)", re.IGNORECASE)
# Sentences of a text about itself, or about what one lacks, neither claim nor deny the matter.
NO_CLAIM = re.compile(
    r"^this (?:page|article|text|document|note|site|story)\b"
    r"|^the (?:\w+ )?(?:page|article|text|post|site|story|book) (?:quotes|cites|names|compares)\b"
    r"|\b(?:gives?|gave|offers?|cites?|names?|has) no"
    r" (?:\w+ )?(?:study|studies|trials?|evidence|proof|sources?|measurements?)\b"
    r"|\bcompares? \w+ with no\b",
    re.IGNORECASE,
)
# That a benefit is not shown says nothing of whether it is safe.
HARM = re.compile(
    r"\b(?:safe(?:ly|ty)?|harm\w*|danger\w*|risk\w*|toxic|side effects?|unwanted effects?"
    r"|irritat\w+|rash(?:es)?|allerg\w+)\b",
    re.IGNORECASE,
)
UNSURE = frozenset("may might could perhaps possibly".split())  # a claim that doubts itself
CLAIMED = 0.5  # share of the question's terms in a claim and in the words that doubt it
ROOM = 118  # words of an answer
FRAME = 12  # words that say who says it
READ = 14  # sentences that are compared
ANSWERS = 0.0  # logit from which a sentence is about what is asked, whatever its words
ABOUT = 0.45  # share of the question's terms that a sentence must carry
ALIKE, NEARLY = 0.6, 0.34  # the same in other words; where the other sentence is about it
# The same, where neither sentence was chosen for the answer; and of both where all is in doubt.
WHOLLY = 0.75


@dataclass(frozen=True)
class Disagreement:
    """Two candidates that disagree. about: on what, in a few words.

    covered: the share of the question's terms that both say at least.
    """

    one: Candidate
    other: Candidate
    about: str
    covered: float = 0.0


@dataclass(frozen=True)
class _Side:
    """A sentence of a candidate, read once for all comparisons."""

    candidate: Candidate
    text: str
    reading: Reading
    figures: tuple[Quantity, ...]

    @property
    def answers(self) -> bool:
        """Whether the sentence was read by itself and found to answer."""
        return self.candidate.text == self.text and _answers(self.candidate)

    @property
    def said(self) -> Said:
        """The sentence with the terms of its headings and of its document's title."""
        document = self.candidate.found.document
        headings = document.headings_at(self.candidate.start)
        over = terms(" ".join((document.title, *headings)))
        return Said(self.text, self.reading, over, self.answers)


def disagreements(
    question: str, candidates: Sequence[Candidate], language: str = "en"
) -> list[Disagreement]:
    """Pairs of sentences of different documents that disagree on the question, best first.

    What one says and the other denies goes before what one says and the other doubts, and of each
    kind those that say more of what is asked.
    """
    asked = terms(question)
    texts = " ".join(each.text.lower() for each in candidates)
    named = [name for name in _names(question) if name in texts]
    every = (side for candidate in candidates for side in _sides(candidate, language))
    on_it = (side for side in every if _naming(side.text, named) and _on(asked, side, NEARLY))
    sides = [(side, _on(asked, side)) for side in islice(on_it, READ)]
    found: dict[tuple[int, int], Disagreement] = {}
    for (one, first), (other, second) in _of_two_documents(sides, found):
        # Both are about what is asked, or one is and the other speaks of the same as it.
        near = (first and second) or shared(one.reading, other.reading) >= TOGETHER
        if near and (first or second):
            _add(_about(question, one, other, asked), one, other, asked, found)
    rarity = _rarity(asked, candidates)
    answering = {each.text: each for each, _ in sides}
    for candidate in candidates:
        if candidate.text not in answering and _answers(candidate):
            of_it = _sides(candidate, language)
            answering |= {each.text: each for each in of_it if _naming(each.text, named)}
    told = [(side, side.said) for side in answering.values() if not NO_CLAIM.search(side.text)]
    for (one, mine), (other, theirs) in _of_two_documents(told, found):
        if about := apart(question, mine, theirs, rarity):
            named_apart = about == FIGURED and _named_apart(one.text, other.text)
            _add(None if named_apart else about, one, other, asked, found)
    return sorted(found.values(), key=lambda each: (each.about == SHOWN, -each.covered))


def _of_two_documents(
    sides: Sequence[tuple[_Side, T]], found: Mapping[tuple[int, int], Disagreement]
) -> Iterator[tuple[tuple[_Side, T], tuple[_Side, T]]]:
    """Pairs of sides of different documents, but for candidates of which one is found already."""
    for one, other in combinations(sides, 2):
        a, b = one[0].candidate, other[0].candidate
        if a.found.document.id != b.found.document.id and (id(a), id(b)) not in found:
            yield one, other


def _add(
    about: str | None,
    one: _Side,
    other: _Side,
    asked: Sequence[str],
    found: dict[tuple[int, int], Disagreement],
) -> None:
    """Keep what two sides disagree on, if they do."""
    if about:
        pair = (id(one.candidate), id(other.candidate))
        covered = min(share_said(s.reading.content, asked, s.reading) for s in (one, other))
        found[pair] = Disagreement(one.candidate, other.candidate, about, covered)


def _answers(candidate: Candidate) -> bool:
    """Whether a sentence was read and found to answer."""
    return candidate.scores.get("answers", -1.0) >= ANSWERS


def _rarity(asked: Sequence[str], candidates: Sequence[Candidate]) -> dict[str, float]:
    """How rare each term is among the sentences found: all of them have what all is about."""
    found = [set(terms(each.text)) for each in candidates]
    counts = {term: sum(term in each for each in found) for term in asked}
    return {term: math.log((2 + len(found)) / (1 + count)) for term, count in counts.items()}


def _about(question: str, one: _Side, other: _Side, asked: Sequence[str]) -> str | None:
    """What two sides disagree on that is asked; None if on nothing."""
    told = not any(NO_CLAIM.search(side.text) for side in (one, other))
    about = (_claims(one, other, asked) or _other_fact(question, one, other)) if told else None
    beside = ASKS_WHETHER_CAN.search(question) or ASKS_FOR_HELP.search(question)
    if about is None and YES_OR_NO.search(question) and not HARM.search(question):
        return SHOWN if _doubted(one, other, asked) else None
    return None if about == CAUSE and beside else about


def _claims(one: _Side, other: _Side, asked: Sequence[str]) -> str | None:
    """What two sides disagree on in what they say, or whether it helps."""
    about = disagree(one.reading, other.reading, one.figures, other.figures, asked)
    if about == FIGURED and _named_apart(one.text, other.text):
        about = None
    if about is None and one_helps_all(one.reading, other.reading):
        return ALL
    return about or stances_differ(one.reading, other.reading, asked)


def _other_fact(question: str, one: _Side, other: _Side) -> str | None:
    """Two sentences about the same thing name different people or years where those are asked."""
    a, b = one.reading, other.reading
    longer = max(a.content, b.content, key=len)
    shorter = min(a.content, b.content, key=len)
    if shared(a, b) < FIGURES or share_said(shorter, longer, a) < TOGETHER:
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
    doubt, doubting, claim = (mine, one, other) if mine else (theirs, other, one)
    if doubt is None or (mine and theirs) or of_others(one.reading, other.reading):
        return False
    document = claim.candidate.found.document
    claims = document.sells or document.about.kind == "personal"
    doubted, reading = _doubted_words(doubt), claim.reading
    if not claims or NO_CLAIM.search(claim.text) or UNSURE & set(reading.tokens):
        return False
    if not _reaches(doubted, reading) or of_another(doubting.reading, reading):
        return False
    if SHOWING & set(asked) - set(reading.content):
        return False  # what a study did is asked
    sides = (doubted, reading.content, [*doubted, *reading.content])
    *shares, both = (share_said(words, asked, reading) for words in sides)
    whole = AFTERWARDS.match(doubt[0])  # what is doubted as a whole may be far from the question
    return min(shares) >= CLAIMED < max(shares) and (both >= WHOLLY or not whole)


def _doubt(text: str) -> re.Match[str] | None:
    """Where a sentence doubts; "tight muscles do not show a lack" is no doubt of evidence."""
    doubt = DOUBT.search(text)
    if doubt is None or not NOT_SHOWING.match(doubt[0]):
        return doubt
    clause = terms(re.split(r"[,;:.]| but ", text[: doubt.start()])[-1])
    return doubt if not clause or SHOWING & set(clause) else None


def _reaches(doubted: Sequence[str], claim: Reading) -> bool:
    """Whether the claim says what is doubted: most of its first words, or half of them all.

    Of what stands before the first word with an opposite, as in "stress causes", it says some.
    """
    turns = {stem(word) for word in claim.lexicon.opposites}
    subject = list(takewhile(lambda word: word not in turns, doubted[:FIRST]))
    if subject and not any(claim.lexicon.any_alike(word, claim.content) for word in subject):
        return False
    said = [claim.lexicon.any_alike(word, claim.content) for word in doubted]
    return sum(said[:FIRST]) >= MOSTLY * len(said[:FIRST]) or sum(said) >= TOGETHER * len(said)


def _doubted_words(doubt: re.Match[str]) -> list[str]:
    after = [] if AFTERWARDS.match(doubt[0]) else terms(doubt.string[doubt.end() :])
    return after or terms(doubt.string[: doubt.start()])[-FIRST:]


@lru_cache(maxsize=10_000)
def _names(text: str) -> frozenset[str]:
    """Words with a capital inside a sentence: names of people, places, tests and goods."""
    return frozenset(match.lower() for match in NAME.findall(text))


def _named_apart(one: str, other: str) -> bool:
    """Whether two sentences are on things that have names of their own."""
    return not _naming(other, _names(one)) and not _naming(one, _names(other))


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
    found = disagreements(question, [*chosen, *others], language)
    for each in sorted(found, key=lambda each: (each.about == SHOWN, not _stand(each, chosen))):
        missing = [side for side in (each.one, each.other) if side not in shown]
        told = any(_says(each, old, missing) for old in kept)
        settles = not kept and _settles(question, each)
        if not told and (len(missing) < len((each.one, each.other)) or settles):
            shown += missing
        if _stand(each, shown):
            kept.append(each)
    needed: list[Candidate] = []  # each once, so that the sides of the first are the last to go
    for each in kept:
        needed += [side for side in (each.one, each.other) if side not in needed]
    stands = _within_room(shown, needed)
    return stands, [each for each in kept if _stand(each, stands)]


def _stand(each: Disagreement, chosen: Sequence[Candidate]) -> bool:
    """Whether both sides stand in the answer already, so that nothing need be added."""
    return each.one in chosen and each.other in chosen


def _settles(question: str, each: Disagreement) -> bool:
    """Whether two sentences, neither of them chosen, answer yes and no to nearly all asked.

    To half of it where they disagree on whether it helps, and that is asked.
    """
    if each.about in (SAFE, ADVISED) or (each.about == HELPS and ASKS_FOR_HELP.search(question)):
        return each.covered >= TOGETHER
    return bool(YES_OR_NO.search(question)) and each.about != SHOWN and each.covered >= WHOLLY


def _says(new: Disagreement, old: Disagreement, missing: Sequence[Candidate]) -> bool:
    """Whether a disagreement that is shown already is the same one: no third side is added.

    It is the same if it is on the same, or between the same two documents.
    """
    return not any(side in (old.one, old.other) for side in missing) and (
        new.about == old.about or _documents(new) == _documents(old)
    )


def _documents(each: Disagreement) -> frozenset[str]:
    return frozenset((each.one.found.document.id, each.other.found.document.id))


def _within_room(shown: Sequence[Candidate], needed: Sequence[Candidate]) -> list[Candidate]:
    """As many of the shown as there is room for; those that disagree go last.

    The best stays, unless another sentence of its document is a side of the first disagreement.
    """
    kept = list(shown)
    spare = [candidate for candidate in shown if candidate not in needed]
    disagreeing = {candidate.found.document.id for candidate in needed[:2]}
    best = [c for c in shown[:1] if c in needed or c.found.document.id not in disagreeing]
    for candidate in [*reversed(spare), *reversed(needed)]:
        if sum(len(c.text.split()) + FRAME for c in kept) <= ROOM:
            break
        if candidate in kept and candidate not in best:
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
        key = _documents(each)
        if key not in seen:
            seen.add(key)
            yield each.one.found.document.id, each.other.found.document.id, each.about
