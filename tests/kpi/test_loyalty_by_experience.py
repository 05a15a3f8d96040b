import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpi.loyalty_by_experience import loyalty_by_experience
from assets.parameters import Assumption, Parameters
from schemas.core.experiences import Experiences
from schemas.kpi.loyalty_by_experience import LoyaltyByExperience
from tests.core.rows import NOON, lazy
from tests.kpi.company import company
from tests.kpi.rows import Row, experience
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

DAY = dt.timedelta(days=1)
QUARTER = dt.date(2026, 1, 1)


def measured(*rows: Row, small_sample: int = 2, as_of: dt.datetime | None = None, **given: Any) -> pl.DataFrame:
    numbered = (dict(row, source_record_id=str(place)) for place, row in enumerate(rows))
    parameters = Parameters(small_sample=small_sample, as_of=as_of, **given)
    return stored(LoyaltyByExperience, loyalty_by_experience(lazy(Experiences, *numbered), parameters))


def group(frame: pl.DataFrame, word: str, segment: str = "gold") -> dict[str, Any]:
    (row,) = frame.filter(experience=word, segment=segment).rows(named=True)
    return row


def intending(word: str, *said: bool | None, **given: Any) -> list[Row]:
    return [experience(experience=word, would_repurchase=one, customer_key=None, **given) for one in said]


def buying(word: str, *after: int | None, **given: Any) -> list[Row]:
    return [experience(experience=word, first_reordered_at=None if days is None else NOON + days * DAY, **given) for days in after]


def test_loyalty_as_said_is_would_buy_again_and_where_that_was_not_asked_would_recommend() -> None:
    said = [
        *intending("satisfied", True, False, None),
        *intending("satisfied", None, is_promoter=True),
        *intending("satisfied", False, is_promoter=True),
    ]

    row = group(measured(*said), "satisfied")

    assert (row["response_count"], row["intent_n"], row["intent_loyal"], row["intent_loyalty"]) == (5, 4, 2, 0.5)
    assert (row["quarter_on"], row["observed_n"], row["observed_loyalty"]) == (QUARTER, 0, None)


def test_loyalty_as_done_is_an_order_within_the_horizon_of_those_for_whom_it_has_passed() -> None:
    late = experience(NOON + 10 * DAY, experience="satisfied", first_reordered_at=NOON + 11 * DAY)
    rows = [*buying("satisfied", 1, 90, 91, None), late, *intending("satisfied", None)]

    row = group(measured(*rows, as_of=NOON + 90 * DAY), "satisfied")

    assert (row["observed_n"], row["observed_loyal"], row["observed_loyalty"], row["immature_count"]) == (4, 2, 0.5, 1)
    assert group(measured(*rows, as_of=NOON + 100 * DAY), "satisfied")["observed_n"] == 5
    assert group(measured(*rows, as_of=NOON + 89 * DAY), "satisfied")["observed_n"] == 0
    assert group(measured(*rows, loyalty_horizon_days=91), "satisfied")["observed_loyal"] == 4


def test_what_was_done_outweighs_what_was_said_once_both_groups_have_enough_of_it() -> None:
    rows = [*buying("no_problem", 1, 1), *buying("dissatisfied", 1, None), *intending("dissatisfied", False, False)]
    rows += intending("no_problem", True, True)

    row = group(measured(*rows), "dissatisfied")

    assert (row["measure"], row["loyalty"], row["loyalty_lost"]) == ("observed", 0.5, 0.5)
    assert (row["loyalty_basis"], row["is_pooled"]) == ("measured", False)


def test_a_loss_is_never_the_difference_of_an_order_rate_and_an_intention() -> None:
    rows = [*buying("no_problem", None, None), *intending("no_problem", True, True), *intending("dissatisfied", True, False)]

    result = measured(*rows)

    assert (group(result, "no_problem")["measure"], group(result, "no_problem")["loyalty"]) == ("observed", 0)
    row = group(result, "dissatisfied")
    assert (row["measure"], row["loyalty"], row["loyalty_lost"]) == ("intent", 0.5, 0.5)


