"""What is done to releases after they are made: prune, roll back, verify, forget."""

import difflib
import shutil
import time
from dataclasses import replace

from ingest.errors import UserError
from ingest.folder import missing_vector, write_folder
from ingest.library import KEPT, Library
from ingest.seal import seal_of, store_damage
from ingest.store import Entry, ReleaseRow
from ingest.summary import Diff, diff_of


def tidy(library: Library) -> None:
    """Remove what a killed process left: folders of no release, pages of forgotten text."""
    known = {row.folder for row in library.store.releases()}
    for folder in (library.folder / "releases").glob("*"):
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)
    if library.store.fact("forgetting"):
        _leave_no_byte(library)


def prune(library: Library) -> None:
    """Drop all but the last releases, and what only they held."""
    store, current = library.store, library.current_number
    rows = [row for row in store.releases() if row.number != current]
    with store.writing():
        for row in rows[: -(KEPT - 1)]:
            store.remove_release(row.number)
        store.sweep()
    tidy(library)


def roll_back(library: Library, number: int) -> None:
    """Make an earlier release the current one; UserError if it is damaged or not there."""
    problem = library.damage(number)
    if problem:
        raise UserError(f"release {number} is damaged ({problem}): choose another one of --list")
    with library.writing():
        library.publish(number)


def verify(library: Library) -> dict[int, str | None]:
    """For each release what is wrong with it: stored bytes, and vectors that cannot be found."""
    return {
        row.number: library.damage(row.number) or _lost(library, row)
        for row in library.store.releases()
    }


def diff(library: Library, before: int, after: int) -> Diff:
    """What changed from one release to another."""
    passages = (library.row(before).passages, library.row(after).passages)
    return diff_of(library.entries(before), library.entries(after), passages)


def forget(library: Library, path: str) -> int:
    """Remove a document from every release, with all its earlier versions and other names.

    Returns in how many releases it stood. No byte of it remains in the library's folder: text,
    passages, words and vectors go, freed pages are given back. A kill in between leaves either all
    as it was or the rest of the cleaning to the next writer. Of releases with damaged texts or
    vectors, which nothing is answered from, those with the document go whole; UserError where the
    current one is such.
    """
    store = library.store
    with library.writing():
        tidy(library)
        bad = _damaged(library)
        gone = {
            entry.document
            for row in store.releases()
            for entry in store.entries(row.number)
            if path in (entry.path, entry.path.partition("#")[0])
        }
        if not gone:
            raise UserError(_unknown(library, path))
        changed = [
            (row, left)
            for row in store.releases()
            for entries in [store.entries(row.number)]
            for left in [[entry for entry in entries if entry.document not in gone]]
            if len(left) < len(entries)
        ]
        dropped = [row for row, left in changed if not left or row.number in bad]
        kept = [(row, left) for row, left in changed if row not in dropped]
        _commit(library, [(_rewritten(library, row, left), left) for row, left in kept], dropped)
        tidy(library)
    return len(changed)


def _damaged(library: Library) -> set[int]:
    """The releases whose stored texts or vectors are damaged; UserError if the current one is."""
    store = library.store
    bad = {row.number: what for row in store.releases() if (what := store_damage(store, row))}
    current = library.current_number
    if current in bad:
        raise UserError(
            f"release {current} is damaged ({bad[current]}): run"
            f" `python -m ingest --name {library.name}` first, then the same command again"
        )
    return set(bad)


def _unknown(library: Library, path: str) -> str:
    numbers = [row.number for row in library.store.releases()]
    known = {entry.path for number in numbers for entry in library.store.entries(number)}
    alike = difflib.get_close_matches(path, sorted(known), n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(map(repr, alike))}?" if alike else "--diff lists their names"
    return f"no release of library {library.name!r} has a document {path!r}: {hint}"


def _lost(library: Library, row: ReleaseRow) -> str | None:
    release = library.open_release(row.number)
    try:
        ids = [p.id for d in release.documents() for p in release.document_passages(d.id)]
        return missing_vector(release.folder, ids, release.vectors(ids))
    except KeyError as error:
        return f"the vector of passage {error.args[0]} is missing"
    finally:
        release.close()


def _rewritten(library: Library, row: ReleaseRow, left: list[Entry]) -> ReleaseRow:
    """The release without some of its documents, in a folder beside the old one."""
    name = f"{row.number:04d}-{1 + (library.store.fact('rewritten') or 0)}"
    folder = library.folder / "releases" / name
    split, model = row.settings["split"], row.settings["model"]
    passages = write_folder(folder, library.store, left, split, model)
    return replace(row, folder=name, passages=passages, seal=seal_of(folder, passages))


def _commit(
    library: Library, made: list[tuple[ReleaseRow, list[Entry]]], empty: list[ReleaseRow]
) -> None:
    store = library.store
    current = library.current_number
    with store.writing():
        for row, left in made:
            store.add_release(row, left)
        for row in empty:
            store.remove_release(row.number)
        if current in {row.number for row in empty}:
            numbers = [row.number for row in store.releases()]
            store.remember("current", numbers[-1] if numbers else None)
        store.sweep()
        store.remember("rewritten", 1 + (store.fact("rewritten") or 0))
        store.remember("unreadable", None)  # its reasons may quote a file
        store.remember("forgetting", value=True)


def _leave_no_byte(library: Library) -> None:
    """Rewrite the store's file and empty its log; readers may hold the log for a moment."""
    for _ in range(50):
        if library.store.shrink():
            with library.store.writing():
                library.store.remember("forgetting", value=False)
            return
        time.sleep(0.2)
    raise UserError(
        "the document is removed, but a chat that is answering still holds the log with its text:"
        " run the same command again in a minute"
    )
