"""Documents into passages: whole sentences, never across sections, all about the same size."""

import uuid
from dataclasses import dataclass

from ingest.document import Document, Passage, Section
from ingest.sentences import sentence_spans

PASSAGES = uuid.UUID("5c7ad9b6-3d53-4c43-9a52-6d2d51c2f2a0")


@dataclass(frozen=True)
class Split:
    """How documents are cut. size: the most characters a passage has, save for one long sentence.

    version: goes up when the way of cutting changes, so that stored passages are made anew.
    """

    size: int = 1200
    version: int = 1

    @property
    def key(self) -> str:
        return f"{self.size}/{self.version}"

    @classmethod
    def of(cls, key: str) -> "Split":
        """Today's way of cutting with the size that a key names."""
        return cls(int(key.partition("/")[0]))


def passages_of(document: Document, split: Split) -> list[Passage]:
    """The passages of a document, in order; `text == document.text[start:end]` for each."""
    sections = document.sections or (Section(0, len(document.text)),)
    return [
        _passage(document, start, end, section.headings)
        for section in sections
        for start, end in _spans(document, section, split.size)
    ]


def embedded_text(document: Document, passage: Passage) -> str:
    """What models read of a passage: its title and heading stand before it, its text ends it."""
    heading = passage.headings[-1] if passage.headings else ""
    above = [part for part in (document.about.title, heading) if part]
    lead = ". ".join(dict.fromkeys(above))
    return passage.text if passage.text.startswith(lead) else f"{lead}\n{passage.text}"


def _spans(document: Document, section: Section, size: int) -> list[tuple[int, int]]:
    """Runs of sentences of about equal length: as few runs as `size` allows."""
    sentences = sentence_spans(document.text, section.start, section.end, document.about.language)
    if not sentences or _only_heading(document, section, sentences):
        return []
    total = sentences[-1][1] - sentences[0][0]
    target = total / -(-total // size)
    runs: list[tuple[int, int]] = []
    for start, end in sentences:
        if runs and end - runs[-1][0] <= size and start - runs[-1][0] < target:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _only_heading(document: Document, section: Section, sentences: list[tuple[int, int]]) -> bool:
    body = document.text[sentences[0][0] : sentences[-1][1]].strip("# \n")
    return bool(section.headings) and body == section.headings[-1]


def _passage(document: Document, start: int, end: int, headings: tuple[str, ...]) -> Passage:
    identity = uuid.uuid5(PASSAGES, f"{document.id}/{start}/{end}")
    return Passage(str(identity), document.id, start, end, document.text[start:end], headings)
