"""The files of a folder -> documents, passages and embeddings in the store, and a list of entries.

What the current release was made from is not read again; what has a vector is not embedded again.
Each batch is committed by itself, so that an ingest that was cut short loses one batch at most.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.document import About, Document, ReadFile
from ingest.embed import Embedder, Vectors
from ingest.errors import UserError
from ingest.identity import content_hash, document_id
from ingest.near import sketch
from ingest.promotional import promotional
from ingest.read import TABLES
from ingest.read.sandbox import STOPPED, list_files, read_safely
from ingest.sidecar import merged, read_sidecar
from ingest.split import Split, embedded_text, passages_of
from ingest.store import Entry, Store

Progress = Callable[[str, int, int], None]  # stage, done, of how many
READER_VERSION = 3  # goes up when readers make something else of the same file
BATCH = 256  # files that are embedded and committed together
PROBED = 20  # documents among which a stored vector is looked for
SAME = 0.99  # similarity of two vectors of one text: rounding differs from machine to machine
LARGEST = 50_000_000  # bytes of a file that are looked at; the reader refuses larger ones


@dataclass
class Gathered:
    """What an ingest has found so far.

    fresh: what is known of documents that were stored or embedded now, and whether they are
    promotional, by id. seconds: wall-clock by stage.
    unreadable: reason by the source of a file, so that the next ingest need not try it again.
    astray: what the sidecar tells of, but is not there.
    """

    entries: list[Entry] = field(default_factory=list)
    fresh: dict[str, tuple[About, bool]] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    cleaned: list[tuple[str, str]] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    astray: tuple[str, ...] = ()
    passages: int = 0
    passages_before: int = 0
    embedded: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the wall-clock time of a block to a stage."""
        start = time.perf_counter()
        yield
        spent = time.perf_counter() - start
        self.seconds[stage] = self.seconds.get(stage, 0.0) + spent


