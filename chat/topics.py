"""What a library can answer from, for people: its documents' titles."""

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
