"""Orders in the reporting currency."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Money, Table
from schemas.vocabulary import CHANNELS, ORDER_STATUSES, SERVICE_ROLES, TOUCHPOINTS, UNKNOWN


class Orders(Table):
    """One order; amounts are in the reporting currency at the declared rate.

    Refunds restate the order, also those of `core.refunds`, which the source books as rows of their own.
    """

    source: str = pa.Field(description="System the order comes from.")
    source_record_id: str = pa.Field(description="The order.")
    ordered_at: dt.datetime = pa.Field(description="When it was placed, UTC.")
    ordered_on: dt.date = pa.Field(description="Business date of ordered_at.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel the order came through.")
    status: str = pa.Field(isin=ORDER_STATUSES, description="Only a completed order is a sale.")
    is_sale: bool = pa.Field(description="Completed, refunded or not.")
    is_returned: bool = pa.Field(description="A completed order of which something was refunded.")
    revenue_amount: Money = pa.Field(description="Net of tax and refunds.", metadata={"unit": "money"})
    margin_amount: Money = pa.Field(
        nullable=True, description="Contribution margin less refunds; null where unknown.", metadata={"unit": "money"}
    )
    service_role: str = pa.Field(isin=SERVICE_ROLES, description="What service did for this order.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN), description="Touchpoint that service_role speaks of.")
    segment: str = pa.Field(description="The buyer's current segment.")
    customer_key: str = pa.Field(nullable=True, description="The buyer; null when unknown.")
    is_matched: bool = pa.Field(description="Whether a customer record holds the identifier that the record names the customer by.")

    class Config:
        name = "core.orders"
        unique = ["source", "source_record_id"]
