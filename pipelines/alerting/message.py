"""What people are told of an alert: its onset once, its end once. In words for mail and chat, as JSON for programs."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from pipelines.alerting.register import Alert

TOLD_DAYS: Final = 7
"""An alert that has been over for longer is told of no more, when its onset was not told either."""

Event = Literal["opened", "closed", "test"]


@dataclass(frozen=True)
class Message:
    """One thing to tell. Told twice, where a crash makes that so, it carries the same id twice."""

    message_id: str
    event: Event
    alert: Alert | None

    @property
    def text(self) -> str:
        """It in a sentence or two."""
        if self.alert is None:
            return "This is a test of the alerts; nothing is wrong."
        if self.event == "opened":
            return self.alert.reason
        return f"Over, or watched no longer: {self.alert.reason} That had been so since {self.alert.opened_at:%-d %B %Y %H:%M} UTC."

    @property
    def payload(self) -> dict[str, Any]:
        """It for programs; instants are UTC in ISO 8601, what is not known is null."""
        alert = self.alert
        told = None
        if alert is not None:
            told = {
                "alert_id": alert.alert_id,
                "kind": alert.kind,
                "subject": alert.subject,
                "reason": alert.reason,
                "period_on": alert.period_on and alert.period_on.isoformat(),
                "value": alert.value,
                "limit_value": alert.limit_value,
                "opened_at": _instant(alert.opened_at),
                "closed_at": _instant(alert.closed_at),
            }
        return {"message_id": self.message_id, "event": self.event, "text": self.text, "alert": told}


TEST: Final = Message("test", "test", None)
"""What `kpis alerts test` sends."""


def to_tell(alerts: Iterable[Alert], sent: Collection[str], now: dt.datetime) -> list[Message]:
    """What a channel has not been told yet; ``sent`` holds the ids of the messages that it took.

    Of what is open its onset; of what is over its end, unless its onset was never told and it has been over for `TOLD_DAYS`.
    """
    messages = []
    for alert in alerts:
        onset, end = (Message(f"{alert.alert_id}.{event}", event, alert) for event in ("opened", "closed"))
        is_told = onset.message_id in sent
        if alert.closed_at is None:
            messages += [] if is_told else [onset]
        elif end.message_id not in sent and (is_told or now - alert.closed_at <= dt.timedelta(days=TOLD_DAYS)):
            messages.append(end)
    return messages


def _instant(at: dt.datetime | None) -> str | None:
    return None if at is None else f"{at.isoformat()}Z"
