"""The words of one release, in an SQLite FTS5 file of its own: BM25 counts that release only.

The index holds words, in American spelling, and no text. Written once, then opened read-only and
never changed.
"""

import math
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from ingest.american import VERSION, in_american
from ingest.document import Document, Passage

RANK = "bm25(2.0, 0.5, 1.0)"  # what a word counts in the title, the headings, the text
# With weights this large BM25 no longer grows with a word's count: what is left is 2.2 times the
# inverse frequencies of the words that a passage has.
COUNTED_ONCE = (1e6, 1e6, 1e6)
REMEMBERED = 20_000  # words whose frequencies are kept
CEILING = 2.2  # k1 + 1 of FTS5's BM25

SCHEMA = """
CREATE VIRTUAL TABLE words USING fts5(
    title, headings, text, content='', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TABLE passages (number INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT;
"""


class WordFile:
    """An opened index of words; one read-only connection a thread."""

    def __init__(self, path: Path) -> None:
        self._uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._local = threading.local()
        self._counts: dict[str, int] = {}
        # A file of a version before knows the words as they were written.
        self._spelled = in_american if self._number("PRAGMA user_version") else str

    def best(self, words: Sequence[str], n: int) -> list[tuple[str, float, float]]:
        """The n passages with any of the words: (id, BM25, share), best first; higher is better.

        share: 0 to 1, how much of the words the passage has, each weighted by its rarity.
        """
        known = {word: count for word, count in self.frequencies(words).items() if count}
        if not known:
            return []
        whole = CEILING * sum(map(self._rarity, known.values()))
        # FTS5 sorts by rank first and computes the second score only for the rows that are kept.
        rows = self._connection().execute(
            "SELECT id, -score, -once FROM (SELECT rowid AS number, rank AS score,"
            " bm25(words, ?, ?, ?) AS once FROM words"
            " WHERE words MATCH ? AND rank MATCH ? ORDER BY rank LIMIT ?)"
            " JOIN passages USING (number) ORDER BY score, number",
            (*COUNTED_ONCE, " OR ".join(self._quoted(word) for word in known), RANK, n),
        )
        return [(str(key), float(score), min(1.0, once / whole)) for key, score, once in rows]

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages each word occurs, in any inflection."""
        known = self._counts if len(self._counts) < REMEMBERED else {}
        missing = set(words) - known.keys()
        known = self._counts = known | {word: self._count(word) for word in missing}
        return {word: known[word] for word in words}

    def _count(self, word: str) -> int:
        query = "SELECT count(*) FROM words WHERE words MATCH ?"
        return self._number(query, self._quoted(word))

    def _rarity(self, count: int) -> float:
        """The inverse frequency of a word in so many passages, as FTS5 counts it."""
        return max(1e-6, math.log((self._passages - count + 0.5) / (count + 0.5)))

    @cached_property
    def _passages(self) -> int:
        return self._number("SELECT count(*) FROM passages")

    def _number(self, query: str, *given: str) -> int:
        return int(self._connection().execute(query, given).fetchone()[0])

    def _quoted(self, word: str) -> str:
        return '"' + self._spelled(word).replace('"', '""').replace("\0", " ") + '"'

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            self._local.connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
        connection: sqlite3.Connection = self._local.connection
        return connection


def write_words(path: Path, entries: Iterable[tuple[Document, Passage]]) -> None:
    """Write the index of these passages, numbered in the order given."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.executescript(SCHEMA)
        connection.execute(f"PRAGMA user_version={VERSION}")
        with connection:
            for number, (document, passage) in enumerate(entries, start=1):
                texts = (document.about.title or "", " ".join(passage.headings), passage.text)
                fields = [in_american(text) for text in texts]
                connection.execute(
                    "INSERT INTO words(rowid, title, headings, text) VALUES (?, ?, ?, ?)",
                    (number, *fields),
                )
                connection.execute("INSERT INTO passages VALUES (?, ?)", (number, passage.id))
        connection.execute("INSERT INTO words(words) VALUES ('optimize')")
        connection.commit()
    finally:
        connection.close()
