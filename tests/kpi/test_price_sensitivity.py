import datetime as dt
import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats.contingency import relative_risk
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import proportion_confint

from assets.kpi.price_sensitivity import price_sensitivity
from assets.parameters import Parameters
from schemas.core.experiences import Experiences
from schemas.kpi.price_sensitivity import PriceSensitivity
from tests.core.rows import NOON, lazy
from tests.kpi.asked import had, untroubled
from tests.kpi.company import company
from tests.kpi.rows import Row
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

QUARTER = dt.date(2026, 1, 1)


def priced(*rows: Row, small_sample: int = 2, rises: tuple[float, ...] = (0.05, 0.1)) -> pl.DataFrame:
    numbered = (dict(row, source_record_id=str(place)) for place, row in enumerate(rows))
    parameters = Parameters(small_sample=small_sample, price_rises=rises)
    return stored(PriceSensitivity, price_sensitivity(lazy(Experiences, *numbered), parameters))


def tier(frame: pl.DataFrame, word: str, rise: float = 0.05) -> dict[str, Any]:
    (row,) = frame.filter(experience_tier=word, price_rise=rise).rows(named=True)
    return row


def accepting(word: str, *rises: float | None) -> list[Row]:
    """Customers of an experience, and up to which rise each would stay."""
    of = [row for one in rises for row in (untroubled(1) if word == "no_problem" else had("late", word))]
    return [dict(row, price_rise=rise) for row, rise in zip(of, rises, strict=True)]


def judging(word: str, *unfair: bool | None) -> list[Row]:
    """Customers of an experience, and whether each finds the price unfair."""
    of = [row for _ in unfair for row in (untroubled(1) if word == "no_problem" else had("late", word))]
    return [dict(row, finds_price_unfair=one) for row, one in zip(of, unfair, strict=True)]


def test_who_would_stay_at_a_higher_rise_would_stay_at_a_lower_one() -> None:
    result = priced(*accepting("satisfied", 0, 0.05, 0.07, 0.1, None))

    low, high = tier(result, "recovered"), tier(result, "recovered", 0.1)
    assert (low["quarter_on"], low["response_count"], low["price_rise_n"], low["accept_count"], low["premium_share"]) == (
        QUARTER,
        5,
        4,
        3,
        0.75,
    )
    assert (high["price_rise_n"], high["accept_count"], high["premium_share"]) == (4, 1, 0.25)
    # 1.05 · .75 and 1.1 · .25
    assert (low["revenue_index"], high["revenue_index"]) == (pytest.approx(0.7875), pytest.approx(0.275))
    ends = (low["revenue_index_ci_low"], low["revenue_index_ci_high"])
    assert ends == (pytest.approx(1.05 * low["premium_share_ci_low"]), pytest.approx(1.05 * low["premium_share_ci_high"]))


def test_where_all_stay_a_rise_brings_all_of_itself() -> None:
    assert tier(priced(*accepting("no_problem", 0.1, 0.2)), "no_problem", 0.1)["revenue_index"] == pytest.approx(1.1)


def test_customers_with_a_problem_find_the_price_unfair_so_many_times_as_often() -> None:
    troubled = [*judging("dissatisfied", True, True, False), *judging("satisfied", True, False), *judging("unrated", False, None)]

    result = priced(*troubled, *judging("no_problem", True, False, False, False))

    # (3 of 6) over (1 of 4); √(1/3 − 1/6 + 1 − 1/4) = √(11/12)
    factor = math.exp(1.959963984540054 * math.sqrt(11 / 12))
    for row in result.rows(named=True):
        assert row["price_problem_ratio"] == pytest.approx(2)
        assert (row["price_problem_ratio_ci_low"], row["price_problem_ratio_ci_high"]) == pytest.approx((2 / factor, 2 * factor))
    row = tier(result, "not_recovered")
    assert (row["price_n"], row["unfair_count"], row["unfair_share"]) == (3, 2, pytest.approx(2 / 3))
    assert (tier(result, "unknown")["response_count"], tier(result, "unknown")["price_n"]) == (2, 1)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("no_problem", "no_problem"),
        ("satisfied", "recovered"),
        ("mollified", "not_recovered"),
        ("dissatisfied", "not_recovered"),
        ("non_complainant", "unheard"),
        ("blocked", "unheard"),
        ("unrated", "unknown"),
        (None, "unknown"),
    ],
)
def test_each_experience_has_its_tier(word: str | None, expected: str) -> None:
    rows = untroubled(1) if word == "no_problem" else had("late", word)

    assert set(priced(*rows)["experience_tier"]) == {expected}


