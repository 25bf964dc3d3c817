"""The Answer: the whole reply as data. Every surface renders this and nothing else.

`Answer.to_json()` is the public contract of `--json`, the API and the suites.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ingest.document import Kind

Status = Literal[
    "answered", "partial", "not_found", "personal_advice", "emergency", "crisis", "error"
]
NoticeKind = Literal[
    "emergency",
    "soon",
    "support",
    "crisis",
    "personal_advice",
    "conflict",
    "promotional",
    "stop_medication",
    "dropped",
    "undated",
    "library",
    "model",
    "clarify",
    "talk",
    "not_found",
    "language",
    "partial",
    "unsure",
    "spelled",
    "assumed",
    "reworded",
    "error",
]
Use = Literal["cited", "read", "rejected"]


@dataclass(frozen=True)
class Turn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True)
class Citation:
    """Where a statement rests: `quote == document.text[start:end]`, checked against the store.

    source: the number of a Source of the same Answer. page and section: where a reader looks it up.
    """

    source: int
    passage: str
    start: int
    end: int
    quote: str
    page: int | None = None
    section: str | None = None


@dataclass(frozen=True)
class Statement:
    """One sentence of an answer. In a quote the quoted words stand between “ and ”, verbatim."""

    text: str
    kind: Literal["quote", "paraphrase"]
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Notice:
    """Fixed wording from `prompts/` that stands beside (an emergency: before) the statements."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True)
class Source:
    """A cited or read document, numbered from 1 within one Answer. language: BCP 47 tag."""

    number: int
    document: str
    title: str
    publisher: str | None = None
    kind: Kind = "unknown"
    published: str | None = None
    url: str | None = None
    promotional: bool = False
    reasons: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True)
class Conflict:
    """Two sources of this Answer that disagree on the question; neither is declared right."""

    between: tuple[int, int]
    about: str


@dataclass(frozen=True)
class Evidence:
    """A passage with why it is here. section: the heading that it stands under.

    advertises: what in this passage itself reads like advertising; empty where nothing much does.
    """

    passage: str
    source: int
    use: Use
    reason: str
    scores: dict[str, float]
    section: str | None = None
    advertises: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The whole reply. `caveat` has no default: no Answer exists without one.

    seconds: wall-clock per step ("screen", "retrieve", "compose", "verify"), and their "total"
    once the Answer is whole.
    """

    question: str
    status: Status
    caveat: str
    standalone_question: str = ""
    statements: tuple[Statement, ...] = ()
    notices: tuple[Notice, ...] = ()
    sources: tuple[Source, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    dropped: int = 0
    follow_ups: tuple[str, ...] = ()
    release: int | None = None
    settings: str = ""
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.caveat.strip():
            raise ValueError("an Answer needs its caveat")

    @property
    def whole(self) -> bool:
        """Whether nothing more comes."""
        return "total" in self.seconds

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, strings and numbers, in the order of the contract."""
        data = asdict(self)
        order = ["question", "standalone_question", "status"]
        return {key: data[key] for key in order + [key for key in data if key not in order]}

    def to_json(self, indent: int | None = None) -> str:
        """One JSON object; on one line unless `indent` is given."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)
