"""Questions to begin with and to go on with: documents' headings, tried before they are shown."""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest

from chat.answer import Answer, Citation, Statement
from chat.settings import Settings
from chat.wording import wording
from ingest.document import Document
from ingest.library import Release

FIRST = 4  # questions to begin with
NEXT = 3  # questions to go on with
TRIED = {FIRST: 16, NEXT: 8}  # questions that are asked to find these
LOOKED_AT = 50  # documents
LONGEST = 60  # characters of a heading that is made a question
REMEMBERED = 10_000  # questions of which it is known what answers them

Cited = frozenset[str]  # ids of the passages that an answer cites; empty if there is no answer
Known = dict[tuple[int, str], Cited]  # by release and question


class Suggestions:
    """Remembers which questions have an answer in the current release; for several threads.

    ask: answers a question without suggesting others. known: what others remember already.
    """

    def __init__(
        self, ask: Callable[[str], Answer], settings: Settings, known: Known | None = None
    ) -> None:
        self._ask = ask
        self._settings = settings
        self.known: Known = {} if known is None else known
        self._lock = threading.Lock()

    def first(self, release: Release) -> list[str]:
        """At most four questions, from documents in turn, those of sellers last."""
        documents = sorted(
            release.documents(LOOKED_AT), key=lambda each: each.about.kind == "seller"
        )
        rows = zip_longest(*(self._questions(document) for document in documents))
        questions = list(dict.fromkeys(question for row in rows for question in row if question))
        questions.sort(key=lambda question: question not in _headings_of(documents))
        answered = self._answered(questions[: TRIED[FIRST]], release)
        return [question for question, _ in itertools.islice(answered, FIRST)]

    def near(self, statements: Sequence[Statement], release: Release) -> list[str]:
        """Questions about what stands near the cited words, whether they have an answer or not."""
        cited = _cited_in(statements)
        passages = release.passages(list(cited))
        places = {passage.document: cited[passage.id].start for passage in reversed(passages)}
        lists = [
            self._questions(release.document(key), place) for key, place in reversed(places.items())
        ]
        questions = dict.fromkeys(each for row in zip_longest(*lists) for each in row if each)
        return list(questions)[: TRIED[NEXT]]

    def tried(self, questions: Iterable[str], release: Release) -> list[str]:
        """Those of which it is known whether they have an answer."""
        return [each for each in questions if (release.number, each) in self.known]

    def after(
        self,
        statements: Sequence[Statement],
        near: Sequence[str],
        release: Release,
        asked: Sequence[str],
    ) -> tuple[str, ...]:
        """At most three of the questions near the statements whose answers were not said yet."""
        found: list[str] = []
        said = set(_cited_in(statements))
        for question, own in self._answered(near, release):
            if question not in asked and not own <= said:
                found.append(question)
                said |= own
            if len(found) == NEXT:
                break
        return tuple(found)

    def _answered(self, questions: Iterable[str], release: Release) -> Iterator[tuple[str, Cited]]:
        """Those questions that the release answers, with the passages that do."""
        for question in questions:
            cited = self._cited(question, release)
            if cited:
                yield question, cited

    def _cited(self, question: str, release: Release) -> Cited:
        key = (release.number, question)
        if key not in self.known:
            answer = self._ask(question)
            cited = (c.passage for s in answer.statements for c in s.citations)
            found = frozenset(cited if answer.status == "answered" else ())
            with self._lock:
                if len(self.known) >= REMEMBERED:
                    self.known.clear()
                self.known[key] = found
        return self.known[key]

    def _questions(self, document: Document, place: int = 0) -> list[str]:
        """A document's headings as questions, those after `place` first; its title is none."""
        sections = [section for section in document.sections if section.headings]
        sections.sort(key=lambda section: (section.end <= place, section.start))
        headings = [section.headings[-1] for section in sections]
        return [
            self._as_question(heading)
            for heading in dict.fromkeys(headings)
            if heading != document.title and len(heading) <= LONGEST and len(heading.split()) > 1
        ]

    def _as_question(self, heading: str) -> str:
        if heading.endswith("?"):
            return heading
        return wording(self._settings.language, "page/example", topic=heading)


def _cited_in(statements: Sequence[Statement]) -> dict[str, Citation]:
    return {c.passage: c for statement in statements for c in statement.citations}


def _headings_of(documents: Iterable[Document]) -> set[str]:
    return {section.headings[-1] for d in documents for section in d.sections if section.headings}
