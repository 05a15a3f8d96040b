"""Answers to survey questions as delivered."""

import datetime as dt

import pandera.polars as pa
import polars as pl

from schemas.raw.record import RawTable
from schemas.vocabulary import CHANNELS, METRICS, TOUCHPOINTS


class RawAnswers(RawTable):
    """One question of one survey response; a skipped question is a row without a value.

    A question that offers options has a row for each one chosen, with its word and without a value.
    """

    question: str = pa.Field(description="The question's key in its survey.")
    metric: str = pa.Field(isin=METRICS, description="What the question measures, as declared; never inferred.")
    value: float = pa.Field(nullable=True, description="The rating given, on the declared scale; null when skipped.")
    choice: str = pa.Field(nullable=True, description="The declared word of the option chosen; null for a rating, and when skipped.")
    scale_low: float = pa.Field(nullable=True, description="Lowest value of the declared scale; null for a choice.")
    scale_high: float = pa.Field(nullable=True, description="Highest value of the declared scale; null for a choice.")
    is_reversed: bool = pa.Field(description="Whether a low value is the good end of the scale.")
    answered_at: dt.datetime = pa.Field(description="When the response was submitted, UTC.")
    is_complete: bool = pa.Field(description="Whether the respondent reached the end of the survey.")
    channel: str = pa.Field(isin=CHANNELS, description="How the answer reached us.")
    touchpoint: str = pa.Field(nullable=True, isin=TOUCHPOINTS, description="Part of the company that was rated.")
    invite_id: str = pa.Field(nullable=True, description="The invitation answered, where one was sent.")
    ticket_ref: str = pa.Field(nullable=True, description="The ticket rated, as `source:ticket id`.")
    customer_ref: str = pa.Field(nullable=True, description="Keyed hash of the customer's identifier; null when anonymous.")
    comment: str = pa.Field(nullable=True, description="What the customer wrote beside the answers; stays in raw.")

    class Config:
        name = "raw.answers"

    @pa.dataframe_check(name="out_of_scale")
    def value_on_scale(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """A given value lies on the declared scale."""
        return data.lazyframe.select(pl.col("value").is_null() | pl.col("value").is_between(pl.col("scale_low"), pl.col("scale_high")))
