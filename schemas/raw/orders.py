"""Orders as delivered."""

import datetime as dt

import pandera.polars as pa

from schemas.raw.record import RawTable
from schemas.table import Money
from schemas.vocabulary import CHANNELS, ORDER_STATUSES, REFUND, SERVICE_ROLES, TOUCHPOINTS


class RawOrders(RawTable):
    """One order: what was sold, what came back, and what service had to do with it.

    Where a source books refunds as rows of their own, such a row names its order in `refund_of` and sells nothing.
    """

    ordered_at: dt.datetime = pa.Field(description="When the order was placed, UTC.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel the order came through.")
    status: str = pa.Field(isin=(*ORDER_STATUSES, REFUND), description="Only a completed order is a sale; a refund is no order.")
    revenue_amount: Money = pa.Field(ge=0, description="Net of tax, before refunds.")
    margin_amount: Money = pa.Field(nullable=True, description="Contribution margin before refunds; null where unknown.")
    refunded_amount: Money = pa.Field(ge=0, description="Given back to the customer.")
    currency: str = pa.Field(description="ISO 4217 code of the amounts.")
    refund_of: str = pa.Field(nullable=True, description="The order that a refund gives money back for; null for an order.")
    service_role: str = pa.Field(isin=SERVICE_ROLES, description="What service did for this order, as recorded.")
    touchpoint: str = pa.Field(nullable=True, isin=TOUCHPOINTS, description="Touchpoint that service_role speaks of.")
    customer_ref: str = pa.Field(nullable=True, description="Keyed hash of the buyer's identifier.")

    class Config:
        name = "raw.orders"
