"""Where sentences begin and end, as character offsets.

The boundaries are sentencex's (Rust; rules for some 240 languages, abbreviations and decimals
included). Headings, list items, table rows and paragraphs end a sentence even without a full stop.
"""

import re
from bisect import bisect_left

import sentencex

# A line break is a border where the line before it is a heading, a list item or a table row, or
# the line after it begins one; other single breaks are wrapping inside a sentence.
ITEM = re.compile(r"[ \t]*(?:[-*•·▪●–]\s|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s|#{1,6}\s|>)|.*\s\|\s")
ENDS = re.compile(r"""[.!?…:;。！？]["'”’»)\]]*$""")
SHORT_LINE = 60


def sentence_spans(
    text: str, start: int = 0, end: int | None = None, language: str | None = None
) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]` as absolute (start, end), in order, blanks stripped.

    language: BCP 47 tag; English where nobody said.
    """
    end = len(text) if end is None else end
    spans = []
    for block_start, block_end in _blocks(text, start, end):
        for low, high in _boundaries(text[block_start:block_end], language or "en"):
            span = _stripped(text, block_start + low, block_start + high)
            if span[0] < span[1]:
                spans.append(span)
    return spans


def sentence_at(spans: list[tuple[int, int]], offset: int) -> int:
    """The index of the first sentence that ends after the character at `offset`."""
    return bisect_left([high for _, high in spans], offset + 1)


def _boundaries(block: str, language: str) -> list[tuple[int, int]]:
    boundaries = sentencex.get_sentence_boundaries(language.split("-", maxsplit=1)[0], block)
    return [(boundary["start_index"], boundary["end_index"]) for boundary in boundaries]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _blocks(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Runs of lines that belong together: cut at blank lines, list items, headings, table rows."""
    lines = _lines(text, start, end)
    blocks: list[tuple[int, int]] = []
    joins = after_short = False
    for low, high in lines:
        line = text[low:high].strip()
        if not line:
            joins = after_short = False
            continue
        if (joins or (after_short and line[0].islower())) and not ITEM.match(line):
            blocks[-1] = (blocks[-1][0], high)
        else:
            blocks.append((low, high))
        after_short = _stands_alone(line)
        joins = not (after_short or " | " in line)
    return blocks


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    lines = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        lines.append((start, stop))
        start = stop + 1
    return lines


def _stands_alone(line: str) -> bool:
    """Whether a line looks like a heading or label rather than like one wrapped in a sentence.

    It still joins a next line that begins in lower case, as wrapped lines of narrow columns do.
    """
    if line.startswith("#"):
        return True
    return len(line) < SHORT_LINE and not ENDS.search(line) and not line.endswith((",", "-", "–"))
