"""An Answer while it is made: what each step found, and the Answer that it amounts to so far."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import zip_longest

from chat.answer import Answer, Conflict, Evidence, Notice, Statement, Status, Use
from chat.caveat import Severity, caveat, notice
from chat.caveat import notices as screened
from chat.frame import Sources, notices_for
from chat.parts import Part
from chat.retrieve import Found
from chat.reworded import with_words
from chat.screen import Screening
from chat.settings import Settings
from chat.spelling import respelled
from chat.standalone import StandAlone
from chat.topics import topics
from chat.verify import Verdict
from chat.wording import languages, said, wording
from ingest.document import Document
from ingest.library import Release
from ingest.promotional import promotional

STEPS = ("screen", "standalone", "retrieve", "compose", "verify")
# What the screen decides; its other levels are said beside an answer, which keeps its status.
DECIDED: dict[str, Status] = {
    "crisis": "crisis",
    "emergency": "emergency",
    "personal_advice": "personal_advice",
}
NO_ANSWER = ("emergency", "crisis")  # nothing from the corpus stands beside these


@dataclass
class Draft:
    """One question on its way; the steps fill it in, `growing` and `finished` read it."""

    question: str
    settings: Settings
    small_talk: str = ""  # the name of its reply, where the question is nothing else
    understood: StandAlone = field(default_factory=lambda: StandAlone(""))
    spelling: Mapping[str, str] = field(default_factory=dict)  # of misspelt words what is read
    wording: Mapping[str, str] = field(default_factory=dict)  # of words the documents never use
    screening: Screening = field(default_factory=Screening)
    release: Release | None = None
    parts: list[Part] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    sources: Sources = field(default_factory=Sources)
    follow_ups: tuple[str, ...] = ()
    problem: tuple[str, str] | None = None  # a chat model's name and why it did not answer
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STEPS, 0.0))
    started: float = field(default_factory=time.perf_counter)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count the time of a block to a step."""
        start = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - start

    @property
    def stops(self) -> bool:
        """Whether nothing may be said but the fixed notice."""
        return self.screening.level in NO_ANSWER

    @property
    def standalone(self) -> str:
        """The question by itself, its misspelt words put right, in the documents' words."""
        asked = respelled(self.understood.text or self.question, self.spelling)
        return with_words(asked, self.wording)

    @property
    def asks_nothing(self) -> bool:
        """Whether there is nothing to search for: small talk, or a question that is unclear."""
        return bool(self.small_talk or self.understood.unclear)

    def verified(self, statement: Statement, verdict: Verdict) -> None:
        """Keep a statement that passed; count one that did not."""
        if verdict.passed:
            self.statements.append(statement)
        else:
            self.dropped.append(verdict.reason)

    @property
    def found(self) -> list[Found]:
        """The passages found, each once; the best ones of all parts of the question first."""
        ranks = zip_longest(*(part.found for part in self.parts))
        every = (item for rank in ranks for item in rank if item is not None)
        return list({item.passage.id: item for item in every}.values())

    @property
    def unanswered(self) -> list[str]:
        """The parts of the question that have no answer, where another has one."""
        return [part.question for part in self.parts if not part.chosen] if self.statements else []

    def growing(self) -> Answer:
        """The Answer so far."""
        return self._answer("answered", self._notices())

    def finished(self) -> Answer:
        """The whole Answer."""
        return self._whole(self._answer(self._status(), self._notices()))

    def failed(self, problem: str) -> Answer:
        """The Answer to a question that could not be answered because of `problem`."""
        return self._whole(self._answer("error", [notice("error", self.settings, problem=problem)]))

    def _whole(self, answer: Answer) -> Answer:
        total = time.perf_counter() - self.started
        return replace(answer, seconds={**self.seconds, "total": total})

    def _status(self) -> Status:
        for level in self.screening.levels:
            if level in DECIDED:
                return DECIDED[level]
        if not self.statements:
            return "not_found"
        return "partial" if self.unanswered else "answered"

    def _notices(self) -> list[Notice]:
        notices = list(screened(self.screening, self.settings))
        notices += self._replies()
        if self.release is not None and self.release.fallback_from is not None:
            notices.append(notice("library", self.settings, release=str(self.release.number)))
        if self.understood.assumed and not self.small_talk:
            notices.append(notice("assumed", self.settings, subject=self.understood.assumed))
        if self.spelling:
            read = ", ".join(self.spelling.values())
            notices.append(notice("spelled", self.settings, words=read))
        if self.wording:
            read = ", ".join(f"{other} ({said})" for said, other in self.wording.items())
            notices.append(notice("reworded", self.settings, words=read))
        if self.statements and not all(part.judgement.sure for part in self.parts if part.chosen):
            notices.append(notice("unsure", self.settings))
        if self.unanswered:
            notices.append(notice("partial", self.settings, parts=" ".join(self.unanswered)))
        if self.dropped:
            notices.append(notice("dropped", self.settings, count=str(len(self.dropped))))
        if self.problem:
            model, problem = self.problem
            problem = said(self.settings.language, problem)
            notices.append(notice("model", self.settings, model=model, problem=problem))
        if self._conflicts():
            notices.append(notice("conflict", self.settings))
        return [*notices, *notices_for(self._cited(), self._cited_text(), self.settings)]

    def _cited_text(self) -> list[str]:
        """The quoted words, and the whole passages around them: a reader may open those too."""
        cited = [c for s in self.statements for c in s.citations]
        passages = {c.passage for c in cited}
        around = [item.passage.text for item in self.found if item.passage.id in passages]
        return [*(c.quote for c in cited), *around]

    def _replies(self) -> list[Notice]:
        """What is said of the question itself: that it is small talk, unclear, or has no answer."""
        if self.release is None:
            return []
        if self.understood.unclear and not self.small_talk:
            return [notice("clarify", self.settings, words=self.understood.unclear)]
        reply = self.small_talk or (self.understood.wish if self.statements else "")
        if not reply and self._status() != "not_found":
            return []
        covered = ", ".join(topics(self.release, self.settings.language))
        if reply:
            text = wording(self.settings.language, f"talk/{reply}", topics=covered)
            return [notice("talk", self.settings, text=text)]
        return [notice("not_found", self.settings, topics=covered), *self._other_language()]

    def _other_language(self) -> list[Notice]:
        """Where what was found is all in other languages: that asking in one of them may help."""
        tags = {item.document.about.language or "" for item in self.found}
        spoken = sorted({tag.partition("-")[0] for tag in tags})
        if not all(spoken) or not spoken or self.settings.language in spoken:
            return []
        names = [wording(tag, "page/language") if tag in languages() else tag for tag in spoken]
        return [notice("language", self.settings, languages=", ".join(names))]

    def _conflicts(self) -> tuple[Conflict, ...]:
        """The disagreements of which both sides are cited; one for each pair of documents."""
        numbers = {document.id: self.sources.numbers[document.id] for document in self._cited()}
        found: dict[frozenset[str], Conflict] = {}
        for each in (each for part in self.parts for each in part.disagreements):
            one, other = each.one.found.document.id, each.other.found.document.id
            if one in numbers and other in numbers:
                about = said(self.settings.language, each.about)
                conflict = Conflict((numbers[one], numbers[other]), about)
                found.setdefault(frozenset((one, other)), conflict)
        return tuple(found.values())

    def _cited(self) -> list[Document]:
        numbers = sorted({c.source for s in self.statements for c in s.citations})
        return [self.sources.documents[number - 1] for number in numbers]

    def _severity(self) -> Severity:
        if self.screening.level in ("emergency", "crisis", "soon"):
            return "red_flag"
        return "promotional" if any(each.sells for each in self._cited()) else "neutral"

    def _answer(self, status: Status, notices: Sequence[Notice]) -> Answer:
        evidence = self._evidence()
        return Answer(
            question=self.question,
            status=status,
            caveat=caveat(self._severity(), self.settings),
            standalone_question=self.standalone,
            statements=tuple(self.statements),
            notices=tuple(notices),
            sources=self.sources.listed(),
            conflicts=self._conflicts(),
            evidence=evidence,
            dropped=len(self.dropped),
            follow_ups=self.follow_ups,
            release=self.release.number if self.release else None,
            settings=self.settings.hash,
            seconds=dict(self.seconds),
        )

    def _evidence(self) -> tuple[Evidence, ...]:
        """Each passage found, with what was made of it and why."""
        cited = {c.passage for s in self.statements for c in s.citations}
        read_ = {c.found.passage.id for part in self.parts for c in part.candidates}
        rows = []
        for item in self.found:
            identity = item.passage.id
            use: Use = "rejected"
            reason = "other passages fit the question better"
            if identity in cited:
                use, reason = "cited", "a sentence of it answers"
            elif identity in read_:
                use, reason = "read", self._why_unused()
            number = self.sources.number(item.document)
            reason = said(self.settings.language, reason)
            section = item.document.heading_at(item.passage.start)
            scores, advertises = dict(item.scores), _advertises(item.passage.text)
            rows.append(Evidence(identity, number, use, reason, scores, section, advertises))
        return tuple(rows)

    def _why_unused(self) -> str:
        judgements = [part.judgement for part in self.parts]
        if not any(judgement.answerable for judgement in judgements):
            every = dict.fromkeys(reason for each in judgements for reason in each.reasons)
            reasons = [said(self.settings.language, each) for each in every]
            return "; ".join(reasons) or "no sentence of it answers"
        return "its sentences add nothing to those cited"


@lru_cache(maxsize=4096)
def _advertises(passage: str) -> tuple[str, ...]:
    """What in a passage reads like advertising, if much does; asked again as an Answer grows."""
    verdict = promotional(passage)
    return verdict.reasons if verdict.promotional else ()
