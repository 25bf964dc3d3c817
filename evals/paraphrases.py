"""What the checks of paraphrases let through: true ones, and lies about their source.

    python -m evals paraphrases [FILE] [--batch NAME] [--json]

FILE holds JSON lines with "source", "claim", "supported" and, for a lie, "lie": what it is about.
Pairs with a "batch" were written before anybody looked at what the checks make of them; the rates
at that first contact stand in LOG.md, as what was mended since knows them. Nothing is asked.
evals/cases/paraphrases_free.jsonl holds freer ones, which are told in other words throughout,
paraphrases_independent.jsonl those of five authors who saw no code; nobody tunes on its batch r.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from chat.screening.encoder import open_encoder
from chat.support import unsupported
from chat.support.meaning import Meanings
from evals.statistics import wilson
from ingest.errors import UserError

PAIRS = Path(__file__).parent / "cases" / "paraphrases.jsonl"
# Lies that none may pass; the rest are about who, in what order, how sure.
MUST_CATCH = ("number", "unit", "range", "limit", "frequency", "negation", "invented")
PASSING = 0.9  # share of true paraphrases that should pass


@dataclass(frozen=True)
class Pair:
    """A statement and the words it cites. lie: what it is about; "" where it is true."""

    source: str
    claim: str
    lie: str

    @cached_property
    def problem(self) -> str | None:
        """What the checks hold against it."""
        return unsupported(self.claim, self.source, meanings=_meanings())

    @property
    def right(self) -> bool:
        return (self.problem is not None) == bool(self.lie)


@cache
def _meanings() -> Meanings | None:
    encoder = open_encoder()
    return Meanings(encoder) if encoder else None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m evals paraphrases`."""
    parser.add_argument("file", type=Path, nargs="?", default=PAIRS, help="pairs as JSON lines")
    parser.add_argument("--batch", metavar="NAME", help="only the pairs of this batch")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Check all pairs, print both rates; exit code 0 where the aims are met, 1 where not."""
    found = report(read_pairs(arguments.file, arguments.batch))
    print(json.dumps(found, indent=2, ensure_ascii=False) if arguments.json else lines(found))
    passed, caught = found["true passed"], found["lies that none may pass caught"]
    return int(passed["rate"] < PASSING or caught["k"] < caught["n"])


def read_pairs(path: Path = PAIRS, batch: str | None = None) -> list[Pair]:
    """The pairs of a file, or of one batch; UserError for a line that is none, or no lie."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
        pairs = [
            Pair(row["source"], row["claim"], "" if row["supported"] else row["lie"])
            for row in rows
            if batch is None or str(row.get("batch")) == batch
        ]
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} has a line that is no pair ({error!r})") from error
    if not {True, False} <= {bool(pair.lie) for pair in pairs}:
        where = path if batch is None else f"batch {batch} of {path}"
        raise UserError(f"{where} needs true paraphrases and lies")
    return pairs


def report(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Both rates, each kind of lie, and every pair that was judged wrongly."""
    lies = [pair for pair in pairs if pair.lie]
    must = [pair for pair in lies if pair.lie in MUST_CATCH]
    kinds = sorted({pair.lie for pair in lies})
    return {
        "true passed": rate(pair.right for pair in pairs if not pair.lie),
        "lies caught": rate(pair.right for pair in lies),
        "lies that none may pass caught": rate(pair.right for pair in must),
        "kinds": {kind: rate(pair.right for pair in lies if pair.lie == kind) for kind in kinds},
        "wrong": [
            {"claim": pair.claim, "source": pair.source, "lie": pair.lie, "problem": pair.problem}
            for pair in pairs
            if not pair.right
        ],
    }


def rate(outcomes: Iterable[bool]) -> dict[str, Any]:
    """How many of how many, their share and its Wilson interval."""
    counted = list(outcomes)
    k, n = sum(counted), len(counted)
    interval = [round(bound, 3) for bound in wilson(k, n)]
    return {"k": k, "n": n, "rate": round(k / n, 3) if n else 0.0, "interval": interval}


def lines(found: Mapping[str, Any]) -> str:
    """The report for people."""
    out = [f"{name}: {_shown(value)}" for name, value in found.items() if "rate" in value]
    out += [f"  {kind}: {_shown(value)}" for kind, value in found["kinds"].items()]
    for wrong in found["wrong"]:
        what = f"passed a lie ({wrong['lie']})" if wrong["lie"] else f"dropped: {wrong['problem']}"
        out.append(f"{what}\n  source: {wrong['source']}\n  claim:  {wrong['claim']}")
    return "\n".join(out)


def _shown(value: Mapping[str, Any]) -> str:
    low, high = value["interval"]
    return f"{value['rate']} ({value['k']} of {value['n']}; {low} to {high})"
