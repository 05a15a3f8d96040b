"""E-mail and SMS messages."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import DIRECTIONS, MESSAGE_CHANNELS, MESSAGE_EXCLUSIONS, TIME_BASES


class Messages(Table):
    """One e-mail or SMS; its text stays in raw."""

    source: str = pa.Field(description="System the message comes from.")
    source_record_id: str = pa.Field(description="The message in its source.")
    sent_at: dt.datetime = pa.Field(description="When it was sent, UTC.")
    sent_on: dt.date = pa.Field(description="Business date of sent_at.")
    sent_at_basis: str = pa.Field(isin=TIME_BASES, description="Where sent_at was read.")
    channel: str = pa.Field(isin=MESSAGE_CHANNELS, description="E-mail or SMS.")
    direction: str = pa.Field(isin=DIRECTIONS, description="From or to the customer.")
    exclusion: str = pa.Field(nullable=True, isin=MESSAGE_EXCLUSIONS, description="Why it is no feedback; null when it may be.")
    is_feedback: bool = pa.Field(description="Inbound, and no rule excludes it.")
    has_text: bool = pa.Field(description="Whether its sender wrote anything in it, beside quotes and signatures.")
    asks: str = pa.Field(nullable=True, description="The rating it asks the customer for, by its name in the settings.")
    bare_number: float = pa.Field(nullable=True, description="The number, where the reply is nothing else.")
    bare_number_of: float = pa.Field(nullable=True, description="What the number is said to be out of, as 10 in `9/10`.")
    segment_count: int = pa.Field(ge=0, description="Parts billed by the carrier; 0 for e-mail.", metadata={"unit": "parts"})
    part_count: int = pa.Field(
        nullable=True,
        ge=1,
        description="Parts that were delivered to us, where they come one by one; fewer than segment_count when some lack.",
        metadata={"unit": "parts"},
    )
    cost: float = pa.Field(
        nullable=True,
        description="Cost in the reporting currency, of the parts that were delivered to us; null until billed.",
        metadata={"unit": "money"},
    )
    segment: str = pa.Field(description="The customer's current segment.")
    customer_key: str = pa.Field(nullable=True, description="The customer; null when unknown.")
    is_matched: bool = pa.Field(description="Whether a customer record holds the identifier that the record names the customer by.")

    class Config:
        name = "core.messages"
        unique = ["source", "source_record_id"]
