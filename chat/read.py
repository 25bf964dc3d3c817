"""The sentences of found passages, scored by how well each answers the question."""

import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from chat.amounts import agreement
from chat.people import asked_of, spoken_of
from chat.reranker import Reranker, Span
from chat.retrieve import Found, retrieve
from chat.terms import terms
from ingest.library import Release
from ingest.orders import speaks_to_programs
from ingest.sentences import sentence_spans

PASSAGES = 10  # whose sentences are candidates
OTHERS = 2  # passages, and sentences read, of those who sell nothing where all before them sell
READ = 6  # sentences at most that the cross-encoder scores first
WORDS_READ = 130  # in all of these together: what a question may cost
CLOSELY = 8  # passages that are read as a whole, by a cross-encoder that was taught to
AGAIN = 4  # best sentences, of which those that were read only in their passage are read alone
FURTHER = 3  # documents more that are heard and read where they may answer otherwise
# A sentence's logit from its own (by itself) and from its log odds within its passage, so that it
# means about as much as one by itself. Regressions give the second more than twice the weight of
# the first; but then fewer points of everyday questions come first. What is missing is guessed.
BY_ITSELF, WITHIN, BOTH = 0.7, 1.2, 3.2
GUESSED_WITHIN = (0.806, -5.65)  # from the logit by itself
GUESSED_BY_ITSELF = (0.384, -3.64)  # from the log odds within
PASSAGE = 5.0  # what the passage's own score is worth beside them, in logits
SHORTEST, LONGEST = 3, 80  # words of a sentence that is worth quoting
GIVES_REASON = 2.0  # added to the logit where a reason is asked for and a sentence gives one
ADVISES = -3.0  # where a reason is asked for and a sentence says what to do
EXPLAINS = 0.5  # added to the cheap score there, so that such sentences are read
# To the cheap score, for a sentence on too much of what is too little, or on the same of it.
AMOUNTS = {-1: -1.5, 0: 0.0, 1: 0.5}
UNDER = 0.5  # what a word of the question is worth that stands in the heading over a sentence
WHOLE = 0.99  # share from which a sentence says by itself what it is about
HEADLINE = 12  # words below which a line without an end mark is taken for a headline


# How something comes about; not how much of it there is, nor how somebody should go about it.
ASKS_REASON = re.compile(
    r"^(?:and |but )?why\b|\bwhat (?:causes|leads to|makes)\b"
    r"|\bhow (?:do|does|did|can|could|might|would|is|are|was|were)"
    r" (?!(?:i|you|we|people|one|someone)\b)",
    re.IGNORECASE,
)
YES_OR_NO = re.compile(
    r"(?:^|[,.;:!] )(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|may)\b"
    r"|\b(?:whether|agree|disagree|sources)\b",
    re.IGNORECASE,
)
# Says what kind of answer is asked for, not what it is about.
MEASURE = re.compile(
    r"\bhow (?:many|much|long|often|old|far|high|large|big|tall|fast|quickly|soon|common)\b"
    r"|\bwhat (?:kinds?|sorts?|types?|year|percentage|share|name) of\b",
    re.IGNORECASE,
)
REASON = re.compile(
    r"\b(because|caus(?:e[sd]?|ing)|due to|by \w+ing|allow\w*|lead(?:s|ing)? to|led to|results? in"
    r"|so that|there(?:by|fore)|thus|which makes|lets|responsible for|needed|essential for"
    r"|mechanisms?|takes? part|plays? an? \w+|block\w*|compet\w*|prevent\w*|facilitat\w*|enabl\w*"
    r"|requir\w*|binds?|binding|pump\w*|releas\w*|regulat\w*|stimulat\w*|inhibit\w*|trigger\w*"
    r"|activat\w*|calm\w*|acts? (?:on|by|as|against)|flows?)\b",
    re.IGNORECASE,
)
# What to do, where how something comes about is asked.
ADVICE = re.compile(
    r"\b(?:(?:best|only|easiest) (?:thing|way)|should|try|start(?:ing)? (?:to|by|\w+ing)|make sure"
    r"|(?:add|use) (?:a|an|our|the|your)|you can|don't have to|ask a|talk to|invite you)\b"
    r"|^(?:take|use|add|skip|avoid)\b",
    re.IGNORECASE,
)
BULLET = re.compile(r"[-*•‣–]\s+")
ITEM = re.compile(r"[-*•‣–]\s|.*\S \| \S")  # of a list, or a row of a table
LISTED = 60  # words of a list that is quoted whole, with what leads to it
# An entry of a list of references, and the names of authors that begin one.
REFERENCE = re.compile(
    r"\b(?:19|20)\d\d[a-z]?\s?;\s?\d+\s?(?:\(\w+\)\s?)?:|\bdoi\b|\[(?:PubMed|CrossRef|Google)\b"
)
NO_AUTHOR = r"(?!Vitamin|Coenzyme|Hepatitis|Influenza|Type|Group|Class|Grade|Stage|Phase|Factor)"
AUTHOR = rf"{NO_AUTHOR}(?:[A-Z][\w’'\-]+ {{1,2}}[A-Z]{{1,3}}|[A-Z][\w’'\-]+, (?:[A-Z]\. ?)+)"
AUTHORS = re.compile(rf"^\W*(?:\d+\. )?{AUTHOR}(?:, and |, | and |; | & )(?:{AUTHOR}|et al)")

