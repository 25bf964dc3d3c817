"""Breaks an ingest or a forgetting at chosen points and checks what is left each time.

Run by the tests as `python -m tests.faults SCENARIO HOW PLACE COUNT PART PARTS`, in a process of its
own, because Chroma must not have been used before a fork. COUNT points are spread over all writes
(or sizes), each at random in its part; "all" is every one. Of these every PARTS-th is tried, so that
several processes share them. Prints {"points", "broken", "problems"}.
"""

import json
import os
import random
import resource
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import chromadb  # noqa: F401  imported before the forks, used after them

from ingest import gather
from ingest.build import build
from ingest.errors import UserError
from ingest.library import Library, create_library, open_library
from ingest.maintain import forget, verify
from ingest.read import read_file
from ingest.read.sandbox import Result
from tests.fakes import WordEmbedder
from tests.traced import run_forked, run_traced

SECRET = "zanzibarine"
BEFORE = {
    "a.md": "# Cramps\n\nCramps are short. They pass.",
    "b.md": "# Tea\n\nTea is warm. Tea is wet.",
    "secret.md": f"# {SECRET.title()}\n\nThe word {SECRET} must not survive.",
}
AFTER = {
    "a.md": BEFORE["a.md"],
    "b.md": "# Tea\n\nTea is cold now.",
    "c.md": "# Coffee\n\nCoffee is hot.",
}
MANY = {f"{number:03}.md": f"# Note {number}\n\nText {number}." for number in range(150)}
MARGIN = 200_000  # bytes that an ingest takes on the disk for a moment only
CHANGED = {f"{number:03}.md": f"# Note {number}\n\nNew {number}." for number in range(0, 150, 4)}


class Scenario:
    """What is done to a library in `place`, and what must be true of it whenever that is cut off.

    releases: that there are before, so many here that the next one drops the oldest.
    """

    before, after, releases = BEFORE, AFTER, 6

    def __init__(self, place: Path) -> None:
        self.place = place
        self.folder = place / "corpus"

    @property
    def library(self) -> Library:
        return open_library("test", self.place / "home")

    def lay(self, files: dict[str, str]) -> None:
        """Make the folder hold these files."""
        self.folder.mkdir(exist_ok=True)
        for old in self.folder.iterdir():
            old.unlink()
        for name, text in files.items():
            (self.folder / name).write_text(text)

    def ingest(self, files: dict[str, str]) -> None:
        self.lay(files)
        build(self.folder, create_library("test", self.place / "home"), WordEmbedder())

    def prepare(self) -> None:
        """The releases before; the last of them holds `before`."""
        for number in range(self.releases - 1):
            self.ingest({**self.before, "a.md": f"# Number\n\nNumber {number}."})
        self.ingest(self.before)
        self.library.store.shrink()

    def act(self) -> None:
        """The ingest that is cut off: a file changed, one removed, one added."""
        build(self.folder, create_library("test", self.place / "home"), WordEmbedder())

    def check(self) -> None:
        """The old release or the new one, whole; the next ingest needs no repair."""
        (number, found), old = self._texts(), self.releases
        right = {old: _bodies(self.before), old + 1: _bodies(self.after)}
        expect(right.get(number) == found, (number, found))
        self._sound()
        self.ingest(self.after)
        expect(self._texts() == (old + 1, right[old + 1]), self._texts())
        self._sound()
        self._tidy()

    def _texts(self) -> tuple[int, dict[str, str]]:
        release = self.library.current()
        expect(release.fallback_from is None, "it fell back")
        found = {document.path: document.text for document in release.documents()}
        release.close()
        return release.number, {path: text.split("\n\n")[-1] for path, text in found.items()}

    def _sound(self) -> None:
        problems = {number: what for number, what in verify(self.library).items() if what}
        expect(not problems, problems)

    def _tidy(self) -> None:
        rows = {row.folder for row in self.library.store.releases()}
        there = {path.name for path in (self.library.folder / "releases").iterdir()}
        expect(rows == there, (rows, there))


class First(Scenario):
    """The first ingest of a library."""

    def prepare(self) -> None:
        pass

    def check(self) -> None:
        if (self.place / "home" / "test" / "library.sqlite").exists():
            number = create_library("test", self.place / "home").current_number
            expect(number is None or self._texts() == (1, _bodies(AFTER)), number)
        self.ingest(AFTER)
        expect(self._texts() == (1, _bodies(AFTER)), self._texts())
        self._sound()
        self._tidy()


class Large(Scenario):
    """The same with 150 documents more, a quarter of which change."""

    before, after = {**BEFORE, **MANY}, {**AFTER, **MANY, **CHANGED}


