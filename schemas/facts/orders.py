"""Orders behind the figures of sales."""

import datetime as dt

from schemas.core import orders as core
from schemas.facts.copied import as_in, key
from schemas.table import Money, Table


class FactOrders(Table):
    """One order, in the reporting currency.

    Behind `kpi.cost_per_sale_monthly` stand the sales.
    """

    order_key: str = key("Names the order.", "source", "source_record_id")
    ordered_on: dt.date = as_in(core.Orders, "ordered_on")
    ordered_at: dt.datetime = as_in(core.Orders, "ordered_at")
    source: str = as_in(core.Orders, "source")
    channel: str = as_in(core.Orders, "channel")
    status: str = as_in(core.Orders, "status")
    is_sale: bool = as_in(core.Orders, "is_sale")
    is_returned: bool = as_in(core.Orders, "is_returned")
    revenue_amount: Money = as_in(core.Orders, "revenue_amount")
    margin_amount: Money = as_in(core.Orders, "margin_amount")
    service_role: str = as_in(core.Orders, "service_role")
    touchpoint: str = as_in(core.Orders, "touchpoint")
    segment: str = as_in(core.Orders, "segment")
    customer_key: str = as_in(core.Orders, "customer_key")

    class Config:
        name = "facts.orders"
        unique = ["order_key"]
        metadata = {"of": "core.orders", "day": "ordered_on"}
