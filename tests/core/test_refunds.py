from decimal import Decimal

from assets.core.refunds import refunds
from schemas.raw.orders import RawOrders
from tests.core.rows import at, calendar, lazy, only, order, rates


def test_a_refund_is_converted_and_has_its_order_and_its_own_business_day_and_an_order_is_none() -> None:
    given = order(
        source_record_id="r", status="refund", refund_of="1", ordered_at=at("02 23:30"), refunded_amount=Decimal(3), currency="USD"
    )

    row = only(refunds(lazy(RawOrders, given, order()), rates(USD=0.5), calendar()))

    assert (row["source_record_id"], row["order_id"], row["refunded_amount"]) == ("r", "1", 1.5)
    assert (row["refunded_at"], row["refunded_on"]) == (at("02 23:30"), at("03 00:00").date())
