import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from assets.statistics.differences import difference_interval

COUNTS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def share(k: int, n: int) -> tuple[float, float, float]:
    low, high = proportion_confint(k, n, method="wilson")
    return k / n, low, high


@settings(max_examples=30)
@given(one=COUNTS, other=COUNTS)
def test_of_two_shares_it_is_newcombes(one: tuple[int, int], other: tuple[int, int]) -> None:
    known = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")

    assert difference_interval(share(*one), share(*other)) == pytest.approx(known, abs=1e-9)


def test_a_difference_from_what_is_known_exactly_reaches_as_far_as_the_other() -> None:
    assert difference_interval((10.0, 8.0, 13.0), (4.0, 4.0, 4.0)) == pytest.approx((4.0, 9.0))
