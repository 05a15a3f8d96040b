"""What is under alert as the page is written, as the publication says."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.published import query


@dataclass(frozen=True)
class UnderAlert:
    """Something that is out of its bounds, and since when a run has known it."""

    kind: str
    subject: str
    reason: str
    opened_at: dt.datetime


def under_alert(published: Path) -> Sequence[UnderAlert]:
    """Every open alert, the newest first."""
    open_alerts = "SELECT kind, subject, reason, opened_at FROM ops.alerts WHERE closed_at IS NULL ORDER BY opened_at DESC, kind, subject"
    return [UnderAlert(**row) for row in query(published, open_alerts).iter_rows(named=True)]
