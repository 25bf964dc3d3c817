"""Libraries that exist while they are asked: built in a temporary folder, removed afterwards."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chat.reranker import Reranker, Span
from evals.trial import File, Target
from ingest.build import build
from ingest.document import Document
from ingest.embed import Embedder, Vectors, on_threads
from ingest.library import Library, create_library
from ingest.sidecar import NAME as SIDECAR

Opener = Callable[[Library], Target]
Read = tuple[str, tuple[Span, ...]]  # a passage and what of it is asked about
PREFIX = "caveat-evals-"


class RememberingEmbedder(Embedder):
    """Another embedder's vectors, each text embedded once.

    Scratch copies share passages, and two copies are often asked the same question. Half of the
    cores embed: another lane uses the others, and threads that wait for each other burn as much.
    """

    def __init__(self, inner: Embedder) -> None:
        super().__init__(inner.name)
        self._inner = inner
        self._known: dict[str, Vectors] = {}
        self._asked: dict[str, Vectors] = {}

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return _remembered(self._asked, texts, self._inner.encode_queries)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None
    ) -> Vectors:
        vectors = _remembered(self._known, texts, self._inner.encode_passages)
        progress(len(texts))
        return vectors

    def load(self) -> "RememberingEmbedder":
        self._inner.load()
        return self


def _remembered(
    known: dict[str, Vectors], texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]
) -> Vectors:
    """A vector for each text; those not known yet are made, on half of the cores, and kept."""
    new = [text for text in dict.fromkeys(texts) if text not in known]
    if new:
        with on_threads(max(1, (os.cpu_count() or 1) // 2)):
            known.update(zip(new, encode(new), strict=True))
    return np.stack([known[text] for text in texts])


class RememberingReranker(Reranker):
    """Another cross-encoder's scores; the same question is often asked of two scratch copies."""

    def __init__(self, inner: Reranker) -> None:
        self._inner = inner
        self._known: dict[tuple[str, str], float] = {}
        self._read: dict[tuple[str, Read], NDArray[np.float32]] = {}

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        new = [each for each in dict.fromkeys(sentences) if (question, each) not in self._known]
        scores = self._inner.scores(question, new)
        self._known.update(zip([(question, each) for each in new], scores.tolist(), strict=True))
        return np.array([self._known[question, each] for each in sentences], np.float32)

    def within(
        self, question: str, passages: Sequence[tuple[str, Sequence[Span]]], /
    ) -> list[NDArray[np.float32]]:
        asked: list[Read] = [(text, tuple(spans)) for text, spans in passages]
        new = [each for each in dict.fromkeys(asked) if (question, each) not in self._read]
        keys = [(question, each) for each in new]
        self._read.update(zip(keys, self._inner.within(question, new), strict=False))
        return [self._read[question, each] for each in asked if (question, each) in self._read]


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder with the name of this process; those of killed ones are removed first."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = left.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists() and Path("/proc/self").exists():
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as place:
        yield Path(place)


@contextmanager
def scratch_library(files: Sequence[File], embedder: Embedder) -> Iterator[Library]:
    """A library of these files in a temporary folder; nothing of it is left afterwards."""
    with scratch_folder() as place:
        folder = Path(place, "documents")
        write_files(folder, files)
        library = create_library(str(Path(place, "library")))
        build(folder, library, embedder)
        yield library


def write_files(folder: Path, files: Sequence[File]) -> None:
    """The files with their SOURCES.toml."""
    tables = []
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
        tables.append(_table(file))
    (folder / SIDECAR).write_text("\n".join(tables), encoding="utf-8")


def copies(documents: Sequence[Document]) -> list[File]:
    """The documents as files of their text; a path says where the text came from."""
    files = []
    for number, document in enumerate(documents):
        path = document.path if document.path.endswith((".md", ".txt")) else f"{number:05d}.txt"
        files.append(File(path.replace("#", "_"), document.text, document.about))
    return files


def _table(file: File) -> str:
    known = {name: value for name, value in asdict(file.about).items() if value}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in known.items()]
    return "\n".join([f"[{json.dumps(file.path, ensure_ascii=False)}]", *lines, ""])
