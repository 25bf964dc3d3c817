"""What `python -m evals` can do: run, compare, swap, draft, check, export."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from chat.settings import Settings, library_name, read_settings
from evals.cases import drafted, load_cases, problems_of, suites_written
from evals.compare import compare, lines_of, unpaired
from evals.desk import Desks, PinnedLibrary, chats
from evals.export import FORMATS
from evals.export import export as export_rows
from evals.outcome import Outcome, header_of, load_outcome, outcome_of
from evals.report import write_reports
from evals.run import RowFile, read_rows, run_suites
from evals.suites import chosen
from evals.trial import Subject
from ingest.build import Options, build
from ingest.embed import open_embedder
from ingest.errors import UserError
from ingest.library import Library, create_library, home_folder, open_library

QUICK = 12  # trials of each suite in the quick slice
REPORTS = "reports"
BASELINE = Path(__file__).parent / "baseline.jsonl"
LISTED = 30  # lines of details printed


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """The options that running suites and swapping share."""
    parser.add_argument("--name", help="of the library (magnesium)")
    parser.add_argument("--release", type=_positive, metavar="N", help="the current one by default")
    parser.add_argument("--sample", type=_positive, metavar="N", help="at most N questions a suite")
    parser.add_argument("--seed", type=int, default=1, help="everything drawn follows from it (1)")
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    parser.add_argument("--out", type=Path, help="folder of the report")
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
    parser.add_argument("--gate", action="store_true", help="(swap) publish only what is fit")
    parser.add_argument(
        "--quick", action="store_true", help="a small slice, held against the committed baseline"
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def run(given: argparse.Namespace) -> int:
    """Run suites on a library and write the report."""
    suites = chosen(given.suites)
    library = open_library(given.name or library_name())
    if given.release is not None:
        library = PinnedLibrary(library, library.row(given.release).number)
    outcome, folder = evaluate(library, suites, given)
    _say(given, outcome, folder)
    return _quick_code(outcome) if given.quick else outcome.exit_code


def evaluate(
    library: Library, suites: Iterable[str], given: argparse.Namespace
) -> tuple[Outcome, Path]:
    """Run suites on a library's current release; the report's folder comes back as well."""
    settings = read_settings()
    desks = _desks(library, settings)
    sample = given.sample or (QUICK if given.quick else None)
    subject = Subject(library.name, desks.release, given.seed, sample, settings.language)
    folder = given.out or home_folder() / REPORTS / f"{library.name}-{desks.release.number}"
    file = RowFile(folder / "rows.jsonl", resume=given.resume)
    names = list(suites)
    rows = run_suites(chosen(names), subject, desks.open, file, _progress)
    print(file=sys.stderr)
    header = header_of(library, desks.release, settings, subject)
    outcome = outcome_of(rows, names, header)
    write_reports(outcome, folder)
    return outcome, folder


def _desks(library: Library, settings: Settings) -> Desks:
    release = library.current()
    embedder = open_embedder(release.model).load()
    release.close()
    return Desks(library, embedder, chats(settings, embedder))


def _progress(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)


def _say(given: argparse.Namespace, outcome: Outcome, folder: Path) -> None:
    if given.json:
        print(json.dumps(outcome.to_dict(), ensure_ascii=False))
        return
    for gate in outcome.gates:
        print(gate.told)
    print(outcome.verdict)
    print(f"report: {folder / 'report.html'}")


def _quick_code(outcome: Outcome) -> int:
    """For CI: measures marked quick have no bad row, and nothing got worse than the baseline."""
    bad = [gate for gate in outcome.gates if gate.aim and gate.aim.quick and gate.k < gate.n]
    worse = [change for change in compare(read_rows(BASELINE), outcome.rows) if change.worse]
    for gate in bad:
        print(f"must hold in every row: {gate.told}")
    for change in worse:
        print(f"worse than the baseline: {change.told}")
    errors = any(gate.errors for gate in outcome.gates)
    return 1 if bad or worse else 2 if errors else 0


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
        print(f"{unpaired(before, after)} rows stand in one report only")
    return int(any(change.worse for change in changes))


def _add_swap(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the folder with the new text")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="all by default")
    add_run_options(parser)


def _swap(given: argparse.Namespace) -> int:
    """Build the new text unpublished, run the suites on it and on the current release beside it."""
    name = given.name or given.folder.resolve().name
    library = create_library(name)
    current = library.current_number
    summary = build(given.folder, library, options=Options(publish=False))
    if summary.release is None or summary.release == current:
        raise UserError(
            f"the text in {str(given.folder)!r} is what release {current} holds already"
        )
    names = list(chosen(given.suites))
    base = given.out or home_folder() / REPORTS / f"{name}-{summary.release}"
    given.out = base / "new"
    outcome, folder = evaluate(PinnedLibrary(library, summary.release), names, given)
    _say(given, outcome, folder)
    if current is not None:
        given.out = base / "current"
        before, _ = evaluate(PinnedLibrary(library, current), names, given)
        print(f"release {current}, for comparison: {before.verdict}", file=sys.stderr)
        changes = lines_of(compare(before.rows, outcome.rows))[:LISTED]
        print("\n".join(changes), file=sys.stderr)
    _decide(given, library, summary.release, outcome)
    return outcome.exit_code


def _decide(given: argparse.Namespace, library: Library, number: int, outcome: Outcome) -> None:
    fit, reason = fit_to_publish(outcome)
    if not given.gate:
        told = (
            f"release {number} is not published; `--gate` would {'publish' if fit else 'keep'} it"
        )
    elif fit:
        with library.writing():
            library.publish(number)
        told = f"release {number} is the current one now"
    else:
        told = f"release {library.current_number or 'none'} stays the current one: {reason}"
    print(told, file=sys.stderr)


def fit_to_publish(outcome: Outcome) -> tuple[bool, str]:
    """Whether new text may go live, and why: no gate failed, nothing ended in an error.

    Suites without cases, or with too few, say nothing against a text that was just swapped in.
    """
    errors = sum(bool(row.error) for row in outcome.rows)
    failed = any(gate.outcome == "failed" for gate in outcome.gates)
    passed = any(gate.outcome == "passed" for gate in outcome.gates)
    return passed and not failed and not errors, outcome.verdict


def _add_cases(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", help="of the library (magnesium)")
    parser.add_argument("--out", type=Path, help="(draft) the file to write; standard output")
    parser.add_argument("--count", type=_positive, default=20, help="(draft) how many cases (20)")
    parser.add_argument("--seed", type=int, default=1)


def _draft(given: argparse.Namespace) -> int:
    """Write cases made from the library's text, for a person to correct."""
    release = open_library(given.name or library_name()).current()
    cases = drafted(release, given.count, given.seed)
    text = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text, encoding="utf-8")
        print(f"{len(cases)} cases in {given.out}: correct them, then `python -m evals check`")
    else:
        print(text, end="")
    return 0 if cases else 2


def _check(given: argparse.Namespace) -> int:
    """Check the written cases of a library: every named source and span exists."""
    name = given.name or library_name()
    release = open_library(name).current()
    suites = suites_written(name)
    cases = [case for suite in suites for case in load_cases(name, suite)]
    problems = problems_of(cases, release)
    print(
        "\n".join(
            [*problems, f"{len(cases)} cases in {len(suites)} suites, {len(problems)} problems"]
        )
    )
    return 1 if problems else 0 if cases else 2


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", type=Path, help="a report's folder or its report.json")
    parser.add_argument("--tool", choices=FORMATS, default="ragas")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")


def _export(given: argparse.Namespace) -> int:
    """Write all rows of a report as JSON lines for another tool."""
    _, rows = load_outcome(given.report)
    export_rows(rows, given.tool, given.out)
    print(f"{len(rows)} rows in {given.out}")
    return 0


Command = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]
COMMANDS: dict[str, Command] = {
    "compare": (_add_compare, _compare),
    "swap": (_add_swap, _swap),
    "draft": (_add_cases, _draft),
    "check": (_add_cases, _check),
    "export": (_add_export, _export),
}