@dataclass(frozen=True)
class Gatherer:
    """How a folder is gathered. before: the entries of the current release.

    column: of csv and jsonl files, the one that holds the text. dry: reads, and writes nothing.
    """

    folder: Path
    store: Store
    embedder: Embedder
    split: Split
    before: Sequence[Entry] = ()
    column: str | None = None
    dry: bool = False
    progress: Progress = lambda *_: None

    def gather(self) -> Gathered:
        """Every document of the folder as an entry, in order of path."""
        found = Gathered()
        files, refused = list_files(self.folder)
        found.refused += [(self._name(path), reason) for path, reason in refused]
        sidecar = read_sidecar(self.folder)
        with found.timed("hash"):
            sources = {path: self._source(path, sidecar) for path in files}
        unread = self._reuse(found, sources)
        batch: list[Document] = []
        reading = read_safely(unread, self.column)
        for done in range(1, len(unread) + 1):
            with found.timed("read"):
                path, result = next(reading)
                batch += self._documents(found, path, result, sources[path], sidecar)
            self.progress("reading", done, len(unread))
            if done % BATCH == 0 or done == len(unread):
                self._keep(found, batch)
                batch = []
        present = {entry.path for entry in found.entries} | set(map(self._name, files))
        found.astray = tuple(sorted(sidecar.keys() - present))
        found.refused.sort()
        found.entries.sort(key=lambda entry: entry.path)
        return found

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _source(self, path: Path, sidecar: dict[str, About]) -> str:
        """A hash of all that the documents of a file are made from."""
        name = self._name(path)
        suffix = path.suffix.lower()
        said = [f"{key}{about}" for key, about in sidecar.items() if key.split("#")[0] == name]
        column = self.column if suffix in TABLES else None
        made_by = f"{READER_VERSION} {column} {suffix} {said}"
        digest = hashlib.sha256(made_by.encode())
        try:
            with path.open("rb") as file:
                digest.update(file.read(LARGEST))
        except OSError:
            digest.update(self._name(path).encode())  # the reader will say why it cannot be read
        return digest.hexdigest()

    def _reuse(self, found: Gathered, sources: dict[Path, str]) -> list[Path]:
        """Let what was made from the same bytes stand again; returns the files left to read."""
        known: dict[str, dict[str, Entry]] = {}
        for entry in self.before:
            _, _, row = entry.path.partition("#")
            known.setdefault(entry.source, {}).setdefault(row, entry)
        unreadable: dict[str, str] = self.store.fact("unreadable") or {}
        unread, again = [], []
        for path, source in sources.items():
            if source in unreadable:
                self._refuse(found, path, source, unreadable[source])
                continue
            if source not in known:
                unread.append(path)
                continue
            for row, entry in known[source].items():
                place = self._name(path) + (f"#{row}" if row else "")
                found.entries.append(Entry(place, entry.document, source))
                again.append(entry)
        self._split_again(found, again)
        return unread

    def _split_again(self, found: Gathered, entries: Sequence[Entry]) -> None:
        """Where the size of passages or the model has changed, cut and embed stored documents."""
        batch = []
        for entry in {entry.document: entry for entry in entries}.values():
            contents = self.store.contents(entry.document, self.split.key)
            hashes = [content for _, content in contents]
            if contents and len(self.store.embedded(hashes, self.embedder.name)) == len(
                set(hashes)
            ):
                found.passages += len(contents)
            elif (document := self.store.document(entry.document, entry.path)) is not None:
                batch.append(document)
        for start in range(0, len(batch), BATCH):
            self._keep(found, batch[start : start + BATCH])

    def _documents(
        self,
        found: Gathered,
        path: Path,
        result: ReadFile | list[ReadFile] | str,
        source: str,
        sidecar: dict[str, About],
    ) -> list[Document]:
        """The documents that one file gives; one that cannot be read is noted with its reason."""
        name = self._name(path)
        if isinstance(result, str):
            self._refuse(found, path, source, result)
            return []
        rows = result if isinstance(result, list) else [result]
        documents = []
        for number, read in enumerate(rows, start=1):
            if not read.text:
                continue  # a row of a table without text; the others keep their numbers
            place = f"{name}#{number}" if isinstance(result, list) else name
            document = _document(place, read, sidecar.get(place, sidecar.get(name, About())))
            found.entries.append(Entry(place, document.id, source))
            found.cleaned += [(place, line) for line in read.removed]
            documents.append(document)
        return documents

    def _refuse(self, found: Gathered, path: Path, source: str, reason: str) -> None:
        found.refused.append((self._name(path), reason))
        if reason != STOPPED:
            found.unreadable[source] = reason

    def _keep(self, found: Gathered, documents: Sequence[Document]) -> None:
        """Store documents, their passages and the vectors these still need."""
        with found.timed("split"):
            made = {
                document: [
                    (p, embedded_text(document, p)) for p in passages_of(document, self.split)
                ]
                for document in {document.id: document for document in documents}.values()
            }
        texts = {content_hash(text): text for pairs in made.values() for _, text in pairs}
        known = self.store.embedded(texts, self.embedder.name)
        new = {content: text for content, text in texts.items() if content not in known}
        if new and not (found.embedded or self.dry):
            self._expect_same_model()
        found.passages += sum(map(len, made.values()))
        found.embedded += len(new)
        found.fresh |= {each.id: (each.about, each.promotional) for each in made}
        if self.dry:
            return
        with found.timed("embed"):
            vectors = self._vectors(list(new.values())) if new else None
        with found.timed("store"), self.store.writing():
            for document, pairs in made.items():
                hashed = [(passage, content_hash(text)) for passage, text in pairs]
                self.store.add_document(document, self.split.key, hashed)
                self.store.add_sketch(document.id, sketch(document.text))
            if vectors is not None:
                self.store.add_embeddings(list(new), self.embedder.name, vectors)

    def _expect_same_model(self) -> None:
        """UserError where the model gives another vector for a text than it once did.

        Weights exchanged under one name would otherwise mix the vectors of two models.
        """
        for entry in self.before[:PROBED]:
            document = self.store.document(entry.document, entry.path)
            passages = self.store.document_passages(entry.document, self.split.key)[:1]
            texts = [embedded_text(document, each) for each in passages if document is not None]
            if self.store.embedded(map(content_hash, texts), self.embedder.name):
                ids = [passage.id for passage in passages]
                stored = self.store.vectors(ids, self.split.key, self.embedder.name)
                now = self.embedder.encode_passages(texts)
                if stored.shape != now.shape or float(stored[0] @ now[0]) < SAME:
                    raise UserError(_other_weights(self.embedder.name))
                return

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        done = 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            self.progress("embedding", done, len(texts))

        self.progress("embedding", 0, len(texts))
        return self.embedder.encode_passages(texts, count)


def _other_weights(name: str) -> str:
    return (
        f"the embedding model {name!r} gives other vectors than when the library was made: its"
        " weights have changed; give them in a folder of another name with --model FOLDER"
    )


def _document(path: str, read: ReadFile, known: About) -> Document:
    verdict = promotional(read.text)
    document = Document(
        "",
        path,
        read.text,
        merged(read.about, known),
        read.sections,
        read.pages,
        verdict.promotional,
        verdict.reasons,
    )
    return replace(document, id=document_id(document))
