"""Is the new text fit to go live? Built beside the current release, asked, and only then published.

python -m evals swap FOLDER --name NAME [--gate]
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from evals.compare import compare, lines_of
from evals.desk import PinnedLibrary
from evals.evaluation import evaluate, report_folder, say
from evals.gates import Gate
from evals.outcome import Outcome
from evals.suites import chosen
from ingest.build import build, remembered
from ingest.document import Document
from ingest.embed import open_embedder
from ingest.errors import UserError
from ingest.library import Library, create_library
from ingest.orders import speaks_to_programs
from ingest.progress import progress_bars
from ingest.sentences import sentence_spans

LISTED = 30  # lines of details printed
SHRUNK = 0.5  # share of the current passages below which text is missing, rather than shortened
NAMED = 3  # documents that a reason names


def swap(given: argparse.Namespace) -> int:
    """Build the new text unpublished, run the suites on it and on the current release beside it."""
    chosen(given.suites)
    if not given.folder.is_dir():
        raise UserError(f"there is no folder {str(given.folder)!r}: give the one with the new text")
    name = given.name or given.folder.resolve().name
    library = create_library(name)
    current = library.current_number
    number = built(given.folder, library)
    base = given.out or report_folder(name, number)
    given.out = base / "new"
    _tell(f"release {number} is built and not published; asking it")
    new, folder = evaluate(PinnedLibrary(library, number), given.suites, given)
    say(given, new, folder)
    old = None
    doubts = text_doubts(library, number)
    if current is not None:
        given.out = base / "current"
        _tell(f"asking release {current}, the current one, for comparison")
        old, _ = evaluate(PinnedLibrary(library, current), given.suites, given)
        _tell("\n".join(beside(old, new)))
    reason = doubts or held_back(new, old)
    return _decide(given, library, number, reason, new.exit_code or int(bool(reason)))


def built(folder: Path, library: Library) -> int:
    """The number of the unpublished release made of a folder, with the library's own settings."""
    options = replace(remembered(library), publish=False)
    embedder = open_embedder(library.made_with.get("model"))
    with progress_bars(shown=sys.stderr.isatty()) as progress:
        summary = build(folder, library, embedder, options, progress)
    if summary.release is None or summary.release == library.current_number:
        raise UserError(
            f"the text in {str(folder)!r} is what release {summary.release} holds already:"
            f" `python -m evals --name {library.name}` evaluates it"
        )
    _tell("\n".join(summary.lines()))
    return summary.release


def beside(old: Outcome, new: Outcome) -> list[str]:
    """Each gate of both releases, then the rows of shared questions that changed."""
    before = {gate.name: gate for gate in old.gates}
    lines = [_both(before.get(gate.name), gate) for gate in new.gates]
    changed = [line for line in lines_of(compare(old.rows, new.rows)) if line.startswith("  ")]
    more = [f"  and {len(changed) - LISTED} more"] if len(changed) > LISTED else []
    return [*lines, *changed[:LISTED], *more]


def _both(old: Gate | None, new: Gate) -> str:
    before = f"{old.k}/{old.n} {old.outcome}" if old else "not asked"
    return f"{new.label}: current {before}, new {new.k}/{new.n} {new.outcome}"


def held_back(new: Outcome, old: Outcome | None) -> str:
    """Why new text may not go live, or "": a check fails that the current text does not fail.

    What fails on both is the program's weakness, which no text cures: the verdict tells it, and it
    keeps no correction of a text from going live.
    """
    errors = sum(bool(row.error) for row in new.rows)
    known = {gate.name for gate in old.gates if gate.outcome == "failed"} if old else set()
    failed = [g.label for g in new.gates if g.outcome == "failed" and g.name not in known]
    if errors:
        return f"{errors} questions ended in an error"
    if failed:
        return f"it fails {', '.join(failed)}" + (
            ", which the current text does not" if old else ""
        )
    passed = any(gate.outcome == "passed" for gate in new.gates)
    return "" if passed else "nothing could be shown: ask more suites or more questions"


def text_doubts(library: Library, number: int) -> str:
    """What is suspicious in the text of release `number` itself, or "".

    The suites make their questions from the text that is there, so they neither miss what is gone
    nor mind what is never quoted: much less text than now, and orders to programs.
    """
    doubts = []
    current, new = library.current_number, library.row(number).passages
    if current is not None and new < SHRUNK * (old := library.row(current).passages):
        doubts.append(f"it has {new} passages where release {current} has {old}")
    known = {entry.document for entry in library.entries(current)} if current is not None else set()
    release = library.open_release(number)
    speaking = [
        document.path
        for document in release.documents()
        if document.id not in known and _speaks_to_programs(document)
    ]
    release.close()
    if speaking:
        more = f" and {len(speaking) - NAMED} more" if len(speaking) > NAMED else ""
        doubts.append(f"sentences give orders to programs in {', '.join(speaking[:NAMED])}{more}")
    return "; ".join(doubts)


def _speaks_to_programs(document: Document) -> bool:
    spans = sentence_spans(document.text, language=document.about.language)
    return any(speaks_to_programs(document.text[start:end]) for start, end in spans)


def _decide(
    given: argparse.Namespace, library: Library, number: int, reason: str, code: int
) -> int:
    """Publish or keep, and say what can be done next; returns the exit code.

    reason: against publishing, or "". code: the exit code where nothing is to be published.
    """
    publish = f"`python -m ingest --name {library.name} --publish {number}`"
    if not given.gate:
        fit = f"not be published: {reason}" if reason else "be published"
        _tell(f"release {number} is kept unpublished; with --gate it would {fit}. {publish}")
        return code
    if not reason:
        with library.writing():
            library.publish(number)
        _tell(f"release {number} is the current one now")
        return 0
    stays = f"release {library.current_number}" if library.current_number else "nothing"
    _tell(
        f"{stays} stays the current one: {reason}. Correct the text and swap again; {publish}"
        f" takes release {number} all the same"
    )
    return 1


def _tell(text: str) -> None:
    print(text, file=sys.stderr)
