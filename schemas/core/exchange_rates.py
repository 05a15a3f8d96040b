"""What one unit of each declared currency is worth in the reporting currency."""

import pandera.polars as pa

from schemas.table import Table


class ExchangeRates(Table):
    """One declared currency; the reporting currency itself stands here with a rate of one."""

    currency: str = pa.Field(description="ISO 4217 code.")
    rate: float = pa.Field(gt=0, description="Worth of one unit in the reporting currency.")

    class Config:
        name = "core.exchange_rates"
        unique = ["currency"]
