import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from assets.expressions import share_with_interval
from tests.core.rows import values

COUNTS = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.slow
@settings(max_examples=30)
@given(counts=st.lists(COUNTS, min_size=1, max_size=20))
def test_the_wilson_interval_is_that_of_scipy(counts: list[tuple[int, int]]) -> None:
    frame = nw.from_native(pl.LazyFrame(counts, schema={"k": pl.Int64, "n": pl.Int64}, orient="row"))

    result = frame.with_columns(**share_with_interval("share", "k", "n"))

    for k, n, share, low, high in values(result, "k", "n", "share", "share_ci_low", "share_ci_high"):
        known = binomtest(k, n).proportion_ci(method="wilson")
        assert abs(low - known.low) < 1e-12
        assert abs(high - known.high) < 1e-12
        assert 0 <= low <= share <= high <= 1


def test_an_interval_of_nothing_is_unknown() -> None:
    frame = nw.from_native(pl.LazyFrame({"k": [0], "n": [0]}))

    assert values(frame.with_columns(**share_with_interval("share", "k", "n")), "share", "share_ci_low", "share_ci_high") == [
        (None, None, None)
    ]
