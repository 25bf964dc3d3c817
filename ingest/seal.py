"""The seal of a release: hashes by which a flipped byte or a missing file is found before use."""

import hashlib
import sqlite3
from pathlib import Path

from ingest.identity import document_id
from ingest.store import Entry, ReleaseRow, Store

VECTORS = "vectors/chroma.sqlite3"
# What Chroma keeps of each vector and of the index. Its own notes (a lock table that each opening
# writes to) are left out, so the file as a whole has no stable hash but these rows have.
CHROMA_TABLES = ("collections", "segments", "embeddings", "max_seq_id", "embeddings_queue")
SMALLEST_INDEX = 2  # of a single vector Chroma writes no index, it replays its log


def seal_of(folder: Path, passages: int) -> dict[str, str]:
    """Hash by relative path of all that a release's folder holds."""
    seal = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name.startswith(VECTORS):
            seal[VECTORS] = _rows_hash(folder / VECTORS)
        elif path.is_file() and (passages >= SMALLEST_INDEX or not name.startswith("vectors/")):
            seal[name] = _file_hash(path)
    return seal


def damage_of(store: Store, row: ReleaseRow, folder: Path) -> str | None:
    """What is wrong with a release, in a few words; None if every stored byte is as it was."""
    return folder_damage(row, folder) or store_damage(store, row)


def folder_damage(row: ReleaseRow, folder: Path) -> str | None:
    """What is wrong with the vectors and words in a release's folder; None if nothing is."""
    try:
        present = seal_of(folder, row.passages)
    except (OSError, sqlite3.DatabaseError) as error:
        return f"{VECTORS} cannot be read ({error})"
    for name, expected in row.seal.items():
        if name not in present:
            return f"{name} is missing"
        if present[name] != expected:
            return f"{name} has changed"
    return None


def document_damage(store: Store, entry: Entry) -> str | None:
    """What is wrong with the stored text of a document; None if nothing is."""
    try:
        document = store.document(entry.document, entry.path)
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        return f"the text of {entry.path} cannot be read ({error})"
    if document is None:
        return f"the text of {entry.path} is missing"
    if document_id(document) != entry.document:
        return f"the text of {entry.path} has changed"
    return None


def store_damage(store: Store, row: ReleaseRow) -> str | None:
    """What is wrong with a release's texts and vectors in the store; None if nothing is."""
    try:
        return _first_damage(store, row)
    except sqlite3.DatabaseError as error:
        return f"library.sqlite cannot be read ({error})"


def _first_damage(store: Store, row: ReleaseRow) -> str | None:
    entries = store.entries(row.number)
    split, model = row.settings["split"], row.settings["model"]
    whole = store.whole_vectors({entry.document for entry in entries}, split, model)
    if whole != row.passages:
        return f"{row.passages - whole} of {row.passages} vectors are missing or have changed"
    return next(filter(None, (document_damage(store, entry) for entry in entries)), None)


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rows_hash(path: Path) -> str:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    digest = hashlib.sha256()
    try:
        for table in CHROMA_TABLES:
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid"):  # noqa: S608
                digest.update(repr(row).encode())
    finally:
        connection.close()
    return digest.hexdigest()
