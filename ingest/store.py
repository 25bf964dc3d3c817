"""The truth of one library: an SQLite file with documents, passages, embeddings and releases.

WAL and synchronous FULL: what a commit wrote survives a power cut, and readers go on meanwhile.
secure_delete: what is removed is overwritten with zeros.
"""

import json
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.document import About, Document, Page, Passage, Section

Vectors = NDArray[np.float32]

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, about TEXT NOT NULL, sections TEXT NOT NULL,
    pages TEXT NOT NULL, promotional INTEGER NOT NULL, reasons TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
    id TEXT NOT NULL, split TEXT NOT NULL, document TEXT NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL, headings TEXT NOT NULL, embedding TEXT NOT NULL,
    PRIMARY KEY (document, split, start), UNIQUE (id, split)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS embeddings (
    content TEXT NOT NULL, model TEXT NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (content, model)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS releases (
    number INTEGER PRIMARY KEY AUTOINCREMENT, created TEXT NOT NULL, settings TEXT NOT NULL,
    passages INTEGER NOT NULL, folder TEXT NOT NULL, seal TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS release_documents (
    release INTEGER NOT NULL, path TEXT NOT NULL, document TEXT NOT NULL, source TEXT NOT NULL,
    PRIMARY KEY (release, path)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sketches (
    hash INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (hash, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sketches_document ON sketches (document);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""
VERSION = 1  # of the file; 0 had vectors without checksums, and one folder for all releases
CHECKSUM = 4  # bytes behind each vector
PASSAGE = (
    "p.id, p.document, p.start, p.end, p.headings, substr(d.text, p.start + 1, p.end - p.start)"
)


@dataclass(frozen=True)
class Entry:
    """One path of a release: which document version stands there, and what it was made from.

    source: a hash of the file's bytes, of what the sidecar says of it and of the reader's version.
    """

    path: str
    document: str
    source: str


@dataclass(frozen=True)
class ReleaseRow:
    """What is stored of a release besides its documents.

    folder: the name of its folder of vectors and words. seal: hashes of what stands there.
    """

    number: int
    created: str
    settings: dict[str, Any]
    passages: int
    folder: str
    seal: dict[str, str]


class Store:
    """The open file; one connection a thread. Writers hold the library's lock."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self._path = path
        self._local = threading.local()
        if create:
            self.prepare()

    def connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            uri = f"{self._path.absolute().as_uri()}?mode=rwc"
            connection = sqlite3.connect(
                uri, uri=True, timeout=10, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA secure_delete=ON")
            self._local.connection = connection
        current: sqlite3.Connection = self._local.connection
        return current

    def prepare(self) -> None:
        """Make the tables that are not there yet, as in a new file or one of an older version."""
        self.connection().executescript(SCHEMA)
        self.upgrade()

    def upgrade(self) -> None:
        """Bring a file of an older version up to this one, in one transaction."""
        if self._version() == VERSION:
            return
        with self.writing() as connection:
            if self._version() == VERSION:  # another process was faster
                return
            connection.create_function("checked", 1, _checked, deterministic=True)
            connection.execute("UPDATE embeddings SET vector = checked(vector)")
            given = {name: self.fact(name) for name in ("folder", "column")}
            for row in self.releases():
                settings = json.dumps({**given, **row.settings})
                connection.execute(
                    "UPDATE releases SET settings = ? WHERE number = ?", (settings, row.number)
                )
            connection.execute(
                "DELETE FROM facts WHERE name IN ('folder', 'column', 'size', 'model')"
            )
            connection.execute(f"PRAGMA user_version = {VERSION}")

    def _version(self) -> int:
        return int(self._one("PRAGMA user_version")[0])

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        connection = self.connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    # Reading

    def fact(self, name: str) -> Any:
        """A remembered value ("current", "last", "unreadable"), or None."""
        row = self._one("SELECT value FROM facts WHERE name = ?", name)
        return json.loads(row[0]) if row else None

    def releases(self) -> list[ReleaseRow]:
        """All releases kept, oldest first."""
        rows = self._all("SELECT * FROM releases ORDER BY number")
        return [
            ReleaseRow(
                number,
                created,
                json.loads(settings),
                passages,
                folder,
                json.loads(seal),
            )
            for number, created, settings, passages, folder, seal in rows
        ]

    def entries(self, release: int) -> list[Entry]:
        """The paths of a release, in order."""
        rows = self._all(
            "SELECT path, document, source FROM release_documents WHERE release = ? ORDER BY path",
            release,
        )
        return [Entry(*row) for row in rows]

    def document(self, identity: str, path: str) -> Document | None:
        """The document version with this id, standing at this path."""
        row = self._one("SELECT * FROM documents WHERE id = ?", identity)
        return _document(row, path) if row else None

    def outline(self, identity: str) -> tuple[About, bool]:
        """What is known of a document version and whether it is promotional; without its text."""
        row = self._one("SELECT about, promotional FROM documents WHERE id = ?", identity)
        return About(**json.loads(row[0])), bool(row[1])

    def passages(self, ids: Sequence[str], split: str) -> dict[str, Passage]:
        """The passages with these ids, by id; what is not there is left out."""
        query = (
            f"SELECT {PASSAGE} FROM passages p JOIN documents d ON d.id = p.document"  # noqa: S608
            " WHERE p.split = ? AND p.id IN"
        )
        return {row[0]: _passage(row) for row in self._among(ids, query, split)}

    def owners(self, ids: Sequence[str], split: str) -> dict[str, str]:
        """The document version of each passage, by passage id."""
        return dict(
            self._among(ids, "SELECT id, document FROM passages WHERE split = ? AND id IN", split)
        )

    def document_passages(self, document: str, split: str) -> list[Passage]:
        """The passages of a document version, in order."""
        rows = self._all(
            f"SELECT {PASSAGE} FROM passages p JOIN documents d ON d.id = p.document"  # noqa: S608
            " WHERE p.document = ? AND p.split = ? ORDER BY p.start",
            document,
            split,
        )
        return [_passage(row) for row in rows]

    def contents(self, document: str, split: str) -> list[tuple[str, str]]:
        """(passage id, content hash of its embedded text) of a document version, in order."""
        return self._all(
            "SELECT id, embedding FROM passages WHERE document = ? AND split = ? ORDER BY start",
            document,
            split,
        )

    def embedded(self, contents: Iterable[str], model: str) -> set[str]:
        """Which content hashes have a vector of this model, with every bit as it was stored."""
        query = "SELECT vector FROM embeddings WHERE content = ? AND model = ?"
        found = {content: self._one(query, content, model) for content in contents}
        return {content for content, row in found.items() if row and _is_whole(row[0])}

    def whole_vectors(self, documents: Iterable[str], split: str, model: str) -> int:
        """How many passages of these document versions have a vector that is as it was stored."""
        rows = self.connection().execute(
            "SELECT vector FROM json_each(?) d JOIN passages p ON p.document = d.value"
            " JOIN embeddings e ON e.content = p.embedding WHERE p.split = ? AND e.model = ?",
            (json.dumps(list(documents)), split, model),
        )
        return sum(_is_whole(vector) for (vector,) in rows)

    def vectors(self, ids: Sequence[str], split: str, model: str) -> Vectors:
        """The unit vectors of passages, in the order of `ids`; KeyError names a missing or changed
        one.
        """
        query = (
            "SELECT p.id, vector FROM passages p JOIN embeddings e ON e.content = p.embedding"
            " WHERE p.split = ? AND e.model = ? AND p.id IN"
        )
        stored = self._among(ids, query, split, model)
        found = {key: vector for key, vector in stored if _is_whole(vector)}
        rows = [np.frombuffer(found[key][:-CHECKSUM], np.float32) for key in ids]
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    def _among(self, ids: Sequence[str], query: str, *values: str) -> Iterator[Any]:
        """The rows of a query that ends in "IN", for all ids, some at a time."""
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            yield from self._all(f"{query} ({','.join('?' * len(part))})", *values, *part)

    @property
    def holds_documents(self) -> bool:
        return self._one("SELECT 1 FROM documents") is not None

    def sketch_sizes(self, documents: Iterable[str]) -> dict[str, int]:
        """How many hashes the sketch of each document has."""
        query = "SELECT count(*) FROM sketches WHERE document = ?"
        return {document: self._one(query, document)[0] for document in documents}

    def sketched_alike(self, document: str, common: int) -> list[tuple[str, int]]:
        """(other document, hashes that both have); hashes of more than `common` documents aside."""
        return self._all(
            "SELECT b.document, count(*) FROM sketches a JOIN sketches b USING (hash)"
            " WHERE a.document = ?1 AND b.document <> ?1"
            " AND (SELECT count(*) FROM (SELECT 1 FROM sketches c WHERE c.hash = a.hash LIMIT ?2))"
            " < ?2 GROUP BY b.document",
            document,
            common + 1,
        )

    # Writing

    def add_document(
        self, document: Document, split: str, passages: Sequence[tuple[Passage, str]]
    ) -> None:
        """Store a document version and its (passage, content hash) pairs; twice changes nothing."""
        row = (
            document.id,
            document.text,
            json.dumps(asdict(document.about), ensure_ascii=False),
            json.dumps([[s.start, s.end, *s.headings] for s in document.sections]),
            json.dumps([[page.start, page.number] for page in document.pages]),
            int(document.promotional),
            json.dumps(document.reasons, ensure_ascii=False),
        )
        connection = self.connection()
        connection.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        connection.executemany(
            "INSERT OR REPLACE INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (p.id, split, p.document, p.start, p.end, json.dumps(p.headings), content)
                for p, content in passages
            ],
        )

    def add_sketch(self, document: str, hashes: Iterable[int]) -> None:
        """Store hashes of a document's text, by which others that share it are found."""
        self.connection().executemany(
            "INSERT OR REPLACE INTO sketches VALUES (?, ?)", [(each, document) for each in hashes]
        )

    def add_embeddings(self, contents: Sequence[str], model: str, vectors: Vectors) -> None:
        """Store vectors by the hash of the text they stand for."""
        self.connection().executemany(
            "INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)",
            [
                (content, model, _with_checksum(vector.astype(np.float32).tobytes()))
                for content, vector in zip(contents, vectors, strict=True)
            ],
        )

    def add_release(self, row: ReleaseRow, entries: Sequence[Entry]) -> None:
        """Store a release and what stands in it; to be used inside `writing`."""
        connection = self.connection()
        connection.execute(
            "INSERT OR REPLACE INTO releases VALUES (?, ?, ?, ?, ?, ?)",
            (
                row.number,
                row.created,
                json.dumps(row.settings),
                row.passages,
                row.folder,
                json.dumps(row.seal),
            ),
        )
        connection.execute("DELETE FROM release_documents WHERE release = ?", (row.number,))
        connection.executemany(
            "INSERT INTO release_documents VALUES (?, ?, ?, ?)",
            [(row.number, entry.path, entry.document, entry.source) for entry in entries],
        )

    def remember(self, name: str, value: Any) -> None:
        """Keep a value under a name."""
        text = json.dumps(value, ensure_ascii=False)
        self.connection().execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, text))

    def remove_release(self, number: int) -> None:
        """Drop a release; its documents go with `sweep` if no other release has them."""
        self.connection().execute("DELETE FROM releases WHERE number = ?", (number,))
        self.connection().execute("DELETE FROM release_documents WHERE release = ?", (number,))

    def sweep(self) -> None:
        """Remove document versions that no release has, and embeddings that no passage needs."""
        connection = self.connection()
        connection.execute(
            "DELETE FROM documents WHERE id NOT IN (SELECT document FROM release_documents)"
        )
        connection.execute("DELETE FROM passages WHERE document NOT IN (SELECT id FROM documents)")
        connection.execute("DELETE FROM sketches WHERE document NOT IN (SELECT id FROM documents)")
        connection.execute(
            "DELETE FROM embeddings WHERE content NOT IN (SELECT embedding FROM passages)"
        )

    def shrink(self) -> bool:
        """Give free pages and the log back, so that no removed byte stays; False if a reader is in
        the way.
        """
        self.connection().execute("VACUUM")
        busy = self._one("PRAGMA wal_checkpoint(TRUNCATE)")[0]
        return not busy

    def _one(self, query: str, *values: Any) -> Any:
        return self.connection().execute(query, values).fetchone()

    def _all(self, query: str, *values: Any) -> list[Any]:
        return self.connection().execute(query, values).fetchall()


def _with_checksum(vector: bytes) -> bytes:
    return vector + zlib.crc32(vector).to_bytes(CHECKSUM, "little")


def _checked(stored: bytes) -> bytes:
    return stored if _is_whole(stored) else _with_checksum(stored)


def _is_whole(stored: bytes) -> bool:
    return _with_checksum(stored[:-CHECKSUM]) == stored


def _document(row: Sequence[Any], path: str) -> Document:
    identity, text, about, sections, pages, promotional, reasons = row
    return Document(
        identity,
        path,
        text,
        About(**json.loads(about)),
        tuple(Section(start, end, tuple(names)) for start, end, *names in json.loads(sections)),
        tuple(Page(start, number) for start, number in json.loads(pages)),
        bool(promotional),
        tuple(json.loads(reasons)),
    )


def _passage(row: Sequence[Any]) -> Passage:
    identity, document, start, end, headings, text = row
    return Passage(identity, document, start, end, text, tuple(json.loads(headings)))
