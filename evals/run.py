"""Runs suites: each trial becomes a row, each row is on disk before the next question is asked."""

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from chat.answer import Answer
from chat.pipeline import Question
from evals.checks import refused
from evals.lanes import at_once
from evals.trial import Round, Row, Score, Store, Subject, Suite, Target, Trial
from ingest.errors import UserError
from ingest.identity import content_hash

Say = Callable[[str], None]
EVIDENCE = 10  # passages of an answer that its row keeps
TOGETHER = 32  # questions put to a target at once
TIMED = ("speed",)  # suites that say more of the machine than of the program: one at a time


@dataclass(frozen=True)
class Desk:
    """One library with the chat that answers from it."""

    target: Target
    store: Store


Opener = Callable[[Round], AbstractContextManager[Desk]]


@dataclass
class Progress:
    """Says how far a run is and, once some rows are there, how long it will take.

    For several threads, as RowFile is.
    """

    total: int
    say: Say
    done: int = 0
    started: float = field(default_factory=time.monotonic)
    told: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def step(self, suite: str) -> None:
        """One row more; told about twice a second."""
        with self.lock:
            self.done += 1
            now = time.monotonic()
            if now - self.told < 1 / 2 and self.done < self.total:
                return
            self.told = now
            left = (now - self.started) / self.done * (self.total - self.done)
            told = f"about {left:4.0f} s left" if self.done >= TOGETHER else ""
            self.say(f"\r{suite:<16} {self.done}/{self.total}  {told} ")

    def known(self, rows: int) -> None:
        """So many rows need not be made: a stopped run has left them."""
        with self.lock:
            self.total -= rows


class RowFile:
    """The rows of a run as JSON lines; what a stopped run left is read back.

    made_with: of what and by what the rows are; rows of another release or seed are not gone on
    with.
    """

    def __init__(
        self, path: Path, *, resume: bool, made_with: Mapping[str, object] | None = None
    ) -> None:
        self.path = path
        self._note = path.with_name("run.json")
        self._lock = threading.Lock()
        if resume:
            self._check(dict(made_with or {}))
        self.known = {(row.suite, row.id): row for row in read_rows(path)} if resume else {}
        write_rows(path, list(self.known.values()))
        self._note.write_text(json.dumps(made_with or {}), encoding="utf-8")

    def _check(self, made_with: dict[str, object]) -> None:
        before = json.loads(self._note.read_text(encoding="utf-8")) if self._note.exists() else {}
        changed = [key for key in made_with if key in before and before[key] != made_with[key]]
        if changed:
            key = changed[0]
            raise UserError(
                f"the stopped run in {self.path.parent} had another {key} ({before[key]}, now"
                f" {made_with[key]}): leave out --resume to begin anew"
            )

    def holds(self, suite: str, trial: Trial) -> bool:
        """Whether there is a row of this very question, asked for the same reason."""
        row = self.known.get((suite, trial.id))
        asked = trial.question, trial.why, list(trial.expected)
        return row is not None and (row.question, row.why, row.expected) == asked

    def add(self, row: Row) -> None:
        """Write one row; it is in the file when this returns."""
        self.known[row.suite, row.id] = row
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row.to_dict(), ensure_ascii=False) + "\n")


