import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpi.cost_per_sale_monthly import cost_per_sale_monthly
from assets.parameters import Parameters
from schemas.core.costs import Costs
from schemas.core.interactions import Interactions
from schemas.core.orders import Orders
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from tests.core.rows import NOON, lazy
from tests.kpi.rows import MARCH, MONDAY, Row, cost, interaction, order
from tests.kpi.stored import stored
from tests.world import World

pytestmark = pytest.mark.slow

APRIL = dt.date(2026, 4, 1)


def beside(contacts: list[Row], orders: list[Row], costs: list[Row], small_sample: int = 1) -> pl.DataFrame:
    numbered = [dict(row, ticket_ref=f"s:{place}") for place, row in enumerate(contacts)]
    frame = cost_per_sale_monthly(
        lazy(Interactions, *numbered), lazy(Orders, *orders), lazy(Costs, *costs), Parameters(small_sample=small_sample)
    )
    return stored(CostPerSaleMonthly, frame)


def spread(result: pl.DataFrame, name: str = "service_cost_amount") -> list[tuple[Any, ...]]:
    return result.select("channel", "segment", name).sort("channel", "segment").rows()


def test_costs_contacts_and_sales_of_a_month_stand_side_by_side() -> None:
    contacts = [interaction(), interaction(), interaction(), interaction(is_solved=False)]
    orders = [order(revenue_amount=Decimal(100), margin_amount=Decimal(30)), order(margin_amount=None, is_returned=True)]
    costs = [
        cost("12"),
        cost("6", cost_category="selling"),
        cost("3", cost_category="remediation"),
        cost("1000", cost_category="marketing"),
    ]

    (row,) = beside(contacts, orders, costs).rows(named=True)

    assert (row["month_on"], row["channel"], row["segment"], row["status"]) == (MARCH, "web", "gold", "ok")
    assert (row["contact_count"], row["resolution_count"], row["sale_count"], row["returned_order_count"]) == (4, 3, 2, 1)
    assert (row["revenue_amount"], row["margin_amount"], row["margin_unknown_count"]) == (Decimal(110), Decimal(30), 1)
    assert (row["cost_per_sale_service_only"], row["cost_per_sale_service_plus_selling"]) == (6.0, 9.0)
    assert (row["cost_per_contact"], row["cost_per_resolution"], row["cost_per_returned_order"]) == (3.0, 4.0, 3.0)
    assert (row["revenue_per_service_dollar"], row["margin_per_service_dollar"]) == (110 / 12, 2.5)


def test_without_sales_a_sale_costs_nothing_known() -> None:
    (row,) = beside([interaction()], [], [cost("12")]).rows(named=True)

    assert (row["cost_per_sale_service_only"], row["cost_per_sale_service_plus_selling"], row["cost_per_returned_order"]) == (
        None,
        None,
        None,
    )
    assert (row["cost_per_contact"], row["revenue_per_service_dollar"], row["status"]) == (12.0, 0.0, "no_data")


def test_without_cost_a_service_dollar_returns_nothing_known() -> None:
    (row,) = beside([], [order()], []).rows(named=True)

    assert (row["revenue_per_service_dollar"], row["margin_per_service_dollar"], row["cost_per_contact"]) == (None, None, None)
    assert (row["cost_per_sale_service_only"], row["cost_per_sale_service_plus_selling"]) == (None, None)
    assert (row["service_cost_amount"], row["sale_count"], row["status"]) == (Decimal(0), 1, "no_data")


def test_a_sale_costs_service_plus_selling_only_where_both_are_booked() -> None:
    (row,) = beside([interaction()], [order()], [cost("12")]).rows(named=True)

    assert (row["cost_per_sale_service_only"], row["cost_per_sale_service_plus_selling"], row["status"]) == (12.0, None, "ok")


def test_a_returned_order_costs_nothing_known_without_remediation() -> None:
    (row,) = beside([], [order(is_returned=True)], [cost("12", channel="web")]).filter(pl.col("sale_count") > 0).rows(named=True)

    assert (row["returned_order_count"], row["cost_per_returned_order"]) == (1, None)


def test_a_case_is_resolved_by_its_last_contact_and_not_while_it_is_repeated_or_reopened() -> None:
    contacts = [
        interaction(is_repeated=True),
        interaction(is_marked_resolved=False),
        interaction(is_reopened=True),
        interaction(is_solved=False, is_marked_resolved=False),
        interaction(customer_key=None),
        interaction(is_resolution_known=False),
    ]

    (row,) = beside(contacts, [], [cost("12")]).rows(named=True)

    assert (row["contact_count"], row["resolution_count"], row["cost_per_contact"], row["cost_per_resolution"]) == (6, 3, 2.0, 4.0)
    assert (row["judged_count"], row["resolved_at_once_count"], row["cost_per_contact_over_fcr"]) == (4, 0, None)


