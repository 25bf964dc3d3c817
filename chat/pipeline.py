"""The way of a question: screen, stand alone, retrieve, judge, compose, verify, frame, caveat.

`Chat.stream` holds the steps in order, one line each. Every surface goes through it.
"""

import copy
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from chat.answer import Answer, Turn
from chat.caveat import tells_to_stop
from chat.chat_model import ModelProblem, Writer
from chat.compose import WORDS, compose
from chat.conflicts import with_both_sides
from chat.current import CurrentRelease
from chat.draft import Draft
from chat.entailment import open_entailment
from chat.frame import attributed, quote_statements
from chat.judge import judge
from chat.parts import Part, chosen_of, parts_of
from chat.read import Candidate, opposed_to, read
from chat.reader import open_reranker
from chat.reranker import Reranker
from chat.retrieve import Found, retrieve
from chat.reworded import reworded
from chat.screen import screen
from chat.screening.encoder import Encoder, open_encoder
from chat.screening.second_opinion import open_tuned_encoder
from chat.settings import Settings, read_settings
from chat.small_talk import small_talk_of
from chat.spelling import spelled
from chat.standalone import StandAlone, understood
from chat.subject import subject_of
from chat.suggest import Suggestions
from chat.support import Entails
from chat.support.meaning import Meanings
from chat.verify import verify
from ingest.embed import Embedder, open_embedder
from ingest.errors import UserError
from ingest.library import Library, Release, open_library

LONGEST = 10_000  # characters of a question
BABBLE = 5  # statements of a chat model that fail before any passes: it is not waited for further
TOGETHER = 32  # questions of a batch whose vectors are made in one go
AT_ONCE = 2  # of these that are answered at the same time: one alone leaves a core half idle


@dataclass(frozen=True)
class Question:
    """What somebody asks. id: given back with the answer. problem: why it cannot be asked.

    screened: only what the screen says of it is wanted, so nothing is searched.
    """

    text: str
    history: tuple[Turn, ...] = ()
    id: object = None
    problem: str | None = None
    screened: bool = False

    @property
    def checked(self) -> str:
        """The text without outer blanks; UserError if it cannot be asked."""
        text = self.text.strip()
        if self.problem:
            raise UserError(self.problem)
        if not text:
            raise UserError("the question is empty: write what you want to know")
        if len(text) > LONGEST:
            raise UserError(
                f"the question has {len(text):,} characters, the most is {LONGEST:,}: shorten it"
            )
        return text


