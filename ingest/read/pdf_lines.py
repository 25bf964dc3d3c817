"""The lines of a PDF page, with where they stand and how large, and without what nobody sees."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import hypot
from typing import Any

from pypdf import PageObject

from ingest.read.normalise import LIGATURES
from ingest.read.tree import raised

WHITE = 0.98
WIDTH = 0.6  # of a letter, in letter sizes, rather too much than too little
COLUMN = 5  # points within which cells stand below one another
MOSTLY = 0.8  # of a line's letters are bold: a Greek letter from another font does not count
CELL_GAP = 1.5  # in letter sizes
SMALLEST = 1.5  # points; smaller letters are specks
SHOW = {b"Tj", b"TJ", b"'", b'"'}
FILL = {b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"}
COLOUR = {b"g", b"rg", b"k", b"sc", b"scn"}


@dataclass(frozen=True)
class Line:
    """One printed line. x, y: where it begins, in points from the page's lower left corner.

    height: of the page. size: of the letters, in points.
    """

    text: str
    page: int
    x: float
    y: float
    size: float
    bold: bool
    height: float


@dataclass(frozen=True)
class _Piece:
    text: str
    x: float
    y: float
    size: float
    bold: bool
    ghost: bool = False  # letters without ink, as text recognition lays them over a scan


@dataclass
class _Ink:
    """What the page's drawing commands have set so far: is a text shown now visible?"""

    white: bool = False
    mode: int = 0
    painted: bool = False
    pictures: bool = False
    saved: list[tuple[bool, int]] = field(default_factory=list)
    shown: list[tuple[bool, bool]] = field(default_factory=list)  # hidden, ghost; since last asked

    def command(self, operator: bytes, operands: Sequence[Any]) -> None:
        if operator in SHOW:
            self.shown.append((self.white and not self.painted, self.mode in {3, 7}))
        elif operator in COLOUR:
            # One part of an ink of its own ("1 scn") is the full ink, not white.
            self.white = _is_white(operands) and (len(operands) > 1 or operator == b"g")
        elif operator == b"Tr" and operands:
            self.mode = int(operands[0])
        elif operator == b"q":
            self.saved.append((self.white, self.mode))
        elif operator == b"Q" and self.saved:
            self.white, self.mode = self.saved.pop()
        elif operator in {b"Do", b"sh"} or (operator in FILL and not self.white):
            self.painted = True  # a picture or a coloured area: white letters may stand on it
            self.pictures |= operator == b"Do"

    def take(self) -> tuple[bool, bool]:
        """Whether all that was shown since the last time is hidden, and whether it is ghostly."""
        shown, self.shown = self.shown, []
        hidden = bool(shown) and all(each[0] for each in shown)
        return hidden, bool(shown) and all(each[1] for each in shown)


def page_lines(page: PageObject, number: int) -> tuple[list[Line], int]:
    """The visible lines of a page in the order of the file, and how many characters were not."""
    sheet = _Sheet(page)
    page.extract_text(visitor_text=sheet.see_text, visitor_operand_before=sheet.see_command)
    if not sheet.ink.pictures:
        sheet.drop_ghosts()
    height = float(page.mediabox.height)
    rows = [row for row in sheet.rows if any(map(_has_text, row))]
    placed = zip(rows, _columns(rows), strict=True)
    return [_line(row, number, height, columns) for row, columns in placed], sheet.hidden


class _Sheet:
    """A page while it is read: the rows so far, and how many hidden characters were left out."""

    def __init__(self, page: PageObject) -> None:
        self.page = page
        self.ink = _Ink()
        self.rows: list[list[_Piece]] = [[]]
        self.hidden = 0

    def see_command(self, operator: bytes, operands: Sequence[Any], _cm: Any, _tm: Any) -> None:
        self.ink.command(operator, operands)

    def see_text(self, text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if not text.strip():
            self.see_blank(text)
            return
        hidden, ghost = self.ink.take()
        piece = replace(_placed(text, cm, tm, font, size), ghost=ghost)
        if hidden or piece.size < SMALLEST or not _on_page(piece, self.page):
            self.hidden += len(text.strip())
            return
        for place, part in enumerate(text.split("\n")):
            if place:
                self.rows.append([])
            if part:
                self.rows[-1].append(replace(piece, text=part))

    def see_blank(self, text: str) -> None:
        if "\n" in text:
            self.rows.append([])
        elif text and self.rows[-1]:
            self.rows[-1].append(replace(self.rows[-1][-1], text=" ", size=0))

    def drop_ghosts(self) -> None:
        self.hidden += sum(len(p.text.strip()) for row in self.rows for p in row if p.ghost)
        self.rows = [[piece for piece in row if not piece.ghost] for row in self.rows]


def _placed(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> _Piece:
    """The piece in page coordinates: the text matrix within the page's own."""
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    scale = hypot(tm[2], tm[3]) * hypot(cm[2], cm[3])
    name = str((font or {}).get("/BaseFont", "")).lower()
    bold = "bold" in name or "black" in name or "heavy" in name
    return _Piece(text, x, y, abs(size) * scale, bold)


def _on_page(piece: _Piece, page: PageObject) -> bool:
    box = page.mediabox
    return (
        float(box.left) - 50 <= piece.x <= float(box.right) + 50
        and float(box.bottom) - 50 <= piece.y <= float(box.top) + 50
    )


def _columns(rows: list[list[_Piece]]) -> list[set[int]]:
    """For each row the places where a cell begins: after a wide gap, as in a row beside it."""
    places = [
        {
            _column(piece)
            for last, piece in pairwise(filter(_has_text, row))
            if _is_apart(last, piece)
        }
        for row in rows
    ]
    around = zip([set(), *places], places, [*places[1:], set()], strict=False)
    return [own & (above | below) for above, own, below in around]


def _has_text(piece: _Piece) -> bool:
    return bool(piece.text.strip())


def _column(piece: _Piece) -> int:
    return round(piece.x / COLUMN)


def _line(row: list[_Piece], page: int, height: float, columns: set[int]) -> Line:
    """One line of its pieces, with " | " between the cells of a table."""
    base = max(row, key=lambda piece: len(piece.text.strip()) + piece.size / 1000)
    text = ""
    last: _Piece | None = None
    for piece in row:
        is_cell = last and _column(piece) in columns and _is_apart(last, piece)
        text += (" | " if is_cell else "") + _words(piece, base)
        last = piece if _has_text(piece) else last
    first = next(filter(_has_text, row))
    letters = sum(len(piece.text) for piece in row)
    bold = sum(len(piece.text) for piece in row if piece.bold) > MOSTLY * letters
    text = " ".join(text.translate(LIGATURES).split())
    return Line(text, page, first.x, base.y, round(base.size, 1), bold, height)


def _words(piece: _Piece, base: _Piece) -> str:
    """A piece's text; small raised digits become superscripts: 10 to the 3 is not 103."""
    is_raised = 0 < piece.size < 0.85 * base.size and piece.y > base.y + 0.15 * base.size
    return raised(piece.text) if is_raised else piece.text


def _is_apart(last: _Piece, piece: _Piece) -> bool:
    """Whether the gap to the next piece is wider than any between words."""
    end = last.x + WIDTH * last.size * len(last.text.strip())
    return _has_text(piece) and piece.x - end > CELL_GAP * last.size


def _is_white(operands: Sequence[Any]) -> bool:
    try:
        values = [float(value) for value in operands]
    except (TypeError, ValueError):
        return False
    if len(values) == 4:
        return max(values) <= 1 - WHITE
    return len(values) in {1, 3} and min(values) >= WHITE
