"""A folder of files becomes the next release of a library.

Read what changed, split it, embed what is new, write vectors and words into a fresh folder, check
them, publish with one commit. Until that commit the chat answers from the release before; a kill at
any moment leaves that one, and what was read and embedded by then is used again the next time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.american import VERSION as SPELLING
from ingest.embed import Embedder, open_embedder
from ingest.errors import UserError
from ingest.folder import write_folder
from ingest.gather import Gathered, Gatherer, Progress
from ingest.identity import settings_hash
from ingest.library import Library
from ingest.maintain import prune, tidy
from ingest.near import near_duplicates
from ingest.seal import document_damage, folder_damage, seal_of
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
    """What the library's current release was made with; the defaults for a new one."""
    made = library.made_with
    return Options(Split.of(made["split"]), made.get("column")) if made else Options()


def build(
    folder: Path | str | None,
    library: Library,
    embedder: Embedder | None = None,
    options: Options | None = None,
    progress: Progress = lambda *_: None,
) -> Summary:
    """Make and publish the next release of `library` from the files in `folder`.

    Where folder, embedder or options are None they are those of the current release. Raises
    UserError when there is nothing to read, another process writes, or the disk is full; the
    library is then as it was.
    """
    folder = source_folder(folder, library)
    embedder = embedder or open_embedder(library.made_with.get("model"))
    with library.writing():
        return _Job(folder, library, embedder, options or remembered(library), progress).run()


def source_folder(given: Path | str | None, library: Library) -> Path:
    """The folder to read: the one given or the one remembered; UserError where there is none."""
    folder = given or library.made_with.get("folder")
    if folder is None:
        raise UserError(
            f"library {library.name!r} remembers no folder:"
            f" run `python -m ingest FOLDER --name {library.name}`"
        )
    if Path(folder).is_file():
        raise UserError(f"{str(folder)!r} is a file: give the folder that holds it")
    if not Path(folder).is_dir():
        raise UserError(f"there is no folder {str(folder)!r}: give the folder that holds the files")
    return Path(folder)


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
        found = self._gather(self._undamaged(before))
        found.passages_before = self.library.row(current).passages if current else 0
        if not found.entries:
            raise UserError(_nothing(self.folder, found))
        if self.options.dry:
            return self._summary(found, before, None)
        why = self._why_anew(current, found) if current else ""
        if current and why is None:
            self._remember(current, found)
            return self._summary(found, before, current)
        with found.timed("write"):
            row = self._write(found)
        with found.timed("publish"):
            self._publish(row, found)
        summary = self._summary(found, before, row.number)
        return replace(summary, published=self.options.publish, why=why or "")

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
    def _settings(self) -> dict[str, str | None]:
        shaped_by = {"model": self.embedder.name, "split": self.options.split.key}
        given = {"folder": str(self.folder.absolute()), "column": self.options.column}
        hashed = settings_hash({**shaped_by, "spelling": str(SPELLING)})
        return {**shaped_by, "hash": hashed, **given}

    def _undamaged(self, entries: Sequence[Entry]) -> list[Entry]:
        """What can stand again; files whose stored text is damaged are read anew."""
        store = self.library.store
        bad = {entry.source for entry in entries if document_damage(store, entry)}
        return [entry for entry in entries if entry.source not in bad]

    def _why_anew(self, number: int, found: Gathered) -> str | None:
        """Why there must be a new release; "" where documents changed, None where nothing did."""
        row, settings = self.library.row(number), self._settings
        if row.settings["hash"] != settings["hash"]:
            made = f"model {settings['model']}, passages of {self.options.split.size} characters"
            return f"release {number} was made with other settings or an earlier version ({made})"
        if _places(self.library.store.entries(number)) != _places(found.entries):
            return ""
        damage = folder_damage(row, self.library.release_folder(row))
        return f"release {number} is damaged ({damage})" if damage else None

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
        """One commit: the release, the pointer to it, and what could not be read."""
        store = self.library.store
        with store.writing():
            store.add_release(row, found.entries)
            store.remember("last", row.number)
            store.remember("unreadable", found.unreadable)
            if self.options.publish:
                store.remember("current", row.number)
        prune(self.library)

    def _remember(self, number: int, found: Gathered) -> None:
        """Where files that gave nothing new lie now, and which of them cannot be read."""
        store, row = self.library.store, self.library.row(number)
        if found.unreadable != (store.fact("unreadable") or {}):
            with store.writing():
                store.remember("unreadable", found.unreadable)
        kept = (row.settings, store.entries(number))
        if self.options.publish and kept != (self._settings, found.entries):
            with store.writing():
                store.add_release(replace(row, settings=self._settings), found.entries)

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
        outlines = [found.fresh.get(key) or self.library.store.outline(key) for key in names]
        return Summary(
            release=number,
            published=False,
            documents=len(names),
            passages=found.passages,
            embedded=found.embedded,
            diff=diff_of(before, found.entries, (found.passages_before, found.passages)),
            refused=tuple(found.refused),
            astray=found.astray,
            cleaned=tuple(found.cleaned),
            near=self._near(found, {key: paths[0] for key, paths in names.items()}),
            same=tuple((paths[0], path) for paths in names.values() for path in paths[1:]),
            promotional=sum(promotional for _, promotional in outlines),
            undated=sum(about.published is None for about, _ in outlines),
            unknown=sum(about.kind == "unknown" for about, _ in outlines),
            seconds=found.seconds,
        )


def _places(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    return [(entry.path, entry.document) for entry in entries]


def _nothing(folder: Path, found: Gathered) -> str:
    if not found.refused:
        return f"no files in {str(folder)!r}: put the documents there"
    path, reason = found.refused[0]
    more = f" (and {len(found.refused) - 1} more)" if len(found.refused) > 1 else ""
    return f"nothing in {str(folder)!r} can be read: {path}: {reason}{more}"
