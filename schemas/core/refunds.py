"""Refunds that their source books as rows of their own."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Money, Table


class Refunds(Table):
    """One refund booked apart from its order, in the reporting currency at the declared rate.

    It lowers the order it names in `core.orders`; one that names none, or an order that nobody delivered, stands here alone.
    """

    source: str = pa.Field(description="System the refund comes from; its order is of the same source.")
    source_record_id: str = pa.Field(description="The refund.")
    order_id: str = pa.Field(nullable=True, description="The order, by its source_record_id; null where the source does not say.")
    refunded_at: dt.datetime = pa.Field(description="When it was given, UTC.")
    refunded_on: dt.date = pa.Field(description="Business date of refunded_at.")
    refunded_amount: Money = pa.Field(description="Given back, net of tax.", metadata={"unit": "money"})

    class Config:
        name = "core.refunds"
        unique = ["source", "source_record_id"]
