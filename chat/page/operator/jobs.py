"""One long job at a time, in a process of its own, so that the chat goes on answering.

What it prints tells how far it is; it runs at a low priority and ends with the server.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ingest.errors import UserError

ROOT = Path(__file__).resolve().parents[3]
NICE = 10
PATIENCE = 10.0  # seconds for a job to stop by itself
LINES = 20  # of what it said last
SUITES_SAY = re.compile(r"(\S+)\s+(\d+)/(\d+)")
Kind = Literal["build", "suites", "forget"]


@dataclass
class Job:
    """A command that runs or has run. subject: the folder, release or document it is about.

    stage, done, total: how far it is. data: the JSON it printed at its end.
    """

    kind: Kind
    subject: str
    process: "subprocess.Popen[str]"
    clock: Callable[[], float] = time.monotonic
    stage: str = ""
    done: int = 0
    total: int = 0
    data: dict[str, Any] | None = None
    stopped: bool = False
    said: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.began = self._stage_began = self.clock()

    @property
    def running(self) -> bool:
        return not self.over.is_set()

    @property
    def code(self) -> int | None:
        return None if self.running else self.process.returncode

    @property
    def problem(self) -> str | None:
        """The one line that says why it gave no result; None if it gave one or still runs."""
        if self.running or self.data is not None:
            return None
        errors = [line for line in self.said if line.startswith("error: ")]
        last = errors or list(self.said) or [f"exit code {self.process.returncode}"]
        return last[-1].removeprefix("error: ")

    @property
    def seconds_left(self) -> int | None:
        """From the pace of this stage; None where nothing is known yet."""
        if not 0 < self.done < self.total:
            return None
        return int((self.clock() - self._stage_began) / self.done * (self.total - self.done)) + 1

    def hear(self, line: str) -> None:
        """Take in a line of progress, or remember it as what was said last."""
        try:
            told = json.loads(line)
            stage, done, total = told["stage"], int(told["done"]), int(told["total"])
        except (ValueError, TypeError, KeyError):
            found = SUITES_SAY.match(line)
            if not found:
                self.said.append(line)
                return
            stage, done, total = found[1], int(found[2]), int(found[3])
        if self.kind != "suites" and stage != self.stage:
            self._stage_began = self.clock()
        self.stage, self.done, self.total = stage, done, total


class Jobs:
    """Starts, watches and stops the one job. environ: what its process gets to see."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._lock = threading.Lock()
        self.last: Job | None = None

    def start(self, kind: Kind, subject: str, arguments: Sequence[str]) -> Job:
        """Run `python ARGUMENTS`; UserError while another job runs."""
        with self._lock:
            if self.last is not None and self.last.running:
                raise UserError("something else is running: wait until it is done, or stop it")
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=dict(self._environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
            job = self.last = Job(kind, subject, process)
        threading.Thread(target=_watch, args=(job,), daemon=True).start()
        return job

    def stop(self) -> None:
        """End the job that runs; an ingest leaves the library as it was."""
        job = self.last
        if job is None or not job.running:
            return
        job.stopped = True
        job.process.terminate()
        if not job.over.wait(PATIENCE):
            job.process.kill()
            job.over.wait(PATIENCE)


def _watch(job: Job) -> None:
    """Read what the process says until it ends."""
    printed: list[str] = []
    listener = threading.Thread(target=_listen, args=(job,), daemon=True)
    listener.start()
    if job.process.stdout is not None:
        printed = list(job.process.stdout)
    listener.join()
    job.process.wait()
    try:
        job.data = json.loads(printed[-1]) if printed else None
    except ValueError:
        job.said += [line.strip() for line in printed[-LINES:]]
    job.over.set()


def _listen(job: Job) -> None:
    # The pipe is read as text with universal line ends, so that a carriage return ends a line, too.
    for line in job.process.stderr or ():
        if line.strip():
            job.hear(line.strip())
