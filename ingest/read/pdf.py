"""PDF files: text with page numbers; running headers, footers and invisible text stay out."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import Destination

from ingest.document import About, ReadFile
from ingest.errors import UserError
from ingest.read.about import about_from
from ingest.read.blocks import assemble
from ingest.read.pdf_lines import Line, page_lines
from ingest.read.pdf_paragraphs import paragraphs, plain

# Titles that programs leave behind: a file's name, or nothing at all.
NO_TITLE = re.compile(
    r"(?:untitled|microsoft (?:word|powerpoint)).*|\W*|\(?anonymous\)?|print|powerpoint"
    r"|(?:layout|document|presentation|slide|page|title)\W?\d*"
    r"|.*\.(?:docx?|indd|qxd|qxp|pdf|pptx?|pub|tex|dvi|ai|fm|p65|html?)",
    re.IGNORECASE,
)
NO_AUTHOR = re.compile(
    r"(?:\(?anonymous\)?|admin|user|owner|unknown|windows|root|default)\w*|\W*", re.IGNORECASE
)
# What pypdf raises on broken files, besides its own errors.
BROKEN: tuple[type[Exception], ...] = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OSError,
)
BROKEN += (ArithmeticError, NotImplementedError, AssertionError, RecursionError)
MOST_BEGINNING = 50  # lines
MOST_BOOKMARKS = 2_000


def read_pdf(path: Path) -> ReadFile:
    """A PDF's text; headings are bookmarks, larger letters or bold lines. Pages count from 1.

    A page that cannot be read is left out and reported; a file where no page can is an error.
    """
    reader = _open(path)
    lines, removed = _all_lines(reader)
    if not lines:
        raise UserError("has no text in it: scanned pages need OCR first")
    beginning = " ".join(line.text for line in lines[:MOST_BEGINNING]).lower()
    blocks = paragraphs(lines, _bookmarks(reader))
    return assemble(blocks, _about(reader, beginning), removed)


def _open(path: Path) -> PdfReader:
    try:
        reader = PdfReader(path)
        locked = reader.is_encrypted and not reader.decrypt("")
        count = 0 if locked else len(reader.pages)
    except DependencyError as error:
        raise UserError("is encrypted: save it without a password") from error
    except BROKEN as error:
        raise UserError("is no PDF that can be read: it is damaged or cut short") from error
    if locked:
        raise UserError("needs a password: save it without one")
    if not count:
        raise UserError("has no pages")
    return reader


def _all_lines(reader: PdfReader) -> tuple[list[Line], tuple[str, ...]]:
    lines: list[Line] = []
    bad: list[int] = []
    hidden = 0
    for number in range(1, len(reader.pages) + 1):
        try:
            found, count = page_lines(reader.pages[number - 1], number)
        except BROKEN:
            bad.append(number)
            continue
        lines += found
        hidden += count
    if bad and not lines:
        raise UserError("is no PDF that can be read: every page with text in it is damaged")
    removed = [f"{hidden} characters of invisible text"] if hidden else []
    removed += [f"damaged pages: {', '.join(map(str, bad[:20]))}"] if bad else []
    return lines, tuple(removed)


def _bookmarks(reader: PdfReader) -> dict[str, int]:
    """The level of each bookmark by its words."""
    try:
        marks = list(_walk(reader.outline))
    except BROKEN:
        return {}
    return {plain(title): min(level, 6) for title, level in reversed(marks) if plain(title)}


def _walk(outline: Sequence[object]) -> Iterator[tuple[str, int]]:
    waiting = [(iter(outline), 1)]
    count = 0
    while waiting and count < MOST_BOOKMARKS:
        for mark in waiting[-1][0]:
            count += 1
            if isinstance(mark, list):
                waiting.append((iter(mark), waiting[-1][1] + 1))
                break
            if isinstance(mark, Destination):
                yield str(mark.title), waiting[-1][1]
        else:
            waiting.pop()


def _about(reader: PdfReader, beginning: str) -> About:
    """What the file says of itself; a title of one word counts where the text begins with it."""
    fields: dict[str, object] = {}
    try:
        data = reader.metadata
        if data:
            title, author = str(data.title or ""), str(data.author or "")
            named = len(title.split()) > 1 or title.lower().strip() in beginning
            fields["title"] = title if named and not NO_TITLE.fullmatch(title) else None
            fields["author"] = None if NO_AUTHOR.fullmatch(author) else author
            fields["published"] = data.creation_date or data.modification_date
        fields["language"] = str(reader.root_object.get("/Lang", ""))
    except BROKEN:
        # Damaged metadata: what was understood before it counts.
        pass
    return about_from(fields)[0]
