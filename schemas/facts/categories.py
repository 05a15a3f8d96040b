"""Categories of published rows."""

import pandera.polars as pa

from schemas.table import Table


class FactCategories(Table):
    """Every category that a row of facts or KPIs is told apart by: one filter on it holds for them all."""

    category: str = pa.Field(description="The category; `unknown` where nobody said.")

    class Config:
        name = "facts.categories"
        unique = ["category"]
