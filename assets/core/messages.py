"""E-mail and SMS messages."""

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.customer import with_customer
from assets.derivation import RECORD, Lookup, Reference, by_record, derive
from assets.frames import Lazy
from schemas.core.calendar import Calendar
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.identities import Identities
from schemas.core.messages import Messages
from schemas.projection import columns
from schemas.raw.messages import RawMessages


@derive(
    Messages,
    unit=RECORD,
    messages=by_record(RawMessages),
    identities=Lookup(Identities, key="customer_ref", carrier="messages", carrier_key="customer_ref"),
    rates=Reference(ExchangeRates),
    calendar=Reference(Calendar),
)
def messages(messages: Lazy, identities: Lazy, rates: Lazy, calendar: Lazy) -> Lazy:
    """Give every message its customer, its day and its cost; say whether it is feedback."""
    return (
        messages.pipe(on_business_day, "sent_at", "sent_on", calendar)
        .pipe(with_customer, identities)
        .join(rates, on="currency", how="left")
        .with_columns(
            cost=nw.col("cost_amount").cast(nw.Float64) * nw.col("rate"),
            is_feedback=(nw.col("direction") == "inbound") & nw.col("exclusion").is_null(),
            has_text=~nw.col("reply_text").is_null(),
        )
        .select(*(column.name for column in columns(Messages)))
    )
