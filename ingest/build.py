"""A folder of files becomes the next release of a library.

Read what changed, split it, embed what is new, write vectors and words into a fresh folder, check
them, publish with one commit. Until that commit the chat answers from the release before; a kill at
any moment leaves that one, and what was read and embedded by then is used again the next time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.embed import Embedder, open_embedder
from ingest.errors import UserError
from ingest.folder import write_folder
from ingest.gather import Gathered, Gatherer, Progress
from ingest.identity import settings_hash
from ingest.library import Library
from ingest.maintain import prune, tidy
from ingest.near import near_duplicates
from ingest.seal import seal_of
from ingest.split import Split
from ingest.store import Entry, ReleaseRow
from ingest.summary import Summary, diff_of


@dataclass(frozen=True)
class Options:
    """How to ingest. column: of csv and jsonl files, the one that holds the text.

    publish: False builds the release and leaves the current one in place. dry: writes nothing.
    """

    split: Split = field(default_factory=Split)
    column: str | None = None
    publish: bool = True
    dry: bool = False


def remembered(library: Library) -> Options:
    """What the library's last build was made with; the defaults for a new one."""
    fact = library.store.fact
    return Options(Split(fact("size") or Split().size), fact("column"))


def build(
    folder: Path,
    library: Library,
    embedder: Embedder | None = None,
    options: Options | None = None,
    progress: Progress = lambda *_: None,
) -> Summary:
    """Make and publish the next release of `library` from the files in `folder`.

    Raises UserError when there is nothing to read, another process writes, or the disk is full;
    the library is then as it was.
    """
    if not folder.is_dir():
        raise UserError(f"there is no folder {str(folder)!r}: give the folder that holds the files")
    with library.writing():
        job = _Job(folder, library, embedder or open_embedder(), options or Options(), progress)
        return job.run()


@dataclass(frozen=True)
class _Job:
    """One ingest; each step is a method, in order."""

    folder: Path
    library: Library
    embedder: Embedder
    options: Options
    progress: Progress

    def run(self) -> Summary:
        if not self.options.dry:
            tidy(self.library)
        current = self.library.current_number
        before = self.library.store.entries(current) if current else []
        found = self._gather(before)
        found.passages_before = self.library.row(current).passages if current else 0
        if not found.entries:
            raise UserError(_nothing(self.folder, found))
        if self.options.dry:
            return self._summary(found, before, None)
        if current and self._nothing_new(current, found):
            self._remember_unreadable(found)
            return self._summary(found, before, current)
        with found.timed("write"):
            row = self._write(found)
        with found.timed("publish"):
            self._publish(row, found)
        return replace(self._summary(found, before, row.number), published=self.options.publish)

    def _gather(self, before: Sequence[Entry]) -> Gathered:
        return Gatherer(
            self.folder,
            self.library.store,
            self.embedder,
            self.options.split,
            before,
            self.options.column,
            self.options.dry,
            self.progress,
        ).gather()

    @property
    def _settings(self) -> dict[str, str]:
        made_with = {"model": self.embedder.name, "split": self.options.split.key}
        return {**made_with, "hash": settings_hash(made_with)}

    def _nothing_new(self, number: int, found: Gathered) -> bool:
        row = self.library.row(number)
        same = self.library.store.entries(number) == found.entries
        return same and row.settings == self._settings and self.library.damage(number) is None

    def _write(self, found: Gathered) -> ReleaseRow:
        """The release's folder, complete, checked and on disk."""
        store = self.library.store
        number = 1 + (store.fact("last") or 0)
        folder = self.library.folder / "releases" / f"{number:04d}"
        self.progress("writing", 0, 1)
        passages = write_folder(
            folder, store, found.entries, self.options.split.key, self.embedder.name
        )
        self.progress("writing", 1, 1)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        seal = seal_of(folder, passages)
        return ReleaseRow(number, created, self._settings, passages, folder.name, seal)

    def _publish(self, row: ReleaseRow, found: Gathered) -> None:
        """One commit: the release, the pointer to it, and what the library remembers."""
        store, options = self.library.store, self.options
        with store.writing():
            store.add_release(row, found.entries)
            store.remember("last", row.number)
            store.remember("unreadable", found.unreadable)
            store.remember("folder", str(self.folder.absolute()))
            store.remember("size", options.split.size)
            store.remember("column", options.column)
            store.remember("model", self.embedder.name)
            if options.publish:
                store.remember("current", row.number)
        prune(self.library)

    def _remember_unreadable(self, found: Gathered) -> None:
        store = self.library.store
        if found.unreadable != (store.fact("unreadable") or {}):
            with store.writing():
                store.remember("unreadable", found.unreadable)

    def _near(self, found: Gathered, names: dict[str, str]) -> tuple[tuple[str, str, float], ...]:
        """Documents that share much of their text, by path; only what changed is looked at."""
        pairs = near_duplicates(self.library.store, found.fresh, names)
        return tuple(
            (min(names[a], names[b]), max(names[a], names[b]), share) for a, b, share in pairs
        )

    def _summary(self, found: Gathered, before: Sequence[Entry], number: int | None) -> Summary:
        names: dict[str, list[str]] = {}
        for entry in found.entries:
            names.setdefault(entry.document, []).append(entry.path)
        outlines = [self.library.store.outline(key) for key in names if not self.options.dry]
        return Summary(
            release=number,
            published=False,
            documents=len(names),
            passages=found.passages,
            embedded=found.embedded,
            diff=diff_of(before, found.entries, (found.passages_before, found.passages)),
            refused=tuple(found.refused),
            cleaned=tuple(found.cleaned),
            near=self._near(found, {key: paths[0] for key, paths in names.items()}),
            same=tuple((paths[0], path) for paths in names.values() for path in paths[1:]),
            promotional=sum(promotional for _, promotional in outlines),
            undated=sum(about.published is None for about, _ in outlines),
            unknown=sum(about.kind == "unknown" for about, _ in outlines),
            seconds=found.seconds,
        )


def _nothing(folder: Path, found: Gathered) -> str:
    if not found.refused:
        return f"no files in {str(folder)!r}: put the documents there"
    path, reason = found.refused[0]
    more = f" (and {len(found.refused) - 1} more)" if len(found.refused) > 1 else ""
    return f"nothing in {str(folder)!r} can be read: {path}: {reason}{more}"
