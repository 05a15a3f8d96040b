import datetime as dt
from decimal import Decimal
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from assets.kpi.cost_per_sale_monthly import cost_per_sale_monthly
from assets.kpi.problem_prevention_roi import problem_prevention_roi
from assets.parameters import Assumption, Parameters
from schemas.core.costs import Costs
from schemas.core.interactions import Interactions
from schemas.core.orders import Orders
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.problem_prevention_roi import ProblemPreventionRoi
from tests.core.rows import NOON, lazy
from tests.kpi.asked import WORTH_1000, Survey, certain, had, untroubled
from tests.kpi.rows import MARCH, Row, cost, interaction
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

EXAMPLE = [*had("late", *["non_complainant"] * 4), *untroubled(6)]


def prevented(
    rows: list[Row],
    costs: list[Row] | None = None,
    contacts: list[Row] | None = None,
    assumptions: dict[str, Assumption] | None = None,
    recall: int = 12,
) -> pl.DataFrame:
    parameters = Parameters(assumptions={**WORTH_1000, **(assumptions or {})}, problem_recall_months=recall)
    money = cost_per_sale_monthly(lazy(Interactions, *(contacts or [])), lazy(Orders), lazy(Costs, *(costs or [])), parameters)
    frames = (Survey(rows).at_risk(parameters), stored(CostPerSaleMonthly, money))
    return stored(ProblemPreventionRoi, problem_prevention_roi(*(nw.from_native(frame.lazy()) for frame in frames), parameters))


def only(frame: pl.DataFrame) -> dict[str, Any]:
    (row,) = frame.rows(named=True)
    return row


def test_preventing_a_tenth_of_the_problems_of_the_worked_example_keeps_812_customers() -> None:
    row = only(prevented(EXAMPLE, assumptions={"prevention_cost": certain(406_000), "cost_per_contact": certain(0)}))

    assert (row["problem_type"], row["from_on"], row["to_on"], row["asked_n"]) == ("late", MARCH, MARCH, 10)
    assert (row["problem_customers"], row["customers_at_risk"]) == (pytest.approx(40_000), pytest.approx(8120))
    assert row["prevented_customers"] == pytest.approx(812)
    assert (row["prevented_margin_amount"], row["avoided_contact_amount"], row["roi"]) == (812_000, 0, pytest.approx(1))
    assert (row["basis"], row["status"]) == ("assumed", "small_sample")
    assert row["roi_low"] < row["roi"] < row["roi_high"]


def test_contacts_that_are_not_needed_save_what_contacts_cost_in_the_same_months() -> None:
    april = NOON + dt.timedelta(days=31)
    contacts = [interaction(ticket_ref=f"s:{number}") for number in range(4)] + [interaction(april, ticket_ref="s:9")]
    costs = [cost("12"), cost("99", costed_on=april.date())]

    row = only(prevented(EXAMPLE, costs, contacts))

    # 40,000 problems · .25 told · .10 prevented · 12 / 4
    assert row["avoided_contact_amount"] == Decimal(3000)
    # without costs the declared 5 stand
    assert only(prevented(EXAMPLE, [], contacts))["avoided_contact_amount"] == Decimal(5000)


def test_while_no_cost_is_declared_there_is_no_return_on_it() -> None:
    row = only(prevented(EXAMPLE))

    assert (row["prevention_cost_amount"], row["roi"], row["roi_low"], row["roi_high"]) == (0, None, None, None)


def test_months_are_brought_to_a_year_and_only_the_last_twelve_count() -> None:
    def month(when: dt.datetime, word: str = "late") -> list[Row]:
        return [dict(row, answered_at=when, answered_on=when.date()) for row in [*had(word, *["blocked"] * 4), *untroubled(6)]]

    two = prevented([*month(NOON), *month(NOON - dt.timedelta(days=60)), *month(NOON - dt.timedelta(days=370), "old")])

    row = only(two)
    assert (row["from_on"], row["to_on"]) == (dt.date(2026, 1, 1), MARCH)
    assert row["customers_at_risk"] == pytest.approx(8120)


def test_without_problems_there_is_nothing_to_prevent() -> None:
    assert prevented(untroubled(3)).is_empty()
