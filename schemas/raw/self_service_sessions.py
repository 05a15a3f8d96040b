"""Self-service sessions as delivered."""

import datetime as dt

import pandera.polars as pa
import polars as pl

from schemas.raw.record import RawTable
from schemas.vocabulary import CHANNELS


class RawSelfServiceSessions(RawTable):
    """One visit of a customer to a help centre, a bot, a voice menu or an account page, with one concern."""

    started_at: dt.datetime = pa.Field(description="When the session began, UTC.")
    ended_at: dt.datetime = pa.Field(nullable=True, description="When it ended, UTC; null where the source does not say.")
    channel: str = pa.Field(isin=CHANNELS, description="Where it took place.")
    topic: str = pa.Field(nullable=True, description="What it was about, in the company's own taxonomy.")
    is_completed: bool = pa.Field(nullable=True, description="Whether the customer reached what they came for; null where unknown.")
    is_escalated: bool = pa.Field(nullable=True, description="Whether the customer went on to a person; null where unknown.")
    ticket_ref: str = pa.Field(nullable=True, description="The ticket it led to, as `source:ticket id`.")
    customer_ref: str = pa.Field(nullable=True, description="Keyed hash of the customer's identifier; null when anonymous.")

    class Config:
        name = "raw.self_service_sessions"

    @pa.dataframe_check(name="time_reversed")
    def in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """A session does not end before it begins."""
        return data.lazyframe.select(pl.col("ended_at").is_null() | (pl.col("started_at") <= pl.col("ended_at")))
