"""Each statement against the stored text, before anything is shown."""

import re
from dataclasses import dataclass

from chat.answer import Citation, Statement
from ingest.library import Release

QUOTED = re.compile(r"“(.*)”", re.DOTALL)


@dataclass(frozen=True)
class Verdict:
    """Whether a statement may be shown, and if not, why."""

    passed: bool
    reason: str = ""


def verify(statement: Statement, release: Release) -> Verdict:
    """Check a statement: it cites, each citation stands in the store, quoted words are verbatim."""
    if not statement.citations:
        return Verdict(passed=False, reason="it cites nothing")
    for citation in statement.citations:
        problem = _misquoted(citation, release)
        if problem:
            return Verdict(passed=False, reason=problem)
    if statement.kind == "quote":
        return _verbatim(statement)
    return Verdict(passed=True)


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