def test_without_unfair_prices_to_compare_with_there_is_no_ratio() -> None:
    never = tier(priced(*judging("blocked", True), *judging("no_problem", False)), "unheard")
    nobody = tier(priced(*judging("blocked", True)), "unheard")
    zero = tier(priced(*judging("blocked", False), *judging("no_problem", True)), "unheard")
    always = tier(priced(*judging("blocked", True), *judging("no_problem", True)), "unheard")

    names = ("price_problem_ratio", "price_problem_ratio_ci_low", "price_problem_ratio_ci_high")
    assert [[row[name] for name in names] for row in (never, nobody, zero, always)] == [[None] * 3, [None] * 3, [0, None, None], [1, 1, 1]]


def test_nobody_says_what_they_would_pay() -> None:
    row = tier(priced(*judging("satisfied", True)), "recovered")

    assert (row["price_rise_n"], row["premium_share"], row["premium_share_ci_low"], row["revenue_index"]) == (0, None, None, None)
    assert (row["status"], row["unfair_share"]) == ("no_data", 1)


def test_few_answers_are_flagged() -> None:
    rows = accepting("satisfied", 0.1, 0.1)

    assert (tier(priced(*rows), "recovered")["status"], tier(priced(*rows, small_sample=3), "recovered")["status"]) == (
        "ok",
        "small_sample",
    )


def test_a_customer_counts_once_a_month_and_in_the_quarter_of_the_answer() -> None:
    april = NOON + dt.timedelta(days=31)
    rows = [*accepting("satisfied", 0.1), *had("late", "satisfied", is_counted=False)]
    rows += had("late", "satisfied", answered_at=april, answered_on=april.date(), price_rise=0.0)

    found = priced(*rows, rises=(0.05,)).sort("quarter_on")

    assert found.select("quarter_on", "response_count", "accept_count").rows() == [(QUARTER, 1, 1), (dt.date(2026, 4, 1), 1, 0)]


@pytest.mark.parametrize("rises", [(), (0.0,), (1.5,), (0.1, 0.1)])
def test_rises_that_make_no_sense_are_refused(rises: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="price_rises"):
        Parameters(price_rises=rises)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_shares_ratio_and_intervals_are_those_of_statsmodels_and_scipy(seed: int) -> None:
    rows = [dict(row, answered_on=QUARTER) for row in company(seed, size=60).experiences]
    rated = [row for row in rows if row["is_counted"] and row["finds_price_unfair"] is not None]
    troubled = [row["finds_price_unfair"] for row in rated if row["problem_type"] != "no_problem"]
    calm = [row["finds_price_unfair"] for row in rated if row["problem_type"] == "no_problem"]

    result = priced(*rows)

    for row in result.rows(named=True):
        if sum(troubled) and sum(calm):
            counted = [[sum(group), len(group) - sum(group)] for group in (troubled, calm)]
            known = Table2x2(counted, shift_zeros=False)
            ends = row["price_problem_ratio_ci_low"], row["price_problem_ratio_ci_high"]
            assert row["price_problem_ratio"] == pytest.approx(known.riskratio)
            assert ends == pytest.approx(known.riskratio_confint())
            katz = relative_risk(sum(troubled), len(troubled), sum(calm), len(calm)).confidence_interval()
            assert ends == pytest.approx((katz.low, katz.high))
        for name, k, n in (("premium_share", "accept_count", "price_rise_n"), ("unfair_share", "unfair_count", "price_n")):
            if row[n]:
                low, high = proportion_confint(row[k], row[n], method="wilson")
                assert (row[f"{name}_ci_low"], row[f"{name}_ci_high"]) == pytest.approx((low, high), abs=1e-12)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_tiers_add_up_to_all_who_were_asked_and_fewer_stay_the_more_it_costs(seed: int) -> None:
    rows = company(seed).experiences

    result = priced(*rows, rises=(0.2, 0.05, 0.1))

    for rise in (0.05, 0.1, 0.2):
        assert result.filter(price_rise=rise)["response_count"].sum() == sum(row["is_counted"] for row in rows)
    for (_, _), of_tier in result.sort("price_rise").group_by("quarter_on", "experience_tier", maintain_order=True):
        assert of_tier["accept_count"].to_list() == sorted(of_tier["accept_count"], reverse=True)
        assert of_tier["price_n"].n_unique() == of_tier["response_count"].n_unique() == 1
    for row in result.drop_nulls("revenue_index").rows(named=True):
        assert 0 <= row["revenue_index_ci_low"] <= row["revenue_index"] <= row["revenue_index_ci_high"] <= 1 + row["price_rise"]
