"""Figures of others as delivered."""

import datetime as dt

import pandera.polars as pa
import polars as pl

from schemas.raw.record import RawTable
from schemas.vocabulary import BASES


class RawBenchmarks(RawTable):
    """One figure of others (an industry, peers, a study) to hold one of ours against.

    Two figures compare only where their `definition` is the same: top-box CSAT is no mean.
    """

    kpi: str = pa.Field(description="Table of our figure, without its layer: `satisfaction_daily`.")
    figure: str = pa.Field(description="Our figure, by its column: `csat_top2`.")
    segment: str = pa.Field(nullable=True, description="Segment, industry or peer group it holds for; null for all.")
    definition: str = pa.Field(description="Key of the definition that the publisher computed by, such as `csat_top2`.")
    value: float = pa.Field(description="The figure (mean or median), in the unit of ours: shares as 0 to 1.")
    lower_quartile: float = pa.Field(nullable=True, description="A quarter of those measured lie below it, where published.")
    upper_quartile: float = pa.Field(nullable=True, description="A quarter of those measured lie above it, where published.")
    n: int = pa.Field(nullable=True, ge=0, description="Answers, customers or companies measured, where published.")
    period_from_on: dt.date = pa.Field(description="First day measured.")
    period_to_on: dt.date = pa.Field(description="Last day measured.")
    basis: str = pa.Field(isin=BASES, description="What the figure rests on.")
    evidence: str = pa.Field(description="Who published it, and where.")

    class Config:
        name = "raw.benchmarks"

    @pa.dataframe_check(name="time_reversed")
    def in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """A period does not end before it begins."""
        return data.lazyframe.select(pl.col("period_from_on") <= pl.col("period_to_on"))
