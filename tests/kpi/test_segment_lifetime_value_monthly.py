import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from statsmodels.stats.proportion import proportion_confint

from assets.kpi.segment_lifetime_value_monthly import segment_lifetime_value_monthly
from assets.parameters import Parameters
from schemas.core.orders import Orders
from schemas.kpi.segment_lifetime_value_monthly import SegmentLifetimeValueMonthly
from tests.core.rows import calendar, lazy
from tests.kpi.rows import Row, order
from tests.kpi.stored import stored
from tests.world import World

AS_OF = dt.datetime(2026, 3, 31, 22)


def bought(customer: str | None, day: str, margin: int | None = 40, **given: Any) -> Row:
    amount = None if margin is None else Decimal(margin)
    return order(customer_key=customer, ordered_on=dt.date.fromisoformat(day), margin_amount=amount, **given)


def valued(*orders: Row, **given: Any) -> dict[tuple[str, str], dict[str, Any]]:
    parameters = Parameters(**{"small_sample": 1, "as_of": AS_OF, **given})
    frame = segment_lifetime_value_monthly(lazy(Orders, *orders), calendar(), calendar(), parameters)
    return {(f"{row['month_on']:%Y-%m}", row["segment"]): row for row in stored(SegmentLifetimeValueMonthly, frame).rows(named=True)}


def test_a_month_values_the_average_customer_of_the_window_that_ends_with_it() -> None:
    rows = valued(bought("a", "2024-06-01"), bought("b", "2024-06-01"), bought("a", "2026-01-10", 90), bought("c", "2026-03-31", 30))

    march = rows["2026-03", "gold"]
    # of two customers of the window before one came back; a margin of 120 over two active customers
    assert (march["active_count"], march["margin_amount"], march["previous_count"], march["retained_count"]) == (2, Decimal(120), 2, 1)
    assert (march["retention"], march["applied_retention"], march["yearly_margin"]) == (0.5, 0.5, 60)
    assert (march["clv"], march["clv_immediate"]) == (pytest.approx(60 * 0.5 / 0.6), pytest.approx(66 / 0.6))
    low, high = proportion_confint(1, 2, method="wilson")
    assert (march["clv_low"], march["clv_high"]) == (pytest.approx(60 * low / (1.1 - low)), pytest.approx(60 * high / (1.1 - high)))
    assert (march["valued_on"], march["basis"], march["status"]) == (dt.date(2026, 3, 31), "assumed", "ok")
    assert (rows["2026-01", "gold"]["active_count"], rows["2026-01", "gold"]["clv"]) == (1, pytest.approx(90 * 0.5 / 0.6))
    first = rows["2024-06", "gold"]
    assert (first["active_count"], first["retention"], first["clv"], first["reason"], first["status"]) == (
        2,
        None,
        None,
        "no_retention",
        "no_data",
    )
    assert len(rows) == 3


def test_a_month_that_is_not_over_is_valued_on_the_newest_day_and_immature() -> None:
    row = valued(bought("a", "2024-06-01"), bought("a", "2026-04-01"), as_of=dt.datetime(2026, 4, 9, 22))["2026-04", "gold"]

    assert (row["valued_on"], row["status"], row["clv"]) == (dt.date(2026, 4, 9), "immature", pytest.approx(400))


def test_a_small_segment_takes_the_retention_of_all_and_keeps_its_own_beside_it() -> None:
    gold = [row for name in "abc" for row in (bought(name, "2024-06-01"), bought(name, "2026-03-01"))]
    silver = [bought("x", "2024-06-01", segment="silver"), bought("y", "2026-03-01", segment="silver")]

    row = valued(*gold, *silver, small_sample=3)["2026-03", "silver"]

    assert (row["retention"], row["applied_retention"], row["is_pooled"], row["status"]) == (0.0, 0.75, True, "ok")
    assert valued(*gold, *silver, small_sample=5)["2026-03", "gold"]["status"] == "small_sample"


def test_a_segment_without_a_known_margin_or_without_a_customer_of_the_window_says_so() -> None:
    rows = valued(
        bought("a", "2024-06-01"),
        bought("a", "2026-03-01", None),
        bought("b", "2024-06-01", segment="silver"),
        bought("c", "2026-03-01", segment="bronze"),
        bought("c", "2024-06-01", segment="bronze"),
    )

    assert {segment: row["reason"] for (month, segment), row in rows.items() if month == "2026-03"} == {
        "gold": "no_margin",
        "silver": "inactive",
        "bronze": None,
    }


def test_without_orders_there_is_no_month() -> None:
    assert valued() == {}
    assert valued(as_of=None) == {}


@pytest.mark.slow
def test_a_day_that_brings_no_order_ends_the_month_all_the_same(world: World) -> None:
    world.tables = ("core.orders", "core.costs", "kpi.segment_lifetime_value_monthly")
    world.deliver("shop", dt.date(2026, 3, 30), "a,2026-03-02 10:00:00,,10,5,0,c1")
    world.load(dt.date(2026, 3, 30))
    before = world.rows("kpi.segment_lifetime_value_monthly", "valued_on")

    world.deliver("ledger", dt.date(2026, 4, 2), "1,2026-03-31,7,")
    world.load(dt.date(2026, 4, 2))

    assert before == [(dt.date(2026, 3, 30),)]
    assert world.rows("kpi.segment_lifetime_value_monthly", "valued_on") == [(dt.date(2026, 3, 31),)]
