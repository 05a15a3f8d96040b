"""Parts of text messages that their source reports one by one."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table, UnitPrice
from schemas.vocabulary import DIRECTIONS, MESSAGE_CHANNELS


class MessageParts(Table):
    """One part of a text message; core.messages joins all there are, whichever deliveries they came in."""

    source: str = pa.Field(description="System the message comes from.")
    source_record_id: str = pa.Field(description="The part in its source.")
    part_of: str = pa.Field(description="The message in its source.")
    sent_at: dt.datetime = pa.Field(description="When the part was sent, UTC.")
    channel: str = pa.Field(isin=MESSAGE_CHANNELS, description="How it was sent.")
    direction: str = pa.Field(isin=DIRECTIONS, description="From or to the customer.")
    segment_count: int = pa.Field(ge=0, description="Parts that the message was billed as.", metadata={"unit": "parts"})
    cost_amount: UnitPrice = pa.Field(nullable=True, description="What the part cost us; null until billed.", metadata={"unit": "money"})
    currency: str = pa.Field(nullable=True, description="Currency of cost_amount.")
    segment: str = pa.Field(description="The customer's current segment.")
    customer_key: str = pa.Field(nullable=True, description="The customer; null when unknown.")
    is_matched: bool = pa.Field(description="Whether a customer record holds the identifier that the record names the customer by.")

    class Config:
        name = "core.message_parts"
        unique = ["source", "source_record_id"]