def test_too_few_in_a_segment_take_the_loyalty_of_all_segments() -> None:
    gold = [*intending("no_problem", True, True), *intending("satisfied", True)]
    silver = [*intending("no_problem", True, False, segment="silver"), *intending("satisfied", False, segment="silver")]

    row = group(measured(*gold, *silver), "satisfied")

    assert (row["intent_loyalty"], row["loyalty"], row["loyalty_lost"], row["is_pooled"]) == (1, 0.5, 0.25, True)
    assert (row["measure"], row["loyalty_basis"], row["status"]) == ("intent", "measured", "small_sample")


def test_where_nothing_is_measured_the_assumption_stands_and_says_so() -> None:
    result = measured(*intending("no_problem", True), small_sample=30)

    assert result.height == 7
    for word, loyalty, low, high in [
        ("no_problem", 0.9, 0.85, 0.95),
        ("non_complainant", 0.7, 0.6, 0.8),
        ("blocked", 0.7, 0.6, 0.8),
        ("satisfied", 0.88, 0.8, 0.95),
        ("mollified", 0.72, 0.6, 0.8),
        ("dissatisfied", 0.4, 0.25, 0.55),
    ]:
        row = group(result, word)
        assert (row["loyalty"], row["loyalty_low"], row["loyalty_high"]) == (loyalty, low, high)
        assert (row["measure"], row["loyalty_basis"], row["is_pooled"]) == ("declared", "assumed", False)
    row = group(result, "dissatisfied")
    lost = (row["loyalty_lost"], row["loyalty_lost_low"], row["loyalty_lost_high"])
    assert lost == (pytest.approx(0.5), pytest.approx(0.3), pytest.approx(0.7))
    assert row["status"] == "no_data"
    row = group(result, "unrated")
    assert (row["loyalty"], row["loyalty_lost"], row["measure"], row["loyalty_basis"]) == (None, None, None, None)


def test_without_a_problem_nothing_is_lost() -> None:
    row = group(measured(*intending("no_problem", True, False, False)), "no_problem")

    assert (row["loyalty_lost"], row["loyalty_lost_low"], row["loyalty_lost_high"]) == (0, 0, 0)


def test_a_declared_loss_has_the_weaker_basis_of_its_two_assumptions() -> None:
    published = Assumption(value=0.4, low=0.3, high=0.5, basis="benchmark", source="a study")

    result = measured(*intending("no_problem", True), assumptions={"loyalty_dissatisfied": published})
    both = {"loyalty_dissatisfied": published, "loyalty_no_problem": published.model_copy(update={"value": 0.9, "high": 0.9})}

    assert group(result, "dissatisfied")["loyalty_basis"] == "assumed"
    assert group(measured(*intending("no_problem", True), assumptions=both), "dissatisfied")["loyalty_basis"] == "benchmark"


def test_responses_that_do_not_stand_for_their_customer_or_belong_to_no_group_are_not_counted() -> None:
    rows = [experience(is_counted=False), experience(experience=None, problem_type="late"), experience()]

    assert measured(*rows)["response_count"].sum() == 1


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**9), small_sample=st.sampled_from([1, 5, 30]))
def test_bounds_contain_the_figure_and_segments_add_up_to_the_responses(seed: int, small_sample: int) -> None:
    rows = company(seed).experiences

    result = measured(*rows, small_sample=small_sample, as_of=NOON + 100 * DAY)

    assert result["response_count"].sum() == sum(row["is_counted"] and row["experience"] is not None for row in rows)
    for row in result.drop_nulls("loyalty").rows(named=True):
        assert row["loyalty_low"] <= row["loyalty"] <= row["loyalty_high"]
        assert row["loyalty_lost_low"] <= row["loyalty_lost"] <= row["loyalty_lost_high"]
