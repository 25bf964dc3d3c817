"""Plain text and Markdown, with or without front matter."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import frontmatter
import yaml
from charset_normalizer import from_bytes
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.document import About, ReadFile
from ingest.errors import UserError
from ingest.read.about import about_from
from ingest.read.blocks import Block, assemble

FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?:.*\r?\n)*?[\w -]+:.*\r?\n(?:.*\r?\n)*?---[ \t]*(?:\r?\n|$)")
HEADING = re.compile(r"""[A-Z\d"'“‘(¿¡À-Þ\u0370-\uffff][^\n]{0,99}[^\s.,;:!…|]""")
ADDRESS = re.compile(r"https?://|www\.|\S@\S")
TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_text(path: Path) -> ReadFile:
    """A text file; a short line that stands alone, without a full stop, is a heading."""
    about, refused, body = split_front_matter(decode(path.read_bytes()))
    return assemble(_paragraphs(body), about, refused)


def read_markdown(path: Path) -> ReadFile:
    """A Markdown file as plain text: no marks of emphasis, links or headings left in it."""
    about, refused, body = split_front_matter(decode(path.read_bytes()))
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    return assemble(_markdown_blocks(tokens), about, refused)


def decode(content: bytes) -> str:
    """The text in `content`: UTF-8, UTF-16 with its mark, else an 8-bit encoding found by its letters.

    Raises UserError where it is no text.
    """
    for mark, encoding in BOMS.items():
        if content.startswith(mark):
            return _decoded(content, encoding)
    if b"\0" in content[:1_000_000]:
        raise UserError("is not text: it holds binary data")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _decoded(content, _eight_bit(content))


def split_front_matter(text: str) -> tuple[About, tuple[str, ...], str]:
    """What the front matter says, what of it was not understood, and the text below it."""
    if not FRONT_MATTER.match(text):
        return About(), (), text
    try:
        fields, body = frontmatter.parse(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserError("its front matter (between the --- lines) is not valid YAML") from error
    about, refused = about_from(fields)
    return about, refused, body


def _eight_bit(content: bytes) -> str:
    """cp1252 where most bytes are ASCII, as in Western languages; otherwise the likeliest encoding."""
    sample = content[:200_000]
    if sum(byte >= 0x80 for byte in sample) < len(sample) / 5:
        return "cp1252"
    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError("is not text in an encoding that can be told: save it as UTF-8") from error
    if "\0" in text:
        raise UserError("is not text: it holds binary data")
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


def _markdown_blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    marks: list[str] = []  # the marks of the list items that are open and not yet written
    depth = 0
    row: list[str] | None = None
    level = 0
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            depth += 1
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            depth -= 1
        elif token.type == "list_item_open":
            marks = [f"{token.info}{token.markup} " if token.info else "- "]
        elif token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield Block(" | ".join(row), glue="\n")
            row = None
        elif token.type == "inline" and row is not None:
            row.append(_inline(token))
        elif token.type == "inline":
            glue = "\n" if depth else "\n\n"
            yield Block("".join(marks) + _inline(token), level, glue=glue)
            marks, level = [], 0
        elif token.type in {"fence", "code_block"}:
            yield Block(token.content)
        elif token.type == "html_block":
            yield Block(TAG.sub("", token.content))


def _inline(token: Token) -> str:
    """The words of a line: links without addresses, images by their alternative text."""
    words = {"softbreak": "\n", "hardbreak": "\n", "html_inline": ""}
    return "".join(words.get(child.type, child.content) for child in token.children or ())


def with_title(about: About, title: str | None) -> About:
    """`about`, with `title` where it has none."""
    return replace(about, title=title) if about.title is None and title else about