T = TypeVar("T")


@dataclass(frozen=True)
class Candidate:
    """One sentence of a found passage; start and end count in the document.

    heading: the one that it stands under, unless it has all words of the question. scores: covered
    (share of the question's weight its words cover, and half of what only the heading does), cheap,
    and where it was read answers (the cross-encoder's logit), within (the log odds that the answer
    to the question stands in it, read with its passage) and reason (what is added where a reason is
    asked).
    """

    found: Found
    start: int
    end: int
    text: str
    scores: dict[str, float]
    heading: str = ""

    @property
    def read_as(self) -> str:
        """What the cross-encoder reads: the heading says what a sentence is about."""
        return f"{self.heading} {self.text}" if self.heading else self.text


def read(
    question: str, found: Sequence[Found], release: Release, reranker: Reranker | None
) -> list[Candidate]:
    """The sentences that may answer, best first; those that were read precede the others."""
    weights = weights_of(question, release)
    people = asked_of(question)
    about = [item for item in found if not people or people <= _people_in(item)]
    first = _with_further(question, about, PASSAGES)
    rest = [each for each in about if each not in first]
    heard = _with_others([*first, *rest], len(first), lambda item: item.document.sells)
    sentences = _once([c for item in heard for c in _sentences(item, question, weights)])
    sentences.sort(key=lambda each: -each.scores["cheap"])
    if reranker is None:
        return sentences
    said = _said(question, sentences, _with_further(question, heard, CLOSELY), reranker)
    scored = [_with(each, **said[each.text]) for each in sentences if each.text in said]
    if ASKS_REASON.search(question):
        scored = [_with(each, reason=_reason(each.text)) for each in scored]
    scored.sort(key=lambda each: -_rank(each))
    return scored + [each for each in sentences if each.text not in said]


def _with_further(question: str, found: Sequence[Found], count: int) -> list[Found]:
    """The first passages; where yes or no or a figure is asked, the best of other documents too."""
    first = list(found[:count])
    if not (YES_OR_NO.search(question) or MEASURE.search(question)):
        return first
    known = {each.document.id for each in first}
    others: dict[str, Found] = {}
    for each in found[count:]:
        if each.document.id not in known:
            others.setdefault(each.document.id, each)
    return [*first, *list(others.values())[:FURTHER]]


