"""What is under alert: opened once, closed once, kept in `ops.alerts`, whatever is run again."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import narwhals as nw
import polars as pl

from pipelines.alerting.judging import Judgement
from pipelines.warehouse.duckdb_store import DuckDBWarehouse
from schemas.ops.alerts import Alerts
from schemas.projection import columns

_ID_CHARACTERS: Final = 16


@dataclass(frozen=True)
class Alert:
    """A row of `ops.alerts`."""

    alert_id: str
    kind: str
    subject: str
    reason: str
    period_on: dt.date | None
    value: float | None
    limit_value: float | None
    opened_at: dt.datetime
    notified_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    closing_notified_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.closed_at is None


def carried_on(alerts: Iterable[Alert], judged: Sequence[Judgement], kinds: Collection[str], now: dt.datetime) -> list[Alert]:
    """The alerts after a judgement of these kinds; judged twice alike is judged once.

    What is out of its bounds and not under alert is opened. What is within them again, or watched no longer, is closed. What could not be
    judged stays as it is, and so do alerts of other kinds.
    """
    staying = {(one.kind, one.subject) for one in judged if one.is_out or not one.is_known}
    kept = [
        replace(alert, closed_at=now) if alert.is_open and alert.kind in kinds and (alert.kind, alert.subject) not in staying else alert
        for alert in alerts
    ]
    under_alert = {(alert.kind, alert.subject) for alert in kept if alert.is_open}
    return [*kept, *(_opened(one, now) for one in judged if one.is_out and (one.kind, one.subject) not in under_alert)]


def stored(warehouse: DuckDBWarehouse) -> list[Alert]:
    """Every alert there is and was, the oldest first."""
    return [Alert(**row) for row in warehouse.query("FROM ops.alerts ORDER BY opened_at, kind, subject").iter_rows(named=True)]


def store(warehouse: DuckDBWarehouse, alerts: Sequence[Alert]) -> None:
    """Make these the alerts, within the transaction that is going on."""
    schema = {column.name: column.dtype for column in columns(Alerts)}
    frame = pl.DataFrame([asdict(alert) for alert in alerts], schema=schema, orient="row")
    warehouse.replace(Alerts, [nw.from_native(frame, eager_only=True)], (), None)


def onsets(alerts: Iterable[Alert], kind: str) -> dict[str, dt.date]:
    """For each subject under alert, the period in which that began."""
    return {alert.subject: alert.period_on for alert in alerts if alert.is_open and alert.kind == kind and alert.period_on is not None}


def _opened(judgement: Judgement, now: dt.datetime) -> Alert:
    name = f"{judgement.kind} {judgement.subject} {now.isoformat()}"
    return Alert(
        alert_id=hashlib.sha256(name.encode()).hexdigest()[:_ID_CHARACTERS],
        kind=judgement.kind,
        subject=judgement.subject,
        reason=judgement.reason,
        period_on=judgement.period_on,
        value=judgement.value,
        limit_value=judgement.limit,
        opened_at=now,
    )
