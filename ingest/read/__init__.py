"""Files -> normalised text with headings, page numbers and what the file says of itself.

Adding a format is one function and one row of READERS, or of TABLES where each row of the file is a
document of its own.
"""

from collections.abc import Callable
from pathlib import Path

from ingest.document import ReadFile
from ingest.errors import UserError
from ingest.read.docx import read_docx
from ingest.read.epub import read_epub
from ingest.read.html import read_html
from ingest.read.pdf import read_pdf
from ingest.read.table import read_csv, read_jsonl
from ingest.read.text import read_markdown, read_text

READERS: dict[str, Callable[[Path], ReadFile]] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".epub": read_epub,
}
TABLES: dict[str, Callable[[Path, str | None], list[ReadFile]]] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".jsonl": read_jsonl,
}


def read_file(path: Path, column: str | None = None) -> ReadFile | list[ReadFile]:
    """What stands in one file; for a table a list with one entry for each row.

    Rows without text are entries without text. column: of a table, the one that holds the text.
    Raises UserError with the reason why a file cannot be read. Reads in this process: for files
    that nobody vouches for there is read_safely.
    """
    suffix = path.suffix.lower()
    if suffix in TABLES:
        rows = TABLES[suffix](path, column)
        if not any(row.text for row in rows):
            raise UserError("has no text in it")
        return rows
    if suffix not in READERS:
        raise UserError(f"is no format that can be read; these can: {' '.join(READERS | TABLES)}")
    read = READERS[suffix](path)
    if not read.text:
        raise UserError("has no text in it")
    return read
