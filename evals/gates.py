"""Rows become gates: k of n with its bounds, held against an aim. The gate is on the bound."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from evals.statistics import clopper_pearson, clustered_bounds, wilson, wilson_bounds
from evals.suites import SUITES
from evals.trial import Row

THRESHOLDS = Path(__file__).parent / "thresholds.toml"
Outcome = Literal["passed", "failed", "too few"]
BOUNDS = {"wilson": wilson_bounds, "exact": clopper_pearson}


@dataclass(frozen=True)
class Aim:
    """What a measure must reach: a rate of good rows, a rate of bad ones, or all good.

    means: what a good row is, in plain words. anchor: what others reach, with the source.
    """

    kind: Literal["at_least", "at_most", "all"]
    value: float
    bound: str = "wilson"
    anchor: str = ""
    quick: bool = False
    means: str = ""

    @property
    def least(self) -> float:
        """The rate of good rows that must be reached."""
        return {"at_least": self.value, "at_most": 1 - self.value, "all": 1.0}[self.kind]

    @property
    def text(self) -> str:
        return "all" if self.kind == "all" else f"≥ {self.least:g}"

    def shown(self, k: int, n: int) -> float:
        """The rate of good rows that k of n show, chance allowed for; the gate is on it."""
        if self.kind == "at_most":
            return 1 - BOUNDS[self.bound](n - k, n)[1]
        return BOUNDS[self.bound](k, n)[0]

    def met(self, k: int, n: int) -> bool:
        """Whether k good rows of n show it, chance allowed for."""
        if self.kind == "all":
            return n > 0 and k == n
        if self.kind == "at_least":
            return BOUNDS[self.bound](k, n)[0] >= self.value
        return BOUNDS[self.bound](n - k, n)[1] <= self.value

    def missed(self, k: int, n: int) -> bool:
        """Whether even chance cannot explain how far k good rows of n are from it."""
        if self.kind == "all":
            return k < n
        if self.kind == "at_least":
            return BOUNDS[self.bound](k, n)[1] < self.value
        return BOUNDS[self.bound](n - k, n)[0] > self.value


@dataclass(frozen=True)
class Gate:
    """One measure of one suite. k good rows of n, errors among the bad ones; refusals among all.

    outside: refusals that are no part of n, because a refusal has nothing to measure.
    interval: Wilson, two-sided. clustered: one-sided bounds of the good rate when rows on the same
    document count as one cluster.
    """

    suite: str
    measure: str
    k: int
    n: int
    errors: int
    refusals: int
    clusters: int
    interval: tuple[float, float]
    clustered: tuple[float, float]
    aim: Aim | None
    outside: int = 0

    @property
    def name(self) -> str:
        return f"{self.suite}.{self.measure}"

    @property
    def label(self) -> str:
        """The name for people."""
        return f"{self.suite}: {self.measure}".replace("_", " ")

    @property
    def rate(self) -> float:
        return self.k / self.n if self.n else 0.0

    @property
    def outcome(self) -> Outcome:
        if self.aim is None or self.n == 0:
            return "too few"
        if not self.aim.met(self.n, self.n):
            return "failed" if self.aim.missed(self.k, self.n) else "too few"
        return "passed" if self.aim.met(self.k, self.n) else "failed"

    @property
    def refused(self) -> str:
        """How many refusals there were, and where they were counted."""
        left = f" ({self.outside} of them not in n)" if self.outside else ""
        return f"{self.refusals} refusals{left}"

    @property
    def told(self) -> str:
        """The result in one plain line."""
        counted = f"{self.k}/{self.n} good, {self.errors} errors, {self.refused}"
        span = f"[{self.interval[0]:.3f}, {self.interval[1]:.3f}]"
        aim = self.aim.text if self.aim else "none"
        return f"{self.name}: {self.rate:.3f} {span} ({counted}; aim {aim}): {self.outcome.upper()}"


def load_aims(path: Path = THRESHOLDS) -> dict[str, Aim]:
    """The aims by "suite.measure"."""
    tables: Mapping[str, Mapping[str, dict[str, Any]]] = tomllib.loads(
        path.read_text(encoding="utf-8")
    )
    return {
        f"{suite}.{measure}": _aim(table)
        for suite, measures in tables.items()
        for measure, table in measures.items()
    }


def _aim(table: Mapping[str, Any]) -> Aim:
    kind: Literal["at_least", "at_most", "all"] = "all"
    if "at_least" in table:
        kind = "at_least"
    elif "at_most" in table:
        kind = "at_most"
    extra = {key: table[key] for key in ("bound", "anchor", "quick", "means") if key in table}
    return Aim(kind, float(table.get(kind, 1)), **extra)


def gates_of(rows: Sequence[Row], aims: Mapping[str, Aim]) -> list[Gate]:
    """A gate for each measure that rows count for, in the order of the suites and their aims."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        for measure in [*row.verdicts, *row.outside]:
            found.setdefault((row.suite, measure), []).append(row)
    order = [*SUITES, *aims]
    keys = sorted(found, key=lambda key: [_place(name, order) for name in (key[0], ".".join(key))])
    return [_gate(suite, measure, found[suite, measure], aims) for suite, measure in keys]


def _place(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def _gate(suite: str, measure: str, asked: Sequence[Row], aims: Mapping[str, Aim]) -> Gate:
    rows = [row for row in asked if measure in row.verdicts]
    good = [row.verdicts[measure] and not row.error for row in rows]
    groups = [row.group or row.id for row in rows]
    k, n = sum(good), len(good)
    return Gate(
        suite,
        measure,
        k,
        n,
        errors=sum(bool(row.error) for row in rows),
        refusals=sum(row.refused for row in asked),
        clusters=len(set(groups)),
        interval=wilson(k, n),
        clustered=clustered_bounds(good, groups),
        aim=aims.get(f"{suite}.{measure}"),
        outside=len(asked) - len(rows),
    )


def exit_code(gates: Sequence[Gate], missing: Sequence[str] = ()) -> int:
    """0 all passed, 1 one failed, 2 too few rows, errors, or suites without any case."""
    if any(gate.outcome == "failed" for gate in gates):
        return 1
    unsure = [gate for gate in gates if gate.outcome == "too few" or gate.errors]
    return 2 if unsure or missing or not gates else 0


def verdict(
    gates: Sequence[Gate], missing: Sequence[str] = (), unwritten: Sequence[str] = ()
) -> str:
    """The whole run in one plain sentence."""
    failed = [gate for gate in gates if gate.outcome == "failed"]
    few = [gate for gate in gates if gate.outcome == "too few"]
    passed = len(gates) - len(failed) - len(few)
    parts = [f"{passed} of {len(gates)} checks passed"]
    if failed:
        parts.append(f"{len(failed)} failed")
    if few:
        parts.append(f"{len(few)} had too few cases to tell")
    if missing:
        parts.append(f"no cases for {', '.join(missing)}")
    if unwritten:
        parts.append(f"not asked, as nobody has written cases: {', '.join(unwritten)}")
    opening = {0: "Fit to go live", 1: "Not fit to go live", 2: "Not shown to be fit"}
    return f"{opening[exit_code(gates, missing)]}: {'; '.join(parts)}."
