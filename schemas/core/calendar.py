"""The business calendar: which business date an instant belongs to, and the periods of each date."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table


class Calendar(Table):
    """One day of UTC, and where the business date changes within it.

    An instant before `turns_at` lies on `before_on`, any other on `after_on`. Joining on the UTC date gives
    every instant its business date on any engine, without time-zone arithmetic.
    """

    utc_on: dt.date = pa.Field(description="Day of UTC.")
    turns_at: dt.datetime = pa.Field(description="First instant of the day, UTC, that lies on `after_on`.")
    before_on: dt.date = pa.Field(description="Business date until `turns_at`.")
    after_on: dt.date = pa.Field(description="Business date from `turns_at` on.")

    class Config:
        name = "core.calendar"
        unique = ["utc_on"]
