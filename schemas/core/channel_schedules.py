"""Which schedule is in force for which channel, and when."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import CHANNELS


class ChannelSchedules(Table):
    """One schedule of a channel, while it is in force.

    The channel's own clock runs on when the schedule changes: it is the clock of the schedule in force, shifted.
    """

    channel: str = pa.Field(isin=CHANNELS, description="The channel.")
    valid_from_at: dt.datetime = pa.Field(description="First instant at which the schedule is in force, UTC.")
    valid_until_at: dt.datetime = pa.Field(description="First instant at which it no longer is, UTC.")
    schedule: str = pa.Field(description="The schedule, by its name in the settings.")
    clock_shift_seconds: int = pa.Field(description="What to add to the schedule's clock for the channel's.", metadata={"unit": "seconds"})

    class Config:
        name = "core.channel_schedules"
        unique = ["channel", "valid_from_at"]
