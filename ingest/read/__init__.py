"""Files -> normalised text with headings, page numbers and what the file says of itself.

Adding a format is one function and one row of READERS, or of TABLES where each row of the file is a
document of its own.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from ingest.document import ReadFile
from ingest.errors import UserError

# The function that reads each format, as MODULE.NAME: a parser is imported when a file needs it.
READERS = {
    ".txt": "text.read_text",
    ".md": "text.read_markdown",
    ".html": "html.read_html",
    ".htm": "html.read_html",
    ".xhtml": "html.read_html",
    ".pdf": "pdf.read_pdf",
    ".docx": "docx.read_docx",
    ".epub": "epub.read_epub",
}
TABLES = {
    ".csv": "table.read_csv",
    ".tsv": "table.read_csv",
    ".jsonl": "table.read_jsonl",
}


def reader(suffix: str) -> Callable[..., ReadFile | list[ReadFile]]:
    """The function that reads files whose names end like this."""
    module, _, name = (READERS | TABLES)[suffix].partition(".")
    read: Callable[..., ReadFile | list[ReadFile]] = getattr(
        import_module(f"ingest.read.{module}"), name
    )
    return read


def read_file(path: Path, column: str | None = None) -> ReadFile | list[ReadFile]:
    """What stands in one file; for a table a list with one entry for each row.

    Rows without text are entries without text. column: of a table, the one that holds the text.
    Raises UserError with the reason why a file cannot be read. Reads in this process: for files
    that nobody vouches for there is read_safely.
    """
    suffix = path.suffix.lower()
    if suffix not in READERS | TABLES:
        raise UserError(f"is no format that can be read; these can: {' '.join(READERS | TABLES)}")
    read = reader(suffix)(path, column) if suffix in TABLES else reader(suffix)(path)
    if not any(each.text for each in (read if isinstance(read, list) else [read])):
        raise UserError("has no text in it")
    return read
