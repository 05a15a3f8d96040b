import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from assets.statistics.tolerance import Drop, first_drop, is_judged

pytestmark = pytest.mark.slow

BANDS = st.lists(st.integers(0, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=5)


def test_the_first_band_with_significantly_fewer_satisfied_answers_is_where_satisfaction_drops() -> None:
    assert first_drop([(100, 80), (100, 78), (100, 50), (100, 10)], 30) == Drop(2, 0.79, 0.5)


def test_a_difference_that_may_be_chance_and_a_rise_are_no_drop() -> None:
    assert first_drop([(40, 32), (40, 28)], 30) is None
    assert first_drop([(400, 200), (400, 300)], 30) is None
    assert first_drop([], 30) is None


def test_a_band_with_few_answers_is_not_judged_but_counts_for_the_next() -> None:
    assert first_drop([(100, 90), (10, 0), (100, 50)], 30) == Drop(2, 90 / 110, 0.5)
    assert first_drop([(10, 9), (100, 10)], 30) is None


def test_without_two_bands_of_enough_answers_nothing_is_judged() -> None:
    assert [is_judged(bands, 30) for bands in ([], [(99, 9)], [(29, 9), (99, 9)], [(29, 9), (1, 1), (30, 9)])] == [
        False,
        False,
        False,
        True,
    ]
    assert not is_judged([(0, 0), (0, 0)], 0)


@settings(max_examples=20, deadline=None)
@given(bands=BANDS, fewest=st.integers(1, 60))
def test_it_is_the_band_that_a_search_with_statsmodels_finds(bands: list[tuple[int, int]], fewest: int) -> None:
    expected = None
    for place in range(1, len(bands)):
        before = [sum(band[side] for band in bands[:place]) for side in (0, 1)]
        n, satisfied = bands[place]
        if min(n, before[0]) < fewest:
            continue
        low, _ = confint_proportions_2indep(before[1], before[0], satisfied, n, method="newcomb", compare="diff")
        if low > 1e-12:
            expected = place
            break

    found = first_drop(bands, fewest)

    assert (found.band if found else None) == expected
    if found:
        assert found.before > found.within
        assert is_judged(bands, fewest)