class Forgetting(Scenario):
    """A document is removed for good from all releases."""

    releases = 2

    def act(self) -> None:
        forget(self.library, "secret.md")

    def check(self) -> None:
        number, found = self._texts()
        left = {path: text for path, text in BEFORE.items() if path != "secret.md"}
        expect(number == self.releases and found in (_bodies(BEFORE), _bodies(left)), found)
        self._sound()
        if "secret.md" in found:
            forget(self.library, "secret.md")
        self.ingest(left)
        expect(self._texts()[1] == _bodies(left), self._texts())
        self._sound()
        self._tidy()
        self.library.store.close()
        expect(not (places := places_of(SECRET, self.library.folder)), places)


SCENARIOS: dict[str, type[Scenario]] = {
    "ingest": Scenario,
    "first": First,
    "large": Large,
    "forget": Forgetting,
}


def places_of(word: str, folder: Path) -> list[str]:
    """The files below `folder` that hold a word, in any case."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [str(path) for path in files if word.encode() in path.read_bytes().lower()]


def _bodies(files: dict[str, str]) -> dict[str, str]:
    return {path: text.split("\n\n")[-1] for path, text in files.items()}


def expect(holds: bool, found: object) -> None:
    if not holds:
        raise AssertionError(f"found {found}")


def killed(scenario: Scenario, point: int | None) -> tuple[int, bool]:
    """Act and be killed at a write; (writes begun, whether it was cut off)."""
    ran = run_traced(scenario.act, point, scenario.place)
    expect(ran.code in {0, None}, f"exit code {ran.code}")
    return ran.writes, ran.code is None


def filled(scenario: Scenario, size: int | None) -> tuple[int, bool]:
    """Act where no file may grow beyond a size; (the largest file, whether a plain line said so)."""

    def limit() -> None:
        if size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    cut = _refused(scenario, limit)
    files = (path for path in scenario.place.rglob("*") if path.is_file())
    return max(path.stat().st_size for path in files), cut


def squeezed(scenario: Scenario, free: int | None) -> tuple[int, bool]:
    """Act where the disk has so many bytes left; (bytes it takes, whether a plain line said so)."""
    rest, filler = _free(scenario.place), scenario.place / "filler"
    if free is not None:
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, rest - free)
    cut = _refused(scenario, lambda: None)
    filler.unlink(missing_ok=True)
    return rest - _free(scenario.place) + MARGIN, cut


def _free(place: Path) -> int:
    status = os.statvfs(place)
    return status.f_bavail * status.f_frsize


def _refused(scenario: Scenario, limit: Callable[[], None]) -> bool:
    """Act in a child; whether that ended with one plain line for the user."""

    def act() -> None:
        limit()
        try:
            scenario.act()
        except UserError as error:
            expect("\n" not in str(error), error)
            os._exit(3)

    code = run_forked(act)
    expect(code in {0, 3}, f"exit code {code}")
    return code == 3


HOW: dict[str, Callable[[Scenario, int | None], tuple[int, bool]]] = {
    "kill": killed,
    "full": filled,
    "squeeze": squeezed,
}


def points(most: int, count: str) -> list[int]:
    """From 1 to `most`: all of them, or one at random in each of `count` equal parts."""
    if count == "all":
        return list(range(1, most + 1))
    chance, parts = random.Random(most), int(count)
    return [1 + int((part + chance.random()) * most / parts) for part in range(parts)]


def read_here(paths: Iterable[Path], column: str | None) -> Iterator[tuple[Path, Result]]:
    """Read without child processes: these write nothing, and take longer to start than all else."""
    for path in paths:
        yield path, read_file(path, column)


def main(arguments: Sequence[str]) -> None:
    """Break it at each point, check what is left, print what was found."""
    kind, how, place, count, part, parts = arguments
    gather.read_safely = read_here  # type: ignore[attr-defined, assignment]
    base, work = Path(place, "base"), Path(place, "work")
    base.mkdir()
    expect(run_forked(SCENARIOS[kind](base).prepare) == 0, "preparing failed")

    def broken_at(point: int | None) -> tuple[int, bool]:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(base, work)
        scenario = SCENARIOS[kind](work)
        scenario.lay(scenario.after)
        most, cut = HOW[how](scenario, point)
        if point is not None:
            expect(run_forked(scenario.check) == 0, "a check that failed")
        return most, cut

    chosen = points(broken_at(None)[0], count)[int(part) :: int(parts)]
    broken, problems = 0, []
    for point in chosen:
        try:
            broken += broken_at(point)[1]
        except AssertionError as error:
            problems.append(f"{how} at {point}: {error}")
    print(json.dumps({"points": len(chosen), "broken": broken, "problems": problems}))


if __name__ == "__main__":
    main(sys.argv[1:])
