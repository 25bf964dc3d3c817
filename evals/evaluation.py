"""One evaluation of one library: ask, count, write the report."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from chat.pipeline import chats
from chat.reader import open_reranker
from chat.settings import Settings, read_settings
from evals.desk import Desks
from evals.judge import JUDGE, Judge, examined, opinion
from evals.outcome import Outcome, header_of, outcome_of
from evals.report import write_reports
from evals.run import RowFile, Say, run_suites
from evals.scratch import RememberingEmbedder, RememberingReranker
from evals.suites import SUITES, chosen
from evals.trial import Subject
from ingest.embed import open_embedder
from ingest.library import Library, home_folder

REPORTS = "reports"
SOMETIMES = 15.0  # seconds between two lines of a log
# What the rows of a stopped run must have been made with to be gone on with.
SAME = (
    "library",
    "release",
    "corpus",
    "chat settings",
    "model",
    "prompts",
    "embedding",
    "seed",
    "sample",
)


def evaluate(
    library: Library,
    suites: Sequence[str],
    given: argparse.Namespace,
    settings: Settings | None = None,
) -> tuple[Outcome, Path]:
    """Run suites, all where none is named, on a library's current release; write the report."""
    settings = settings or read_settings()
    judge = _judge(given)
    desks = _desks(library, settings)
    subject = Subject(library.name, desks.release, given.seed, given.sample, settings.language)
    folder = given.out or report_folder(library.name, desks.release.number)
    header = header_of(library, desks.release, settings, subject)
    made_with = {key: header[key] for key in SAME}
    file = RowFile(folder / "rows.jsonl", resume=given.resume, made_with=made_with)
    terminal = sys.stderr.isatty()
    tell = progress_teller(terminal=terminal)
    rows = run_suites(chosen(suites), subject, desks.open, file, tell)
    if terminal:
        print(file=sys.stderr)
    if judge:
        header[JUDGE] = opinion(judge, rows)
    outcome = outcome_of(rows, suites or list(SUITES), header, named=bool(suites))
    write_reports(outcome, folder)
    desks.close()
    return outcome, folder


def _judge(given: argparse.Namespace) -> Judge | None:
    """The judge who was asked for; whether he is heard is told before anything else is asked."""
    name = getattr(given, "judge", None)
    if not name:
        return None
    judge = examined(name)
    print(f"judge: {judge.told}", file=sys.stderr)
    return judge


def report_folder(name: str, release: int) -> Path:
    """Where the report of a release goes unless a folder is named."""
    return home_folder() / REPORTS / f"{name}-{release}"


def say(given: argparse.Namespace, outcome: Outcome, folder: Path) -> None:
    """Print each gate and the verdict, or all as one JSON object."""
    if given.json:
        print(json.dumps(outcome.to_dict(), ensure_ascii=False))
        return
    for gate in outcome.gates:
        print(gate.told)
    print(outcome.verdict)
    for title, gates in outcome.lists:
        print(f"{title}: {', '.join(gate.label for gate in gates)}")
    if outcome.advice:
        print(outcome.advice)
    if JUDGE in outcome.header:
        print(f"{JUDGE}: {outcome.header[JUDGE]}")
    print(f"report: {folder / 'report.html'}")


def _desks(library: Library, settings: Settings) -> Desks:
    release = library.current()
    embedder = RememberingEmbedder(open_embedder(release.model).load())
    release.close()
    reranker = open_reranker(settings.reranker)
    remembering = RememberingReranker(reranker) if reranker else None
    return Desks(library, embedder, chats(settings, embedder, remembering))


def progress_teller(*, terminal: bool, every: float = SOMETIMES) -> Say:
    """On a terminal one line that changes; elsewhere, as in a log, a line now and then."""
    told = time.monotonic()

    def tell(text: str) -> None:
        nonlocal told
        if terminal:
            print(text, end="", file=sys.stderr, flush=True)
        elif time.monotonic() - told >= every:
            told = time.monotonic()
            print(text.strip(), file=sys.stderr, flush=True)

    return tell
