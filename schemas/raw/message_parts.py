"""Parts of text messages as delivered, where a source reports every part by itself."""

import datetime as dt

import pandera.polars as pa

from schemas.raw.record import RawTable
from schemas.table import UnitPrice
from schemas.vocabulary import DIRECTIONS, MESSAGE_CHANNELS


class RawMessageParts(RawTable):
    """One part of a text message, without its text; its siblings may come in other deliveries."""

    part_of: str = pa.Field(str_length={"min_value": 1}, description="The message's id in its source.")
    part: int = pa.Field(ge=0, description="Place among the message's parts, as the source counts them.")
    sent_at: dt.datetime = pa.Field(description="When the part was sent, UTC.")
    channel: str = pa.Field(isin=MESSAGE_CHANNELS, description="How it was sent.")
    direction: str = pa.Field(isin=DIRECTIONS, description="From the customer (inbound) or to the customer.")
    segment_count: int = pa.Field(ge=0, description="Parts that the message was billed as.")
    delivery_status: str = pa.Field(nullable=True, description="The provider's delivery status of the part.")
    cost_amount: UnitPrice = pa.Field(nullable=True, description="What the part cost us, positive; null until billed.")
    currency: str = pa.Field(nullable=True, description="ISO 4217 code of cost_amount.")
    customer_ref: str = pa.Field(nullable=True, description="Keyed hash of the customer's number.")

    class Config:
        name = "raw.message_parts"
