"""Against values that are published or can be worked out by hand."""

import math

import pytest

from evals.statistics import (
    clopper_pearson,
    clustered_bounds,
    effective_size,
    mcnemar,
    ndcg,
    paired_bootstrap,
    random_hit,
    recall,
    reciprocal_rank,
    wilson,
    wilson_bounds,
)


def test_wilson_gives_newcombes_published_intervals() -> None:
    # Newcombe, Statistics in Medicine 1998, table I, method 3.
    for k, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
    ]:
        assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


def test_twenty_of_twenty_may_be_as_low_as_84_percent() -> None:
    assert wilson(20, 20) == pytest.approx((0.8389, 1.0), abs=5e-5)


def test_one_sided_wilson_of_a_perfect_result_is_n_over_n_plus_z_squared() -> None:
    assert wilson_bounds(60, 60)[0] == pytest.approx(60 / (60 + 1.6448536**2))


@pytest.mark.parametrize(("n", "rate"), [(59, 0.05), (149, 0.02), (299, 0.01)])
def test_no_failure_bounds_the_rate_by_the_root_of_five_percent(n: int, rate: float) -> None:
    upper = clopper_pearson(0, n)[1]
    assert upper == pytest.approx(1 - 0.05 ** (1 / n))
    assert upper <= rate < clopper_pearson(0, n - 1)[1]


def test_clopper_pearson_solves_the_binomial_tails() -> None:
    low, high = clopper_pearson(2, 10)
    at_least_two = 1 - (1 - low) ** 10 - 10 * low * (1 - low) ** 9
    at_most_two = sum(math.comb(10, i) * high**i * (1 - high) ** (10 - i) for i in range(3))
    assert (at_least_two, at_most_two) == pytest.approx((0.05, 0.05))


def test_nothing_asked_says_nothing() -> None:
    assert wilson(0, 0) == clopper_pearson(0, 0) == clustered_bounds([], []) == (0.0, 1.0)


def test_rows_of_their_own_are_worth_as_many_as_they_are() -> None:
    assert effective_size([True, False, True], [1, 2, 3]) == 3


def test_copies_of_a_row_are_worth_no_more_than_the_row() -> None:
    outcomes = [place % 4 > 0 for place in range(20) for _ in range(5)]
    clusters = [place for place in range(20) for _ in range(5)]
    assert effective_size(outcomes, clusters) < 20
    plain, wide = clopper_pearson(75, 100)[0], clustered_bounds(outcomes, clusters)[0]
    assert wide < plain


def test_perfect_rows_of_few_clusters_count_as_the_clusters() -> None:
    assert clustered_bounds([True] * 100, [n % 10 for n in range(100)])[0] == pytest.approx(
        0.05 ** (1 / 10)
    )


def test_mcnemar_is_the_binomial_test_on_changed_rows() -> None:
    assert mcnemar(0, 5) == pytest.approx(2 / 2**5)
    assert mcnemar(1, 6) == pytest.approx(2 * (1 + 7) / 2**7)
    assert mcnemar(3, 3) == mcnemar(0, 0) == 1.0


def test_a_constant_difference_has_no_spread_and_the_seed_decides() -> None:
    assert paired_bootstrap([0.5] * 6, list("aabbcc")) == (0.5, 0.5)
    spread = [1.0, 0.0, 0.0, 1.0, -1.0]
    assert paired_bootstrap(spread, range(5), 3) == paired_bootstrap(spread, range(5), 3)


def test_ranking_measures_by_hand() -> None:
    ranked = ["x", "a", "y", "b"]
    assert recall(ranked, {"a", "b", "c"}, 4) == pytest.approx(2 / 3)
    assert reciprocal_rank(ranked, {"a", "b"}) == 0.5
    gained = 2 / math.log2(3) + 1 / math.log2(5)
    assert ndcg(ranked, {"a": 2, "b": 1}, 10) == pytest.approx(gained / (2 + 1 / math.log2(3)))


def test_five_of_ten_at_random_hold_the_one_half_of_the_time() -> None:
    assert random_hit(1, 10, 5) == 0.5
    assert random_hit(3, 3, 5) == 1.0
