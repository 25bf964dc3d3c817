"""The lines of a PDF -> paragraphs and headings, without running headers and page numbers."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from math import inf
from statistics import median

from ingest.read.blocks import Block
from ingest.read.pdf_lines import Line

MARGIN = 0.12  # of the page's height, at the top and at the bottom
REPEATS = 3  # pages on which a line in the margin makes it a running header
PAGE_NUMBER = re.compile(
    r"(?:page|seite|p\.)?\s*(?:[-–|]\s*)?(\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von|\|)\s*\d{1,4})?"
    r"(?:\s*[-–|])?",
    re.IGNORECASE,
)
PRINTED = re.compile(  # what browsers print above and below a page
    r"(?:file|https?)://\S+(?: (?:\| )?\d+/\d+)?|\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}:\d{2}.*"
)
# A sign of an unknown font at the head of a line is a bullet, too.
BULLET = re.compile(r"^(?:[•●▪■◦‣➢✓·❖›]|[-–*o\x00-\x1f\x7f-\x9f\ue000-\uf8ff](?=\s))\s*")
ITEM = re.compile(r"(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|-)\s+\S")
FIRST_ITEM = re.compile(r"\(?[1a][.)]\s|-\s")
CELLS = " | "
LEADER = re.compile(r"(?:\s?\.){4,}\s*|_{4,}")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
BROKEN_WORD = re.compile(r"([^\W\d_]{1,40})-$")
ENDS = (".", "!", "?", ":", ";")
FULL = 0.7  # of the longest line: letters differ in width, and so do words
LARGER = 1.12  # than the body's letters: a heading
LONGEST_HEADING = 160
LONGEST_TITLE = 300
MOST_HEADING_LINES = 3


def paragraphs(lines: Sequence[Line], bookmarks: dict[str, int]) -> Iterator[Block]:
    """Paragraphs, list items and headings in order; `bookmarks` gives levels by plain() words."""
    kept = [_tidy(line) for line in _without_margins(lines)]
    kept = [line for line in kept if line.text]
    if not kept:
        return
    body = _body_size(kept)
    kept = _titles_first(kept, body)
    pitch = _pitch(kept)
    words = Counter(word.lower() for line in kept for word in WORD.findall(line.text))
    groups = _groups(kept, pitch)
    levels = _levels(groups, body, bookmarks)
    before: Line | None = None
    for group, level in zip(groups, levels, strict=True):
        text = _unwrapped(group, words)
        glue = "\n\n" if level or before is None else _glue(before, group[0])
        if glue == "" and BROKEN_WORD.search(before.text if before else ""):
            glue = " "
        yield Block(text, level, group[0].page, glue)
        before = None if level else group[-1]


def plain(text: str) -> str:
    """A line's words and numbers alone, to find a bookmark's line with."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _without_margins(lines: Sequence[Line]) -> list[Line]:
    """Lines less page numbers and what stands in the margins of several pages."""
    outer = list(filter(_in_margin, lines))
    pages: dict[str, set[int]] = {}  # on which pages words stand in a margin
    for line in outer:
        pages.setdefault(_without_numbers(line.text), set()).add(line.page)
    sizes: dict[str, float] = {}  # how large words stand elsewhere
    for line in lines:
        if not _in_margin(line):
            words = _without_numbers(line.text)
            sizes[words] = max(line.size, sizes.get(words, 0))
    steps = Counter(map(_step, outer))
    running = {
        line
        for line in outer
        if len(pages[words := _without_numbers(line.text)]) >= REPEATS
        or sizes.get(words, 0) > 1.05 * line.size
        or PRINTED.fullmatch(line.text)
        or _step(line) == 0
        or (_step(line) is not None and steps[_step(line)] > 1)
    }
    kept = [line for line in lines if line not in running]
    return kept or list(lines)


def _step(line: Line) -> int | None:
    """What a page number differs by from the place of its page; None where a line is none."""
    match = PAGE_NUMBER.fullmatch(line.text)
    if match is None:
        return None
    return int(match[1]) - line.page if match[1].isdecimal() else 0


def _without_numbers(text: str) -> str:
    return plain(re.sub(r"\d+", "", text))


def _in_margin(line: Line) -> bool:
    return not MARGIN * line.height <= line.y <= (1 - MARGIN) * line.height


def _tidy(line: Line) -> Line:
    """Bullets become "- ", and the dots of a table of contents a blank."""
    return replace(line, text=LEADER.sub(" ", BULLET.sub("- ", line.text)).strip())