def _said(
    question: str, sentences: Sequence[Candidate], found: Sequence[Found], reranker: Reranker
) -> dict[str, dict[str, float]]:
    """What the cross-encoder says to the sentences that it read, by their text."""
    alone = _alone(question, _worth_reading(sentences), reranker)
    own = [[each for each in sentences if each.found.passage.id == f.passage.id] for f in found]
    passages = [f.page(map(_place, in_it)) for f, in_it in zip(found, own, strict=True)]
    within = {
        each.text: float(odds)
        for in_it, read in zip(own, reranker.within(question, passages), strict=False)
        for each, odds in zip(in_it, read, strict=True)
        if not math.isnan(odds)
    }
    if not within:
        return {text: {"answers": logit} for text, logit in alone.items()}
    said = {text: _both(alone.get(text), within.get(text)) for text in alone | within}
    known = [_with(each, **said[each.text]) for each in sentences if each.text in said]
    best = sorted(known, key=lambda each: -_rank(each))[:AGAIN]
    new = _alone(question, [each for each in best if each.text not in alone], reranker)
    return said | {text: _both(logit, within[text]) for text, logit in new.items()}


def _alone(question: str, sentences: Sequence[Candidate], reranker: Reranker) -> dict[str, float]:
    """The logits of sentences read by themselves, by their text."""
    scores = reranker.scores(question, [each.read_as for each in sentences]) if sentences else ()
    return dict(zip([each.text for each in sentences], map(float, scores), strict=True))


def _place(candidate: Candidate) -> Span:
    """Where it stands in its passage."""
    start = candidate.found.passage.start
    return candidate.start - start, candidate.end - start


def _both(alone: float | None, within: float | None) -> dict[str, float]:
    """One logit of two, either of which may be missing; and the one within, if it is there."""
    if within is None:
        slope, constant = GUESSED_WITHIN
        guessed = slope * (alone or 0.0) + constant
        return {"answers": BY_ITSELF * (alone or 0.0) + WITHIN * guessed + BOTH}
    if alone is None:
        slope, constant = GUESSED_BY_ITSELF
        alone = slope * within + constant
    return {"answers": BY_ITSELF * alone + WITHIN * within + BOTH, "within": within}


def opposed_to(
    chosen: Sequence[Candidate], question: str, vector: NDArray[np.float32], release: Release
) -> list[Candidate]:
    """The sentences of passages that speak of what the best one says, to be held against it.

    Who denies a claim uses its words rather than those that the question has for it.
    """
    if not chosen:
        return []
    return read(question, retrieve(chosen[0].text, vector, release), release, None)


def weights_of(question: str, release: Release) -> dict[str, float]:
    """How much each term of the question says: its inverse passage frequency."""
    found = terms(MEASURE.sub(" ", question)) or terms(question)
    frequencies = release.frequencies(found)
    total = release.passage_count
    return {
        term: math.log(1 + (total - frequencies[term] + 0.5) / (frequencies[term] + 0.5))
        for term in found
    }


def coverage(text: str, weights: Mapping[str, float]) -> float:
    """The share of the question's weight that the words of a text cover, 0 to 1."""
    total = sum(weights.values())
    if not total:
        return 0.0
    present = set(terms(text))
    return sum(weight for term, weight in weights.items() if term in present) / total


def _sentences(found: Found, question: str, weights: Mapping[str, float]) -> list[Candidate]:
    document, passage = found.document, found.passage
    whole = sentence_spans(document.text, passage.start, passage.end, document.about.language)
    spans = _with_lists(document.text, whole)
    candidates = []
    asks_reason = bool(ASKS_REASON.search(question))
    names = False  # those of authors are followed by a title
    for start, end in spans:
        text, headings = document.text[start:end], document.headings_at(start)
        title, names = names, bool(AUTHORS.search(text))
        item = ITEM.match(document.text[document.text.rfind("\n", 0, start) + 1 : end])
        if not (title or names or REFERENCE.search(text)) and _quotable(text, headings, item):
            own = coverage(text, weights)
            heading = headings[-1] if headings and headings[-1] != document.title else ""
            more = coverage(f"{heading} {text}", weights) - own if heading else 0.0
            covered = own + UNDER * more
            cheap = covered + found.score + AMOUNTS[agreement(question, text)]
            cheap += EXPLAINS * (asks_reason and explains(text))
            scores = {"covered": covered, "cheap": cheap}
            candidates.append(
                Candidate(found, start, end, text, scores, heading if own < WHOLE else "")
            )
    return candidates


