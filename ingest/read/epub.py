"""E-books (EPUB): the chapters in reading order."""

from collections.abc import Iterator
from pathlib import Path

from ebooklib import ITEM_DOCUMENT, epub

from ingest.document import About, ReadFile
from ingest.errors import UserError
from ingest.read.about import about_from
from ingest.read.archive import BROKEN, check_archive
from ingest.read.blocks import Block, assemble
from ingest.read.html import decode_page
from ingest.read.tree import parse_page, tree_blocks

FIELDS = {"title": "title", "author": "creator", "publisher": "publisher"}
FIELDS |= {"published": "date", "language": "language"}


class _Forgiving(epub.EpubReader):  # type: ignore[misc]
    """Reads a book of which parts are missing, and skips its own table of contents."""

    def read_file(self, name: str) -> bytes:
        try:
            return bytes(super().read_file(name))
        except KeyError:
            if name.endswith((".xml", ".opf")):
                raise
            return b""

    def _parse_ncx(self, data: bytes) -> None:
        """Chapters come in the order of the spine; their names stand in them as headings."""

    def _parse_nav(self, *_: object, **__: object) -> None:
        """The same for newer books."""


def read_epub(path: Path) -> ReadFile:
    """An e-book's chapters, its own table of contents left out; metadata from the package."""
    check_archive(path, "EPUB")
    try:
        book = _Forgiving(str(path)).load()
        about = _about(book)
        removed: list[str] = []
        blocks = list(_chapters(book, removed))
    except (*BROKEN, epub.EpubException) as error:
        raise UserError("is no EPUB that can be read: it is damaged or cut short") from error
    return assemble(blocks, about, removed)


def _chapters(book: epub.EpubBook, removed: list[str]) -> Iterator[Block]:
    for entry in book.spine:
        item = book.get_item_with_id(entry[0] if isinstance(entry, (tuple, list)) else entry)
        if item is None or item.get_type() != ITEM_DOCUMENT or isinstance(item, epub.EpubNav):
            continue
        if not item.content:
            removed.append(f"the chapter {item.get_name()}, which the file lacks")
            continue
        try:
            root, hidden = parse_page(decode_page(item.content))
        except UserError:
            continue  # a chapter with nothing in it
        removed += hidden
        yield from tree_blocks(root)


def _about(book: epub.EpubBook) -> About:
    fields: dict[str, object] = {}
    for field, name in FIELDS.items():
        found = [value for value, _ in book.get_metadata("DC", name) if value]
        fields[field] = found if field == "author" else (found[0] if found else None)
    return about_from(fields)[0]
