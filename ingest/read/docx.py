"""Word files (DOCX): headings, lists and tables of the body; no headers, footers, deleted text."""

import re
from pathlib import Path

import docx
from docx.document import Document as Word
from docx.oxml.ns import qn
from lxml import etree

from ingest.document import About, ReadFile
from ingest.errors import UserError
from ingest.read.about import about_from
from ingest.read.archive import BROKEN, check_archive
from ingest.read.blocks import assemble
from ingest.read.tree import tree_blocks

# Word's elements by the HTML ones that the shared walk knows; the text of all others is no text.
TAGS = {
    qn("w:tbl"): "table",
    qn("w:tr"): "tr",
    qn("w:tc"): "td",
    qn("w:t"): "span",
    qn("w:br"): "br",
    qn("w:cr"): "br",
    qn("w:r"): "span",
    qn("w:p"): "p",
}
LEFT_OUT = (
    *(qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:delText"), qn("w:sectPr")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
HEADING = re.compile(r"heading ([1-6])", re.IGNORECASE)
NO_AUTHOR = {"python-docx", "admin", "user", "microsoft office user"}
HTML_TAGS = {"p", "li", *(f"h{level}" for level in range(1, 7))}
LONGEST_HEADING = 80
SMALLEST = 3  # half points; Word's smallest letter is 2


def read_docx(path: Path) -> ReadFile:
    """A Word file's text; headings are paragraphs in a heading style, else short bold ones."""
    check_archive(path, "DOCX")
    try:
        word = docx.Document(str(path))
        levels = _levels(word)
        about = _about(word)
        # The library's own elements guard their text: the plain tree can be changed.
        body = etree.fromstring(word.part.blob, etree.XMLParser(resolve_entities=False))
        removed = _remove_hidden(body)
        _as_html(body, levels)
    except BROKEN as error:
        raise UserError("is no DOCX that can be read: it is damaged or cut short") from error
    return assemble(tree_blocks(body), about, removed)


def _levels(word: Word) -> dict[str, int]:
    """The heading level of each paragraph style by its id; styles inherit from others."""
    levels = {}
    for style in word.styles:
        ancestor, depth = style, 0
        while ancestor is not None and depth < 10:
            match = HEADING.fullmatch(str(ancestor.name or ""))
            if match or ancestor.name == "Title":
                levels[style.style_id] = int(match[1]) if match else 1
                break
            ancestor, depth = getattr(ancestor, "base_style", None), depth + 1
    return levels


def _remove_hidden(body: etree._Element) -> tuple[str, ...]:
    """Take out runs that do not print: hidden, white on no colour, or too small to be seen."""
    hidden = [run for run in body.iter(qn("w:r")) if _is_hidden(run)]
    size = sum(len(_text(run)) for run in hidden)
    for run in hidden:
        run.getparent().remove(run)
    return (f"{size} characters of hidden text",) if size else ()


def _is_hidden(run: etree._Element) -> bool:
    look = run.find(qn("w:rPr"))
    if look is None:
        return False
    vanish = look.find(qn("w:vanish"))
    if vanish is not None and vanish.get(qn("w:val")) not in {"0", "false", "off"}:
        return True
    colour, size = look.find(qn("w:color")), look.find(qn("w:sz"))
    white = colour is not None and str(colour.get(qn("w:val"))).upper() == "FFFFFF"
    tiny = size is not None and str(size.get(qn("w:val"))).isdecimal()
    return (white and not _is_shaded(run)) or (tiny and int(size.get(qn("w:val"))) < SMALLEST)


def _is_shaded(run: etree._Element) -> bool:
    """Whether the run, its paragraph, cell or a drawing around it may have a colour behind it."""
    if run.find(f"{qn('w:rPr')}/{qn('w:highlight')}") is not None:
        return True
    for above in (run, *run.iterancestors()):
        if above.tag == qn("w:txbxContent") or above.tag == qn("w:tbl"):
            return True
        for properties in ("w:rPr", "w:pPr", "w:tcPr"):
            shade = above.find(f"{qn(properties)}/{qn('w:shd')}")
            if shade is not None and shade.get(qn("w:fill")) not in {None, "auto", "FFFFFF"}:
                return True
    return False


def _as_html(body: etree._Element, levels: dict[str, int]) -> None:
    """Rename Word's elements to HTML's, and empty all that hold no text."""
    for node in list(body.iter(*LEFT_OUT)):
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)
    names = {str(style.get(qn("w:val"))) for style in body.iter(qn("w:pStyle"))}
    styled = bool(names & levels.keys())
    for node in body.iter(qn("w:p")):
        node.tag = _paragraph_tag(node, levels, styled)
    for node in list(body.iter(etree.Element)):
        if node.tag not in {qn("w:t"), MATH_TEXT}:
            node.text = {qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}.get(node.tag)
        node.tail = None
        node.tag = TAGS.get(node.tag, node.tag if node.tag in HTML_TAGS else "span")


def _paragraph_tag(node: etree._Element, levels: dict[str, int], styled: bool) -> str:
    """What a paragraph is; where no heading style is used in the file, a short bold line is one."""
    properties = node.find(qn("w:pPr"))
    style = properties.find(qn("w:pStyle")) if properties is not None else None
    name = str(style.get(qn("w:val"))) if style is not None else ""
    listed = properties is not None and properties.find(qn("w:numPr")) is not None
    if name in levels:
        return f"h{levels[name]}"
    if listed or name.startswith("List"):
        return "li"
    return "h3" if not styled and _is_bold_line(node) else "p"


def _is_bold_line(node: etree._Element) -> bool:
    text = _text(node).strip()
    runs = [run for run in node.iter(qn("w:r")) if _text(run).strip()]
    bold = all(run.find(f"{qn('w:rPr')}/{qn('w:b')}") is not None for run in runs)
    short = 0 < len(text) <= LONGEST_HEADING and not text.endswith((".", ",", ";", ":"))
    return bold and short and not any(True for _ in node.iterancestors(qn("w:tbl")))


def _text(node: etree._Element) -> str:
    return "".join(part.text or "" for part in node.iter(qn("w:t")))


def _about(word: Word) -> About:
    core = word.core_properties
    author = str(core.author or "")
    about, _ = about_from(
        {
            "title": core.title,
            "author": None if author.lower() in NO_AUTHOR else author,
            "published": core.modified or core.created,
            "language": core.language,
        }
    )
    return about
