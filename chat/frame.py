"""Who says it: sentences chosen from passages become attributed statements with their citations."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chat.answer import Citation, Notice, NoticeKind, Source, Statement
from chat.caveat import notice
from chat.read import Candidate
from chat.settings import Settings
from chat.wording import wording
from ingest.document import Document, Passage

STOP = re.compile(
    r"\b(skip|forgo|forego|stop taking|instead of (?:your |the |a )?(?:prescri\w+|medic\w+|drugs?))",
    re.IGNORECASE,
)
NAME_LENGTH = 60  # characters of a source's name inside a sentence


@dataclass
class Sources:
    """Documents of one Answer, numbered from 1 in the order they are met."""

    numbers: dict[str, int] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)

    def number(self, document: Document) -> int:
        """The number of a document, a new one if it is new."""
        if document.id not in self.numbers:
            self.numbers[document.id] = len(self.numbers) + 1
            self.documents.append(document)
        return self.numbers[document.id]

    def listed(self) -> tuple[Source, ...]:
        """All documents met so far, as the Answer shows them."""
        return tuple(
            Source(
                number,
                document.path,
                document.title,
                document.about.publisher,
                document.about.kind,
                document.about.published,
                document.about.url,
                document.promotional,
                document.reasons,
            )
            for number, document in enumerate(self.documents, start=1)
        )


def quote_statements(
    chosen: Sequence[Candidate], sources: Sources, settings: Settings
) -> list[Statement]:
    """Each sentence verbatim between “ and ”, after a few words on who says it."""
    statements = []
    last = ""
    for candidate in chosen:
        document = candidate.found.document
        lead = "again" if document.id == last else _voice(document)
        said = wording(settings.language, f"frame/{lead}", source=_name(document))
        last = document.id
        text = f"{said} “{candidate.text}”"
        statements.append(Statement(text, "quote", _citations(candidate, sources)))
    return statements


def _voice(document: Document) -> str:
    """Which frame fits: what a document is known to be, else what its text reads like."""
    if document.about.kind == "unknown" and document.promotional:
        return "promotional"
    return document.about.kind


def _name(document: Document) -> str:
    name = document.about.publisher or document.title
    name = name.replace("“", "'").replace("”", "'").strip(" .")
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1].rstrip() + "…"


def _citations(candidate: Candidate, sources: Sources) -> tuple[Citation, ...]:
    found = candidate.found
    own = _citation(found.passage, found.document, candidate.start, candidate.end, sources)
    return (own, *_twin_citations(candidate, sources))


def _twin_citations(candidate: Candidate, sources: Sources) -> list[Citation]:
    """The same words in near-duplicate passages are cited as well."""
    citations = []
    for passage, document in candidate.found.twins:
        place = passage.text.find(candidate.text)
        if place >= 0:
            start = passage.start + place
            end = start + len(candidate.text)
            citations.append(_citation(passage, document, start, end, sources))
    return citations


def _citation(
    passage: Passage, document: Document, start: int, end: int, sources: Sources
) -> Citation:
    headings = document.headings_at(start)
    return Citation(
        sources.number(document),
        passage.id,
        start,
        end,
        document.text[start:end],
        document.page_at(start),
        headings[-1] if headings else None,
    )


def notices_for(
    cited: Sequence[Document], quotes: Sequence[str], settings: Settings
) -> list[Notice]:
    """The notices that the cited documents and the quoted words call for."""
    kinds: list[NoticeKind] = []
    if any(STOP.search(quote) for quote in quotes):
        kinds.append("stop_medication")
    if any(document.promotional or document.about.kind == "seller" for document in cited):
        kinds.append("promotional")
    if any(document.about.published is None for document in cited):
        kinds.append("undated")
    return [notice(kind, settings) for kind in kinds]
