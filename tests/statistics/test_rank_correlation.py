from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from assets.statistics.rank_correlation import Correlation, spearman

pytestmark = pytest.mark.slow


def test_what_rises_together_has_one_and_only_the_two_extreme_pairings_are_as_close() -> None:
    found = spearman([(1, 10), (2, 20), (3, 40), (4, 30_000)])

    assert (found.rho, found.p) == pytest.approx((1, 2 / 24))
    assert spearman([(1, 4), (2, 3), (3, 2), (4, 1)]).rho == pytest.approx(-1)


def test_ties_share_their_rank() -> None:
    assert spearman([(0, 1), (0, 2), (1, 3), (1, 3)]).rho == pytest.approx(0.942809, abs=1e-6)


def test_fewer_than_three_pairs_and_sides_that_do_not_vary_say_nothing() -> None:
    assert spearman([]) == spearman([(1, 1), (2, 2)]) == Correlation(None, None, "too_few_pairs")
    assert spearman([(1, 1), (1, 2), (1, 3)]) == spearman([(1, 1), (2, 1), (3, 1)]) == Correlation(None, None, "no_variation")


@settings(max_examples=20, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=3, max_size=6))
def test_rho_is_that_of_scipy_and_p_the_share_of_all_pairings_as_close(pairs: list[tuple[int, int]]) -> None:
    found = spearman([(float(one), float(other)) for one, other in pairs])
    ones, others = [one for one, _ in pairs], [other for _, other in pairs]
    if len(set(ones)) == 1 or len(set(others)) == 1:
        assert found.gap == "no_variation"
        return

    known = abs(spearmanr(ones, others).statistic)
    as_close = [abs(spearmanr(shuffled, others).statistic) >= known - 1e-9 for shuffled in permutations(ones)]

    assert abs(found.rho or 0) == pytest.approx(known, abs=1e-12)
    assert found.p == pytest.approx(sum(as_close) / len(as_close))


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_of_many_pairs_p_lies_near_that_of_the_t_distribution_and_is_the_same_each_time(seed: int) -> None:
    draw = Random(seed)
    pairs = [(draw.random(), draw.random()) for _ in range(60)]

    found = spearman(pairs)

    assert found.p == pytest.approx(spearmanr(*zip(*pairs, strict=True)).pvalue, abs=0.03)
    assert found == spearman(pairs)
