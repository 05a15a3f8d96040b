"""E-mail and SMS messages."""

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.customer import with_customer
from assets.derivation import RECORD, By, Lookup, Reference, by_record, derive
from assets.expressions import count_where
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.calendar import Calendar
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.identities import Identities
from schemas.core.message_parts import MessageParts
from schemas.core.messages import Messages
from schemas.core.ticket_messages import TicketMessages
from schemas.projection import columns
from schemas.raw.messages import RawMessages

JOINED = (
    *("source", "source_record_id", "sent_at", "sent_at_basis", "channel", "direction", "exclusion", "message_id"),
    *("subject", "body", "reply_text", "bare_number", "bare_number_of", "own_address", "segment_count", "part_count"),
    *("cost_amount", "currency", "customer_key", "segment", "is_matched"),
)
"""What is taken of a message that came whole and of one that came in parts."""


@derive(
    Messages,
    unit=RECORD,
    uses=("asked",),
    messages=by_record(RawMessages),
    parts=By(MessageParts, noted=("source", "part_of"), unit={"source": nw.col("source"), "source_record_id": nw.col("part_of")}),
    ticket_messages=Lookup(TicketMessages, key="message_id", carrier="messages", carrier_key="message_id"),
    identities=Lookup(Identities, key="customer_ref", carrier="messages", carrier_key="customer_ref"),
    rates=Reference(ExchangeRates),
    calendar=Reference(Calendar),
)
def messages(  # each is an input
    messages: Lazy, parts: Lazy, ticket_messages: Lazy, identities: Lazy, rates: Lazy, calendar: Lazy, parameters: Parameters
) -> Lazy:
    """Give every message its customer, its day and its cost; say whether it is feedback. A mail that a ticket holds is the ticket's."""
    held = ticket_messages.select("message_id").unique().with_columns(is_held=nw.lit(value=True))
    is_inbound = nw.col("direction") == "inbound"
    is_in_tickets = is_inbound & (nw.col("channel") == "email") & nw.col("exclusion").is_null() & ~nw.col("is_held").is_null()
    whole = messages.pipe(with_customer, identities).with_columns(cost_amount=nw.col("cost_amount").cast(nw.Float64))
    return (
        nw.concat([whole.select(*JOINED), _of_parts(parts).select(*JOINED)], how="vertical")
        .pipe(on_business_day, "sent_at", "sent_on", calendar)
        .join(rates, on="currency", how="left")
        .join(held, on="message_id", how="left")
        .with_columns(exclusion=nw.when(is_in_tickets).then(nw.lit("in_ticket_system")).otherwise(nw.col("exclusion")))
        .with_columns(
            cost=nw.col("cost_amount") * nw.col("rate"),
            is_feedback=is_inbound & nw.col("exclusion").is_null(),
            asks=_asks(parameters),
            has_text=~nw.col("reply_text").is_null(),
        )
        .select(*(column.name for column in columns(Messages)))
    )


def _of_parts(parts: Lazy) -> Lazy:
    """One message of all the parts that name it: sent with the first of them, costing what they cost together."""
    texts = dict.fromkeys(("exclusion", "subject", "body", "reply_text", "own_address"), nw.lit(None, dtype=nw.String))
    numbers = dict.fromkeys(("bare_number", "bare_number_of"), nw.lit(None, dtype=nw.Float64))
    return (
        parts.group_by("source", "part_of")
        .agg(
            nw.col("sent_at").min(),
            nw.col("channel", "direction", "segment_count", "currency", "customer_key", "segment").max(),
            is_matched=count_where(nw.col("is_matched")) > 0,
            part_count=nw.len().cast(nw.Int64),
            billed_count=nw.col("cost_amount").count(),
            billed_amount=nw.col("cost_amount").sum().cast(nw.Float64),
        )
        .with_columns(
            source_record_id=nw.col("part_of"),
            message_id=nw.col("part_of"),
            sent_at_basis=nw.lit("header"),
            cost_amount=nw.when(nw.col("billed_count") > 0).then(nw.col("billed_amount")),
            **texts,
            **numbers,
        )
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
