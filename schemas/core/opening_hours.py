"""When each schedule is open, with a clock that runs while it is."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table


class OpeningHours(Table):
    """One stretch of open or closed time of a schedule, within one day of UTC.

    The stretches of a schedule cover all time without a gap. How long it was open between two instants is the difference of two
    readings: seconds before the stretch, and, if that is open, seconds since it started.
    """

    schedule: str = pa.Field(description="The schedule, by its name in the settings.")
    utc_on: dt.date = pa.Field(description="Day of UTC.")
    starts_at: dt.datetime = pa.Field(description="First instant of the stretch, UTC.")
    ends_at: dt.datetime = pa.Field(description="First instant after it, UTC.")
    is_open: bool = pa.Field(description="Whether the schedule is open.")
    open_seconds_before: int = pa.Field(
        ge=0, description="How long the schedule had been open before, since the beginning of the calendar.", metadata={"unit": "seconds"}
    )

    class Config:
        name = "core.opening_hours"
        unique = ["schedule", "starts_at"]
