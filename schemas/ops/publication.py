"""What the published tables are as of."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table


class Publication(Table):
    """One row: until when the data is known, and in which currency and zone the published figures are."""

    currency: str = pa.Field(description="Reporting currency of every amount, ISO 4217.")
    time_zone: str = pa.Field(description="Zone in which business days begin and end, IANA name.")
    as_of: dt.datetime = pa.Field(nullable=True, description="Instant up to which the data is known, UTC; null before anything came.")
    newest_arrived_on: dt.date = pa.Field(nullable=True, description="Newest arrival day of any feed.")

    class Config:
        name = "ops.publication"
        unique = ["currency"]
