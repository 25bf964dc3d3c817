"""Tables with a text column (CSV, TSV, JSON lines): each row is a document of its own."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ingest.document import ReadFile
from ingest.errors import UserError
from ingest.read.about import about_from
from ingest.read.blocks import Block, assemble
from ingest.read.text import decode

TEXT_COLUMNS = ("text", "abstract", "body", "content", "passage", "document", "answer")
LONGEST_CELL = 5_000_000

Row = Mapping[str, object]


def read_csv(path: Path, column: str | None) -> list[ReadFile]:
    """The rows of a file with commas, semicolons or tabs; the first line names the columns."""
    text = decode(path.read_bytes())
    csv.field_size_limit(LONGEST_CELL)
    delimiter = max(",;\t|", key=text.split("\n", 1)[0].count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UserError(f"is no CSV that can be read: {error}") from error
    return _documents([{k: v for k, v in row.items() if k is not None} for row in rows], column)


def read_jsonl(path: Path, column: str | None) -> list[ReadFile]:
    """One JSON object a line."""
    rows: list[Row] = []
    for number, line in enumerate(decode(path.read_bytes()).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UserError(f"is no JSON lines file: line {number} is not valid JSON") from error
        if not isinstance(row, dict):
            raise UserError(f"is no JSON lines file: line {number} is no object with named values")
        rows.append(row)
    return _documents(rows, column)


def _documents(rows: Iterable[Row], column: str | None) -> list[ReadFile]:
    """A document for each row, empty ones for rows without text, so that numbers stay rows."""
    rows = list(rows)
    if not rows:
        raise UserError("has no rows")
    names = _text_columns(rows, column)
    return [_document(row, names) for row in rows]


def _text_columns(rows: list[Row], column: str | None) -> list[str]:
    """The columns that hold the text: all there are of those asked for with commas between, else
    the first there is of the usual names.
    """
    names = {str(key): None for row in rows[:100] for key in row}
    if column in names:
        return [column]
    if asked := [name for name in (column or "").split(",") if name in names]:
        return asked
    lowered = {name.lower().strip(): name for name in names}
    if column is None:
        for usual in TEXT_COLUMNS:
            if usual in lowered:
                return [lowered[usual]]
    missing = f"has no column {column!r}" if column else "has no column named text"
    listed = ", ".join(list(names)[:20])
    raise UserError(f"{missing}: say which holds the text with --column (it has {listed})")


def _document(row: Row, columns: Sequence[str]) -> ReadFile:
    texts = [text for column in columns if isinstance(text := row.get(column), str)]
    about, refused = about_from({key: row[key] for key in row if key not in columns})
    return assemble(map(Block, texts), about, refused)
