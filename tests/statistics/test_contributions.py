import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.statistics.contributions import Counts, contributions

PERIOD = st.dictionaries(st.sampled_from("abcd"), st.builds(Counts, st.integers(-50, 100), st.integers(0, 100)), max_size=4)


def test_a_group_that_does_better_accounts_for_the_change_by_its_weight() -> None:
    found = contributions({"web": Counts(50, 100), "phone": Counts(80, 100)}, {"web": Counts(70, 100), "phone": Counts(80, 100)})

    assert found["web"] == pytest.approx((0.1, 0.0))
    assert found["phone"] == pytest.approx((0.0, 0.0))


def test_more_of_a_better_group_lifts_the_whole_though_nobody_does_better() -> None:
    found = contributions({"web": Counts(50, 100), "phone": Counts(80, 100)}, {"web": Counts(25, 50), "phone": Counts(120, 150)})

    assert {group: one.by_rate for group, one in found.items()} == pytest.approx({"web": 0.0, "phone": 0.0})
    assert sum(one.by_share for one in found.values()) == pytest.approx(145 / 200 - 130 / 200)


def test_a_group_that_is_new_counts_against_the_rate_of_the_whole() -> None:
    found = contributions({"web": Counts(50, 100)}, {"web": Counts(50, 100), "chat": Counts(0, 100)})

    assert found["chat"].total < 0
    assert sum(one.total for one in found.values()) == pytest.approx(-0.25)


@pytest.mark.slow
@given(before=PERIOD, after=PERIOD)
def test_the_contributions_add_up_to_the_change_whatever_the_groups(before: dict[str, Counts], after: dict[str, Counts]) -> None:
    whole = [(sum(one.numerator for one in period.values()), sum(one.denominator for one in period.values())) for period in (before, after)]
    found = contributions(before, after)

    if not (whole[0][1] and whole[1][1]):
        assert found == {}
    else:
        change = whole[1][0] / whole[1][1] - whole[0][0] / whole[0][1]
        assert sum(one.total for one in found.values()) == pytest.approx(change, abs=1e-9)
