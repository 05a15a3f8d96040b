"""What is, or was, out of its bounds."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import ALERT_KINDS


class Alerts(Table):
    """One row per alert: from when on something was out of its bounds, until when, and who was told.

    A row is opened when the newest state of the data is first found out of its bounds, and closed when it is found within them again;
    what it says is the state at its onset. What opens again later is another alert. Times are those of the runs that found it.
    """

    alert_id: str = pa.Field(description="The alert; stands in each message about it.")
    kind: str = pa.Field(isin=ALERT_KINDS, description="What it is about.")
    subject: str = pa.Field(description="The figure, as `<table>.<figure>`, or the feed.")
    reason: str = pa.Field(description="What was found, in a sentence.")
    period_on: dt.date = pa.Field(
        nullable=True, description="First day of the month or week at fault, or the arrival day; null where none came."
    )
    value: float = pa.Field(
        nullable=True,
        description="What was found: the figure, days without a delivery, share refused.",
        metadata={"unit": "as the subject"},
    )
    limit_value: float = pa.Field(
        nullable=True, description="The bound that it has passed: target, control limit, threshold.", metadata={"unit": "as the subject"}
    )
    opened_at: dt.datetime = pa.Field(description="When a run found it, UTC.")
    notified_at: dt.datetime = pa.Field(
        nullable=True,
        description="When every channel had been told of its onset, UTC; null until then. Known from the next publication on.",
    )
    closed_at: dt.datetime = pa.Field(nullable=True, description="When a run found it over, UTC; null while it is open.")
    closing_notified_at: dt.datetime = pa.Field(
        nullable=True, description="When every channel had been told of its end, UTC; null until then."
    )

    class Config:
        name = "ops.alerts"
        unique = ["alert_id"]
