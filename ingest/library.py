"""A library: everything stored for one corpus, and the release that the chat answers from.

.caveat/NAME/library.sqlite      the truth
.caveat/NAME/releases/0003/      vectors and words of release 3: a cache that can be made anew
.caveat/NAME/lock                held by the one process that writes
"""

import fcntl
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.document import Document, Passage
from ingest.errors import UserError
from ingest.lexical import WordFile
from ingest.seal import damage_of
from ingest.store import Entry, ReleaseRow, Store
from ingest.vectors import VectorFolder

Vectors = NDArray[np.float32]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
REMEMBERED = 20_000  # vectors of passages that a release keeps in memory: 30 MB
KEPT = 5  # releases that stay for rollback, the current one included


def home_folder(environ: dict[str, str] | None = None) -> Path:
    """Where libraries live: CAVEAT_HOME, or `.caveat/` in the checkout."""
    named = (os.environ if environ is None else environ).get("CAVEAT_HOME")
    return Path(named) if named else Path(__file__).resolve().parent.parent / ".caveat"


class Release:
    """One immutable state of a corpus, opened for reading. Close it when done.

    fallback_from: the number of the current release that is damaged, where this one stands in.
    """

    def __init__(
        self, store: Store, row: ReleaseRow, folder: Path, fallback_from: int | None = None
    ) -> None:
        self.number = row.number
        self.created = row.created
        self.settings: str = row.settings["hash"]
        self.split: str = row.settings["split"]
        self.model: str = row.settings["model"]
        self.passage_count = row.passages
        self.folder = folder
        self.fallback_from = fallback_from
        self._store = store
        self._entries = {entry.document: entry for entry in reversed(store.entries(row.number))}
        self._vectors = VectorFolder(folder / "vectors")
        self._words = WordFile(folder / "words.sqlite")
        self._placed: dict[str, tuple[str, Vectors]] = {}
        self.document = lru_cache(maxsize=512)(self._read_document)

    @property
    def document_count(self) -> int:
        return len(self._entries)

    def documents(self, first: int | None = None) -> list[Document]:
        """All documents, by path, or the first of them."""
        entries = sorted(self._entries.values(), key=lambda entry: entry.path)
        return [self.document(entry.document) for entry in entries[:first]]

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages with these ids, in the same order; KeyError names one that is not here."""
        found = self._store.passages(list(ids), self.split)
        return [found[key] for key in ids]

    def document_passages(self, document_id: str) -> list[Passage]:
        """The passages of a document, in order."""
        return self._store.document_passages(document_id, self.split)

    def dense(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """The n passages nearest to a unit vector: (id, cosine similarity), best first."""
        return self._vectors.nearest(vector, n)

    def lexical(self, words: Sequence[str], n: int) -> list[tuple[str, float, float]]:
        """The n passages with any of the words: (id, BM25, share of the words), best first."""
        return self._words.best(words, n)

    def placed(self, ids: Sequence[str]) -> tuple[list[str], Vectors]:
        """Of each passage the id of its document, and its unit vector: (len(ids), dimensions)."""
        known = self._placed if len(self._placed) < REMEMBERED else {}
        missing = [key for key in ids if key not in known]
        if missing:
            owners, vectors = self._store.owners(missing, self.split), self.vectors(missing)
            new = {key: (owners[key], row) for key, row in zip(missing, vectors, strict=True)}
            known = self._placed = known | new
        return [known[key][0] for key in ids], np.stack([known[key][1] for key in ids])

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The unit vectors of passages, shape (len(ids), dimensions)."""
        return self._store.vectors(ids, self.split, self.model)

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages each word occurs, in any inflection."""
        return self._words.frequencies(words)

    def close(self) -> None:
        self._vectors.close()

    def _read_document(self, document_id: str) -> Document:
        entry = self._entries[document_id]
        document = self._store.document(document_id, entry.path)
        if document is None:
            raise KeyError(document_id)
        return document


class Library:
    """The library in `folder`, opened for reading; `writing()` makes this process its writer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "library.sqlite")

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def current_number(self) -> int | None:
        """The number of the release that is published now; None before the first."""
        number: int | None = self.store.fact("current")
        return number

    @property
    def made_with(self) -> dict[str, Any]:
        """The current release's "folder", "column", "split" and "model"; empty before the first.

        The next ingest goes by them where it is not told otherwise. What was built and not
        published is not remembered, and what is rolled back is forgotten with its release.
        """
        number = self.current_number
        return {} if number is None else self.row(number).settings

    @property
    def state(self) -> tuple[int | None, int]:
        """Changes whenever the chat has to open its release anew: (current, times rewritten)."""
        return self.current_number, self.store.fact("rewritten") or 0

    def row(self, number: int) -> ReleaseRow:
        """What is stored of release `number`."""
        rows = {row.number: row for row in self.store.releases()}
        if number not in rows:
            known = ", ".join(map(str, rows)) or "none"
            raise UserError(f"library {self.name!r} has no release {number}; it has: {known}")
        return rows[number]

    def release_folder(self, row: ReleaseRow) -> Path:
        return self.folder / "releases" / row.folder

    def open_release(self, number: int, fallback_from: int | None = None) -> Release:
        """Open one release, damaged or not: `damage` tells."""
        row = self.row(number)
        return Release(self.store, row, self.release_folder(row), fallback_from)

    def damage(self, number: int) -> str | None:
        """What is wrong with the stored bytes of a release, in a few words; None if nothing is."""
        row = self.row(number)
        return damage_of(self.store, row, self.release_folder(row))

    def current(self) -> Release:
        """The published release; if it is damaged, the last good one before it.

        What looked damaged while a writer replaced it is looked at again.
        """
        try:
            return self._current()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise unreadable(self.folder, error) from error

    def _current(self) -> Release:
        while True:
            state = self.state
            try:
                release = self._last_good(state[0])
            except (UserError, OSError, sqlite3.Error):
                if self.state == state:
                    raise
                continue
            if release.fallback_from is None or self.state == state:
                return release
            release.close()

    def _last_good(self, number: int | None) -> Release:
        if number is None:
            raise UserError(
                f"library {self.name!r} has nothing to answer from yet:"
                f" run `python -m ingest FOLDER --name {self.name}`"
            )
        older = [row.number for row in self.store.releases() if row.number < number]
        problems = []
        for candidate in [number, *reversed(older)]:
            problem = self.damage(candidate)
            if problem is None:
                fallback = number if candidate != number else None
                return self.open_release(candidate, fallback)
            problems.append(f"release {candidate}: {problem}")
        raise UserError(
            f"library {self.name!r} is damaged ({'; '.join(problems)}):"
            f" run `python -m ingest --name {self.name}` to build it anew from its folder"
        )

    def publish(self, number: int) -> None:
        """Make release `number` the current one; one commit."""
        self.row(number)
        with self.store.writing():
            self.store.remember("current", number)

    def wait_for_writer(self) -> None:
        """Return when no other process is writing."""
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer; UserError if another process is, or the disk is full or broken."""
        try:
            with _locked(self.folder / "lock", self.name):
                self.store.prepare()
                yield
        except (OSError, sqlite3.OperationalError) as error:
            raise UserError(
                f"cannot write library {self.name!r} ({error}):"
                f" see that there is room in {self.folder}, then run the same command again"
            ) from error
        except sqlite3.DatabaseError as error:
            raise unreadable(self.folder, error) from error

    def discard_if_empty(self) -> None:
        """Remove the library's folder if nothing was ever put in and nobody is doing so."""
        with suppress(UserError), _locked(self.folder / "lock", self.name):
            if not self.store.holds_documents and not self.store.releases():
                self.store.close()
                shutil.rmtree(self.folder)

    def entries(self, number: int) -> list[Entry]:
        """The paths of a release and which document version stands at each."""
        self.row(number)
        return self.store.entries(number)


