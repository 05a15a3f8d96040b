"""E-mail and SMS messages."""

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.customer import with_customer
from assets.derivation import RECORD, Lookup, Reference, by_record, derive
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.calendar import Calendar
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.identities import Identities
from schemas.core.messages import Messages
from schemas.core.ticket_messages import TicketMessages
from schemas.projection import columns
from schemas.raw.messages import RawMessages


@derive(
    Messages,
    unit=RECORD,
    uses=("asked",),
    messages=by_record(RawMessages),
    ticket_messages=Lookup(TicketMessages, key="message_id", carrier="messages", carrier_key="message_id"),
    identities=Lookup(Identities, key="customer_ref", carrier="messages", carrier_key="customer_ref"),
    rates=Reference(ExchangeRates),
    calendar=Reference(Calendar),
)
def messages(messages: Lazy, ticket_messages: Lazy, identities: Lazy, rates: Lazy, calendar: Lazy, parameters: Parameters) -> Lazy:
    """Give every message its customer, its day and its cost; say whether it is feedback. A mail that a ticket holds is the ticket's."""
    held = ticket_messages.select("message_id").unique().with_columns(is_held=nw.lit(value=True))
    is_inbound = nw.col("direction") == "inbound"
    is_in_tickets = is_inbound & (nw.col("channel") == "email") & nw.col("exclusion").is_null() & ~nw.col("is_held").is_null()
    return (
        messages.pipe(on_business_day, "sent_at", "sent_on", calendar)
        .pipe(with_customer, identities)
        .join(rates, on="currency", how="left")
        .join(held, on="message_id", how="left")
        .with_columns(exclusion=nw.when(is_in_tickets).then(nw.lit("in_ticket_system")).otherwise(nw.col("exclusion")))
        .with_columns(
            cost=nw.col("cost_amount").cast(nw.Float64) * nw.col("rate"),
            is_feedback=is_inbound & nw.col("exclusion").is_null(),
            asks=_asks(parameters),
            has_text=~nw.col("reply_text").is_null(),
        )
        .select(*(column.name for column in columns(Messages)))
    )


def _asks(parameters: Parameters) -> nw.Expr:
    """Name the rating that a message of ours asks for; of several that it could be, the one declared first."""
    name = nw.lit(None, dtype=nw.String)
    for candidate, asked in reversed(list(parameters.asked.items())):
        is_it = (nw.col("direction") == "outbound") & (nw.col("channel") == asked.channel)
        if asked.sender:
            is_it = is_it & (nw.col("own_address").str.to_lowercase() == asked.sender.lower())
        if asked.matches:
            is_it = is_it & (_contains("body", asked.matches) | _contains("subject", asked.matches))
        name = nw.when(is_it).then(nw.lit(candidate)).otherwise(name)
    return name


def _contains(column: str, pattern: str) -> nw.Expr:
    return nw.coalesce(nw.col(column).str.contains(pattern), nw.lit(value=False))
