"""What a count of k in n says, and whether two runs differ by more than chance.

Rates: Wilson (1927). Safety: Clopper and Pearson (1934), one-sided. Clusters: the effective sample
size and t quantile of Korn and Graubard (1998). Pairs: exact McNemar, bootstrap over clusters.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from scipy import stats

LEVEL = 0.95


def wilson(k: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """The two-sided Wilson interval of k in n; (0, 1) where n is 0."""
    return _wilson(k, n, float(stats.norm.ppf((1 + level) / 2)))


def wilson_bounds(k: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """The lower and the upper one-sided Wilson bound, each at `level`."""
    return _wilson(k, n, float(stats.norm.ppf(level)))


def _wilson(k: float, n: float, z: float) -> tuple[float, float]:
    if n <= 0:
        return 0.0, 1.0
    rate, squared = k / n, z * z
    middle = (rate + squared / (2 * n)) / (1 + squared / n)
    half = z / (1 + squared / n) * math.sqrt(rate * (1 - rate) / n + squared / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def clopper_pearson(k: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """The lower and the upper one-sided Clopper-Pearson bound, each at `level`."""
    if n <= 0:
        return 0.0, 1.0
    lower = float(stats.beta.ppf(1 - level, k, n - k + 1)) if k > 0 else 0.0
    upper = float(stats.beta.ppf(level, k + 1, n - k)) if k < n else 1.0
    return lower, upper


def effective_size(outcomes: Sequence[bool], clusters: Sequence[Hashable]) -> float:
    """How many independent rows these clustered ones are worth, with Korn and Graubard's t factor.

    The variance of the rate is that of cluster totals around it. Never more than the rows there
    are; where every outcome is the same there is no variance to see, and the clusters count.
    """
    n, groups = len(outcomes), _groups(outcomes, clusters)
    m = len(groups)
    if n in {0, m}:
        return float(n)
    rate = sum(outcomes) / n
    if rate in (0.0, 1.0) or m == 1:
        return float(m)
    scatter = sum((sum(group) - rate * len(group)) ** 2 for group in groups)
    variance = m / (m - 1) * scatter / n**2
    if variance == 0:
        return float(n)
    quantile = (1 + LEVEL) / 2
    factor = (stats.t.ppf(quantile, n - 1) / stats.t.ppf(quantile, m - 1)) ** 2
    return float(min(n, rate * (1 - rate) / variance * factor))


def clustered_bounds(
    outcomes: Sequence[bool], clusters: Sequence[Hashable], level: float = LEVEL
) -> tuple[float, float]:
    """Korn and Graubard's one-sided bounds: Clopper-Pearson at the effective size."""
    if not outcomes:
        return 0.0, 1.0
    size = effective_size(outcomes, clusters)
    return clopper_pearson(sum(outcomes) / len(outcomes) * size, size, level)


def _groups(outcomes: Sequence[bool], clusters: Sequence[Hashable]) -> list[list[bool]]:
    groups: dict[Hashable, list[bool]] = defaultdict(list)
    for outcome, cluster in zip(outcomes, clusters, strict=True):
        groups[cluster].append(outcome)
    return list(groups.values())


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p value of so many rows gained and lost; 1 where none changed."""
    changed = gained + lost
    if changed == 0:
        return 1.0
    return min(1.0, 2 * float(stats.binom.cdf(min(gained, lost), changed, 0.5)))


def paired_bootstrap(
    differences: Sequence[float],
    clusters: Sequence[Hashable],
    seed: int = 0,
    rounds: int = 2000,
    level: float = LEVEL,
) -> tuple[float, float]:
    """The interval of the mean difference when whole clusters are drawn with replacement."""
    groups: dict[Hashable, list[float]] = defaultdict(list)
    for difference, cluster in zip(differences, clusters, strict=True):
        groups[cluster].append(difference)
    if not groups:
        return 0.0, 0.0
    sums = np.array([sum(group) for group in groups.values()])
    sizes = np.array([len(group) for group in groups.values()])
    drawn = np.random.default_rng(seed).integers(0, len(sums), (rounds, len(sums)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def recall(ranked: Sequence[str], relevant: set[str], k: int) -> float:
    """The share of what is relevant that stands among the first k."""
    return len(set(ranked[:k]) & relevant) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: set[str]) -> float:
    """1 / the rank of the first relevant one; 0 where there is none."""
    return next((1 / rank for rank, item in enumerate(ranked, 1) if item in relevant), 0.0)


def ndcg(ranked: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    """Normalised discounted cumulative gain at k with linear gains (as trec_eval counts it)."""
    gains = [grades.get(item, 0.0) for item in ranked[:k]]
    best = sorted(grades.values(), reverse=True)[:k]
    ideal = _discounted(best)
    return _discounted(gains) / ideal if ideal else 0.0


def random_hit(relevant: int, total: int, k: int) -> float:
    """How often k passages drawn at random hold at least one of the relevant ones."""
    k = min(k, total)
    return 1 - math.comb(total - relevant, k) / math.comb(total, k) if total else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