def _body_size(lines: Iterable[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0]


def _titles_first(lines: Sequence[Line], body: float) -> list[Line]:
    """A page's large title first, where the file draws it after the text that it stands above."""
    ordered: list[Line] = []
    for _, page in groupby(lines, key=lambda line: line.page):
        held = list(page)
        top = max((line.y for line in held if line.size < 1.5 * body), default=inf)
        titles = [line for line in held if line.size >= 1.5 * body and line.y > top]
        ordered += titles + [line for line in held if line not in titles]
    return ordered


def _pitch(lines: Sequence[Line]) -> float:
    """The usual distance of two lines, in letter sizes."""
    steps = [
        (one.y - two.y) / one.size
        for one, two in pairwise(lines)
        if one.page == two.page and one.size == two.size and 0 < one.y - two.y < 3 * one.size
    ]
    return median(steps) if steps else 1.2


def _groups(lines: Sequence[Line], pitch: float) -> list[list[Line]]:
    """Lines that belong together: close, of one size and weight, no new list item."""
    groups: list[list[Line]] = []
    for line in lines:
        last = groups[-1][-1] if groups else None
        if last and _goes_on(last, line, pitch):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _goes_on(last: Line, line: Line, pitch: float) -> bool:
    if last.page != line.page or _begins_item(last, line):
        return False
    other = abs(last.size - line.size) > 0.1 * last.size
    if other or (last.bold != line.bold and not line.text[:1].islower()):
        # A bold or a small word in a running line is no new paragraph.
        return abs(last.y - line.y) < 0.5 * last.size
    return -0.5 * last.size <= last.y - line.y <= 1.35 * pitch * last.size


def _begins_item(last: Line, line: Line) -> bool:
    """Whether a line begins a list item, and not with a number that ends the sentence before."""
    if not ITEM.match(line.text):
        return False
    listed = FIRST_ITEM.match(line.text) or ITEM.match(last.text)
    return bool(listed) or last.text.endswith((*ENDS, ","))


def _levels(groups: list[list[Line]], body: float, bookmarks: dict[str, int]) -> list[int]:
    """The heading level of each group, 0 for text: larger letters rank higher, bold lines last."""
    named = [bookmarks.get(plain(" ".join(line.text for line in group)), 0) for group in groups]
    large = [_is_large(group, body, first=group is groups[0]) for group in groups]
    sizes = sorted({g[0].size for g, is_large in zip(groups, large, strict=True) if is_large})
    ranks = {size: min(place, 5) for place, size in enumerate(reversed(sizes), start=1)}
    deepest = min(len(ranks) + 1, 6)
    levels = []
    for place, group in enumerate(groups):
        follows = groups[place + 1][0] if place + 1 < len(groups) else None
        if large[place]:
            levels.append(ranks[group[0].size])
        elif named[place] and len(group) <= MOST_HEADING_LINES:
            levels.append(max(named[place], len(ranks)))
        else:
            levels.append(deepest if _is_bold_heading(group, follows) else 0)
    return levels


def _is_large(group: list[Line], body: float, *, first: bool) -> bool:
    """Whether larger letters make a heading; what a file begins with may end in a full stop."""
    if group[0].size < LARGER * body:
        return False
    text = " ".join(line.text for line in group)
    is_title = first and len(text) <= LONGEST_TITLE and any(map(str.isalpha, text))
    return is_title or _may_be_heading(group)


def _is_bold_heading(group: list[Line], follows: Line | None) -> bool:
    return (
        all(line.bold for line in group)
        and follows is not None
        and not follows.bold
        and len(group) <= 2
        and _may_be_heading(group)
    )


def _may_be_heading(group: list[Line]) -> bool:
    text = " ".join(line.text for line in group)
    letters = sum(map(str.isalpha, text))
    first = next(filter(str.isalpha, text), "")
    return (
        len(group) <= MOST_HEADING_LINES
        and len(text) <= LONGEST_HEADING
        and letters >= 3
        and letters >= len(text) / 2
        and not first.islower()
        and not text.endswith((".", ",", ";", ":"))
        and not text.startswith("- ")
        and CELLS not in text
    )


def _unwrapped(group: list[Line], words: Counter[str]) -> str:
    """The lines as running text; a line that ends early keeps its line break."""
    longest = max(len(line.text) for line in group)
    parts = [group[0].text]
    for last, line in pairwise(group):
        parts[-1:] = _joined(parts[-1], line.text, words, full=_is_full(last, line, longest))
    return "".join(parts)


def _is_full(last: Line, line: Line, longest: int) -> bool:
    """Whether the next line's first word would not have fitted on this one."""
    if CELLS in last.text or CELLS in line.text:
        return False
    first = line.text.split(" ", 1)[0]
    return len(last.text) + 1 + len(first) > FULL * longest or line.text[:1].islower()


def _joined(text: str, more: str, words: Counter[str], *, full: bool) -> tuple[str, str]:
    """Two lines as they follow each other: with a blank, a break, or as parts of one word."""
    if text.endswith("\u00ad"):
        return text[:-1], more
    broken = BROKEN_WORD.search(text)
    rest = WORD.match(more)
    if broken and rest and more[0].islower():
        whole = (broken[1] + rest[0]).lower()
        compound = f"{broken[1]}-{rest[0]}".lower()
        return (text if words[compound] > words[whole] else text[:-1]), more
    return text, (" " if full else "\n") + more


def _glue(before: Line, line: Line) -> str:
    """What stands between two paragraphs: one that goes on over a page or column is one."""
    if ITEM.match(line.text):
        return "\n"
    goes_on = line.text[:1].islower() and not before.text.endswith(ENDS)
    return " " if goes_on and len(before.text) > 20 else "\n\n"
