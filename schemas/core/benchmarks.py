"""Figures of others."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import BASES


class Benchmarks(Table):
    """One figure of others to hold one of ours against; comparable only under the same definition."""

    source: str = pa.Field(description="File or service the benchmark comes from.")
    source_record_id: str = pa.Field(description="The benchmark.")
    kpi: str = pa.Field(description="Table of our figure, without its layer.")
    figure: str = pa.Field(description="Our figure, by its column.")
    segment: str = pa.Field(description="Segment, industry or peer group; `all` where it holds for every one.")
    definition: str = pa.Field(description="Key of the definition that the publisher computed by.")
    value: float = pa.Field(description="The figure, in the unit of ours.", metadata={"unit": "as the figure"})
    lower_quartile: float = pa.Field(
        nullable=True, description="A quarter of those measured lie below it; null where not published.", metadata={"unit": "as the figure"}
    )
    upper_quartile: float = pa.Field(
        nullable=True, description="A quarter of those measured lie above it; null where not published.", metadata={"unit": "as the figure"}
    )
    n: int = pa.Field(nullable=True, ge=0, description="Answers, customers or companies measured; null where not published.")
    period_from_on: dt.date = pa.Field(description="First day measured.")
    period_to_on: dt.date = pa.Field(description="Last day measured.")
    basis: str = pa.Field(isin=BASES, description="What the figure rests on.")
    evidence: str = pa.Field(description="Who published it, and where.")

    class Config:
        name = "core.benchmarks"
        unique = ["source", "source_record_id"]
