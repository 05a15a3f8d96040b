import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assets.statistics.control import Limits, individuals, shares

FLOW_RATES = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)
"""The example of NIST/SEMATECH's e-Handbook, 6.3.2.2."""

COUNTS = st.lists(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=3, max_size=30)


def test_the_individuals_chart_gives_the_limits_of_nists_example() -> None:
    limits = individuals(FLOW_RATES)

    assert limits is not None
    assert (limits.centre, limits.low, limits.high) == pytest.approx((50.81, 45.8159, 55.8041), abs=1e-4)


@given(baseline=COUNTS, n=st.integers(1, 500))
def test_the_p_prime_chart_is_laneys_formula(baseline: list[tuple[int, int]], n: int) -> None:
    k, size = np.array(baseline, dtype=float).T
    p = k.sum() / size.sum()
    assume(0 < p < 1)
    z = (k / size - p) * np.sqrt(size) / np.sqrt(p * (1 - p))
    reach = 3 * np.sqrt(p * (1 - p) / n) * np.abs(np.diff(z)).mean() / 1.128
    assume(reach > 0)

    limits = shares(baseline, n)

    assert limits is not None
    assert (limits.centre, limits.low, limits.high) == pytest.approx((p, max(0, p - reach), min(1, p + reach)), abs=1e-9)


def test_with_one_n_throughout_the_p_prime_chart_is_the_individuals_chart() -> None:
    counts = [62, 70, 58, 66, 75, 61]

    one, other = shares([(k, 100) for k in counts], 100), individuals([k / 100 for k in counts])

    assert one is not None
    assert other is not None
    assert (one.centre, one.low, one.high) == pytest.approx((other.centre, other.low, other.high))


def test_shares_that_vary_more_than_chance_have_wider_limits_than_a_p_chart_gives_them() -> None:
    limits = shares([(6_000, 10_000), (6_600, 10_000), (6_100, 10_000), (6_500, 10_000)], 10_000)

    assert limits is not None
    assert limits.hold(0.66)
    assert not Limits(0.63, 0.63 - 0.0145, 0.63 + 0.0145).hold(0.66), "as a p chart has them"


def test_what_never_varied_has_no_limits() -> None:
    assert individuals([4.0, 4.0, 4.0]) is None
    assert shares([(0, 50), (0, 60), (0, 70)], 50) is None
    assert shares([(50, 50), (60, 60)], 50) is None
    assert shares([(25, 50), (50, 100)], 50) is None


def test_a_value_on_a_limit_lies_within() -> None:
    limits = Limits(0.5, 0.4, 0.6)

    assert [limits.hold(value) for value in (0.39, 0.4, 0.6, 0.61)] == [False, True, True, False]
