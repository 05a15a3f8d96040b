"""Orders in the reporting currency."""

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.customer import with_customer
from assets.derivation import RECORD, By, Lookup, Reference, by_record, derive
from assets.frames import Lazy
from schemas.core.calendar import Calendar
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.identities import Identities
from schemas.core.orders import Orders
from schemas.core.refunds import Refunds
from schemas.projection import columns
from schemas.raw.orders import RawOrders
from schemas.vocabulary import REFUND, UNKNOWN


@derive(
    Orders,
    unit=RECORD,
    orders=by_record(RawOrders),
    refunds=By(Refunds, noted=("source", "order_id"), unit={"source": nw.col("source"), "source_record_id": nw.col("order_id")}),
    identities=Lookup(Identities, key="customer_ref", carrier="orders", carrier_key="customer_ref"),
    rates=Reference(ExchangeRates),
    calendar=Reference(Calendar),
)
def orders(orders: Lazy, refunds: Lazy, identities: Lazy, rates: Lazy, calendar: Lazy) -> Lazy:
    """Net every order of its refunds, convert it, and give it its buyer and its day."""
    is_sale = nw.col("status") == "completed"
    given_back = (
        refunds.filter(~nw.col("order_id").is_null())
        .with_columns(source_record_id=nw.col("order_id"))
        .group_by(*RECORD)
        .agg(given_back=nw.col("refunded_amount").sum())
    )
    return (
        orders.filter(nw.col("status") != REFUND)
        .pipe(on_business_day, "ordered_at", "ordered_on", calendar)
        .pipe(with_customer, identities)
        .join(rates, on="currency", how="left")
        .join(given_back, on=list(RECORD), how="left")
        .with_columns(given_back=nw.coalesce(nw.col("given_back").cast(nw.Float64), nw.lit(0.0)))
        .with_columns(
            revenue_amount=(nw.col("revenue_amount") - nw.col("refunded_amount")).cast(nw.Float64) * nw.col("rate") - nw.col("given_back"),
            margin_amount=(nw.col("margin_amount") - nw.col("refunded_amount")).cast(nw.Float64) * nw.col("rate") - nw.col("given_back"),
            is_sale=is_sale,
            is_returned=is_sale & ((nw.col("refunded_amount") > 0) | (nw.col("given_back") > 0)),
            touchpoint=nw.coalesce(nw.col("touchpoint"), nw.lit(UNKNOWN)),
        )
        .select(*(column.name for column in columns(Orders)))
    )
