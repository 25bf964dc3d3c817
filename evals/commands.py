"""What `python -m evals` can do: run, compare, swap, draft, check, export."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from chat.settings import library_name
from evals.cases import CASES, drafted, load_cases, problems_of, suites_written
from evals.compare import compare, lines_of, refusals_changed, unpaired
from evals.desk import PinnedLibrary
from evals.evaluation import evaluate, say
from evals.export import FORMATS
from evals.export import export as export_rows
from evals.outcome import load_outcome
from evals.quick import run_quick
from evals.run import write_file
from evals.suites import chosen
from evals.swap import swap
from ingest.errors import UserError
from ingest.library import open_library


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """The options that running suites and swapping share."""
    parser.add_argument("--name", help="of the library (magnesium)")
    parser.add_argument("--sample", type=_positive, metavar="N", help="at most N questions a suite")
    parser.add_argument("--seed", type=int, default=1, help="everything drawn follows from it (1)")
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    parser.add_argument("--out", type=Path, help="folder of the report")
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")


def add_own_options(parser: argparse.ArgumentParser) -> None:
    """The options of a run that a swap does not have: which release, and the slice for CI."""
    parser.add_argument("--release", type=_positive, metavar="N", help="the current one by default")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="for CI: a few questions of each suite on the bundled corpus, held against a baseline",
    )
    parser.add_argument(
        "--write-baseline", action="store_true", help="with --quick: renew evals/baseline.jsonl"
    )
    parser.add_argument(
        "--judge",
        metavar="PROVIDER:MODEL",
        help="let a chat model judge as well, once it has passed labelled pairs; carries no gate",
    )


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def run(given: argparse.Namespace) -> int:
    """Run suites on a library and write the report."""
    chosen(given.suites)
    if given.quick:
        _check_quick(given)
        return run_quick(given)
    if given.write_baseline:
        raise UserError("--write-baseline goes with --quick: the baseline is of the quick slice")
    library = open_library(given.name or library_name())
    if given.release is not None:
        library = PinnedLibrary(library, library.row(given.release).number)
    outcome, folder = evaluate(library, given.suites, given)
    say(given, outcome, folder)
    return outcome.exit_code


def _check_quick(given: argparse.Namespace) -> None:
    """UserError for options that the quick slice would pass over in silence."""
    others = {"--name": given.name, "--release": given.release, "--judge": given.judge}
    for option, value in others.items():
        if value is not None:
            raise UserError(
                f"{option} does not go with --quick, which asks the bundled corpus, built anew"
            )


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", type=Path, help="a report's folder or its report.json")
    parser.add_argument("b", type=Path)
    parser.add_argument("--json", action="store_true")


def _compare(given: argparse.Namespace) -> int:
    """What changed from one report to another, for which questions; 1 where something got worse."""
    (_, before), (_, after) = load_outcome(given.a), load_outcome(given.b)
    changes = compare(before, after)
    if given.json:
        print(json.dumps([{"name": c.name, "told": c.told, "p": c.p} for c in changes]))
    else:
        print("\n".join(lines_of(changes)))
        print("\n".join(refusals_changed(before, after)))
        print(f"{unpaired(before, after)} rows stand in one report only")
    return int(any(change.worse for change in changes))


def _add_swap(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the folder with the new text")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="all by default")
    add_run_options(parser)
    parser.add_argument("--gate", action="store_true", help="publish it if it is fit, else keep it")


def _add_cases(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", help="of the library (magnesium)")
    parser.add_argument("--out", type=Path, help="(draft) the file to write; standard output")
    parser.add_argument("--count", type=_positive, default=20, help="(draft) how many cases (20)")
    parser.add_argument("--seed", type=int, default=1)


def _draft(given: argparse.Namespace) -> int:
    """Write cases made from the library's text, for a person to correct."""
    name = given.name or library_name()
    if given.out and given.out.exists():
        raise UserError(f"{given.out} is there already: give another file, or move it away")
    cases = drafted(open_library(name).current(), given.count, given.seed)
    text = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
    if given.out:
        write_file(given.out, text)
        check = f"`python -m evals check --name {name}`"
        print(f"{len(cases)} cases in {given.out}: correct them, then {check}")
    else:
        print(text, end="")
    return 0 if cases else 2


def _check(given: argparse.Namespace) -> int:
    """Check the written cases of a library: every named source and span exists."""
    name = given.name or library_name()
    release = open_library(name).current()
    suites = suites_written(name)
    if not suites:
        folder = CASES / name
        raise UserError(
            f"nobody has written cases in {folder}: `python -m evals draft --name {name} --out"
            f" {folder / 'retrieval.jsonl'}` makes some to correct"
        )
    cases = [case for suite in suites for case in load_cases(name, suite)]
    problems = problems_of(cases, release)
    told = f"{len(cases)} cases for {', '.join(suites)}; problems: {len(problems)}"
    print("\n".join([*problems, told]))
    return 1 if problems else 0 if cases else 2


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", type=Path, help="a report's folder or its report.json")
    parser.add_argument("--tool", choices=FORMATS, default="ragas")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        help="the file: one list if it ends in .json, else JSON lines",
    )


def _export(given: argparse.Namespace) -> int:
    """Write all rows of a report for another evaluation tool."""
    _, rows = load_outcome(given.report)
    written = export_rows(rows, given.tool, given.out)
    left = f", {len(rows) - written} without a question left out" if written < len(rows) else ""
    print(f"{written} rows in {given.out}{left}")
    return 0


Command = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]
COMMANDS: dict[str, Command] = {
    "compare": (_add_compare, _compare),
    "swap": (_add_swap, swap),
    "draft": (_add_cases, _draft),
    "check": (_add_cases, _check),
    "export": (_add_export, _export),
}
