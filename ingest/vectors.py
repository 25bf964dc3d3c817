"""The vectors of one release, in a Chroma folder of their own. The only home of chromadb.

A folder is written once by one process, closed, checked, and never written again; it holds ids and
vectors and no text, so that it can be thrown away and made anew at any time.
"""

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
COLLECTION = "passages"
BATCH = 5000  # Chroma takes at most 5,461 records at once
# Neighbours that the graph keeps of each vector, and looks at for them. Where many vectors lie
# equally close, as of texts made from one template, the first loses some; the second takes longer.
GRAPHS = ((24, 120), (200, 400))
# Of hnswlib's header.bin: version, offset, room for vectors, vectors there are, bytes of each.
HEADER = struct.Struct("<iQQQQ")
LEAST = 2  # vectors from which Chroma puts them into the index
LENGTH = 4  # bytes a vector has in length.bin


class VectorFolder:
    """An opened folder of vectors. Close it: otherwise Chroma keeps 11 files and 6 threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _plain_errors():
            self._client = _client(folder)
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            self.count: int = self._collection.count()

    def nearest(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """The n passages nearest to a unit vector: (id, cosine similarity), best first."""
        if not self.count:
            return []
        with _plain_errors():
            found = self._collection.query(
                query_embeddings=[vector], n_results=min(n, self.count), include=["distances"]
            )
        distances = found["distances"] or [[]]
        pairs = [(key, 1 - far) for key, far in zip(found["ids"][0], distances[0], strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def close(self) -> None:
        self._client.close()
        if self.count < LEAST:  # too few for Chroma to keep: it wrote the index anew when opened
            _blank_all_unused(self._folder)


def write_vectors(
    folder: Path, ids: Sequence[str], vectors: Vectors, graph: tuple[int, int] = GRAPHS[0]
) -> None:
    """Write a new folder with these unit vectors and close it, so that all is on disk."""
    folder.mkdir(parents=True)
    with _plain_errors():
        client = _client(folder)
        collection = client.create_collection(
            COLLECTION,
            embedding_function=None,
            configuration={"hnsw": _hnsw(len(ids), graph)},
        )
        for start in range(0, len(ids), BATCH):
            part = slice(start, start + BATCH)
            collection.add(ids=list(ids[part]), embeddings=vectors[part])
        client.close()
    _blank_all_unused(folder)


def _blank_all_unused(folder: Path) -> None:
    for header in folder.rglob("header.bin"):
        _blank_unused(header)


def _blank_unused(header: Path) -> None:
    """Zeros where the index has room for more vectors.

    It stores memory as it finds it, in which anything may still lie that the program read, a
    forgotten document for one.
    """
    _, _, _, count, size = HEADER.unpack_from(header.read_bytes())
    for name, each in (("data_level0.bin", size), ("length.bin", LENGTH)):
        path = header.parent / name
        whole = path.stat().st_size
        os.truncate(path, min(whole, count * each))
        os.truncate(path, whole)  # what a file grows by is zeros


def _hnsw(count: int, graph: tuple[int, int]) -> dict[str, Any]:
    # One flush at the end instead of one every thousand records. Searches this wide are exact for
    # small libraries and miss next to nothing in large ones.
    return {
        "space": "cosine",
        "max_neighbors": graph[0],
        "ef_construction": graph[1],
        "ef_search": 200,
        "sync_threshold": max(count, LEAST),
        "batch_size": max(min(count, BATCH), LEAST),
    }


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Chroma's errors as the OSError that a full disk or a damaged file is everywhere else."""
    from chromadb.errors import ChromaError

    try:
        yield
    except ChromaError as error:
        raise OSError(str(error)) from error


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, allow_reset=False)
    return cast("Any", chromadb.PersistentClient(path=str(folder), settings=settings))
