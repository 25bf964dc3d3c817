"""Each statement against the stored text, before anything is shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chat.answer import Citation, Statement
from chat.frame import leads_of
from chat.support import Entails, coverage, unsupported
from chat.support.meaning import Meanings
from ingest.document import Document
from ingest.library import Release

QUOTED = re.compile(r"“(.*)”", re.DOTALL)
WORDS_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
CITES_AT_LEAST = 0.25  # share of a paraphrase's words that each of its citations must carry


@dataclass(frozen=True)
class Verdict:
    """Whether a statement may be shown, and if not, why."""

    passed: bool
    reason: str = ""


def verify(
    statement: Statement,
    release: Release,
    entails: Entails | None = None,
    meanings: Meanings | None = None,
) -> Verdict:
    """Check a statement: it cites, each citation stands in the store, its words rest on them.

    A quote is verbatim. A paraphrase has the numbers, units, limits, frequencies, negation,
    direction, names and most words of what it cites, or words near to them in meaning where
    `meanings` tells that; `entails` (source, statement) -> probability is asked last, where an
    entailment model is at hand.
    """
    if not statement.citations:
        return Verdict(passed=False, reason="it cites nothing")
    for citation in statement.citations:
        problem = _misquoted(citation, release)
        if problem:
            return Verdict(passed=False, reason=problem)
    if statement.kind == "quote":
        return _verbatim(statement)
    return _supported(statement, release, entails, meanings)


def _supported(
    statement: Statement, release: Release, entails: Entails | None, meanings: Meanings | None
) -> Verdict:
    """What a paraphrase says stands in the words it cites."""
    quotes = [citation.quote for citation in statement.citations]
    passages = release.passages([citation.passage for citation in statement.citations])
    documents = [release.document(passage.document) for passage in passages]
    said = _without_lead(statement.text, documents)
    for words in WORDS_QUOTED.findall(said):
        if not any(_plain(words) in _plain(quote) for quote in quotes):
            return Verdict(
                passed=False, reason="the words between the quotation marks are not cited"
            )
    if any(coverage(said, quote, meanings=meanings) < CITES_AT_LEAST for quote in quotes):
        return Verdict(passed=False, reason="it cites a passage that says something else")
    titles = [document.title for document in documents]
    around = " ".join([*titles, *(passage.text for passage in passages)])
    problem = unsupported(said, " ".join(quotes), around, entails=entails, meanings=meanings)
    return Verdict(passed=problem is None, reason=problem or "")


def _without_lead(text: str, documents: Sequence[Document]) -> str:
    """The statement without the words in front of it that say who says it."""
    leads = (f"{lead} " for document in documents for lead in leads_of(document))
    return next((text.removeprefix(lead) for lead in leads if text.startswith(lead)), text)


def _plain(text: str) -> str:
    """One kind of blank and quotation mark, and no full stop or comma at the end."""
    return " ".join(re.sub(r"[“”\"'‘’]", "'", text).split()).strip(" .,;")


def _misquoted(citation: Citation, release: Release) -> str | None:
    try:
        passage = release.passages([citation.passage])[0]
        document = release.document(passage.document)
    except KeyError:
        return "it cites a passage that is not in the release"
    if document.text[citation.start : citation.end] != citation.quote or not citation.quote:
        return "its quote is not the stored text"
    if not passage.start <= citation.start < citation.end <= passage.end:
        return "its quote lies outside the cited passage"
    return None


def _verbatim(statement: Statement) -> Verdict:
    """The quoted words, from the first “ to the last ”, are one of the citations' quotes."""
    match = QUOTED.search(statement.text)
    if match is None:
        return Verdict(passed=False, reason="a quote without quotation marks")
    if match[1] not in [citation.quote for citation in statement.citations]:
        return Verdict(passed=False, reason="the words between the quotation marks are not cited")
    return Verdict(passed=True)
