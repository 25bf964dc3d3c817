"""The nouns of a corpus: what a document is, what is known of it, the passages it is cut into."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["seller", "institution", "research", "personal", "unknown"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class About:
    """What is known of a document besides its text; None (or kind "unknown") where nobody said.

    published: ISO date, as precise as is known ("2019", "2019-04" or "2019-04-02").
    interest: what the publisher gains, in a few words ("sells the cream it recommends").
    language: BCP 47 tag ("en", "de").
    """

    title: str | None = None
    publisher: str | None = None
    kind: Kind = "unknown"
    published: str | None = None
    url: str | None = None
    author: str | None = None
    interest: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Section:
    """A span of a document under one heading: `text[start:end]`, the heading line included.

    headings: from the outermost to the section's own; empty before the first heading.
    """

    start: int
    end: int
    headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A printed page: begins at `start`, ends where the next one begins. Numbers count from 1."""

    start: int
    number: int


@dataclass(frozen=True)
class ReadFile:
    """What a reader makes of one file: normalised text, structure, what the file says of itself.

    Sections cover the text without gaps and in order. removed: one plain line for each kind of
    thing left out ("12 zero-width characters", "a hidden block of 240 characters").
    """

    text: str
    sections: tuple[Section, ...] = ()
    pages: tuple[Page, ...] = ()
    about: About = field(default_factory=About)
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """One version of one source file, as a library stores it.

    id: a UUIDv5 of text and About, so that the same content under two names is one document.
    path: inside the corpus, with "/" on every system.
    """

    id: str
    path: str
    text: str
    about: About
    sections: tuple[Section, ...] = ()
    pages: tuple[Page, ...] = ()
    promotional: bool = False
    reasons: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.about.title or self.path

    @property
    def sells(self) -> bool:
        """Whether it is a seller's, or reads like a seller's text."""
        return self.promotional or self.about.kind == "seller"

    def page_at(self, offset: int) -> int | None:
        """The number of the printed page that holds the character at `offset`."""
        place = bisect_right([page.start for page in self.pages], offset)
        return self.pages[place - 1].number if place else None

    def headings_at(self, offset: int) -> tuple[str, ...]:
        """The headings above the character at `offset`, outermost first."""
        place = bisect_right([section.start for section in self.sections], offset)
        return self.sections[place - 1].headings if place else ()

    def heading_at(self, offset: int) -> str | None:
        """The innermost heading above the character at `offset`."""
        headings = self.headings_at(offset)
        return headings[-1] if headings else None


@dataclass(frozen=True)
class Passage:
    """A span of one document: `text == document.text[start:end]`, always.

    id: a UUIDv5 of the document's id and the span, so that ingesting twice changes nothing.
    document: the document's id.
    """

    id: str
    document: str
    start: int
    end: int
    text: str
    headings: tuple[str, ...] = ()
