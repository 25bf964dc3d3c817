"""Files that the reading tests make: PDFs, Word files, e-books, and hostile ones."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
from ebooklib import epub
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
)

Placed = tuple[float, float, float, str]  # x, y, size of the letters, text

LEADING = 14.0


def page_of(lines: Sequence[str], *, top: float = 720, size: float = 11) -> list[Placed]:
    """Lines one below the other, as a program would set a paragraph; "" leaves a gap."""
    return [(72, top - place * LEADING, size, text) for place, text in enumerate(lines) if text]


def write_pdf(
    path: Path, pages: Sequence[Sequence[Placed]], *, before: str = "", bold: bool = False
) -> Path:
    """A PDF with text at the given places. before: drawing commands that come first on each page."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica-Bold" if bold else "/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    for placed in pages:
        page = writer.add_blank_page(612, 792)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data((before + "".join(map(_shown, placed))).encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(stream)
        page[NameObject("/MediaBox")] = ArrayObject(map(FloatObject, (0, 0, 612, 792)))
    writer.add_metadata({"/Title": "Cramp in the leg", "/Author": "A clinic"})
    writer.write(path)
    return path


def write_docx(path: Path, *, hidden: str = "") -> Path:
    """A Word file with headings, a list, a table and, if asked for, text that does not print."""
    word = docx.Document()
    word.core_properties.title = "Cramp"
    word.core_properties.author = "A clinic"
    word.add_heading("Leg cramps", level=1)
    word.add_paragraph("Cramps are common at night.")
    word.add_heading("What helps", level=2)
    word.add_paragraph("Stretch the calf.", style="List Bullet")
    word.add_paragraph("Walk about.", style="List Bullet")
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("Drug", "Dose", "Quinine", "200 mg"), strict=True):
        cell.text = text
    if hidden:
        word.add_paragraph().add_run(hidden).font.hidden = True
    word.save(str(path))
    return path


def write_epub(path: Path, chapters: Sequence[tuple[str, str]]) -> Path:
    book = epub.EpubBook()
    book.set_title("Cramp, a handbook")
    book.set_language("en")
    book.add_author("A. Author")
    items = []
    for number, (title, body) in enumerate(chapters):
        item = epub.EpubHtml(title=title, file_name=f"{number}.xhtml")
        item.content = f"<h1>{title}</h1>{body}"
        book.add_item(item)
        items.append(item)
    book.toc = items
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    book.spine = ["nav", *items]
    epub.write_epub(str(path), book)
    return path


def write_bomb(path: Path, megabytes: int) -> Path:
    """A Word file whose body inflates to so many megabytes of letters."""
    write_docx(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    body = b"<w:p><w:r><w:t>" + b"a" * (megabytes * 1_000_000) + b"</w:t></w:r></w:p>"
    members["word/document.xml"] = members["word/document.xml"].replace(
        b"<w:p>", body + b"<w:p>", 1
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _shown(placed: Placed) -> str:
    x, y, size, text = placed
    escaped = text.replace("\\", "\\\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET\n"
