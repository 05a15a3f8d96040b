"""Segments of published rows."""

import pandera.polars as pa

from schemas.table import Table


class FactSegments(Table):
    """Every segment that a row of facts or KPIs is told apart by: one filter on it holds for them all."""

    segment: str = pa.Field(description="The segment; `unknown` where no record says, `unallocated` for costs that nothing allocates.")

    class Config:
        name = "facts.segments"
        unique = ["segment"]
