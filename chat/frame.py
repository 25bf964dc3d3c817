"""Who says it: sentences chosen from passages become attributed statements with their citations."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chat.answer import Citation, Notice, NoticeKind, Source, Statement
from chat.caveat import notice, tells_to_stop
from chat.read import Candidate
from chat.retrieve import Found
from chat.settings import Settings
from chat.wording import languages, wording
from ingest.document import Document, Passage

PLAIN = ("research", "institution")
AFTER = 160  # characters after a claim in which its evidence may be named
BENEFIT = re.compile(
    r"\b(help|reliev|relief|heal|cure|treat|prevent|reduc|eas|improv|stop|benefi|sooth|lower"
    r"|effective|remed|best|relax|calm|boost|block|protect|works?\b|bring)",
    re.IGNORECASE,
)
# "nobody can promise that it works" claims no benefit.
DENIED = re.compile(
    r"\b(?:nobody|no one|cannot|can't|never|not(?! only))\b(?:(?! but )[^.!?])*$", re.IGNORECASE
)
NO_EVIDENCE = re.compile(
    r"\b(?:no|not|without)\b[^.]{0,30}\b(?:stud|trial|evidence|proof|research)"
)
# What a source gives for a claim -> the words that show it, the strongest first.
EVIDENCE: dict[str, re.Pattern[str] | None] = {
    "trial": re.compile(
        r"\b(?:trials?|randomi[sz]ed|placebo|meta-analysis|systematic review|cochrane|patients with"
        r"|our findings)\b",
        re.IGNORECASE,
    ),
    "study": re.compile(
        r"\b(?:stud(?:y|ies)|research(?:ers)? (?:show|found|suggest)\w*|journal|et al|survey)\b"
        r"|\b(?:19|20)\d\d; ?\d+",
        re.IGNORECASE,
    ),
    "testimonial": re.compile(
        r"\b(?:my (?:customers?|clients?|back|pain|own|recovery)|our customers|customers say"
        r"|i (?:find|found|use|still)|testimonials?|(?:helped|worked for) me|swears? by"
        r"|personal experience)\b",
        re.IGNORECASE,
    ),
    "opinion": re.compile(
        r"\b(?:i think|believes?|in my opinion|experts?|opinion|dr\.?|author of)\b", re.IGNORECASE
    ),
    "none": None,
}
NAME_LENGTH = 56  # characters of a source's name inside a sentence


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
                document.about.language,
            )
            for number, document in enumerate(self.documents, start=1)
        )


def quote_statements(
    chosen: Sequence[Candidate], sources: Sources, settings: Settings
) -> list[Statement]:
    """Each sentence verbatim between “ and ”, after a few words on who says it."""
    statements = []
    last: tuple[str, str] = ("", "")
    for candidate in chosen:
        found = candidate.found
        given = evidence_given(found, candidate.start, candidate.end)
        lead = lead_of(found.document, given, last, settings.language)
        last = (found.document.id, given)
        citations = (
            citation(found.passage, found.document, candidate.start, candidate.end, sources),
            *twin_citations(found, candidate.start, candidate.end, sources),
        )
        statements.append(Statement(f"{lead} “{candidate.text}”", "quote", citations))
    return statements


def attributed(
    statement: Statement, sources: Sources, last: tuple[str, str], settings: Settings
) -> tuple[Statement, tuple[str, str]]:
    """A model's statement after a few words on who says it; and what `last` is for the next one.

    Research and institutions need no such words in a paraphrase: its citation says who it is.
    """
    first = statement.citations[0]
    document = sources.documents[first.source - 1]
    voice = voice_of(document)
    if voice in PLAIN and statement.kind == "paraphrase":
        return statement, (document.id, "")
    given = evidence_in(first.quote, document.text[first.start : first.end + AFTER])
    lead = lead_of(document, given, last, settings.language)
    return replace(statement, text=f"{lead} {statement.text}"), (document.id, given)


def lead_of(
    document: Document, given: str, last: tuple[str, str], language: str, name: str | None = None
) -> str:
    """Who says it, and on what evidence. last: (document id, evidence) of the statement before.

    name: to use instead of the source's own.
    """
    same, known = document.id == last[0], given == last[1]
    evidence = (
        wording(language, f"frame/evidence/{given}") if given and not (same and known) else ""
    )
    voice = "again" if same else voice_of(document)
    return wording(language, f"frame/{voice}", source=name or _name(document), evidence=evidence)


def leads_of(document: Document) -> list[str]:
    """Every lead that a statement of this document may have, in every language."""
    lasts = (("", ""), (document.id, ""), (document.id, "-"))
    return [
        lead_of(document, given, last, language)
        for language in languages()
        for given in ("", *EVIDENCE)
        for last in lasts
    ]


def evidence_given(found: Found, start: int, end: int) -> str:
    """What evidence a source gives for a benefit that it claims; "" where it claims none."""
    if voice_of(found.document) in PLAIN:
        return ""
    after = min(end + AFTER, found.passage.end)
    return evidence_in(found.document.text[start:end], found.document.text[start:after])


def evidence_in(claim: str, around: str) -> str:
    """The first kind of evidence that a claim of benefit, or what follows it, speaks of."""
    if all(DENIED.search(claim[: benefit.start()]) for benefit in BENEFIT.finditer(claim)):
        return ""
    if NO_EVIDENCE.search(claim):
        return "none"
    for text in (claim, around):
        for name, pattern in EVIDENCE.items():
            if pattern and pattern.search(text):
                return name
    return "none"


def voice_of(document: Document) -> str:
    """Which frame fits: what a document is known to be, else what its text reads like."""
    if document.about.kind == "unknown" and document.promotional:
        return "promotional"
    return document.about.kind


def _name(document: Document) -> str:
    name = document.about.publisher or document.title
    name = name.replace("“", "'").replace("”", "'").strip(" .")
    if len(name) <= NAME_LENGTH:
        return name
    cut = textwrap.shorten(name, NAME_LENGTH, placeholder="…")
    return cut if len(cut) > 1 else name[: NAME_LENGTH - 1] + "…"  # one endless word


def twin_citations(found: Found, start: int, end: int, sources: Sources) -> list[Citation]:
    """The same words in near-duplicate passages are cited as well."""
    words = found.document.text[start:end]
    citations = []
    for passage, document in found.twins:
        place = passage.text.find(words)
        if place >= 0:
            begin = passage.start + place
            citations.append(citation(passage, document, begin, begin + len(words), sources))
    return citations


def citation(
    passage: Passage, document: Document, start: int, end: int, sources: Sources
) -> Citation:
    """The words of a document at [start:end], which lie in one of its passages."""
    return Citation(
        sources.number(document),
        passage.id,
        start,
        end,
        document.text[start:end],
        document.page_at(start),
        document.heading_at(start),
    )


def notices_for(
    cited: Sequence[Document], texts: Sequence[str], settings: Settings
) -> list[Notice]:
    """The notices that the cited documents and their cited texts call for."""
    kinds: list[NoticeKind] = []
    if any(tells_to_stop(text) for text in texts):
        kinds.append("stop_medication")
    if any(document.sells for document in cited):
        kinds.append("promotional")
    if any(document.about.published is None for document in cited):
        kinds.append("undated")
    return [notice(kind, settings) for kind in kinds]
