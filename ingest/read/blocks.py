"""What every reader makes first: paragraphs, headings and table rows; then one ReadFile."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ingest.document import About, Page, ReadFile, Section
from ingest.orders import speaks_to_programs
from ingest.read.normalise import normalise, removal_lines

CONTENTS = re.compile(r"(?:table of )?contents|inhalt(?:sverzeichnis)?|index", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """A run of text that belongs together.

    level: 1 to 6 for a heading, 0 for everything else. page: the printed page it begins on.
    glue: what stands between it and the block before it: a line break for list items and table
    rows, a space for a paragraph that goes on over a page.
    """

    text: str
    level: int = 0
    page: int | None = None
    glue: str = "\n\n"


def assemble(
    blocks: Iterable[Block], about: About | None = None, removed: Iterable[str] = ()
) -> ReadFile:
    """The file that the blocks make: one normalised text with its sections and pages.

    Where `about` has no title, the first heading of the highest rank is the title. Words that
    speak to a program are neither title nor heading: those stand in the program's own sentences.
    """
    placed, counts = _place(blocks)
    text = "".join(piece for piece, _, _ in placed)
    about = about or About()
    if about.title is None or speaks_to_programs(about.title):
        about = replace(about, title=_first_title(block for _, _, block in placed))
    return ReadFile(
        text=text,
        sections=_sections([(start, block) for _, start, block in placed], len(text)),
        pages=_pages([(start, block) for _, start, block in placed]),
        about=about,
        removed=(*removed, *removal_lines(counts)),
    )


def _place(blocks: Iterable[Block]) -> tuple[list[tuple[str, int, Block]], Counter[str]]:
    """Each block that has text, as (glue and text, where the text starts, the block)."""
    placed: list[tuple[str, int, Block]] = []
    counts: Counter[str] = Counter()
    end = 0
    for block in blocks:
        text, removed = normalise(" ".join(block.text.split()) if block.level else block.text)
        counts += removed
        if not text:
            continue
        glue = block.glue if placed else ""
        level = 0 if speaks_to_programs(text) else block.level
        placed.append((glue + text, end + len(glue), replace(block, text=text, level=level)))
        end += len(glue) + len(text)
    return placed, counts


def _sections(placed: list[tuple[int, Block]], length: int) -> tuple[Section, ...]:
    """One section from the top to the first heading, then one for each heading."""
    starts: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    open_headings: list[Block] = []
    for start, block in placed:
        if block.level:
            open_headings = [above for above in open_headings if above.level < block.level]
            open_headings.append(block)
            starts.append((start, tuple(heading.text for heading in open_headings)))
    ends = [start for start, _ in starts[1:]] + [length]
    return tuple(
        Section(start, end, headings)
        for (start, headings), end in zip(starts, ends, strict=True)
        if start < end
    )


def _pages(placed: list[tuple[int, Block]]) -> tuple[Page, ...]:
    pages: list[Page] = []
    for start, block in placed:
        if block.page is not None and (not pages or pages[-1].number != block.page):
            pages.append(Page(start if pages else 0, block.page))
    return tuple(pages)


def _first_title(blocks: Iterable[Block]) -> str | None:
    headings = [b for b in blocks if b.level and not CONTENTS.fullmatch(b.text)]
    return min(headings, key=lambda block: block.level).text if headings else None
