"""Targets as delivered."""

import datetime as dt

import pandera.polars as pa
import polars as pl

from schemas.raw.record import RawTable
from schemas.vocabulary import CHANNELS, TARGET_DIRECTIONS, TOUCHPOINTS


class RawTargets(RawTable):
    """What a figure is meant to reach, for which part of the company, and from when to when."""

    kpi: str = pa.Field(description="Table of the figure, without its layer: `satisfaction_daily`.")
    figure: str = pa.Field(description="The figure, by its column: `csat_top2`.")
    channel: str = pa.Field(nullable=True, isin=CHANNELS, description="Channel it holds for; null for all.")
    touchpoint: str = pa.Field(nullable=True, isin=TOUCHPOINTS, description="Touchpoint it holds for; null for all.")
    segment: str = pa.Field(nullable=True, description="Segment it holds for; null for all.")
    category: str = pa.Field(nullable=True, description="Ticket category it holds for; null for all.")
    team: str = pa.Field(nullable=True, description="Team it holds for; null for all.")
    value: float = pa.Field(description="The target, in the unit of the figure: shares as 0 to 1.")
    direction: str = pa.Field(isin=TARGET_DIRECTIONS, description="Which side of it is good.")
    minimum_acceptable: float = pa.Field(
        nullable=True, description="The worst value still acceptable, on the bad side of the target; null where none is set."
    )
    valid_from_on: dt.date = pa.Field(description="First day it holds.")
    valid_to_on: dt.date = pa.Field(nullable=True, description="Last day it holds; null while it goes on.")

    class Config:
        name = "raw.targets"

    @pa.dataframe_check(name="time_reversed")
    def in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """A target does not end before it begins."""
        return data.lazyframe.select(pl.col("valid_to_on").is_null() | (pl.col("valid_from_on") <= pl.col("valid_to_on")))

    @pa.dataframe_check(name="out_of_range")
    def acceptable_is_no_better(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """What is still acceptable is no better than the target."""
        value, worst = pl.col("value"), pl.col("minimum_acceptable")
        return data.lazyframe.select(
            worst.is_null() | pl.when(pl.col("direction") == "at_most").then(worst >= value).otherwise(worst <= value)
        )
