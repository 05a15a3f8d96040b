import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpi.cost_of_poor_quality_monthly import cost_of_poor_quality_monthly
from assets.parameters import Assumption, Parameters
from schemas.core.interactions import Interactions
from schemas.core.refunds import Refunds
from schemas.kpi.cost_of_poor_quality_monthly import CostOfPoorQualityMonthly
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from tests.core.rows import NOON, lazy
from tests.kpi.rows import MARCH, MONDAY, Row, blank, interaction
from tests.kpi.stored import stored
from tests.world import World

pytestmark = pytest.mark.slow

APRIL = dt.date(2026, 4, 1)
PARTS = ("repeat", "escalated", "reopened", "remediation")


def booked(contacts: int, service: str = "0", remediation: str = "0", month: dt.date = MARCH) -> Row:
    amounts = {"service_cost_amount": Decimal(service), "remediation_cost_amount": Decimal(remediation)}
    return blank(CostPerSaleMonthly, month_on=month, channel="web", contact_count=contacts, **amounts)


def risk(margin: str, low: str = "0", high: str = "0", basis: str = "assumed", month: dt.date = MARCH) -> Row:
    names = ("margin_at_risk_amount", "margin_at_risk_low_amount", "margin_at_risk_high_amount")
    amounts = {name: Decimal(text) for name, text in zip(names, (margin, low, high), strict=True)}
    return blank(RevenueAtRiskMonthly, month_on=month, basis=basis, **amounts)


def refund(amount: str, day: dt.date = MONDAY, number: str = "1") -> Row:
    moments = {"refunded_at": NOON, "refunded_on": day}
    return {"source": "s", "source_record_id": number, "order_id": None, "refunded_amount": Decimal(amount), **moments}


def young(count: int, day: dt.date = MONDAY) -> Row:
    return blank(FirstContactResolutionDaily, contacted_on=day, n_immature=count)


def quality(
    contacts: list[Row] = [],  # noqa: B006  # literal rows, never changed
    costs: list[Row] = [],  # noqa: B006  # likewise
    refunds: list[Row] = [],  # noqa: B006  # likewise
    at_risk: list[Row] = [],  # noqa: B006  # likewise
    resolution: list[Row] = [],  # noqa: B006  # likewise
    **given: Any,
) -> pl.DataFrame:
    frame = cost_of_poor_quality_monthly(
        lazy(Interactions, *contacts),
        lazy(FirstContactResolutionDaily, *resolution),
        lazy(CostPerSaleMonthly, *costs),
        lazy(Refunds, *refunds),
        lazy(RevenueAtRiskMonthly, *at_risk),
        Parameters(**{"small_sample": 1, **given}),
    )
    return stored(CostOfPoorQualityMonthly, frame).sort("month_on")


def only(*frames: list[Row], **given: Any) -> dict[str, Any]:
    (row,) = quality(*frames, **given).rows(named=True)
    return row


def amounts(row: dict[str, Any], *names: str) -> list[Any]:
    return [row[f"{name}_amount"] for name in names]


def test_work_that_good_service_would_not_have_had_costs_what_a_contact_costs() -> None:
    contacts = [
        *[interaction()] * 4,
        *[interaction(is_anchor=False)] * 3,
        *[interaction(touchpoint="executive_relations")] * 2,
        interaction(is_reopened=True),
    ]

    row = only(contacts, [booked(10, "200")])

    assert (row["contact_count"], row["repeat_count"], row["escalated_count"], row["reopened_count"]) == (10, 3, 2, 1)
    # 20 a contact: 3 repeats, 2 escalations, half of one contact done again
    assert (row["cost_per_contact"], *amounts(row, "repeat", "escalated", "reopened", "booked")) == (20.0, 60, 40, 10, 110)
    assert amounts(row, "booked_low", "booked_high") == [105, 120]
    assert (row["gap"], row["reopened_work_basis"], row["basis"], row["status"]) == (None, "assumed", "assumed", "ok")


def test_a_contact_is_paid_for_once_whatever_went_wrong_with_it() -> None:
    worst = interaction(is_anchor=False, touchpoint="executive_relations", is_reopened=True)

    row = only([worst, interaction(touchpoint="executive_relations", is_reopened=True), interaction()], [booked(3, "30")])

    assert (row["repeat_count"], row["escalated_count"], row["reopened_count"]) == (1, 1, 0)
    assert (row["booked_amount"], row["basis"], row["reopened_work_basis"]) == (20, "measured", None)


def test_what_the_ledger_books_as_remediation_is_in_the_sum_and_refunds_stand_beside_it() -> None:
    row = only([interaction()], [booked(1, "10", "7")], [refund("3"), refund("2.5", number="2")])

    assert amounts(row, "remediation", "refunded", "booked") == [7, Decimal("5.5"), 7]


def test_nothing_booked_for_remediation_is_not_known_to_be_nothing() -> None:
    row = only([interaction()], [booked(1, "10")])

    assert amounts(row, "remediation", "repeat", "booked") == [None, 0, 0]


