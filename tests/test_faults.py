"""Killed or out of disk at any moment, a library holds the old release or the new one, whole."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import SECRET, places_of
from tests.traced import can_trace, run_traced

PARTS = min(os.cpu_count() or 1, 8)  # processes that share the points of a large run
traceable = pytest.mark.skipif(not can_trace(), reason="system calls cannot be followed here")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB of its own; needs root."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def check(scenario: str, how: str, place: Path, count: int | str, parts: int = 1) -> None:
    """Break a scenario at `count` points; processes share them, each with a library of its own."""
    started = [started_check(scenario, how, place, count, (part, parts)) for part in range(parts)]
    points = broken = 0
    for process in started:
        output, errors = process.communicate()
        assert process.returncode == 0, errors
        found = json.loads(output)
        assert found["problems"] == [], errors
        points, broken = points + found["points"], broken + found["broken"]
    assert broken > points / 3, "hardly anything was cut off"


def started_check(
    scenario: str, how: str, place: Path, count: int | str, part: tuple[int, int]
) -> "subprocess.Popen[str]":
    own = place / str(part[0])
    own.mkdir()
    words = [scenario, how, str(own), str(count), *map(str, part)]
    command = [sys.executable, "-m", "tests.faults", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@traceable
def test_a_kill_comes_at_the_write_it_was_asked_for(tmp_path: Path) -> None:
    def act() -> None:
        for number in range(5):
            (tmp_path / str(number)).mkdir()

    assert run_traced(act).writes == 5
    for path in tmp_path.iterdir():
        path.rmdir()
    assert run_traced(act, 4).code is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "2"]


def test_a_word_is_found_in_whatever_file_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\0\1" + SECRET.title().encode() + b"\2")
    (tmp_path / "b").write_bytes(b"nothing")
    assert places_of(SECRET, tmp_path) == [str(tmp_path / "a")]


@traceable
@pytest.mark.parametrize(("scenario", "count"), [("ingest", 3), ("first", 1), ("forget", 2)])
def test_a_killed_process_leaves_the_old_or_the_new_and_needs_no_repair(
    tmp_path: Path, scenario: str, count: int
) -> None:
    check(scenario, "kill", tmp_path, count)


def test_where_files_cannot_grow_one_line_says_so_and_nothing_is_lost(tmp_path: Path) -> None:
    check("ingest", "full", tmp_path, 2)


@traceable
@pytest.mark.promises
@pytest.mark.parametrize("scenario", ["ingest", "first"])
def test_a_kill_at_every_write_of_a_small_ingest(tmp_path: Path, scenario: str) -> None:
    check(scenario, "kill", tmp_path, "all", PARTS)


@traceable
@pytest.mark.promises
@pytest.mark.parametrize(("scenario", "count"), [("large", 40), ("forget", 80)])
def test_kills_at_random(tmp_path: Path, scenario: str, count: int) -> None:
    check(scenario, "kill", tmp_path, count, PARTS)


@pytest.mark.promises
@pytest.mark.parametrize("scenario", ["ingest", "first", "forget"])
def test_files_that_cannot_grow_beyond_any_size(tmp_path: Path, scenario: str) -> None:
    check(scenario, "full", tmp_path, 30, PARTS)


@pytest.mark.promises
@pytest.mark.parametrize("scenario", ["ingest", "first", "forget"])
def test_a_disk_with_any_room_left(small_disk: Path, scenario: str) -> None:
    check(scenario, "squeeze", small_disk, 30)
