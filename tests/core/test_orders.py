from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assets.core.orders import orders
from schemas.core.refunds import Refunds
from schemas.raw.orders import RawOrders
from tests.core.rows import Row, at, calendar, identities, lazy, only, order, rates, values


def sold(**given: Any) -> dict[str, Any]:
    return only(orders(lazy(RawOrders, order(**given)), lazy(Refunds), identities(("mail", "key", "gold")), rates(USD=0.5), calendar()))


def test_refunds_lower_revenue_and_margin_alike_and_mark_the_order_as_returned() -> None:
    row = sold(revenue_amount=Decimal("10.00"), margin_amount=Decimal("4.00"), refunded_amount=Decimal("2.50"))

    assert (row["revenue_amount"], row["margin_amount"], row["is_sale"], row["is_returned"]) == (7.5, 1.5, True, True)


def test_an_order_without_refunds_is_not_returned() -> None:
    assert sold()["is_returned"] is False


def test_amounts_are_converted_at_the_declared_rate_after_refunds() -> None:
    row = sold(currency="USD", revenue_amount=Decimal(10), margin_amount=Decimal(4), refunded_amount=Decimal(2))

    assert (row["revenue_amount"], row["margin_amount"]) == (4.0, 1.0)


def test_an_unknown_margin_stays_unknown() -> None:
    assert sold(margin_amount=None)["margin_amount"] is None


def test_cancelled_and_test_orders_are_no_sales_and_never_returned() -> None:
    for status in ("cancelled", "test"):
        row = sold(status=status, refunded_amount=Decimal(1))

        assert (row["status"], row["is_sale"], row["is_returned"]) == (status, False, False)


def test_an_order_has_its_buyers_key_and_segment_and_the_business_day_of_its_placing() -> None:
    row = sold(customer_ref="mail", ordered_at=at("02 23:30"))

    assert (row["customer_key"], row["segment"], row["ordered_on"], row["touchpoint"]) == ("key", "gold", at("03 00:00").date(), "unknown")


@settings(max_examples=10)
@given(refunds=st.lists(st.integers(0, 100_000), min_size=2, max_size=40).map(sorted))
def test_a_larger_refund_never_raises_revenue_or_margin(refunds: list[int]) -> None:
    rows = (order(source_record_id=f"{place:02d}", refunded_amount=Decimal(refund) / 10_000) for place, refund in enumerate(refunds))

    frame = orders(lazy(RawOrders, *rows), lazy(Refunds), identities(), rates(), calendar())

    for amount in ("revenue_amount", "margin_amount"):
        left = [value for _, value in values(frame, "source_record_id", amount)]
        assert left == sorted(left, reverse=True)


def given_back(**given: Any) -> Row:
    return {
        "source": "s",
        "source_record_id": "r",
        "order_id": "1",
        "refunded_at": at("03 12:00"),
        "refunded_on": at("03 00:00").date(),
        "refunded_amount": Decimal(1),
    } | given


def netted(*refunds: Row, **given: Any) -> dict[str, Any]:
    return only(orders(lazy(RawOrders, order(**given)), lazy(Refunds, *refunds), identities(), rates(USD=0.5), calendar()))


def test_refunds_booked_apart_are_taken_off_the_order_they_name_on_its_own_day() -> None:
    row = netted(
        given_back(refunded_amount=Decimal("2.50")),
        given_back(source_record_id="r2"),
        given_back(source_record_id="r3", order_id="2"),
        given_back(source_record_id="r4", order_id=None),
        given_back(source="t"),
        refunded_amount=Decimal("0.50"),
    )

    assert (row["revenue_amount"], row["margin_amount"], row["is_returned"], row["ordered_on"]) == (6.0, 0.0, True, at("02 00:00").date())


def test_refunds_booked_apart_are_in_the_reporting_currency_already() -> None:
    assert netted(given_back(), currency="USD")["revenue_amount"] == 4.0


def test_a_refund_is_no_order() -> None:
    rows = lazy(RawOrders, order(status="refund", refund_of="1", revenue_amount=Decimal(0), refunded_amount=Decimal(1)))

    assert values(orders(rows, lazy(Refunds), identities(), rates(), calendar()), "source_record_id") == []
