"""Refunds that their source books as rows of their own."""

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.derivation import RECORD, Reference, by_record, derive
from assets.frames import Lazy
from schemas.core.calendar import Calendar
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.refunds import Refunds
from schemas.projection import columns
from schemas.raw.orders import RawOrders
from schemas.vocabulary import REFUND


@derive(Refunds, unit=RECORD, orders=by_record(RawOrders), rates=Reference(ExchangeRates), calendar=Reference(Calendar))
def refunds(orders: Lazy, rates: Lazy, calendar: Lazy) -> Lazy:
    """Convert every refund and give it its day."""
    return (
        orders.filter(nw.col("status") == REFUND)
        .with_columns(refunded_at=nw.col("ordered_at"), order_id=nw.col("refund_of"))
        .pipe(on_business_day, "refunded_at", "refunded_on", calendar)
        .join(rates, on="currency", how="left")
        .with_columns(refunded_amount=nw.col("refunded_amount").cast(nw.Float64) * nw.col("rate"))
        .select(*(column.name for column in columns(Refunds)))
    )
