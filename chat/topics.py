"""What a library can answer from, for people: its documents' titles, quoted."""

from chat.wording import wording
from ingest.library import Release

SHOWN = 6
LONGEST = 80


def topics(release: Release, language: str) -> list[str]:
    """The titles of the first documents, shortened; and how many more there are."""
    titles = [_quoted(document.title) for document in release.documents(SHOWN)]
    more = release.document_count - len(titles)
    rest = [wording(language, "page/covers_more", count=str(more))] if more > 0 else []
    return [*dict.fromkeys(titles), *rest]


def _quoted(title: str) -> str:
    """The title, shortened, on one line in quotation marks that it cannot close.

    It stands inside words of ours: no title may read like one of them.
    """
    line = " ".join(title.split()).replace("“", "‘").replace("”", "’")
    return f"“{line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + '…'}”"
