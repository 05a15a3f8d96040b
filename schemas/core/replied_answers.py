"""Answers to ratings that were asked for in a message."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import MESSAGE_CHANNELS, METRICS, TOUCHPOINTS


class RepliedAnswers(Table):
    """A message that is nothing but a number on the scale of a question, from the customer who was asked it, within the declared time.

    It answers the last question asked of the customer through the channel whose time had not run out. Of several replies to one
    question the last one counts; `core.answers` marks the others.
    """

    source: str = pa.Field(description="System the reply comes from.")
    source_record_id: str = pa.Field(description="The reply.")
    customer_key: str = pa.Field(description="Who was asked and replied.")
    segment: str = pa.Field(description="The customer's current segment.")
    question: str = pa.Field(description="The question's key in the settings.")
    ballot: str = pa.Field(description="The message that asked.")
    metric: str = pa.Field(isin=METRICS, description="What the question measures.")
    value: float = pa.Field(description="The number on the question's own scale.")
    scale_low: float = pa.Field(description="Lowest value of the scale.")
    scale_high: float = pa.Field(description="Highest value of the scale.")
    is_reversed: bool = pa.Field(description="Whether a low value is the good end.")
    answered_at: dt.datetime = pa.Field(description="When the reply was sent, UTC.")
    channel: str = pa.Field(isin=MESSAGE_CHANNELS, description="E-mail or SMS.")
    touchpoint: str = pa.Field(nullable=True, isin=TOUCHPOINTS, description="Part of the company that was rated.")

    class Config:
        name = "core.replied_answers"
        unique = ["source", "source_record_id"]
