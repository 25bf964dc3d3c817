"""The sentences of found passages, scored by how well each answers the question."""

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chat.reranker import Reranker
from chat.retrieve import Found
from chat.terms import terms
from ingest.library import Release
from ingest.orders import speaks_to_programs
from ingest.sentences import sentence_spans

PASSAGES = 8  # whose sentences are candidates
READ = 6  # sentences at most that the cross-encoder scores
WORDS_READ = 130  # in all of these together: what a question may cost
SHORTEST, LONGEST = 4, 80  # words of a sentence that is worth quoting
GIVES_REASON = 2.0  # added to the logit where a reason is asked for and a sentence gives one
HEADLINE = 12  # words below which a line without an end mark is taken for a headline


ASKS_REASON = re.compile(
    r"^(why|what (causes|leads to))\b"
    r"|\bhow (?!many|much|long|often|old|far|high|large|big|tall|fast)",
    re.IGNORECASE,
)
# Says what kind of answer is asked for, not what it is about.
MEASURE = re.compile(
    r"\bhow (?:many|much|long|often|old|far|high|large|big|tall|fast|quickly|soon|common)\b"
    r"|\bwhat (?:kinds?|sorts?|types?|year|percentage|share|name) of\b",
    re.IGNORECASE,
)
REASON = re.compile(
    r"\b(because|cause[sd]?|causing|due to|by \w+ing|allow\w*|lead\w*|result\w*|so that"
    r"|there(?:by|fore)|thus|block\w*|compet\w*|prevent\w*|facilitat\w*|enabl\w*|requir\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Candidate:
    """One sentence of a found passage; start and end count in the document.

    scores: covered (share of the question's weight its words cover), cheap, and answers (the
    cross-encoder's logit) where it was read.
    """

    found: Found
    start: int
    end: int
    text: str
    scores: dict[str, float]


def read(
    question: str, found: Sequence[Found], release: Release, reranker: Reranker | None
) -> list[Candidate]:
    """The sentences that may answer, best first; those that were read precede the others."""
    weights = weights_of(question, release)
    sentences = _once([c for item in found[:PASSAGES] for c in _sentences(item, weights)])
    sentences.sort(key=lambda each: -each.scores["cheap"])
    if reranker is None:
        return sentences
    first = _worth_reading(sentences)
    logits = reranker.scores(question, [each.text for each in first])
    scored = [_with(each, answers=float(logit)) for each, logit in zip(first, logits, strict=True)]
    asks_reason = bool(ASKS_REASON.search(question))
    scored.sort(key=lambda each: -_rank(each, asks_reason=asks_reason))
    return scored + sentences[len(first) :]


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


def _sentences(found: Found, weights: Mapping[str, float]) -> list[Candidate]:
    document, passage = found.document, found.passage
    language = document.about.language or "en"
    whole = sentence_spans(document.text, passage.start, passage.end, language)
    spans = [_without_lone_mark(document.text, start, end) for start, end in whole]
    return [
        Candidate(found, start, end, text, {"covered": covered, "cheap": covered + found.score})
        for start, end in spans
        for text in [document.text[start:end]]
        if _quotable(text, document.headings_at(start))
        for covered in [coverage(text, weights)]
    ]


def _without_lone_mark(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without a quotation mark that only opens or only closes in it."""
    said = text[start:end]
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
    return sentences[: max(1, sum(length <= WORDS_READ for length in lengths))]


def _quotable(text: str, headings: Sequence[str]) -> bool:
    """Whether a sentence can stand alone: no heading, question, fragment or order, not endless."""
    length = len(text.split())
    unfinished = length < HEADLINE and text[-1].isalnum()
    return SHORTEST <= length <= LONGEST and not (
        text.endswith("?") or unfinished or text.strip("# ") in headings or speaks_to_programs(text)
    )


def _rank(candidate: Candidate, *, asks_reason: bool) -> float:
    """The logit, and a little for shared words, the passage, and a reason if one is asked."""
    bonus = GIVES_REASON if asks_reason and REASON.search(candidate.text) else 0.0
    return candidate.scores["answers"] + 2 * candidate.scores["cheap"] + bonus


def _with(candidate: Candidate, **scores: float) -> Candidate:
    return replace(candidate, scores={**candidate.scores, **scores})
