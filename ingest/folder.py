"""The folder of one release: vectors and words, made from the store, checked, flushed to disk."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest.document import Document, Passage
from ingest.errors import UserError
from ingest.lexical import write_words
from ingest.store import Entry, Store
from ingest.vectors import GRAPHS, VectorFolder, write_vectors

CHECKED = 200  # vectors that are looked up again
FOUND_IN = 5  # a vector counts as found among this many, as equal passages tie


def write_folder(
    folder: Path, store: Store, entries: Sequence[Entry], split: str, model: str
) -> int:
    """Write a new release folder for these entries; returns the number of passages.

    What a killed ingest left at that place is removed first. UserError if the check fails.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    passages = _passages(store, entries, split)
    ids = [passage.id for _, passage in passages]
    vectors = store.vectors(ids, split, model)
    _write_checked(folder, ids, vectors)
    write_words(folder / "words.sqlite", passages)
    _flush(folder)
    return len(ids)


def _write_checked(folder: Path, ids: Sequence[str], vectors: np.ndarray) -> None:
    problem = None
    for graph in GRAPHS:
        shutil.rmtree(folder / "vectors", ignore_errors=True)
        write_vectors(folder / "vectors", ids, vectors, graph)
        problem = missing_vector(folder, ids, vectors)
        if problem is None:
            return
    raise UserError(f"the new index failed its check ({problem}): run the same command again")


def missing_vector(folder: Path, ids: Sequence[str], vectors: np.ndarray) -> str | None:
    """Look sampled vectors up in the index; says what is missing, None if nothing is.

    `count()` of a damaged Chroma folder is right when its vectors are not, so it is asked for them.
    """
    index = VectorFolder(folder / "vectors")
    try:
        if index.count != len(ids):
            return f"it holds {index.count} of {len(ids)} vectors"
        for place in sorted({*range(0, len(ids), max(1, len(ids) // CHECKED)), len(ids) - 1}):
            near = index.nearest(vectors[place], FOUND_IN)
            if ids[place] not in [key for key, _ in near] and near[0][1] < 1 - 1e-4:
                return f"the vector of passage {ids[place]} is not found"
    finally:
        index.close()
    return None


def _passages(store: Store, entries: Sequence[Entry], split: str) -> list[tuple[Document, Passage]]:
    """All passages in order of path; a document that stands at two paths counts once."""
    found = []
    for entry in {entry.document: entry for entry in reversed(entries)}.values():
        document = store.document(entry.document, entry.path)
        if document is None:
            raise KeyError(entry.document)
        found.append((document, store.document_passages(entry.document, split)))
    found.sort(key=lambda pair: pair[0].path)
    return [(document, passage) for document, passages in found for passage in passages]


def _flush(folder: Path) -> None:
    """Make the operating system write the files down: Chroma does not."""
    for path in [*folder.rglob("*"), folder, folder.parent]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
