"""An HTML tree -> blocks: shared by web pages, e-books and Markdown."""

import re
from collections.abc import Iterable, Iterator

from lxml import etree, html

from ingest.errors import UserError
from ingest.read.blocks import Block
from ingest.read.hidden import remove_hidden

HEADINGS = {f"h{level}": level for level in range(1, 7)}
SKIPPED = {"script", "style", "template", "head", "svg", "iframe", "object", "button", "select"}
SKIPPED |= {"annotation", "annotation-xml", "rt", "rp"}
INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font"),
    *("i", "img", "ins", "kbd", "label", "mark", "q", "ruby", "rb", "s", "samp", "small", "span"),
    *("strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "input", "picture"),
}
INLINE |= {"math", "mi", "mn", "mo", "mrow", "mtext", "msup", "msub", "mfrac", "semantics"}
PARTS = {"thead", "tbody", "tfoot", "br"}  # these end no block
LISTS = {"ul", "ol", "dl"}
CLOSE = {"li", "dt", "dd", "tr"}  # these stand right below one another
SUPERSCRIPT = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
RAISED = re.compile(r"[0-9+\-−n,]{1,8}")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # not allowed in a tree
SPACE = re.compile(r"[ \t\r\n\f]+")


def parse_page(page: str) -> tuple[etree._Element, tuple[str, ...]]:
    """The tree of an HTML page without what visitors cannot see, and what that was."""
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        clean = CONTROL.sub("", page.replace("\f", " ")).encode("utf-8", "ignore")
        root = html.document_fromstring(clean, parser=parser)
    except etree.ParserError as error:
        raise UserError("has no text in it") from error
    removed = remove_hidden(root)
    if any("depth" in entry.message for entry in parser.error_log):
        removed += ("what is nested more than 2,048 levels deep",)
    for node in root.iter("sup", "msup"):
        _raise([node] if node.tag == "sup" else node[-1:])
    return root, removed


def tree_blocks(root: etree._Element) -> Iterator[Block]:
    """The paragraphs, headings, list items and table rows below `root`, in order.

    A table row is one line, "cell | cell"; a list item begins with "- " or its number.
    Walks without recursion, so that no depth of nesting can break it.
    """
    return _Walk().blocks(root)


class _Walk:
    """What is open at one point of the walk: the text so far, the row, the lists."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.cells: list[str] | None = None
        self.lists: list[int | None] = []  # for each open list the last number, or None for bullets
        self.mark = ""
        self.level = 0
        self.glue = "\n\n"
        self.pre = 0

    def blocks(self, root: etree._Element) -> Iterator[Block]:
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, node in walker:
            if event == "start":
                yield from self.open(node)
                if _tag(node) in SKIPPED:
                    walker.skip_subtree()
                else:
                    self.add(node.text)
            elif event == "end":
                yield from self.close(node)
            if event != "start" and node is not root:
                self.add(node.tail)
        yield from self.flush()

    def open(self, node: etree._Element) -> Iterator[Block]:
        tag = _tag(node)
        if tag == "br":
            self.text.append("\n")
        if tag in INLINE or tag in PARTS or self.in_cell(tag):
            return
        if tag == "tr" and self.cells:  # a table within a cell: the cells before it come first
            self.text = [" | ".join([*self.cells, "".join(self.text)])]
            self.cells = None
        if self.has_text():
            yield from self.flush("\n" if tag in LISTS else "\n\n")
        elif not self.lists and tag not in CLOSE:
            self.glue = "\n\n"  # Word's list items stand in no list
        self.level = HEADINGS.get(tag, 0)
        self.pre += tag == "pre"
        if tag in {"ul", "ol"}:
            self.lists.append(_first_number(node) if tag == "ol" else None)
        elif tag == "li":
            self.mark = self.next_mark()
        elif tag == "tr":
            self.cells = None if _lays_out(node) else []

    def close(self, node: etree._Element) -> Iterator[Block]:
        tag = _tag(node)
        if tag in {"td", "th"} and self.cells is not None:
            self.cells.append(" ".join(self.take().split()))
        if tag in INLINE or tag in PARTS or self.in_cell(tag):
            return
        if tag == "tr" and self.cells is not None:
            loose = " ".join(self.take().split())  # what stands in the row and in no cell
            self.text, self.cells = [" | ".join([*self.cells, loose]).strip(" |")], None
        yield from self.flush("\n" if tag in CLOSE else "\n\n")
        self.level = 0
        self.pre -= tag == "pre"
        if tag in {"ul", "ol"} and self.lists:
            self.lists.pop()

    def in_cell(self, tag: str) -> bool:
        """Whether a block stands inside a table cell, where it only parts words."""
        if self.cells is None or tag == "tr":
            return False
        self.text.append(" ")
        return True

    def add(self, text: str | None) -> None:
        if text:
            self.text.append(text if self.pre else SPACE.sub(" ", text))

    def has_text(self) -> bool:
        return any(map(str.strip, self.text))

    def take(self) -> str:
        text = "\n".join(line.strip(" ") for line in "".join(self.text).split("\n")).strip()
        self.text = []
        return text

    def flush(self, glue: str = "\n\n") -> Iterator[Block]:
        """The block that ends here; `glue` is what parts it from the next one."""
        text = self.take()
        if text:
            yield Block(self.mark + text, self.level, glue=self.glue)
            self.mark = ""
        self.glue = glue

    def next_mark(self) -> str:
        if not self.lists or self.lists[-1] is None:
            return "- "
        self.lists[-1] += 1
        return f"{self.lists[-1]}. "


def raised(text: str) -> str:
    """Small raised digits: 10 to the 3 is not 103, and a footnote's mark is no digit."""
    return text.translate(SUPERSCRIPT) if RAISED.fullmatch(text.strip()) else text


def _raise(nodes: Iterable[etree._Element]) -> None:
    for node in nodes:
        text = "".join(node.itertext()).strip()
        if RAISED.fullmatch(text):
            for part in list(node):
                node.remove(part)
            node.text = raised(text)


def _tag(node: etree._Element) -> str:
    return str(node.tag).rsplit("}", 1)[-1].lower() if isinstance(node.tag, str) else ""


def _lays_out(row: etree._Element) -> bool:
    """Whether a table's row arranges parts of a page and holds no data."""
    return any(True for _ in row.iterdescendants("table", *HEADINGS))


def _first_number(node: etree._Element) -> int:
    start = node.get("start", "1")
    return int(start) - 1 if start.isdecimal() and len(start) < 6 else 0