def read_rows(path: Path) -> list[Row]:
    """The rows in a file; a last line that a crash cut short, even within a letter, is left out."""
    if not path.exists():
        return []
    rows = []
    for line in path.read_bytes().split(b"\n"):
        try:
            rows.append(Row(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return rows


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """All rows, replacing what the file held: a crash leaves the old rows or the new ones."""
    lines = [json.dumps(row.to_dict(), ensure_ascii=False) + "\n" for row in rows]
    unfinished = path.with_name(f"{path.name}.new")
    write_file(unfinished, "".join(lines))
    unfinished.replace(path)


def write_file(path: Path, text: str) -> None:
    """Write a file, and make its folder if need be; UserError where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror}): name another place with --out"
        ) from error


def run_suites(
    suites: Mapping[str, Suite],
    subject: Subject,
    opener: Opener,
    file: RowFile,
    say: Say = lambda _: None,
) -> list[Row]:
    """All rows of the suites, in order. A round whose rows are all known is not opened."""
    plan = {name: sampled(suite.rounds(subject), subject) for name, suite in suites.items()}
    for name, rounds in plan.items():
        _check_ids(name, rounds)
    total = sum(len(each.trials) for rounds in plan.values() for each in rounds)
    progress = Progress(total, say)
    memory: Memory = {}

    def ask(place: Place) -> Iterator[None]:
        return _run_round(*place, opener, file, progress, memory)

    for lanes in _lanes([(name, each) for name, rounds in plan.items() for each in rounds]):
        at_once(lanes, ask)
    rows: list[Row] = []
    for name, rounds in plan.items():
        ids = [trial.id for each in rounds for trial in each.trials]
        rows += suites[name].settle([file.known[name, identity] for identity in ids])
    return rows


Place = tuple[str, Round]  # a round and the name of its suite


def _lanes(places: Sequence[Place]) -> Iterator[list[list[Place]]]:
    """First what is put to the user's own library beside what is put to scratch ones.

    One alone leaves a core half idle, above all while scratch libraries are built. What says more
    of the machine than of the program comes last, when nothing else runs.
    """
    rest = [place for place in places if place[0] not in TIMED]
    own = [place for place in rest if place[1].files is None]
    yield [own, [place for place in rest if place[1].files is not None]]
    yield [[place for place in places if place[0] in TIMED]]


Memory = dict[Question, Answer | Exception]


def _check_ids(name: str, rounds: Sequence[Round]) -> None:
    """Two trials of one id would become one row, and a row would be lost in silence."""
    counts = Counter(trial.id for each in rounds for trial in each.trials)
    twice = [identity for identity, count in counts.items() if count > 1]
    if twice:
        raise UserError(f"suite {name}: the id {twice[0]!r} stands twice: give each case its own")


def _run_round(
    name: str,
    each: Round,
    opener: Opener,
    file: RowFile,
    progress: Progress,
    memory: Memory,
) -> Iterator[None]:
    """Make the rows of a round that are not there yet; comes back after each."""
    left = [trial for trial in each.trials if not file.holds(name, trial)]
    progress.known(len(each.trials) - len(left))
    if not left:
        return
    with opener(each) as desk:
        together = 1 if name in TIMED else TOGETHER
        for start in range(0, len(left), together):
            batch = left[start : start + together]
            own = memory if each.files is None and not each.again else {}
            for trial, answer in _answers(batch, desk, own):
                file.add(row_of(name, trial, answer, desk.store))
                progress.step(name)
                yield


def _answers(
    trials: Sequence[Trial], desk: Desk, memory: Memory
) -> Iterator[tuple[Trial, Answer | Exception]]:
    """The answers in order; the same question is put to the same library once."""
    asked = dict.fromkeys(trial.asked for trial in trials if trial.made is None)
    replies = _replies(desk.target, [question for question in asked if question not in memory])
    for trial in trials:
        if trial.made is not None:
            yield trial, _made(trial, desk.store)
            continue
        while trial.asked not in memory:
            question, answer = next(replies)
            memory[question] = answer
        yield trial, memory[trial.asked]


def _replies(
    target: Target, questions: list[Question]
) -> Iterator[tuple[Question, Answer | Exception]]:
    """Every question with its answer or with what broke at it; the others are asked as well."""
    while questions:
        try:
            for question, answer in target.ask_all(list(questions)):
                questions.pop(0)
                yield question, answer
        except Exception as error:  # noqa: BLE001  whatever breaks is a failed row with its reason
            yield questions.pop(0), error
            continue
        for question in questions:
            yield question, LookupError("no answer came back")
        return


def _made(trial: Trial, store: Store) -> Answer | Exception:
    try:
        return trial.made(store) if trial.made else LookupError("nothing was made")
    except Exception as error:  # noqa: BLE001
        return error


def row_of(suite: str, trial: Trial, answer: Answer | Exception, store: Store) -> Row:
    """A trial with what came of it; an error, or a score that lacks a measure, is a failed row."""
    failed = dict.fromkeys(trial.measures, False)
    row = Row(
        suite,
        trial.id,
        trial.question,
        failed,
        why=trial.why,
        group=trial.group,
        history=[{"role": turn.role, "content": turn.content} for turn in trial.history],
        expected=list(trial.expected),
        held_out=trial.held_out,
    )
    if isinstance(answer, Exception):
        text = f"{type(answer).__name__}: {answer}"
        return replace(row, error=text, reason=f"error: {text}")
    try:
        score = trial.score(answer, store)
        shown = _passages(answer, store)
    except Exception as error:  # noqa: BLE001
        text = f"{type(error).__name__}: {error}"
        return replace(row, error=text, reason=f"cannot be scored: {text}", answer=answer.to_dict())
    outside = answer.status in trial.aside and refused(answer)
    verdicts = {measure: bool(score.verdicts.get(measure, False)) for measure in trial.measures}
    return replace(
        row,
        verdicts={} if outside else verdicts,
        outside=list(trial.measures) if outside else [],
        reason="" if outside else _reason(trial, score),
        refused=refused(answer) and not trial.screened,
        values={name: round(value, 6) for name, value in score.values.items()},
        passages=shown,
        answer=_kept(answer),
    )


def _kept(answer: Answer) -> dict[str, object]:
    """The Answer as plain data, with the evidence that stands first: a run has thousands."""
    return replace(answer, evidence=answer.evidence[:EVIDENCE]).to_dict()


def _reason(trial: Trial, score: Score) -> str:
    undefined = [measure for measure in trial.measures if measure not in score.verdicts]
    return f"{undefined[0]} is undefined, which counts as failed" if undefined else score.reason


def _passages(answer: Answer, store: Store) -> list[dict[str, object]]:
    """The first passages of the evidence and every cited one, with their text."""
    cited = {c.passage for statement in answer.statements for c in statement.citations}
    paths = {source.number: source.document for source in answer.sources}
    chosen = [e for place, e in enumerate(answer.evidence) if place < 5 or e.passage in cited]
    try:
        texts = [passage.text for passage in store.passages([e.passage for e in chosen])]
    except KeyError:
        return []
    return [
        {"id": e.passage, "document": paths.get(e.source, ""), "use": e.use, "text": text}
        for e, text in zip(chosen, texts, strict=True)
    ]


def sampled(rounds: Sequence[Round], subject: Subject) -> list[Round]:
    """At most `sample` bundles of trials, drawn by the seed; a bundle is what stands before "~".

    Each bundle has its own lot, so that a case more or less leaves the others drawn as they were.
    Trials without measures are what others are compared with, and stay.
    """
    if subject.sample is None:
        return list(rounds)
    names = [_bundle(t) for each in rounds for t in each.trials if t.measures or "~" in t.id]
    lots = sorted(set(names), key=lambda name: content_hash(f"{subject.seed}/{name}"))
    kept = set(lots[: subject.sample])
    return [
        replace(
            each,
            trials=tuple(
                t for t in each.trials if _bundle(t) in kept or not (t.measures or "~" in t.id)
            ),
        )
        for each in rounds
    ]


def _bundle(trial: Trial) -> str:
    return trial.id.partition("~")[0]


def result_hash(rows: Sequence[Row]) -> str:
    """A hash of every outcome without times: the same release, settings and seed give the same."""
    outcome = [[row.suite, row.id, row.verdicts, row.reason, row.error] for row in rows]
    return hashlib.sha256(json.dumps(outcome, sort_keys=True).encode()).hexdigest()[:12]
