"""`--watch` as somebody uses it: a process that publishes what is put into a folder."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from ingest.watch import changes
from tests.conftest import Folder

PATIENCE = 120  # seconds; the model has to be loaded


def test_what_changes_during_the_first_ingest_is_not_missed(tmp_path: Path) -> None:
    watching = changes(tmp_path)
    next(watching)
    (tmp_path / "a.md").write_text("Tea")
    next(watching)
    (tmp_path / "a.md").unlink()
    next(watching)


def test_watching_ends_with_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    watching = changes(folder)
    next(watching)
    folder.rmdir()
    assert list(watching) == []


@contextmanager
def watched(folder: Path) -> Iterator["Queue[str]"]:
    """The lines that `python -m ingest --watch` says, from both its streams."""
    command = [sys.executable, "-m", "ingest", str(folder), "--name", "w", "--watch", "--json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    )
    lines: Queue[str] = Queue()

    def listen() -> None:
        for line in process.stdout or ():
            lines.put(line)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield lines
    finally:
        process.terminate()
        process.wait()
        listener.join()


def summary(lines: "Queue[str]") -> Any:
    return json.loads(lines.get(timeout=PATIENCE))


@pytest.mark.slow
def test_files_put_into_a_watched_folder_are_published_whatever_came_before(write: Folder) -> None:
    folder = write({"a.md": "# Tea\n\nTea is warm."})
    with watched(folder) as lines:
        assert summary(lines)["release"] == 1
        (folder / "b.md").write_text("# Coffee\n\nCoffee is hot.")
        assert summary(lines)["diff"]["added"] == ["b.md"]
        (folder / "SOURCES.toml").write_text('["b.md"]\nkind = "shop"\n')
        assert lines.get(timeout=PATIENCE).startswith("error: ")
        (folder / "SOURCES.toml").unlink()
        (folder / "a.md").unlink()
        assert summary(lines)["diff"]["removed"] == ["a.md"]
