"""The quick slice for CI: a few questions of each suite on the bundled corpus, built anew.

    python -m evals --quick                     held against evals/baseline.jsonl
    python -m evals --quick --write-baseline    after a change that was meant: renew it

It fails where a promise breaks (measures marked `quick` in thresholds.toml) or where more rows got
worse than chance explains; what gets better never fails.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from chat.settings import Settings
from evals.cases import BUNDLED
from evals.compare import Change, compare, named, overall, unpaired
from evals.evaluation import REPORTS, evaluate
from evals.outcome import Outcome
from evals.run import TIMED, read_rows, write_rows
from evals.scratch import scratch_folder
from evals.suites import SUITES
from evals.trial import Row
from ingest.build import build
from ingest.library import Library, create_library, home_folder

SAMPLE = 12  # questions of each suite
BASELINE = Path(__file__).parent / "baseline.jsonl"
CORPUS = Path(__file__).parents[1] / "corpus" / BUNDLED


def run_quick(given: argparse.Namespace) -> int:
    """Run the slice; write the baseline or hold the outcome against it."""
    given.sample = given.sample or SAMPLE
    given.out = given.out or home_folder() / REPORTS / "quick"
    names = given.suites or [name for name in SUITES if name not in TIMED]
    with bundled() as library:
        outcome, folder = evaluate(library, names, given, Settings())
    print(f"report: {folder / 'report.html'}")
    if given.write_baseline:
        write_rows(BASELINE, [slim(row) for row in outcome.rows if row.verdicts])
        print(f"the baseline holds these rows now: commit {BASELINE.name} with the reason")
        return 0
    return held_against(read_rows(BASELINE), outcome)


@contextmanager
def bundled() -> Iterator[Library]:
    """The bundled corpus as a library of its own, whatever libraries there are; gone afterwards."""
    with scratch_folder() as place:
        library = create_library(str(place / BUNDLED))
        build(CORPUS, library)
        yield library


def held_against(baseline: Sequence[Row], outcome: Outcome) -> int:
    """1 where a promise is broken or something got worse, 2 where a row ended in an error."""
    broken = [gate for gate in outcome.gates if gate.aim and gate.aim.quick and gate.k < gate.n]
    worse = [change for change in changes(baseline, outcome.rows) if change.worse]
    for gate in broken:
        print(f"must hold in every row: {gate.told}")
    for change in worse:
        print(f"worse than the baseline: {change.told}")
        print("\n".join(f"  now bad: {row.suite} {named(row, row.reason)}" for row in change.lost))
    strange = unpaired(baseline, outcome.rows)
    print(f"held against {len(baseline)} rows of the baseline, {strange} stand on one side only")
    errors = any(gate.errors for gate in outcome.gates)
    return 1 if broken or worse else 2 if errors else 0


def changes(baseline: Sequence[Row], rows: Sequence[Row]) -> list[Change]:
    """Each measure, and all of them together."""
    found = compare(baseline, rows)
    return [*found, overall(found)] if found else []


def slim(row: Row) -> Row:
    """What a comparison needs of a row."""
    return replace(
        row, reason="", why="", history=[], expected=[], values={}, passages=[], answer={}
    )
