"""Touchpoints of published rows."""

import pandera.polars as pa

from schemas.table import Table


class FactTouchpoints(Table):
    """Every touchpoint that a row of facts or KPIs is told apart by: one filter on it holds for them all."""

    touchpoint: str = pa.Field(description="The touchpoint; `unknown` where nobody said, `unallocated` for costs that nothing allocates.")

    class Config:
        name = "facts.touchpoints"
        unique = ["touchpoint"]
