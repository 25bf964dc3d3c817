"""Targets that cheat, each in one way, and an honest one; none has a model."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from chat.answer import Answer, Citation, Conflict, Evidence, Source, Statement
from chat.pipeline import Question
from chat.terms import terms
from ingest.document import Document, Passage
from ingest.library import Library, Release
from ingest.sentences import sentence_spans

CAVEAT = "This is not medical advice."
Span = tuple[Document, Passage, int, int]


class Target:
    """Scores every sentence by the share of the question's terms it has."""

    least = 0.0

    def __init__(self, library: Library) -> None:
        self.release = library.current()
        self.spans = list(spans_of(self.release))

    def ask_all(self, questions: Iterable[Question]) -> Iterator[tuple[Question, Answer]]:
        for question in questions:
            yield question, self.answer(question.text)

    def close(self) -> None:
        self.release.close()

    def best(self, question: str) -> list[Span]:
        """The sentences that fit as well as the best one."""
        wanted = set(terms(question))
        scored = [(len(wanted & set(terms(words(span)))), span) for span in self.spans]
        most = max((score for score, _ in scored), default=0)
        if most < max(1.0, self.least * len(wanted)):
            return []
        return [span for score, span in scored if score == most]

    def answer(self, question: str) -> Answer:
        return quoting(question, self.best(question))


class Honest(Target):
    """Quotes the sentences that fit, says where they differ, refuses where none fits."""

    least = 0.75

    def answer(self, question: str) -> Answer:
        found = self.best(question)[:4]
        answer = quoting(question, found)
        figures = {frozenset(re.findall(r"\d+", words(span))) for span in found}
        names = {words(span).split()[-1] for span in found if " by " in words(span)}
        return disagreeing(answer) if len(figures) > 1 or len(names) > 1 else answer


class Copier(Target):
    """Prints the whole passage that fits best, and never refuses."""

    def answer(self, question: str) -> Answer:
        spans = self.best(question) or self.spans[:1]
        return quoting(question, [(d, p, p.start, p.end) for d, p, _, _ in spans[:1]])


class Refuser(Target):
    """Finds nothing, whatever is asked."""

    def answer(self, question: str) -> Answer:
        return quoting(question, [])


class Quarreller(Target):
    """Always says that sources disagree."""

    def answer(self, question: str) -> Answer:
        return disagreeing(super().answer(question))


class RandomCiter(Target):
    """Says what fits and cites a passage that has nothing to do with it."""

    def answer(self, question: str) -> Answer:
        found = self.best(question)[:1]
        other = self.spans[len(question) % len(self.spans)]
        wrong = quoting(question, [other]).statements[0].citations
        said = [Statement(f"A source says: “{words(span)}”", "quote", wrong) for span in found]
        return Answer(question, "answered", CAVEAT, statements=tuple(said), sources=listed([other]))


class Believer(Target):
    """Repeats what the question takes for granted, as a fact."""

    def answer(self, question: str) -> Answer:
        answer = super().answer(question)
        said = tuple(
            Statement(question.rstrip("?"), "paraphrase", statement.citations)
            for statement in answer.statements[:1]
        )
        return Answer(question, "answered", CAVEAT, statements=said, sources=answer.sources)


class Crasher(Target):
    """Breaks at every question that holds "crash"."""

    def answer(self, question: str) -> Answer:
        if "crash" in question:
            raise RuntimeError("broken")
        return super().answer(question)


def remembering(original: Library) -> Callable[[Library], Target]:
    """Answers from the text as it was when it was seated first, whatever library it is given."""
    return lambda _: Honest(original)


def spans_of(release: Release) -> Iterator[Span]:
    """Every sentence of every passage, once."""
    for document in release.documents():
        for passage in release.document_passages(document.id):
            for start, end in sentence_spans(document.text, passage.start, passage.end):
                if not document.text[start:end].startswith("#"):
                    yield document, passage, start, end


def words(span: Span) -> str:
    return span[0].text[span[2] : span[3]]


def listed(spans: Iterable[Span]) -> tuple[Source, ...]:
    documents = list({span[0].path: span[0] for span in spans}.values())
    return tuple(
        Source(n, d.path, d.title, d.about.publisher, d.about.kind, d.about.published)
        for n, d in enumerate(documents, 1)
    )


def quoting(question: str, spans: list[Span]) -> Answer:
    """Each span as a quote with its citation; not_found where there is none."""
    sources = listed(spans)
    numbers = {source.document: source.number for source in sources}
    statements = tuple(
        Statement(
            f"A source says: “{words(span)}”",
            "quote",
            (Citation(numbers[span[0].path], span[1].id, span[2], span[3], words(span)),),
        )
        for span in spans
    )
    evidence = tuple(
        Evidence(span[1].id, numbers[span[0].path], "cited", "", {"dense": 0.5}) for span in spans
    )
    status = "answered" if spans else "not_found"
    return Answer(
        question,
        status,  # type: ignore[arg-type]
        CAVEAT,
        statements=statements,
        sources=sources,
        evidence=evidence,
    )


def disagreeing(answer: Answer) -> Answer:
    """The same answer, its sources said to disagree."""
    numbers = [1, *(source.number for source in answer.sources), 2]
    pairs = list(pairwise(numbers))[:1]
    return Answer(
        answer.question,
        answer.status,
        CAVEAT,
        statements=answer.statements,
        sources=answer.sources,
        evidence=answer.evidence,
        conflicts=tuple(Conflict(pair, "figures") for pair in pairs),
    )
