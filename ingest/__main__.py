"""Build and look after libraries.

python -m ingest FOLDER [--name NAME]    build the next release from a folder and publish it
python -m ingest --name NAME             the same from the folder the library remembers
python -m ingest --name NAME --list | --diff A B | --rollback N | --verify | --forget DOCUMENT
"""

import argparse
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ingest.build import Options, build, remembered, source_folder
from ingest.embed import open_embedder
from ingest.errors import UserError
from ingest.library import (
    Library,
    Shelf,
    create_library,
    home_folder,
    open_library,
    unreadable,
)
from ingest.maintain import diff, forget, roll_back, verify
from ingest.progress import progress_bars, progress_lines
from ingest.split import Split
from ingest.summary import Summary
from ingest.watch import changes


def arguments() -> argparse.ArgumentParser:
    """The options of `python -m ingest`."""
    parser = argparse.ArgumentParser(prog="python -m ingest", description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="the folder with the documents")
    parser.add_argument("--name", help="of the library; the folder's name by default")
    parser.add_argument("--size", type=int, help="the most characters a passage has (1200)")
    parser.add_argument("--model", help="embedding model: a folder with weights, or a hub name")
    parser.add_argument(
        "--column",
        help="of csv and jsonl files, what holds the text: words, or Question,Answer for both",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would go in, write nothing"
    )
    parser.add_argument("--no-publish", action="store_true", help="build, but do not publish")
    parser.add_argument("--watch", action="store_true", help="go on and publish when files change")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--progress-lines", action="store_true", help="say how far it is as JSON lines on stderr"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--list", action="store_true", help="the releases of a library, or all libraries"
    )
    what.add_argument(
        "--diff", nargs=2, type=int, metavar=("A", "B"), help="what changed from A to B"
    )
    what.add_argument("--rollback", type=int, metavar="N", help="make release N the current one")
    what.add_argument("--publish", type=int, metavar="N", help="publish a release that was built")
    what.add_argument("--verify", action="store_true", help="check every stored byte and vector")
    what.add_argument("--forget", metavar="DOCUMENT", help="remove it from every release for good")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = arguments()
    given = parser.parse_args(argv)
    if given.size is not None and not 200 <= given.size <= 4000:
        parser.error("--size must be from 200 to 4000 characters")
    try:
        return _run(given)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except sqlite3.DatabaseError as error:
        folder = Shelf(home_folder()).folder(_needed_name(given))
        print(f"error: {unreadable(folder, error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the library is as it was", file=sys.stderr)
        return 130


def _run(given: argparse.Namespace) -> int:
    if given.list and not _name(given):
        names = Shelf(home_folder()).names()
        none = [f"no library in {home_folder()} yet: run `python -m ingest FOLDER` to make one"]
        return _say(given, names or none, {"libraries": names})
    for option, command in COMMANDS.items():
        if getattr(given, option) not in (None, False):
            return command(given, open_library(_needed_name(given)))
    return _ingest(given)


def _name(given: argparse.Namespace) -> str | None:
    return given.name or (given.folder.resolve().name if given.folder else None)


def _needed_name(given: argparse.Namespace) -> str:
    name = _name(given)
    if name is None:
        raise UserError("say which library: --name NAME (`python -m ingest --list` shows them)")
    return name


def _ingest(given: argparse.Namespace) -> int:
    name = _needed_name(given)
    library = open_library(name) if given.folder is None else create_library(name)
    try:
        return _watch(given, library) if given.watch else _once(given, library)
    finally:
        library.discard_if_empty()


def _watch(given: argparse.Namespace, library: Library) -> int:
    """Ingest now and whenever files have changed; what goes wrong later is said and waited out."""
    folder, begun = source_folder(given.folder, library), False
    for _ in changes(folder):
        try:
            library.wait_for_writer()
            _once(given, library)
        except UserError as error:
            if not begun:
                raise
            print(f"error: {error}; watching on", file=sys.stderr, flush=True)
        begun = True
    raise UserError(f"the folder {str(folder)!r} is gone: the library stays as it is")


def _once(given: argparse.Namespace, library: Library) -> int:
    last = remembered(library)
    options = Options(
        Split(given.size) if given.size else last.split,
        given.column or last.column,
        publish=not given.no_publish,
        dry=given.dry_run,
    )
    embedder = open_embedder(given.model or library.made_with.get("model"))
    with progress_bars(shown=not given.json and not given.progress_lines) as bars:
        progress = progress_lines() if given.progress_lines else bars
        summary = build(given.folder, library, embedder, options, progress)
    return _say(given, _told(summary), {**asdict(summary), "unchanged": summary.unchanged})


def _told(summary: Summary) -> list[str]:
    seconds = ", ".join(f"{stage} {spent:.1f}" for stage, spent in summary.seconds.items())
    return [*summary.lines(), f"seconds: {seconds}"]


def _list(given: argparse.Namespace, library: Library) -> int:
    current = library.current_number
    rows = [
        {
            "release": row.number,
            "created": row.created,
            "documents": len({entry.document for entry in library.store.entries(row.number)}),
            "passages": row.passages,
            "settings": row.settings,
            "current": row.number == current,
        }
        for row in library.store.releases()
    ]
    lines = [
        f"{'*' if row['current'] else ' '} {row['release']:>4}  {row['created']}"
        f"  {row['documents']} documents, {row['passages']} passages"
        f"{' (current)' if row['current'] else ''}"
        for row in rows
    ]
    return _say(given, lines, {"releases": rows})


def _diff(given: argparse.Namespace, library: Library) -> int:
    found = diff(library, *given.diff)
    return _say(given, found.lines(), asdict(found))


def _rollback(given: argparse.Namespace, library: Library) -> int:
    number = given.rollback if given.rollback is not None else given.publish
    roll_back(library, number)
    return _say(given, [f"release {number} is the current one now"], {"current": number})


def _verify(given: argparse.Namespace, library: Library) -> int:
    problems = verify(library)
    lines = [f"release {number}: {problem or 'good'}" for number, problem in problems.items()]
    _say(given, lines, {"releases": problems})
    return int(any(problems.values()))


def _forget(given: argparse.Namespace, library: Library) -> int:
    folder = library.made_with.get("folder")
    count = forget(library, given.forget)
    releases = "1 release" if count == 1 else f"{count} releases"
    lines = [f"{given.forget} is gone from {releases}, and every byte of it from the library"]
    if folder and (Path(folder) / given.forget.partition("#")[0]).exists():
        lines.append(f"it still lies in {folder}: remove it there, or the next ingest takes it in")
    return _say(given, lines, {"forgotten": given.forget, "releases": count})


def _say(given: argparse.Namespace, lines: list[str], data: Any) -> int:
    print(json.dumps(data, ensure_ascii=False) if given.json else "\n".join(lines))
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace, Library], int]] = {
    "list": _list,
    "diff": _diff,
    "rollback": _rollback,
    "publish": _rollback,
    "verify": _verify,
    "forget": _forget,
}

if __name__ == "__main__":
    os.nice(19)  # a chat on the same processors goes first
    sys.exit(main())
