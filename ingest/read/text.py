"""Plain text and Markdown, with or without front matter."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml
from charset_normalizer import from_bytes
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt

from ingest.document import About, ReadFile
from ingest.errors import UserError
from ingest.read.about import NAMES, about_from
from ingest.read.blocks import Block, assemble
from ingest.read.tree import parse_page, tree_blocks

FIELD = re.compile(r"[\w -]+(?::(?=\s|$)| = )")
FENCE = re.compile(r"(?:-{3,}|\+{3})[ \t]*")
KNOWN = {name for names in NAMES.values() for name in names}
LONGEST_HEAD = 20_000  # characters
FIELD_START = re.compile(r"^(?=\w[\w -]*:(?:\s|$))", re.MULTILINE)
BARE = re.compile(r"""(\w[\w -]*):[ \t]+([^\s\["'{}&*!|>%@`][^\n]*)""")  # one line of plain text
YAML_ERRORS = (yaml.YAMLError, ValueError, RecursionError)
HEADING = re.compile(r"""[A-Z\d"'“‘(¿¡À-Þ\u0370-\uffff][^\n]{0,99}[^\s.,;:!…|]""")
ADDRESS = re.compile(r"https?://|www\.|\S@\S")
MAGIC = (b"%PDF-", b"PK\x03\x04", b"{\\rtf", b"\x7fELF", b"MZ\x90")
BINARY = bytes({*range(32)} - {*b"\t\n\v\f\r\x1b"})
# So like the ones that files are written in that short texts are taken for them.
OLD_ENCODINGS = (
    "mac_cyrillic",
    "mac_greek",
    "mac_latin2",
    "mac_roman",
    "mac_turkish",
    "mac_iceland",
)
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_text(path: Path) -> ReadFile:
    """A text file; a short line that stands alone, without a full stop, is a heading."""
    about, refused, body = split_front_matter(decode(path.read_bytes()))
    return assemble(_paragraphs(body), about, refused)


def read_markdown(path: Path) -> ReadFile:
    """A Markdown file as plain text: no marks of emphasis, links or headings left in it."""
    about, refused, body = split_front_matter(decode(path.read_bytes()))
    page = MarkdownIt("commonmark").enable("table").render(body)
    root, removed = parse_page(f"<body>{page}")
    return assemble(tree_blocks(root), about, (*refused, *removed))


def decode(content: bytes) -> str:
    """The text in `content`: UTF-8, UTF-16 with its mark, or else an 8-bit encoding.

    Raises UserError where it is no text.
    """
    for mark, encoding in BOMS.items():
        if content.startswith(mark):
            return _decoded(content, encoding)
    if content.startswith(MAGIC) or len(content.translate(None, BINARY)) < 0.99 * len(content):
        raise UserError("is not text: it holds binary data")
    try:
        return _decoded(content, "utf-8")
    except UserError:
        return _decoded(content, _eight_bit(content))


def split_front_matter(text: str) -> tuple[About, tuple[str, ...], str]:
    """What the front matter says, what of it was not understood, and the text below it."""
    head, body = _split(text)
    fields, broken = _toml(head) if text.startswith("+++") else _fields(head)
    about, refused = about_from(fields)
    return about, (*broken, *refused), body


def _split(text: str) -> tuple[str, str]:
    """The front matter and the text below it: between two lines of dashes (or +++, for TOML), or,
    as people forget either of them, the fields at the very top, where one has a known name.
    """
    lines = text[:LONGEST_HEAD].replace("\r", "").split("\n")
    first = 1 if FENCE.fullmatch(lines[0]) else 0
    ends = (place for place, line in enumerate(lines) if place and FENCE.fullmatch(line))
    end = next(ends, 0)
    if not (first and any(map(FIELD.match, lines[1:end]))):
        end = next((at for at in range(first, len(lines)) if not FIELD.match(lines[at])), 0)
        names = {line.partition(":")[0].strip().lower() for line in lines[first:end]}
        bare = end < len(lines) and lines[end].strip() and not FENCE.fullmatch(lines[end])
        if bare or not names & KNOWN or end < 2:
            return "", text
    below = lines[end + 1 :] if FENCE.fullmatch(lines[end]) else lines[end:]
    rest = text[LONGEST_HEAD:] if len(text) > LONGEST_HEAD else ""
    return "\n".join(lines[first:end]), ("\n".join(below) + rest).strip()


def _toml(head: str) -> tuple[dict[str, object], tuple[str, ...]]:
    try:
        return tomllib.loads(head), ()
    except tomllib.TOMLDecodeError as error:
        return {}, (f"the front matter, which is not valid TOML ({error})",)


def _fields(head: str) -> tuple[dict[str, object], tuple[str, ...]]:
    """Name -> value, and a line for each field that cannot be read: the others still hold.

    YAML forbids a bare colon in a value, but people write "title: Cramps: what helps".
    """
    try:
        return _loaded(head), ()
    except YAML_ERRORS:
        pass
    fields: dict[str, object] = {}
    broken = []
    for lines in FIELD_START.split(head.strip())[1:] or [head]:
        try:
            fields |= _loaded(lines)
        except YAML_ERRORS:
            bare = BARE.fullmatch(lines.strip())
            if bare:
                fields[bare[1]] = bare[2]
            else:
                broken.append(f"the front matter {lines.strip()[:40]!r}, which is not valid YAML")
    return fields, tuple(broken)


def _loaded(text: str) -> dict[str, object]:
    found = YAMLHandler().load(text)
    return found if isinstance(found, dict) else {}


def _eight_bit(content: bytes) -> str:
    """cp1252 where most bytes are ASCII, as in Western languages; otherwise the likeliest."""
    sample = content[:200_000]
    if sum(byte >= 0x80 for byte in sample) < len(sample) / 5:
        return "cp1252"
    best = from_bytes(sample, cp_exclusion=list(OLD_ENCODINGS)).best()
    return best.encoding if best else "cp1252"


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError("is not text in an encoding that can be told: save it as UTF-8") from error
    return text


def _paragraphs(text: str) -> Iterator[Block]:
    """The title (the first heading) has level 1, all others level 2."""
    level = 1
    paragraphs = [part for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]
    for place, paragraph in enumerate(paragraphs, start=1):
        line = paragraph.strip()
        if place < len(paragraphs) and HEADING.fullmatch(line) and not ADDRESS.search(line):
            yield Block(line, level)
            level = 2
        else:
            yield Block(paragraph)
