"""The nouns of an evaluation: a Trial asks one question, a Row is what came of it.

A suite's trials come in Rounds; all trials of a round are put to one library: the user's own, or a
scratch one made of the round's files.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from chat.answer import Answer, Turn
from chat.pipeline import Question
from ingest.document import About, Document, Passage

# The screen answered instead of the text: whether rightly is another suite's matter.
SCREENED = ("emergency", "crisis")
UNANSWERED = (*SCREENED, "personal_advice", "not_found")
PART = "#"  # stands in the id of a row that is a part of another one
Stage = Literal["scorer", "retriever", "answerer", "safety", "presentation"]


class Store(Protocol):
    """The part of a Release that scores are read from."""

    passage_count: int

    def documents(self) -> list[Document]: ...
    def passages(self, ids: Sequence[str]) -> list[Passage]: ...
    def document(self, document_id: str, /) -> Document: ...
    def document_passages(self, document_id: str, /) -> list[Passage]: ...


class Target(Protocol):
    """What is evaluated: `chat.pipeline.Chat`, or a fake with its interface."""

    def ask_all(self, questions: Iterable[Question]) -> Iterator[tuple[Question, Answer]]: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Score:
    """verdicts: by measure, True where the row is good. reason: why not, in plain words.

    values: numbers of the row that are shown, not gated (a reciprocal rank, a length).
    """

    verdicts: Mapping[str, bool]
    reason: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """One question. measures: what its row counts for, also if the question ends in an error.

    group: rows of one group are a cluster. made: an answer to be scored instead of asking.
    aside: an answer without substance and with one of these statuses is neither good nor bad here:
    it is counted as a refusal, beside the rate. held_out: nobody who tunes may read it.
    screened: the screen alone decides, and the rest of the way is not gone.
    """

    id: str
    question: str
    measures: tuple[str, ...]
    score: Callable[[Answer, Store], Score]
    why: str = ""
    group: str = ""
    history: tuple[Turn, ...] = ()
    expected: tuple[str, ...] = ()
    made: Callable[[Store], Answer] | None = None
    aside: tuple[str, ...] = ()
    held_out: bool = False
    screened: bool = False

    @property
    def asked(self) -> Question:
        """What is put to the target."""
        return Question(self.question, self.history, screened=self.screened)


@dataclass(frozen=True)
class File:
    """One document of a scratch library."""

    path: str
    text: str
    about: About = field(default_factory=About)


@dataclass(frozen=True)
class Round:
    """Trials put to one library; files: None for the user's own.

    again: each is asked even if another trial had the same question, whose answer it would share.
    """

    trials: tuple[Trial, ...]
    files: tuple[File, ...] | None = None
    again: bool = False


@dataclass(frozen=True)
class Row:
    """What came of one trial; a plain JSON object in the rows file.

    outside: measures that this row, a refusal, does not count for. held_out: a comparison names it
    by its id only.
    """

    suite: str
    id: str
    question: str
    verdicts: dict[str, bool]
    reason: str = ""
    error: str = ""
    refused: bool = False
    why: str = ""
    group: str = ""
    history: list[dict[str, str]] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=dict)
    passages: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    held_out: bool = False

    @property
    def part(self) -> bool:
        """Whether it is one statement of another row, which tells its reason as well."""
        return PART in self.id

    @property
    def passed(self) -> bool:
        """Whether every verdict is good; an errored row never is."""
        return not self.error and all(self.verdicts.values())

    def to_dict(self) -> dict[str, Any]:
        """Its fields, which hold plain data already; a deep copy of thousands takes long."""
        return dict(vars(self))

    def failed(self, measure: str, reason: str) -> "Row":
        """The same row with one verdict turned to failed."""
        return replace(self, verdicts={**self.verdicts, measure: False}, reason=reason)


@dataclass(frozen=True)
class Subject:
    """What a suite makes its rounds from. name: of the library; cases: of which corpus.

    sample: the most trials of a suite, None for all. seed: everything drawn follows from it.
    """

    name: str
    release: Store
    seed: int = 1
    sample: int | None = None
    language: str = "en"


@dataclass(frozen=True)
class Suite:
    """One suite. settle: looks at all rows together, for verdicts that compare rows."""

    number: int
    stage: Stage
    asks: str
    rounds: Callable[[Subject], list[Round]]
    settle: Callable[[list[Row]], list[Row]] = lambda rows: rows
