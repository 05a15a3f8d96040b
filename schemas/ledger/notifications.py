"""What was told to whom."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table


class Notifications(Table):
    """One row per message and channel, written once the channel has taken it; what has a row is not sent again."""

    message_id: str = pa.Field(description="The message: an alert's id and what is told of it, or the report of an arrival day.")
    channel: str = pa.Field(description="Channel that took it.")
    sent_at: dt.datetime = pa.Field(description="When it did, UTC.")

    class Config:
        name = "ledger.notifications"
        unique = ["message_id", "channel"]
