"""Files -> normalised text with headings, page numbers and what the file says of itself.

Adding a format is one function and one row of READERS.
"""

from collections.abc import Callable
from pathlib import Path

from ingest.document import ReadFile
from ingest.errors import UserError
from ingest.read.html import read_html
from ingest.read.pdf import read_pdf
from ingest.read.text import read_markdown, read_text

READERS: dict[str, Callable[[Path], ReadFile]] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
}


def read_file(path: Path) -> ReadFile:
    """What stands in one file. Raises UserError with the reason why it cannot be read.

    Reads in this process: for files that nobody vouches for there is read_safely.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UserError(f"is no format that can be read; these can: {' '.join(READERS)}")
    read = reader(path)
    if not read.text:
        raise UserError("has no text in it")
    return read
