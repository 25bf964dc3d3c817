"""What a library can answer from, for people: its documents' titles, and first questions."""

from ingest.library import Release

SHOWN = 6
LONGEST = 80


def topics(release: Release) -> list[str]:
    """The titles of the first documents, shortened; and how many more there are."""
    titles = [_short(document.title) for document in release.documents()[:SHOWN]]
    more = release.document_count - len(titles)
    return [*dict.fromkeys(titles), *([f"and {more} more documents"] if more > 0 else [])]


def _short(title: str) -> str:
    return title if len(title) <= LONGEST else title[: LONGEST - 1].rstrip() + "…"


def examples(release: Release) -> list[str]:
    """Questions that the documents answer, made from their headings: those that are questions."""
    found: list[str] = []
    for document in release.documents():
        headings = [section.headings[-1] for section in document.sections if section.headings]
        found += [heading for heading in headings[1:] if heading.endswith("?")][:1]
    return list(dict.fromkeys(found))
