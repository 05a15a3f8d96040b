import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.parameters import Assumption, Parameters
from tests.core.rows import NOON
from tests.kpi.asked import WORTH_1000, Survey, certain, clients, had, untroubled
from tests.kpi.company import company
from tests.kpi.rows import MARCH, Row

pytestmark = pytest.mark.slow

DAY = dt.timedelta(days=1)
EXAMPLE = [*had("late", *["non_complainant"] * 4), *untroubled(6)]
"""p = .4; all else as declared, which is the published worked example."""


def risked(
    rows: list[Row], customers: pl.DataFrame | None = None, assumptions: dict[str, Assumption] | None = None, **given: Any
) -> pl.DataFrame:
    survey = Survey(rows) if customers is None else Survey(rows, customers)
    settings = {"small_sample": 30, "problem_recall_months": 1, **given}
    return survey.at_risk(Parameters(assumptions={**WORTH_1000, **(assumptions or {})}, **settings))


def only(frame: pl.DataFrame) -> dict[str, Any]:
    (row,) = frame.rows(named=True)
    return row


def loyalties(*, no_problem: float, silent: float, satisfied: float, mollified: float, dissatisfied: float) -> dict[str, Assumption]:
    names = {"no_problem": no_problem, "non_complainant": silent, "satisfied": satisfied, "mollified": mollified}
    return {f"loyalty_{name}": certain(value) for name, value in (names | {"dissatisfied": dissatisfied}).items()}


def test_the_published_worked_example_loses_8120_of_100000_customers() -> None:
    row = only(risked(EXAMPLE))

    # .75·.20 + .25·(.40·.02 + .30·.18 + .30·.50) = .203; 100,000·.40·.203
    assert (row["month_on"], row["problem_type"], row["segment"], row["customer_n"], row["problem_rate"]) == (
        MARCH,
        "late",
        "gold",
        1e5,
        0.4,
    )
    assert (row["damage_per_problem"], row["customers_at_risk"]) == (pytest.approx(0.203), pytest.approx(8120))
    assert row["margin_at_risk_amount"] == Decimal(8_120_000)
    assert (row["basis"], row["loyalty_basis"], row["status"], row["has_negative_term"]) == ("assumed", "assumed", "small_sample", False)


def test_with_a_question_about_the_last_year_twelve_months_hold_what_the_year_holds() -> None:
    assert only(risked(EXAMPLE, problem_recall_months=12))["customers_at_risk"] == pytest.approx(8120 / 12)


def test_with_equal_loyalties_nothing_is_at_risk_and_nothing_can_be() -> None:
    same = loyalties(no_problem=0.8, silent=0.8, satisfied=0.8, mollified=0.8, dissatisfied=0.8)

    row = only(risked(EXAMPLE, assumptions=same))

    names = ("damage_per_problem", "customers_at_risk", "customers_at_risk_low", "customers_at_risk_high")
    assert [row[name] for name in names] == [pytest.approx(0, abs=1e-9)] * 4
    assert (row["margin_at_risk_amount"], row["margin_at_risk_low_amount"], row["margin_at_risk_high_amount"]) == (0, 0, 0)


def test_where_nobody_complains_all_lose_what_the_silent_lose() -> None:
    row = only(risked(EXAMPLE, assumptions={"complaint_share": certain(0)}))

    assert row["customers_at_risk"] == pytest.approx(100_000 * 0.4 * (0.9 - 0.7))


def test_customers_rate_and_value_each_raise_the_risk_in_proportion() -> None:
    once = only(risked(EXAMPLE))["margin_at_risk_amount"]

    assert only(risked(EXAMPLE, clients(50_000)))["margin_at_risk_amount"] == once / 2
    assert only(risked([*EXAMPLE, *untroubled(10)]))["margin_at_risk_amount"] == once / 2
    assert only(risked(EXAMPLE, assumptions={"customer_value": certain(500)}))["margin_at_risk_amount"] == once / 2


def test_complaints_and_handling_are_measured_in_the_row_else_in_the_month() -> None:
    late = had("late", *["non_complainant"] * 5, "blocked", "satisfied", "satisfied", "satisfied", "dissatisfied")
    few = had("wrong", "mollified")

    result = {row["problem_type"]: row for row in risked([*late, *few, *untroubled(9)], small_sample=4).rows(named=True)}

    row = result["late"]
    assert (row["complaint_rate"], row["satisfied_share"], row["mollified_share"], row["dissatisfied_share"]) == (0.4, 0.75, 0, 0.25)
    assert (row["complaint_rate_basis"], row["shares_basis"], row["basis"]) == ("measured", "measured", "assumed")
    # .6·.20 + .4·(.75·.02 + .25·.50) = .176
    assert row["damage_per_problem"] == pytest.approx(0.176)
    pooled = result["wrong"]
    assert (pooled["complaint_rate"], pooled["satisfied_share"], pooled["mollified_share"]) == pytest.approx((5 / 11, 0.6, 0.2))