class Chat:
    """Answers questions from one library; may be used by several threads at once."""

    def __init__(
        self,
        library: Library,
        settings: Settings,
        embedder: Embedder,
        reranker: Reranker | None = None,
        writer: Writer | None = None,
        encoder: Encoder | None = None,
        entails: Entails | None = None,
        meanings: Meanings | None = None,
    ) -> None:
        self.settings = settings
        self.library = library
        self.releases = CurrentRelease(library)
        self.suggestions = Suggestions(self._ask_plainly, settings)
        self._embedders = {embedder.name: embedder}
        self._reranker = reranker
        self._writer = writer
        self._encoder = encoder
        self._meanings = meanings
        self._entails = entails
        self._prepared: dict[tuple[str, str], NDArray[np.float32]] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(AT_ONCE, "batch")

    def in_language(self, language: str) -> Self:
        """This chat with another language of its own words; all else is shared."""
        other = copy.copy(self)
        other.speak(language)
        return other

    def in_country(self, country: str) -> Self:
        """This chat for somebody in another country, whose numbers its notices give."""
        other = copy.copy(self)
        other.settings = replace(self.settings, country=country)
        return other

    def speak(self, language: str) -> None:
        """Use this language from now on."""
        self.settings = replace(self.settings, language=language)
        self.suggestions = Suggestions(self._ask_plainly, self.settings, self.suggestions.known)
        self._writer = self._writer and self._writer.in_language(language)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer; UserError for a question that cannot be asked."""
        *_, answer = self.stream(question, history)
        return answer

    def screened(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """What the screen alone says of a question, which nothing later can change."""
        return self._screened(question, history).finished()

    def ask_all(self, questions: Iterable[Question]) -> Iterator[tuple[Question, Answer]]:
        """Each question with its answer, in order; one that cannot be asked has status "error"."""
        waiting = iter(questions)
        while batch := list(itertools.islice(waiting, TOGETHER)):
            self._prepare(batch)
            yield from zip(batch, self._threads.map(self._ask_safely, batch), strict=True)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        plain: bool = False,
        hurried: bool = False,
    ) -> Iterator[Answer]:
        """Growing Answers, each with its caveat and verified statements only; the last is whole.

        plain: without the chat model and without questions to go on with.
        hurried: of these only such as were tried before.
        What failed because the sources were swapped meanwhile begins anew, with those of now.
        """
        before = self.library.state
        try:
            yield from self._stream(question, history, plain=plain, hurried=hurried)
        except Exception:
            if self.library.state == before:
                raise
            yield from self._stream(question, history, plain=plain, hurried=hurried)

    def _stream(
        self, question: str, history: Sequence[Turn], *, plain: bool, hurried: bool
    ) -> Iterator[Answer]:
        draft = self._screened(question, history)
        if draft.stops:
            yield draft.finished()
            return
        with self.releases.lent() as release:
            draft.release = release
            with draft.step("standalone"):
                draft.small_talk = small_talk_of(draft.question, self.settings.language)
                draft.understood = self._understood(draft, history, release, plain=plain)
            if draft.asks_nothing:
                yield draft.finished()
                return
            with draft.step("standalone"):
                draft.spelling = spelled(draft.standalone, release, self.settings.language)
                draft.wording = reworded(draft.standalone, release, self.settings.language)
            draft.parts = self._answered(draft, release)
            chosen = chosen_of(draft.parts)
            chosen = chosen[:1] if draft.understood.wish == "shorter" else chosen
            if chosen and self._writer is not None and not plain:
                yield from self._written(draft, self._writer, release)
            if not draft.statements:
                for statement in quote_statements(chosen, draft.sources, self.settings):
                    with draft.step("verify"):
                        draft.verified(statement, verify(statement, release))
            if self.settings.follow_ups and not plain:
                yield from self._going_on(draft, history, release, hurried=hurried)
            yield draft.finished()

    def _screened(self, question: str, history: Sequence[Turn]) -> Draft:
        draft = Draft(Question(question).checked, self.settings)
        with draft.step("screen"):
            draft.screening = screen(draft.question, history, self.settings, self._encoder)
        return draft

    def _understood(
        self, draft: Draft, history: Sequence[Turn], release: Release, *, plain: bool
    ) -> StandAlone:
        """What is asked, by itself: as the chat model says it, else as the rules do."""
        found = understood(draft.question, history, self.settings.language, subject_of(release))
        follows = any(turn.role == "user" for turn in history)
        if self._writer is None or plain or not follows or found.wish or draft.small_talk:
            return found
        text = self._writer.stand_alone(draft.question, history)
        return StandAlone(text) if text else found

    def _answered(self, draft: Draft, release: Release) -> list[Part]:
        """What is asked, part by part; as a whole where no part of it can be answered."""
        questions = parts_of(draft.standalone, self.settings.language)
        room = WORDS if len(questions) > 1 else None
        parts = [self._part(question, draft, release, room) for question in questions]
        if len(parts) > 1 and not any(part.chosen for part in parts):
            return [self._part(draft.standalone, draft, release)]
        return parts

    def _part(self, question: str, draft: Draft, release: Release, room: int | None = None) -> Part:
        """One thing that is asked: retrieve, read, judge, compose, look for the other side."""
        with draft.step("retrieve"):
            vector = self._vector(question, release)
            found = retrieve(question, vector, release)
        with draft.step("compose"):
            candidates = _fit(read(question, found, release, self._reranker), draft)
            judgement = judge(question, candidates, release)
            able = candidates if judgement.answerable else []
            chosen = compose(question, able, self.settings.language, room)
            others = _fit(opposed_to(chosen, question, vector, release), draft)
            sides = [] if judgement.foreign else [*candidates, *others]
            chosen, disagreements = with_both_sides(question, chosen, sides)
        known = {item.passage.id for item in found}
        found += [each.found for each in chosen if each.found.passage.id not in known]
        return Part(question, found, candidates, judgement, chosen, disagreements)

    def _going_on(
        self, draft: Draft, history: Sequence[Turn], release: Release, *, hurried: bool
    ) -> Iterator[Answer]:
        """Add questions to go on with; what is answered is shown before any of them is tried."""
        near = self.suggestions.near(draft.statements, release)
        tried = self.suggestions.tried(near, release)
        if not hurried and len(tried) < len(near):
            yield draft.growing()
            tried = near
        asked = [draft.question, *(turn.content for turn in history)]
        draft.follow_ups = self.suggestions.after(draft.statements, tried, release, asked)

    def _written(self, draft: Draft, writer: Writer, release: Release) -> Iterator[Answer]:
        """What the chat model writes, statement by statement; what fails is dropped and counted."""
        last = ("", "")
        try:
            for statement in writer.write(
                draft.standalone, draft.found, draft.sources, self._meanings
            ):
                with draft.step("verify"):
                    verdict = verify(statement, release, self._entails, self._meanings)
                    said = statement
                    if verdict.passed:
                        said, last = attributed(statement, draft.sources, last, self.settings)
                    draft.verified(said, verdict)
                yield draft.growing()
                if len(draft.dropped) >= BABBLE and not draft.statements:
                    break
            if not draft.statements:
                draft.problem = (
                    writer.name,
                    "nothing it wrote could be checked against the sources",
                )
        except ModelProblem as problem:
            draft.problem = (writer.name, str(problem))

    def find(self, question: str) -> list[Found]:
        """The passages that fit a question, best first, without answering it."""
        with self.releases.lent() as release:
            return retrieve(question, self._vector(question, release), release)

    def close(self) -> None:
        """Close the release that is open."""
        self.releases.close()

    def _ask_plainly(self, question: str) -> Answer:
        *_, answer = self.stream(question, plain=True)
        return answer

    def _ask_safely(self, question: Question) -> Answer:
        ask = self.screened if question.screened else self.ask
        try:
            return ask(question.checked, question.history)
        except UserError as error:
            return Draft(question.text[:LONGEST], self.settings).failed(str(error))

    def _prepare(self, questions: Sequence[Question]) -> None:
        """Make the vectors of a batch of questions in one go: that is several times as fast."""
        asked = [
            (question.text.strip(), question.history)
            for question in questions
            if not question.screened and question.problem is None
            if 0 < len(question.text.strip()) <= LONGEST
        ]
        with self.releases.lent() as release:
            subject, language = subject_of(release), self.settings.language
            texts = [understood(*each, language, subject).text for each in asked]
            vectors = self._vectors(texts, release) if texts else ()
            keys = [(release.model, text) for text in texts]
        self._prepared = dict(zip(keys, vectors, strict=True))

    def _vector(self, text: str, release: Release) -> NDArray[np.float32]:
        prepared = self._prepared.get((release.model, text))
        return self._vectors([text], release)[0] if prepared is None else prepared

    def _vectors(self, texts: Sequence[str], release: Release) -> NDArray[np.float32]:
        """Vectors of the model that made the release's: those of two models never meet."""
        with self._lock:
            if release.model not in self._embedders:
                self._embedders[release.model] = open_embedder(release.model)
            return self._embedders[release.model].encode_queries(texts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _fit(candidates: list[Candidate], draft: Draft) -> list[Candidate]:
    """Who asks whether to stop a treatment is not shown that somebody stopped, or says to."""
    if draft.screening.level != "personal_advice":
        return candidates
    return [each for each in candidates if not tells_to_stop(each.text)]


def open_chat(name: str, settings: Settings | None = None) -> Chat:
    """The chat over library `name`, with its embedding model; UserError if something is missing."""
    settings = settings or read_settings()
    library = open_library(name)
    with CurrentRelease(library).lent() as release:
        embedder = open_embedder(release.model).load()
    return chats(settings, embedder)(library)


def chats(
    settings: Settings, embedder: Embedder, reranker: Reranker | None = None
) -> Callable[[Library], Chat]:
    """Opens the chat over any library; its other models are the same for all of them.

    reranker: to use instead of the one that the settings name.
    """
    writer = Writer(settings.model, settings) if settings.model else None
    reranker, encoder = reranker or open_reranker(settings.reranker), open_tuned_encoder()
    entails = open_entailment(settings.entailment) if writer else None
    words = open_encoder() if writer else None
    meanings = Meanings(words) if words else None
    return lambda library: Chat(
        library, settings, embedder, reranker, writer, encoder, entails, meanings
    )
