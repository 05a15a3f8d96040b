import datetime as dt
from decimal import Decimal
from typing import Any

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from assets.kpi.customer_lifetime_value import customer_lifetime_value
from assets.parameters import Assumption, Parameters
from assets.statistics.lifetime_value import lifetime_values
from schemas.core.orders import Orders
from schemas.kpi.customer_lifetime_value import CustomerLifetimeValue
from tests.core.rows import calendar, lazy, polars
from tests.kpi.rows import Row, order
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

LAST = dt.date(2026, 3, 31)
AS_OF = dt.datetime(2026, 3, 31, 22)
"""The end of March in Berlin."""


def said(value: float, basis: str = "assumed") -> Assumption:
    return Assumption.model_validate({"value": value, "low": value, "high": value, "basis": basis, "source": "a test"})


def bought(customer: str | None, days_ago: int, margin: int | None = 40, **given: Any) -> Row:
    amount = None if margin is None else Decimal(margin)
    return order(customer_key=customer, ordered_on=LAST - dt.timedelta(days=days_ago), margin_amount=amount, **given)


def valued(*orders: Row, **given: Any) -> dict[str, dict[str, Any]]:
    parameters = Parameters(**{"small_sample": 1, "as_of": AS_OF, **given})
    frame = customer_lifetime_value(lazy(Orders, *orders), calendar(), parameters)
    return {row["customer_key"]: row for row in stored(CustomerLifetimeValue, frame).rows(named=True)}


def test_a_customers_margin_of_the_last_year_is_carried_on_by_the_segments_retention() -> None:
    rows = valued(bought("a", 10), bought("a", 364, 60), bought("a", 365, 999), bought("b", 400, 500), bought("b", 2000))

    a = rows["a"]
    # one of two customers of the year before came back: 100 · .5 / .6 and 100 · 1.1 / .6
    assert (a["sale_count"], a["margin_amount"], a["yearly_margin"], a["retention"]) == (2, Decimal(100), 100, 0.5)
    assert (a["clv"], a["clv_immediate"]) == (pytest.approx(100 * 0.5 / 0.6), pytest.approx(110 / 0.6))
    low, high = proportion_confint(1, 2, method="wilson")
    assert (a["clv_low"], a["clv_high"]) == (pytest.approx(100 * low / (1.1 - low)), pytest.approx(100 * high / (1.1 - high)))
    assert (a["clv_immediate_low"], a["clv_immediate_high"]) == (pytest.approx(110 / (1.1 - low)), pytest.approx(110 / (1.1 - high)))
    assert (a["valued_on"], a["reason"], a["basis"], a["is_pooled"], a["status"]) == (LAST, None, "assumed", False, "ok")
    assert (rows["b"]["clv"], rows["b"]["reason"], rows["b"]["status"]) == (None, "inactive", "no_data")


def test_who_bought_nothing_in_two_windows_and_who_is_unknown_have_no_row() -> None:
    assert valued(bought("a", 730), bought(None, 3), bought("b", 3, is_sale=False, status="cancelled")) == {}


def test_a_small_segment_takes_the_retention_of_all() -> None:
    gold = [row for name in "abcd" for row in (bought(name, 500), bought(name, 5))]
    silver = [bought("x", 500, segment="silver"), bought("y", 5, segment="silver")]

    rows = valued(*gold, *silver, small_sample=4)

    assert (rows["a"]["retention"], rows["a"]["is_pooled"], rows["a"]["status"]) == (1.0, False, "ok")
    assert (rows["y"]["retention"], rows["y"]["is_pooled"], rows["y"]["status"]) == (0.8, True, "ok")
    small = valued(*gold, *silver, small_sample=6)
    assert (small["a"]["retention"], small["a"]["is_pooled"], small["a"]["status"]) == (0.8, True, "small_sample")


def test_a_value_that_cannot_be_computed_says_why() -> None:
    new = valued(bought("a", 5))["a"]
    unknown = valued(bought("a", 5, None), bought("a", 500))["a"]
    endless = valued(bought("a", 5), bought("a", 500), assumptions={"discount_rate": said(0)})["a"]

    assert [(row["clv"], row["clv_high"], row["reason"], row["status"]) for row in (new, unknown, endless)] == [
        (None, None, "no_retention", "no_data"),
        (None, None, "no_margin", "no_data"),
        (None, None, "never_ends", "no_data"),
    ]
    assert (unknown["margin_unknown_count"], unknown["yearly_margin"]) == (1, None)


def test_a_negative_margin_is_worth_less_than_nothing_and_its_bounds_keep_their_order() -> None:
    row = valued(bought("a", 5, -10), bought("a", 500), bought("b", 500))["a"]

    assert row["clv_low"] < row["clv"] < row["clv_high"] < 0


def test_another_window_gives_margin_and_retention_of_a_year() -> None:
    row = valued(bought("a", 5, 10), bought("a", 80), bought("b", 80), value_window_days=73)["a"]

    assert (row["yearly_margin"], row["retention"]) == (pytest.approx(50), pytest.approx(0.5**5))


def test_the_window_ends_with_the_newest_business_day_known() -> None:
    rows = valued(bought("a", 0), bought("b", -1), as_of=dt.datetime(2026, 3, 30, 22))

    assert rows == {}
    assert list(valued(bought("a", 0), bought("b", -1))) == ["a"]
    assert valued(bought("a", 3), bought("b", 500), as_of=None)["a"]["valued_on"] == LAST - dt.timedelta(days=3)


def test_a_measured_rate_leaves_nothing_assumed() -> None:
    assert valued(bought("a", 5), assumptions={"discount_rate": said(0.08, "measured")})["a"]["basis"] == "measured"


@settings(max_examples=20)
@given(margin=st.floats(0, 1e6), retention=st.floats(0, 0.95), rate=st.floats(0.01, 0.3))
def test_the_formula_is_the_limit_of_the_sum_over_the_years(margin: float, retention: float, rate: float) -> None:
    given_row = nw.from_dict(
        {"yearly_margin": [margin], **{f"applied_retention{end}": [retention] for end in ("", "_ci_low", "_ci_high")}}, backend="polars"
    )

    row = polars(given_row.select(**lifetime_values(said(rate)))).row(0, named=True)

    years = range(1, 600)
    assert row["clv"] == pytest.approx(sum(margin * retention**t / (1 + rate) ** t for t in years), rel=1e-9, abs=1e-9)
    assert row["clv_immediate"] == pytest.approx(margin + row["clv"], rel=1e-9, abs=1e-9)
    assert row["clv_low"] <= row["clv"] + 1e-9
    assert row["clv"] - 1e-9 <= row["clv_high"]
