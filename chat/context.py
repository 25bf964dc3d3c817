"""Where a citation stands, read back from the store at the moment it is shown."""

from dataclasses import dataclass

from chat.answer import Answer, Citation
from ingest.library import Release


@dataclass(frozen=True)
class Context:
    """The cited words inside their passage."""

    before: str
    quote: str
    after: str


def contexts_of(answer: Answer, release: Release) -> dict[tuple[str, int, int], Context | None]:
    """For each citation, by (passage, start, end), its passage; None if it is gone."""
    return {
        (each.passage, each.start, each.end): _context(each, release)
        for statement in answer.statements
        for each in statement.citations
    }


def _context(citation: Citation, release: Release) -> Context | None:
    try:
        passage = release.passages([citation.passage])[0]
    except KeyError:
        return None
    start, end = citation.start - passage.start, citation.end - passage.start
    if passage.text[start:end] != citation.quote:
        return None
    return Context(passage.text[:start], passage.text[start:end], passage.text[end:])
