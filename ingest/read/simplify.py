"""Page structures that the extractor passes by, told in the ones that it knows.

Without this it was seen to lose headings that are buttons, lists in table cells, captions, asides
within the text and text that stands beside paragraphs without being one.
"""

from collections.abc import Iterator

from lxml import etree, html

from ingest.read.tree import HEADINGS, INLINE

BOXES = ("main", "article", "section", "div")
MOST_SPAN = 50  # columns or rows that one cell is taken to cover
SENTENCE = 20  # characters from which loose text is a paragraph


def simplify(root: etree._Element) -> None:
    """Change the tree in place: same words, plainer structure."""
    for heading in root.iter(*HEADINGS):
        for button in list(heading.iter("button")):
            button.drop_tag()
    for aside in root.iter("aside"):
        aside.tag = "div"
    for caption in list(root.iter("figcaption", "caption")):
        _move_before(caption)
    for table in root.iter("table"):
        if not any(True for _ in table.iterdescendants("table", *HEADINGS)):
            _flatten(table)
    for box in list(root.iter(*BOXES)):
        if any(child.tag not in INLINE for child in box):
            _wrap_loose_text(box)


def _move_before(caption: etree._Element) -> None:
    """Make a caption a paragraph before its figure or table."""
    figure = next(caption.iterancestors("figure", "table"), None)
    if figure is not None and figure.getparent() is not None:
        paragraph = html.Element("p")
        paragraph.text = " ".join(" ".join(caption.itertext()).split())
        figure.addprevious(paragraph)
        caption.drop_tree()


def _flatten(table: etree._Element) -> None:
    """Each cell one line of text, repeated in the rows that it reaches down into."""
    reaching: dict[int, tuple[int, str]] = {}  # by column: for how many rows more, which text
    for row in table.iter("tr"):
        cells: list[etree._Element] = []
        for cell in list(row):
            text = " ".join(" ".join([*cell.itertext(), cell.tail or ""]).split())
            if cell.tag not in {"td", "th"}:  # a mistake of the page's author, read all the same
                cells += [_cell(text, "td")] if text else []
            else:
                cells += _carried(reaching, len(cells))
                rows = _span(cell, "rowspan")
                if rows > 1:
                    reaching[len(cells)] = (rows - 1, text)
                cells.append(_cell(text, cell.tag))
                cells += [_cell("", cell.tag) for _ in range(_span(cell, "colspan") - 1)]
        cells += _carried(reaching, len(cells))
        for child in list(row):
            row.remove(child)
        row.extend(cells)


def _carried(reaching: dict[int, tuple[int, str]], column: int) -> Iterator[etree._Element]:
    """The cells of rows above that cover this column and those right of it."""
    while column in reaching:
        rows, text = reaching.pop(column)
        if rows > 1:
            reaching[column] = (rows - 1, text)
        yield _cell(text, "td")
        column += 1


def _cell(text: str, tag: str) -> etree._Element:
    cell = html.Element(tag)
    cell.text = text
    return cell


def _span(cell: etree._Element, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return min(int(value), MOST_SPAN) if value.isdecimal() and len(value) < 5 and int(value) else 1


def _wrap_loose_text(box: etree._Element) -> None:
    """Make paragraphs of runs of text and inline elements between a box's blocks."""
    runs: list[tuple[etree._Element | None, list[etree._Element]]] = [(None, [])]
    for child in box:
        if child.tag in INLINE:
            runs[-1][1].append(child)
        else:
            runs.append((child, []))
    for before, inline in runs:
        text = (box.text if before is None else before.tail) or ""
        size = len(text.strip()) + sum(len(_words(node)) for node in inline)
        if size >= SENTENCE:
            _wrap(box, before, text, inline)


def _words(node: etree._Element) -> str:
    return ("".join(node.itertext()) + (node.tail or "")).strip()


def _wrap(
    box: etree._Element, before: etree._Element | None, text: str, inline: list[etree._Element]
) -> None:
    """Put text and the inline elements after it into a paragraph that follows `before`."""
    paragraph = html.Element("p")
    paragraph.text = text
    paragraph.extend(inline)
    if before is None:
        box.text = None
        box.insert(0, paragraph)
    else:
        before.tail = None
        before.addnext(paragraph)
