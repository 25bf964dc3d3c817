"""What a library can answer from, for people: its documents' titles."""

from chat.wording import wording
from ingest.library import Release

SHOWN = 6
LONGEST = 80


def topics(release: Release, language: str) -> list[str]:
    """The titles of the first documents, shortened; and how many more there are."""
    titles = [_short(document.title) for document in release.documents()[:SHOWN]]
    more = release.document_count - len(titles)
    rest = [wording(language, "page/covers_more", count=str(more))] if more > 0 else []
    return [*dict.fromkeys(titles), *rest]


def _short(title: str) -> str:
    return title if len(title) <= LONGEST else title[: LONGEST - 1].rstrip() + "…"