def test_where_no_touchpoint_is_known_nobody_knows_of_escalations() -> None:
    unknown = interaction(touchpoint="unknown")

    row = only([unknown, dict(unknown, is_anchor=False)], [booked(2, "10")])

    assert (row["escalated_count"], *amounts(row, "escalated", "repeat", "booked")) == (None, None, 5, 5)


def test_a_month_without_costs_or_contacts_has_no_booked_cost_and_says_why() -> None:
    without_cost = only([interaction(), interaction(is_anchor=False)], [booked(2, "0", "7")], [refund("3")])
    without_contacts = only([], [booked(0, "20", "7")])
    refunds_alone = only([], [], [refund("3")])

    for row, gap in ((without_cost, "no_cost"), (without_contacts, "no_contacts"), (refunds_alone, "no_cost")):
        assert (row["cost_per_contact"], *amounts(row, "repeat", "reopened", "booked", "booked_low", "booked_high")) == (None,) * 6
        assert (row["gap"], row["status"]) == (gap, "no_data")
    assert amounts(without_cost, "remediation", "refunded") == [7, 3]
    assert quality().is_empty()


def test_the_expected_margin_is_that_of_all_types_and_segments_and_in_no_booked_sum() -> None:
    problems = [risk("100", "50", "300", "measured"), risk("-20", "-30", "10", "benchmark")]

    row = only([interaction()], [booked(1, "10")], [], problems)

    assert amounts(row, "expected_margin", "expected_margin_low", "expected_margin_high", "booked") == [80, 20, 310, 0]
    assert (row["expected_basis"], row["reopened_work_basis"], row["basis"]) == ("benchmark", None, "benchmark")


def test_where_nobody_told_of_a_problem_nothing_is_expected() -> None:
    row = only([interaction()], [booked(1, "10")])

    assert amounts(row, "expected_margin", "expected_margin_low", "expected_margin_high") == [None] * 3
    assert (row["expected_basis"], row["basis"]) == (None, "measured")


def test_while_contacts_may_still_be_reopened_the_month_is_immature_and_few_contacts_are_flagged() -> None:
    contacts, costs = [interaction(), interaction(is_reopened=True)], [booked(2, "10")]

    assert only(contacts, costs, resolution=[young(0), young(1)])["status"] == "immature"
    assert only(contacts, costs, small_sample=3)["status"] == "small_sample"


def test_each_month_has_its_own_price() -> None:
    contacts = [interaction(is_anchor=False), interaction(NOON + dt.timedelta(days=31), is_anchor=False)]

    rows = quality(contacts, [booked(1, "10"), booked(1, "30", month=APRIL)], [refund("4", APRIL)], [risk("9", month=APRIL)])

    names = ("month_on", "repeat_amount", "refunded_amount", "expected_margin_amount")
    assert rows.select(names).rows() == [(MARCH, 10, 0, None), (APRIL, 30, 4, 9)]


def test_how_much_of_a_reopened_contact_is_done_again_can_be_declared() -> None:
    measured = Assumption(value=0.2, low=0.1, high=0.3, basis="measured", source="time sheets")

    row = only([interaction(is_reopened=True)], [booked(1, "100")], assumptions={"reopened_work": measured})

    assert amounts(row, "reopened", "booked_low", "booked_high") == [20, 10, 30]
    assert (row["reopened_work_basis"], row["basis"]) == ("measured", "measured")


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), spent=st.integers(1, 10**7))
def test_random_months_cost_what_plain_python_says_and_never_more_work_than_there_was(seed: int, spent: int) -> None:
    draw = Random(seed)
    contacts = [
        interaction(
            is_anchor=draw.random() < 0.7, is_reopened=draw.random() < 0.3, touchpoint=draw.choice(["field", "executive_relations"])
        )
        for _ in range(draw.randint(1, 30))
    ]
    service = Decimal(spent) / 100

    row = only(contacts, [booked(len(contacts), str(service), "12.5")])

    paid = Decimal(0)
    for contact in contacts:
        share = Decimal(0)
        if not contact["is_anchor"] or contact["touchpoint"] == "executive_relations":
            share = Decimal(1)
        elif contact["is_reopened"]:
            share = Decimal("0.5")
        paid += share * service / len(contacts)
    assert float(row["booked_amount"]) == pytest.approx(float(paid) + 12.5, abs=0.0003)
    assert row["booked_amount"] == sum(row[f"{part}_amount"] or 0 for part in PARTS)
    assert row["booked_high_amount"] - Decimal("12.5") <= service + Decimal("0.0003")


def test_a_cost_booked_late_restates_its_month(world: World) -> None:
    world.tables = ("core.orders", "core.costs", "kpi.cost_per_sale_monthly", "kpi.cost_of_poor_quality_monthly")
    world.deliver("ledger", MONDAY, "1,2026-03-02,7,")
    world.load(MONDAY)
    before = world.rows("kpi.cost_of_poor_quality_monthly", "month_on, service_cost_amount, gap")
    world.deliver("ledger", APRIL, "2,2026-03-31,5,")
    world.load(APRIL)

    assert before == [(MARCH, Decimal(7), "no_contacts")]
    assert world.rows("kpi.cost_of_poor_quality_monthly", "month_on, service_cost_amount, gap") == [(MARCH, Decimal(12), "no_contacts")]
