"""Files that nobody vouches for: listed without following links, read in child processes.

A file that hangs, crashes or floods its parser costs its own child and gives one plain reason.
"""

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self

from ingest.document import About, Page, ReadFile, Section
from ingest.read import READERS, TABLES
from ingest.read.child import LENGTH
from ingest.read.limits import ODD_NAME, Limits, is_odd, name_reason
from ingest.sidecar import NAME

Result = ReadFile | list[ReadFile] | str
# Left aside without a word: what systems and programs leave behind.
CLUTTER = {NAME, "thumbs.db", "desktop.ini", "__MACOSX"}
STOPPED = "cannot be read: its reader was stopped from outside"  # says nothing of the file
AHEAD = 16  # files for each worker that are read before they are asked for


def list_files(folder: Path) -> tuple[list[Path], list[tuple[Path, str]]]:
    """The files below a folder that can be read, and the others with the reason why not, by path.

    Hidden files and folders are left aside; links are refused, not followed.
    """
    files: list[Path] = []
    refused: list[tuple[Path, str]] = []

    def note(error: OSError) -> None:
        refused.append((Path(str(error.filename)), f"cannot be opened: {error.strerror}"))

    for place, folders, names in os.walk(folder, onerror=note):
        refused += [(Path(place, name), ODD_NAME) for name in folders if is_odd(name)]
        folders[:] = sorted(n for n in folders if not (_is_clutter(n) or is_odd(n)))
        for name in sorted([*names, *folders]):
            path = Path(place, name)
            if _is_clutter(name) or (name in folders and not path.is_symlink()):
                continue
            reason = _listing_reason(path)
            if reason:
                refused.append((path, reason))
            else:
                files.append(path)
    return sorted(files), sorted(refused)


def read_safely(
    paths: Iterable[Path],
    column: str | None = None,
    *,
    workers: int | None = None,
    limits: Limits | None = None,
) -> Iterator[tuple[Path, Result]]:
    """Each file, in order, with what stands in it or the one plain reason why it cannot be read.

    A table gives a list with one entry for each row. Nothing that a file does can raise here.
    """
    limits = limits or Limits()
    count = workers or min(4, os.cpu_count() or 1)
    with _Workers(count, column, limits) as pool:
        waiting: deque[tuple[Path, Future[Result]]] = deque()
        for path in paths:
            waiting.append((path, pool.submit(path)))
            if len(waiting) > AHEAD * count:
                first, result = waiting.popleft()
                yield first, result.result()
        for path, result in waiting:
            yield path, result.result()


class _Workers:
    """Some worker processes, started when first needed; each reads one file at a time."""

    def __init__(self, count: int, column: str | None, limits: Limits) -> None:
        self.column = column
        self.limits = limits
        self.threads = ThreadPoolExecutor(count)
        self.idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        for _ in range(count):
            self.idle.put(None)
        self.running: set[subprocess.Popen[bytes]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.running:
            worker.kill()
        self.threads.shutdown(cancel_futures=True)
        for worker in self.running:
            _close(worker)

    def submit(self, path: Path) -> Future[Result]:
        return self.threads.submit(self._read, path)

    def _read(self, path: Path) -> Result:
        worker = self.idle.get() or self._start()
        reply = _ask(worker, path, self.column, self.limits)
        if reply is None:  # the worker itself is gone; the next file gets a new one
            self.running.discard(worker)
            _close(worker)
            self.idle.put(None)
            return STOPPED
        self.idle.put(worker)
        return _result(reply)

    def _start(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [sys.executable, "-m", "ingest.read.worker"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.running.add(worker)
        return worker


def _ask(
    worker: subprocess.Popen[bytes], path: Path, column: str | None, limits: Limits
) -> dict[str, Any] | None:
    request = {"path": str(path.absolute()), "column": column, "limits": asdict(limits)}
    if worker.stdin is None or worker.stdout is None:
        return None
    try:
        worker.stdin.write(json.dumps(request).encode() + b"\n")
        worker.stdin.flush()
        header = worker.stdout.read(LENGTH.size)
        reply = worker.stdout.read(*LENGTH.unpack(header)) if len(header) == LENGTH.size else b""
        answer: dict[str, Any] = json.loads(reply)
    except (OSError, ValueError):
        return None
    return answer


def _close(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue


def _result(reply: dict[str, Any]) -> Result:
    if "reason" in reply:
        return str(reply["reason"])
    if "rows" in reply:
        return [_read_file(row) for row in reply["rows"]]
    return _read_file(reply["read"])


def _read_file(values: dict[str, Any]) -> ReadFile:
    sections = (Section(s["start"], s["end"], tuple(s["headings"])) for s in values["sections"])
    return ReadFile(
        text=values["text"],
        sections=tuple(sections),
        pages=tuple(Page(**page) for page in values["pages"]),
        about=About(**values["about"]),
        removed=tuple(values["removed"]),
    )


def _is_clutter(name: str) -> bool:
    return name.startswith((".", "~$")) or name in CLUTTER or name.lower() in CLUTTER


def _listing_reason(path: Path) -> str | None:
    if path.is_symlink():
        return "is a symbolic link: put the file itself there"
    if path.suffix.lower() not in READERS | TABLES:
        known = " ".join(READERS | TABLES)
        return name_reason(path) or f"is no format that can be read; these can: {known}"
    if not path.is_file():
        return "is no ordinary file: a device, pipe or socket"
    return name_reason(path)
