"""What was refused and why, by arrival day."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import REFUSALS


class RefusalsDaily(Table):
    """One row per arrival day, feed, column and reason. A record refused for two reasons is in two rows: never add records over rows.

    The original text stays in the warehouse's quarantine; `kpis quarantine` shows it.
    """

    arrived_on: dt.date = pa.Field(description="Arrival day: the folder the files lie in.")
    feed: str = pa.Field(description="The feed.")
    column: str = pa.Field(description="Column that is at fault; the table or `record` where no single one is.")
    reason: str = pa.Field(isin=tuple(REFUSALS), description="Why, as a word of the vocabulary of refusals.")
    explanation: str = pa.Field(description="The same in a sentence.")
    record_count: int = pa.Field(ge=1, description="Records refused for this reason.", metadata={"unit": "records"})

    class Config:
        name = "ops.refusals_daily"
        unique = ["arrived_on", "feed", "column", "reason"]
