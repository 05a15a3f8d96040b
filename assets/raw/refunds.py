"""Plain orders in which a refund may be a row of its own: such a row sells nothing and gives its amount back."""

import polars as pl

from assets.raw.declared_rows import Form, Rows, declared_rows
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.parsing import MONEY
from assets.raw.reading import Batch, Extract, Reading

ORDERS = Form("raw.orders", defaults={"status": "completed", "refunded_amount": "0", "service_role": "none"})

_NOTHING = pl.lit(0).cast(MONEY)


def interpret_orders(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read orders and refunds: what names an order in ``refund_of``, or has the status `refund`, is a refund."""
    rows, refusals = declared_rows(ORDERS, extract.cells[ORDERS.table], feed, reading)
    is_refund = pl.col("refund_of").is_not_null() | (pl.col("status") == "refund")
    if rows.select(is_refund.any()).item():
        rows = rows.with_columns(
            status=pl.when(is_refund).then(pl.lit("refund")).otherwise("status"),
            revenue_amount=pl.when(is_refund).then(_NOTHING).otherwise("revenue_amount"),
            margin_amount=pl.when(~is_refund).then("margin_amount"),
            refunded_amount=pl.when(is_refund)
            .then((pl.col("refunded_amount") + pl.col("revenue_amount").abs()).cast(MONEY))
            .otherwise("refunded_amount"),
        )
    return interpreted(extract, {ORDERS.table: Rows(rows, refusals)})
