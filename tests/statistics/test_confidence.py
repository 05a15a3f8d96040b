import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.statistics.confidence import chain, index, relative_score

ICS, ICC, ICE = 675.58, 264.24, 411.34
"""Totals of 1966, on which Michigan's three indices rest; its published divisors are a hundredth of them."""

ITEMS = st.fixed_dictionaries({"a": st.integers(1, 200), "b": st.integers(1, 200)})


def test_neutral_answers_stay_in_the_denominator() -> None:
    assert relative_score(3, 1, 10) == 120


@pytest.mark.parametrize(("good", "bad", "n", "score"), [(0, 0, 0, None), (5, 0, 5, 200), (0, 5, 5, 0), (1, 0, 200, 101), (0, 1, 200, 100)])
def test_a_score_runs_from_0_to_200_and_halves_are_rounded_up(good: int, bad: int, n: int, score: int | None) -> None:
    assert relative_score(good, bad, n) == score


def test_michigans_constants_give_michigans_indices() -> None:
    x1, x2, x3, x4, x5 = 110, 95, 120, 88, 140

    assert index((x1, x2, x3, x4, x5), ICS, 2.0) == pytest.approx((x1 + x2 + x3 + x4 + x5) / 6.7558 + 2.0)
    assert index((x1, x5), ICC, 2.0) == pytest.approx((x1 + x5) / 2.6424 + 2.0)
    assert index((x2, x3, x4), ICE, 2.0) == pytest.approx((x2 + x3 + x4) / 4.1134 + 2.0)


@given(periods=st.lists(ITEMS, min_size=1, max_size=8), data=st.data())
def test_while_the_items_stay_the_chain_is_the_index_over_the_bases_total(periods: list[dict[str, int]], data: st.DataObject) -> None:
    base = data.draw(st.integers(0, len(periods) - 1))

    for found, scores in zip(chain(periods, base), periods, strict=True):
        assert found is not None
        assert math.isclose(found, index(list(scores.values()), sum(periods[base].values())))


def test_an_item_that_joins_or_leaves_moves_nothing_by_itself() -> None:
    assert chain([{"a": 100}, {"a": 110, "b": 10}, {"a": 110, "b": 20}, {"b": 20}], 0) == [
        100,
        pytest.approx(110),
        pytest.approx(110 * 130 / 120),
        pytest.approx(110 * 130 / 120),
    ]


def test_months_before_the_base_are_chained_backwards() -> None:
    assert chain([{"a": 50}, {"a": 100, "b": 100}], 1) == [50, 100]


def test_beyond_a_break_and_from_nothing_there_is_no_index() -> None:
    assert chain([{"a": 100}, {"b": 100}, {"a": 100, "b": 100}], 0) == [100, None, None]
    assert chain([{"a": 0}, {"a": 100}], 0) == [100, None]