@dataclass(frozen=True)
class Shelf:
    """The folder that holds all libraries."""

    home: Path

    def names(self) -> list[str]:
        """The libraries there are."""
        found = self.home.glob("*/library.sqlite")
        return sorted(path.parent.name for path in found)

    def folder(self, name: str) -> Path:
        """Where library `name` lives or would live; a whole path stands for itself."""
        if Path(name).is_absolute():
            return Path(name)
        if not NAME.fullmatch(name):
            raise UserError(
                f"{name!r} cannot be the name of a library: use letters, digits, dots, dashes and"
                " underscores, 64 at most, or the whole path of its folder"
            )
        return self.home / name


def open_library(name: str, home: Path | None = None) -> Library:
    """The library called `name` (or in the folder of that path); UserError if there is none."""
    shelf = Shelf(home or home_folder())
    folder = shelf.folder(name)
    if not (folder / "library.sqlite").is_file():
        known = ", ".join(shelf.names()) or "none"
        raise UserError(
            f"no library {name!r} (there are: {known}):"
            f" run `python -m ingest FOLDER --name {name}` first"
        )
    try:
        library = Library(folder)
        library.store.upgrade()
        library.store.releases()
    except sqlite3.OperationalError as error:
        raise UserError(
            f"library {name!r} cannot be opened ({error}): see that {folder} can be written"
            " and that there is room"
        ) from error
    except sqlite3.DatabaseError as error:
        raise unreadable(folder, error) from error
    return library


def unreadable(folder: Path, error: sqlite3.DatabaseError) -> UserError:
    """What to say of a library in `folder` whose store is damaged."""
    return UserError(
        f"library {folder.name!r} cannot be read ({error}): restore {folder} from a copy,"
        f" or remove it and run `python -m ingest FOLDER --name {folder.name}`"
    )


def create_library(name: str, home: Path | None = None) -> Library:
    """The library called `name`, made if there is none."""
    folder = Shelf(home or home_folder()).folder(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        Store(folder / "library.sqlite", create=True)
    except (OSError, sqlite3.OperationalError) as error:
        raise UserError(
            f"cannot write to {folder} ({error}): set CAVEAT_HOME to a place that can be written"
        ) from error
    return Library(folder)


@contextmanager
def _locked(path: Path, name: str) -> Iterator[None]:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(
                f"another process is writing library {name!r}: try again when it is done"
            ) from error
        yield