def test_where_every_contact_resolves_with_the_same_chance_a_resolution_costs_a_contact_over_fcr() -> None:
    """Of eight cases half are resolved by each contact: 8 + 4 + 2 contacts, and the last two resolve at the third."""
    resolving = [interaction()] * 4 + [interaction()] * 2 + [interaction()] * 1
    failing = [interaction(is_marked_resolved=False, is_repeated=True)] * 7

    (row,) = beside(resolving + failing, [], [cost("28")]).rows(named=True)

    assert (row["cost_per_contact"], row["cost_per_resolution"], row["cost_per_contact_over_fcr"]) == (2.0, 4.0, 4.0)


@pytest.mark.slow
def test_a_cost_booked_late_restates_its_month(world: World) -> None:
    world.tables = ("core.orders", "core.costs", "kpi.cost_per_sale_monthly")
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1")
    world.load(MONDAY)
    before = world.rows(
        "kpi.cost_per_sale_monthly", "month_on, sum(service_cost_amount), max(cost_per_sale_service_only)", "TRUE GROUP BY ALL"
    )

    world.deliver("ledger", APRIL, "1,2026-03-31,7,")
    world.load(APRIL)

    after = world.rows("kpi.cost_per_sale_monthly", "month_on, sum(service_cost_amount), sum(sale_count)", "TRUE GROUP BY ALL")
    assert before == [(MARCH, Decimal(0), None)]
    assert after == [(MARCH, Decimal(7), 1)]


def test_a_cancelled_order_is_no_sale_and_few_sales_are_a_small_sample() -> None:
    orders = [order(), order(is_sale=False, status="cancelled")]

    (row,) = beside([interaction()], orders, [cost("1")], small_sample=2).rows(named=True)

    assert (row["sale_count"], row["revenue_amount"], row["status"]) == (1, Decimal(10), "small_sample")


def test_cost_booked_to_a_channel_is_spread_over_its_segments_by_contacts() -> None:
    contacts = [interaction(segment="gold")] * 3 + [interaction(segment="silver"), interaction(channel="phone", segment="gold")]

    assert spread(beside(contacts, [], [cost("100", channel="web")])) == [
        ("phone", "gold", Decimal(0)),
        ("web", "gold", Decimal(75)),
        ("web", "silver", Decimal(25)),
    ]


def test_cost_booked_to_no_channel_is_spread_over_all_rows_by_contacts() -> None:
    contacts = [interaction(segment="gold")] * 2 + [interaction(segment="silver"), interaction(channel="phone")]

    assert spread(beside(contacts, [], [cost("100"), cost("10", channel="phone")])) == [
        ("phone", "gold", Decimal(35)),
        ("web", "gold", Decimal(50)),
        ("web", "silver", Decimal(25)),
    ]


def test_cost_that_no_contact_allocates_stands_in_a_row_of_its_own() -> None:
    costs = [cost("100", channel="phone"), cost("7", costed_on=APRIL)]

    result = beside([interaction()], [], costs).select("month_on", "channel", "segment", "service_cost_amount", "contact_count")

    assert result.sort("month_on", "channel").rows() == [
        (MARCH, "phone", "unallocated", Decimal(100), 0),
        (MARCH, "web", "gold", Decimal(0), 1),
        (APRIL, "unallocated", "unallocated", Decimal(7), 0),
    ]


def test_a_hundred_over_three_contacts_loses_no_ten_thousandth() -> None:
    contacts = [interaction(segment=segment) for segment in "abc"]

    amounts = [amount for *_, amount in spread(beside(contacts, [], [cost("100")]))]

    assert sorted(amounts) == [Decimal("33.3333"), Decimal("33.3333"), Decimal("33.3334")]


def test_a_cost_that_is_neither_service_selling_nor_remediation_makes_no_row() -> None:
    assert beside([], [], [cost("5", cost_category="marketing")]).height == 0


def test_a_month_begins_and_ends_with_its_business_days() -> None:
    last = NOON.replace(day=31)
    contacts = [interaction(last), interaction(last + dt.timedelta(days=1))]

    assert beside(contacts, [], []).sort("month_on").select("month_on", "contact_count").rows() == [(MARCH, 1), (APRIL, 1)]


money = st.integers(-(10**12), 10**12).map(lambda number: Decimal(number) / 10_000)
places = st.tuples(st.sampled_from(["web", "phone", "chat"]), st.sampled_from(["gold", "silver", "bronze"]))


@settings(max_examples=20)
@given(
    booked=st.lists(
        st.tuples(st.sampled_from(["service", "selling", "remediation"]), st.sampled_from(["web", "phone", "sms", "unallocated"]), money),
        max_size=6,
    ),
    contacts=st.lists(places, max_size=20),
)
def test_the_rows_of_a_month_add_up_to_exactly_what_was_booked(
    booked: list[tuple[str, str, Decimal]], contacts: list[tuple[str, str]]
) -> None:
    result = beside(
        [interaction(channel=channel, segment=segment) for channel, segment in contacts],
        [],
        [cost(amount, channel=channel, cost_category=category) for category, channel, amount in booked],
    )

    for category in ("service", "selling", "remediation"):
        spread = sum(result[f"{category}_cost_amount"].to_list(), Decimal(0))
        assert spread == sum((amount for name, _, amount in booked if name == category), Decimal(0))
