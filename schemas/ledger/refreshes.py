"""The refreshes: from what, and until when, each derived table was computed."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table


class Refreshes(Table):
    """The last refresh of one derived table."""

    table_name: str = pa.Field(description="The table.")
    generation: int = pa.Field(description="Last change of its inputs that is in it.")
    version: str = pa.Field(description="Hash of its code and settings; another hash means a rebuild.")
    as_of: dt.datetime = pa.Field(nullable=True, description="Instant up to which the data is known, UTC; decides maturity.")

    class Config:
        name = "ledger.refreshes"
        unique = ["table_name"]
