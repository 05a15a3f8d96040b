"""Answers of employees as delivered."""

import datetime as dt

import pandera.polars as pa
import polars as pl

from schemas.raw.record import RawTable
from schemas.vocabulary import EMPLOYEE_TOPICS


class RawEmployeeAnswers(RawTable):
    """One answer of an employee survey: an obstacle named, or a statement rated; `source_record_id` is a keyed hash.

    The respondent is known here alone, so that core can tell people from answers; no table behind raw holds the reference.
    """

    answered_on: dt.date = pa.Field(description="Day of the answer; a survey of few people keeps no times.")
    topic: str = pa.Field(isin=EMPLOYEE_TOPICS, description="What the answer is about.")
    item: str = pa.Field(description="The obstacle named or the statement rated, in the survey's own words.")
    value: float = pa.Field(
        nullable=True, description="The rating given; null for an obstacle that was only named, or a statement skipped."
    )
    scale_low: float = pa.Field(nullable=True, description="Lowest value of the declared scale, where there is one.")
    scale_high: float = pa.Field(nullable=True, description="Highest value of the declared scale, where there is one.")
    is_reversed: bool = pa.Field(description="Whether a low value is the good end of the scale.")
    team: str = pa.Field(nullable=True, description="The respondent's team, in the words of raw.employees.")
    employee_ref: str = pa.Field(nullable=True, description="Keyed hash of the respondent's id; null in an anonymous survey.")

    class Config:
        name = "raw.employee_answers"

    @pa.dataframe_check(name="out_of_scale")
    def value_on_scale(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """A given value lies on the declared scale; without a scale there is no value."""
        on_scale = pl.col("value").is_between(pl.col("scale_low"), pl.col("scale_high")).fill_null(value=False)
        return data.lazyframe.select(pl.col("value").is_null() | on_scale)
