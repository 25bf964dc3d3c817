"""Two runs row by row: what changed, for which questions, and whether that can be chance.

python -m evals compare A B
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.statistics import mcnemar, paired_bootstrap
from evals.trial import Row

CHANCE = 0.05


@dataclass(frozen=True)
class Change:
    """One measure in both runs. gained and lost: rows that became good or bad. p: exact McNemar.

    between: the interval of the difference when clusters are drawn anew.
    """

    name: str
    n: int
    before: int
    after: int
    gained: tuple[Row, ...]
    lost: tuple[Row, ...]
    p: float
    between: tuple[float, float]

    @property
    def by_chance(self) -> bool:
        """Whether chance explains it, by the rows or by the clusters: rows of one are not many."""
        low, high = self.between
        return self.p > CHANCE or low <= 0 <= high

    @property
    def worse(self) -> bool:
        """Whether it lost more than chance explains."""
        return len(self.lost) > len(self.gained) and not self.by_chance

    @property
    def told(self) -> str:
        """The change in one plain line."""
        chance = "can be chance" if self.by_chance else "hardly chance"
        if not self.gained and not self.lost:
            chance = "nothing changed"
        low, high = self.between
        return (
            f"{self.name}: {self.before}/{self.n} -> {self.after}/{self.n}"
            f" (+{len(self.gained)} -{len(self.lost)}, difference"
            f" {(self.after - self.before) / self.n:+.3f} [{low:+.3f}, {high:+.3f}],"
            f" p = {self.p:.3f}: {chance})"
        )


def compare(before: Sequence[Row], after: Sequence[Row], seed: int = 0) -> list[Change]:
    """A Change for each measure that both runs have; rows pair by suite, id and question."""
    known = {(row.suite, row.id, row.question): row for row in before}
    pairs: dict[str, list[tuple[Row, Row]]] = {}
    for row in after:
        old = known.get((row.suite, row.id, row.question))
        for measure in row.verdicts:
            if old is not None and measure in old.verdicts:
                pairs.setdefault(f"{row.suite}.{measure}", []).append((old, row))
    return [_change(name, rows, seed) for name, rows in pairs.items()]


def overall(changes: Sequence[Change], seed: int = 0) -> Change:
    """All measures as one: many small losses that no measure shows alone."""
    gained = tuple(row for change in changes for row in change.gained)
    lost = tuple(row for change in changes for row in change.lost)
    same = sum(change.n for change in changes) - len(gained) - len(lost)
    differences = [1.0] * len(gained) + [-1.0] * len(lost) + [0.0] * same
    return Change(
        "all measures together",
        len(differences),
        sum(change.before for change in changes),
        sum(change.after for change in changes),
        gained,
        lost,
        mcnemar(len(gained), len(lost)),
        paired_bootstrap(differences, range(len(differences)), seed),
    )


def refusals_changed(before: Sequence[Row], after: Sequence[Row]) -> list[str]:
    """Questions that one run answers and the other refuses, once each; held-out ones by id."""
    known = {(row.suite, row.id, row.question): row for row in before}
    lines = {}
    for row in after:
        old = known.get((row.suite, row.id, row.question))
        if old is not None and old.refused != row.refused:
            shown = row.id if row.held_out else row.question
            lines[row.question] = f"  {'now refused' if row.refused else 'now answered'}: {shown}"
    return list(lines.values())


def unpaired(before: Sequence[Row], after: Sequence[Row]) -> int:
    """How many rows stand in one run only; no Change counts them."""
    keys = [{(row.suite, row.id, row.question) for row in rows} for rows in (before, after)]
    return len(keys[0] ^ keys[1])


def _change(name: str, pairs: Sequence[tuple[Row, Row]], seed: int) -> Change:
    measure = name.partition(".")[2]
    good = [(_good(old, measure), _good(new, measure)) for old, new in pairs]
    gained = tuple(new for (_, new), (a, b) in zip(pairs, good, strict=True) if b and not a)
    lost = tuple(new for (_, new), (a, b) in zip(pairs, good, strict=True) if a and not b)
    groups = [new.group or new.id for _, new in pairs]
    differences = [float(b) - float(a) for a, b in good]
    return Change(
        name,
        len(pairs),
        sum(a for a, _ in good),
        sum(b for _, b in good),
        gained,
        lost,
        mcnemar(len(gained), len(lost)),
        paired_bootstrap(differences, groups, seed),
    )


def _good(row: Row, measure: str) -> bool:
    return row.verdicts[measure] and not row.error


def lines_of(changes: Sequence[Change]) -> list[str]:
    """Each change, then the rows behind it."""
    lines = []
    for change in changes:
        lines.append(change.told)
        lines += [f"  now good: {named(row)}" for row in change.gained]
        lines += [f"  now bad:  {named(row, row.reason)}" for row in change.lost]
    return lines


def named(row: Row, reason: str = "") -> str:
    """A row by its id, question and reason; of one that nobody may tune on, by its id alone."""
    if row.held_out:
        return f"{row.id} (held out)"
    return f"{row.id}: {row.question}" + (f" ({reason})" if reason else "")
