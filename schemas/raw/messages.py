"""E-mail and SMS messages as delivered."""

import datetime as dt

import pandera.polars as pa

from schemas.raw.record import RawTable
from schemas.table import UnitPrice
from schemas.vocabulary import DIRECTIONS, MESSAGE_CHANNELS, MESSAGE_EXCLUSIONS, REPLY_METHODS, TIME_BASES


class RawMessages(RawTable):
    """One e-mail or one SMS, whatever number of parts it travelled in."""

    message_id: str = pa.Field(nullable=True, description="Message-ID header or provider id; an attribute, not a key.")
    in_reply_to: str = pa.Field(nullable=True, description="Message-ID this one answers.")
    sent_at: dt.datetime = pa.Field(description="When the message was sent, UTC.")
    sent_at_basis: str = pa.Field(isin=TIME_BASES, description="Where sent_at was read.")
    channel: str = pa.Field(isin=MESSAGE_CHANNELS, description="E-mail or SMS.")
    direction: str = pa.Field(isin=DIRECTIONS, description="From the customer (inbound) or to the customer.")
    exclusion: str = pa.Field(nullable=True, isin=MESSAGE_EXCLUSIONS, description="Why it is no feedback; null when it may be.")
    subject: str = pa.Field(nullable=True, description="Subject line.")
    body: str = pa.Field(nullable=True, description="Text as written, quotes included; null when there is none.")
    reply_text: str = pa.Field(
        nullable=True, description="What the sender wrote in this message: body without earlier messages and signatures; null when nothing."
    )
    reply_method: str = pa.Field(nullable=True, isin=REPLY_METHODS, description="What reply_text was told from the rest by.")
    bare_number: float = pa.Field(nullable=True, description="The number, where the reply is nothing else.")
    bare_number_of: float = pa.Field(nullable=True, description="What the number is said to be out of, as 10 in `9/10`.")
    attachment_count: int = pa.Field(ge=0, description="Attached files; counted, never opened.")
    defect_count: int = pa.Field(ge=0, description="Faults the reader found in the message's structure.")
    segment_count: int = pa.Field(ge=0, description="Parts billed by the carrier; 0 for e-mail.")
    part_count: int = pa.Field(
        nullable=True,
        ge=1,
        description="Parts that were delivered to us, where they come one by one; fewer than segment_count when some lack.",
    )
    delivery_status: str = pa.Field(nullable=True, description="The provider's delivery status.")
    cost_amount: UnitPrice = pa.Field(nullable=True, description="What the message cost us, positive; null until billed.")
    currency: str = pa.Field(nullable=True, description="ISO 4217 code of cost_amount.")
    own_address: str = pa.Field(nullable=True, description="Our own address or number that sent it, or for a text that received it.")
    customer_ref: str = pa.Field(nullable=True, description="Keyed hash of the customer's address or number.")

    class Config:
        name = "raw.messages"
