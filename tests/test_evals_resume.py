"""A run that is killed keeps what it did; going on with it gives the report of a run left alone."""

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from chat.answer import Answer
from evals.desk import Desks
from evals.outcome import outcome_of
from evals.report import write_reports
from evals.run import RowFile, read_rows, run_suites
from evals.scratch import PREFIX
from evals.suites import chosen
from evals.trial import Subject
from ingest.library import Library, open_library
from tests.cheats import Honest
from tests.fakes import WordEmbedder
from tests.test_evals_cheats import CORPUS

SUITES = ("scorer", "nonce", "abstention")
REPORTS = ("report.html", "report.json", "junit.xml", "rows.jsonl")


class Killed(Honest):
    """Its process is killed at the question after so many."""

    answers_left = 20

    def answer(self, question: str) -> Answer:
        type(self).answers_left -= 1
        if self.answers_left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answer(question)


def evaluate(folder: Path, seat: type[Honest], *, resume: bool = False) -> None:
    """One whole run of three suites with its report, in whatever process this is called."""
    desks = Desks(open_library("test"), WordEmbedder(), seat)
    subject = Subject("test", desks.release, seed=3, sample=30)
    rows = run_suites(
        chosen(SUITES), subject, desks.open, RowFile(folder / "rows.jsonl", resume=resume)
    )
    write_reports(outcome_of(rows, SUITES, {"library": "test", "release": 1}), folder)
    desks.close()


def started(folder: Path, seat: type[Honest]) -> BaseProcess:
    """A process of its own with such a run."""
    process = multiprocessing.get_context("spawn").Process(target=evaluate, args=(folder, seat))
    process.start()
    return process


def exit_code_of(process: BaseProcess) -> int | None:
    process.join(120)
    return process.exitcode


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in REPORTS}


@pytest.fixture
def library(make: Callable[..., Library]) -> Library:
    return make(CORPUS)


def test_a_killed_run_gone_on_with_gives_the_report_of_one_left_alone(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))  # of the process that is killed
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    process = started(killed, Killed)
    evaluate(whole, Honest)
    assert exit_code_of(process) == -signal.SIGKILL
    done = len(read_rows(killed / "rows.jsonl"))
    assert 30 < done < len(read_rows(whole / "rows.jsonl"))
    assert not (killed / "report.json").exists()
    assert list(scratch.glob(f"{PREFIX}*"))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    evaluate(killed, Honest, resume=True)
    assert files(killed) == files(whole)
    assert not list(scratch.glob(f"{PREFIX}*"))


def test_the_same_seed_gives_the_same_report_in_another_process(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        processes.append(started(tmp_path / seed, Honest))
    assert [exit_code_of(process) for process in processes] == [0, 0]
    assert files(tmp_path / "1") == files(tmp_path / "2")