def test_measured_loyalties_take_the_place_of_the_declared() -> None:
    rows = [*had("late", *["non_complainant"] * 2, would_repurchase=False)]
    rows += untroubled(2, would_repurchase=True)

    row = only(risked(rows, small_sample=2, assumptions={"complaint_share": certain(0)}))

    assert (row["lost_silent"], row["lost_satisfied"], row["loyalty_basis"]) == (1, pytest.approx(0.02), "assumed")
    assert row["customers_at_risk"] == pytest.approx(50_000)


def test_a_figure_has_the_weakest_basis_of_its_inputs() -> None:
    names = ("loyalty_no_problem", "loyalty_non_complainant", "loyalty_satisfied", "loyalty_mollified", "loyalty_dissatisfied")
    defaults = Parameters()
    known = {name: defaults.assumption(name).model_copy(update={"basis": "benchmark"}) for name in (*names, "complaint_share")}
    shares = ("satisfied_share", "mollified_share", "dissatisfied_share")
    known |= {name: defaults.assumption(name).model_copy(update={"basis": "measured"}) for name in (*shares, "customer_value")}

    assert only(risked(EXAMPLE, assumptions=known))["basis"] == "benchmark"
    one = {"mollified_share": defaults.assumption("mollified_share")}
    row = only(risked(EXAMPLE, assumptions=known | one))
    assert (row["shares_basis"], row["loyalty_basis"], row["customer_value_basis"], row["basis"]) == (
        "assumed",
        "benchmark",
        "measured",
        "assumed",
    )


def test_customers_who_are_won_by_their_problem_are_a_negative_risk_and_flagged() -> None:
    paradox = loyalties(no_problem=0.8, silent=0.9, satisfied=0.9, mollified=0.9, dissatisfied=0.9)

    row = only(risked(EXAMPLE, assumptions=paradox))

    assert (row["has_negative_term"], row["damage_per_problem"], row["margin_at_risk_amount"]) == (True, pytest.approx(-0.1), -4_000_000)
    assert row["margin_at_risk_low_amount"] < row["margin_at_risk_amount"] < row["margin_at_risk_high_amount"]


def test_customers_are_those_of_the_segment_by_the_end_of_the_month() -> None:
    customers = pl.concat(
        [
            clients(3),
            clients(2, since=dt.date(2026, 3, 31)).with_columns(customer_key="old" + pl.col("customer_key")),
            clients(9, since=dt.date(2026, 4, 1)).with_columns(customer_key="new" + pl.col("customer_key")),
            clients(7, "silver"),
        ]
    )
    april = NOON + 31 * DAY

    result = risked([*EXAMPLE, *had("late", "blocked", answered_at=april, answered_on=april.date())], customers)

    assert result.sort("month_on")["customer_n"].to_list() == [5, 14]


def test_nobody_has_a_problem_and_nobody_is_a_customer() -> None:
    assert risked(untroubled(3)).is_empty()
    row = only(risked(EXAMPLE, clients(0)))
    assert (row["customer_n"], row["customers_at_risk"], row["margin_at_risk_amount"]) == (0, 0, 0)


def test_types_and_segments_add_up_to_the_total() -> None:
    kinds = had("late", *["non_complainant"] * 3) + had("wrong", *["non_complainant"] * 1) + untroubled(6)

    apart = risked(kinds)

    assert apart["margin_at_risk_amount"].sum() == only(risked(EXAMPLE))["margin_at_risk_amount"]
    halves = [*EXAMPLE, *(dict(row, segment="silver") for row in EXAMPLE)]
    split = risked(halves, pl.concat([clients(50_000), clients(50_000, "silver")]))
    assert split["margin_at_risk_amount"].sum() == only(risked(EXAMPLE))["margin_at_risk_amount"]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**9), small_sample=st.sampled_from([1, 5, 30]))
def test_the_bounds_contain_the_figure(seed: int, small_sample: int) -> None:
    customers = pl.concat([clients(40), clients(60, "silver")])

    for row in risked(company(seed).experiences, customers, small_sample=small_sample).rows(named=True):
        for name in ("damage_per_problem", "customers_at_risk"):
            assert row[f"{name}_low"] - 1e-9 <= row[name] <= row[f"{name}_high"] + 1e-9
        assert row["margin_at_risk_low_amount"] <= row["margin_at_risk_amount"] <= row["margin_at_risk_high_amount"]
        assert row["satisfied_share"] + row["mollified_share"] + row["dissatisfied_share"] == pytest.approx(1)