def _people_in(found: Found) -> set[str]:
    """The groups of people whom a passage speaks of; what it says may hold for no other."""
    passage = found.passage
    return spoken_of("\n".join([passage.text, *passage.headings, found.document.title]))


def explains(text: str) -> bool:
    """Whether a sentence says how something comes about, and not what to do about it."""
    return bool(REASON.search(text)) and not ADVICE.search(text)


def _without_lone_mark(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without a list's mark, and without a lone quotation mark or marks around it all."""
    bullet = BULLET.match(text, start, end)
    start = bullet.end() if bullet else start
    said = text[start:end]
    if said.startswith("“") and said.endswith("”") and said.count("“") == 1:
        return start + 1, end - 1
    if said.startswith("“") and "”" not in said:
        return start + 1, end
    if said.endswith("”") and "“" not in said:
        return start, end - 1
    return start, end


def _once(candidates: Sequence[Candidate]) -> list[Candidate]:
    """A sentence that stands word for word in several documents is one, with all its places."""
    kept: dict[str, Candidate] = {}
    for each in candidates:
        other = kept.get(each.text)
        if other is None:
            kept[each.text] = each
        elif each.found.document.id not in _documents(other):
            place = (each.found.passage, each.found.document)
            found = replace(other.found, twins=(*other.found.twins, place))
            kept[each.text] = replace(other, found=found)
    return list(kept.values())


def _documents(candidate: Candidate) -> set[str]:
    twins = candidate.found.twins
    return {candidate.found.document.id, *(document.id for _, document in twins)}


def _worth_reading(sentences: Sequence[Candidate]) -> Sequence[Candidate]:
    """The first sentences, as many as the time for a question allows."""
    lengths = itertools.accumulate(len(each.text.split()) for each in sentences[:READ])
    count = max(1, sum(length <= WORDS_READ for length in lengths))
    return _with_others(sentences, count, lambda each: each.found.document.sells)


def _with_others(ranked: Sequence[T], count: int, sells: Callable[[T], bool]) -> list[T]:
    """The first ones; where all of them sell something, the best of those that do not as well.

    What sellers claim is loudest on their subject: who found otherwise must be heard beside it.
    """
    first, rest = ranked[:count], ranked[count:]
    others = [each for each in rest if not sells(each)] if all(map(sells, first)) else []
    return [*first, *others[:OTHERS]]


def _with_lists(text: str, whole: Sequence[Span]) -> list[Span]:
    """The spans to quote; a short list of fragments stands with the words that lead to it."""
    spans: list[Span] = []
    led = joined = False  # whether the last span leads to a list; has some of it already
    for start, end in whole:
        item = BULLET.match(text, start) and (joined or text[end - 1] not in ".!?")
        joined = bool(item and led and len(text[spans[-1][0] : end].split()) <= LISTED)
        if joined:
            spans[-1] = (spans[-1][0], end)
        else:
            led = text[end - 1] == ":"
            spans.append(_without_lone_mark(text, start, end))
    return spans


def _quotable(text: str, headings: Sequence[str], item: object) -> bool:
    """Whether a sentence can stand alone: no heading, question, fragment or order, not endless.

    item: set where it is one of a list or a row of a table, which end without a mark.
    """
    length = len(text.split())
    unfinished = length < HEADLINE and text[-1].isalnum() and not item
    return SHORTEST <= length <= LONGEST and not (
        text.endswith("?") or unfinished or text.strip("# ") in headings or speaks_to_programs(text)
    )


def _rank(candidate: Candidate) -> float:
    """The logit, and something for shared words, the passage, and a reason if one is asked."""
    scores = candidate.scores
    beside = 2 * scores["cheap"] + PASSAGE * candidate.found.score
    return scores["answers"] + beside + scores.get("reason", 0.0)


def _reason(text: str) -> float:
    """What a sentence is worth where a reason is asked for, in logits."""
    if explains(text):
        return GIVES_REASON
    return ADVISES if ADVICE.search(text) else 0.0


def _with(candidate: Candidate, **scores: float) -> Candidate:
    return replace(candidate, scores={**candidate.scores, **scores})
