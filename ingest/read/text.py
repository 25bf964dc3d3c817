"""Plain text and Markdown, with or without front matter."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from charset_normalizer import from_bytes
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt

from ingest.document import About, ReadFile
from ingest.errors import UserError
from ingest.read.about import about_from
from ingest.read.blocks import Block, assemble
from ingest.read.tree import parse_page, tree_blocks

FIELD = re.compile(r"[\w -]+:")
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
    if not _has_front_matter(text):
        return About(), (), text
    head, body = YAMLHandler().split(text.lstrip())
    fields, broken = _fields(head)
    about, refused = about_from(fields)
    return about, (*broken, *refused), body.strip()


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


def _has_front_matter(text: str) -> bool:
    """Whether the text begins with a block between two --- lines that holds a field."""
    lines = text[:20_000].split("\n", 500)
    ends = [place for place, line in enumerate(lines) if line.rstrip() == "---"][:2]
    return len(ends) == 2 and ends[0] == 0 and any(map(FIELD.match, lines[1 : ends[1]]))


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
