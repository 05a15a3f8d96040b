"""Telling every channel what it has not been told, and writing down what it took.

At least once: a message is written down right after its channel took it, so that a crash between the two tells it twice, with the same
id; nothing is lost. `ops.alerts` is written before, with the judgement itself, so that what a run found is told even when that run died.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import narwhals as nw
import polars as pl

from pipelines.alerting.letters import alert_letter
from pipelines.alerting.mail import Mailer
from pipelines.alerting.message import TEST, Message, to_tell
from pipelines.alerting.register import Alert, store, stored
from pipelines.alerting.settings import MailSettings
from pipelines.alerting.webhook import Webhook
from pipelines.connectors.protocol import Clock, ConnectorError
from pipelines.connectors.retrying import Patience
from pipelines.connectors.secret import secret
from pipelines.errors import PipelineError
from pipelines.settings import Settings
from pipelines.warehouse.duckdb_store import DuckDBWarehouse
from schemas.ledger.notifications import Notifications

_UNHURRIED: Final = 60_000.0
"""Requests a minute, where nobody sets a limit."""


class Channel(Protocol):
    """A way to tell people."""

    def tell(self, messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
        """Send the messages, and give those that were taken, as soon as they were.

        Raises ConnectorError where another run may succeed, PipelineError where settings or environment are at fault.
        """
        ...


@dataclass(frozen=True)
class MailChannel:
    """Mail: one letter of all that there is to tell."""

    mailer: Mailer
    declared: MailSettings
    clock: Clock

    def tell(self, messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
        """See `Channel.tell`."""
        if messages:
            refused = self.mailer.send(alert_letter(messages, self.declared, self.clock.now()))
            yield messages
            if refused:
                raise PipelineError(f"mail.to: {self.declared.host} took the mail and refuses {refused} of the addresses; correct them.")


def mailer_of(settings: Settings, declared: MailSettings, clock: Clock) -> Mailer:
    """The mail server of the settings, with its password read."""
    patience = Patience("host", clock, requests_per_minute=_UNHURRIED, minutes=settings.alerts.minutes, block="mail")
    password = secret("secret_variable", declared.secret_variable, "mail") if declared.secret_variable else None
    return Mailer(declared, password, patience)


def tell(warehouse: DuckDBWarehouse, settings: Settings, clock: Clock | None = None) -> Mapping[str, int]:
    """Tell every channel what it has not been told; how many messages each took.

    Each channel has its turn, whatever became of the others. Raises ConnectorError or PipelineError of what failed, after that.
    """
    used = clock or Clock()
    taken: dict[str, int] = {}
    faults: list[PipelineError] = []
    for name in settings.alert_channels:
        taken[name] = 0
        messages = to_tell(stored(warehouse), told(warehouse, name), _now(used))
        if not messages:
            continue
        try:
            for done in _channel(name, settings, used).tell(messages):
                note_told(warehouse, name, [message.message_id for message in done], _now(used))
                taken[name] += len(done)
        except PipelineError as fault:
            faults.append(fault)
    _note_when(warehouse, settings.alert_channels)
    if faults:
        kind = ConnectorError if all(isinstance(fault, ConnectorError) for fault in faults) else PipelineError
        raise kind(" ".join(str(fault) for fault in faults))
    return taken


def tell_test(settings: Settings, name: str, clock: Clock | None = None) -> None:
    """Send one channel a message that says it is a test; nothing is written down."""
    for _ in _channel(name, settings, clock or Clock()).tell([TEST]):
        pass


def told(warehouse: DuckDBWarehouse, channel: str) -> set[str]:
    """Ids of the messages that a channel took."""
    found = warehouse.query("SELECT message_id FROM ledger.notifications WHERE channel = ?", [channel])
    return set(found["message_id"])


def note_told(warehouse: DuckDBWarehouse, channel: str, messages: Sequence[str], now: dt.datetime) -> None:
    """Write down that a channel took these messages, in one transaction."""
    before = warehouse.query("FROM ledger.notifications")
    new = pl.DataFrame({"message_id": messages, "channel": channel, "sent_at": now}, schema=before.schema)
    with warehouse.transaction():
        warehouse.replace(Notifications, [nw.from_native(pl.concat([before, new]), eager_only=True)], (), None)


def _channel(name: str, settings: Settings, clock: Clock) -> Channel:
    declared = settings.alerts.webhook
    if name == "webhook" and declared is not None:
        patience = Patience("webhook", clock, requests_per_minute=_UNHURRIED, minutes=settings.alerts.minutes, block="alerts")
        signing = secret("webhook", declared.secret_variable, "alerts") if declared.secret_variable else None
        return Webhook(secret("webhook", declared.url_variable, "alerts"), signing, patience, clock)
    if name == "mail" and settings.mail is not None:
        return MailChannel(mailer_of(settings, settings.mail, clock), settings.mail, clock)
    raise PipelineError(f"alerts: the channel {name} is not set up; declare `[mail]` or `[alerts.webhook]`.")


def _note_when(warehouse: DuckDBWarehouse, channels: Sequence[str]) -> None:
    """Write into `ops.alerts` since when every channel has known of each onset and of each end."""
    rows = warehouse.query("SELECT message_id, channel, sent_at FROM ledger.notifications").iter_rows()
    sent = {(message_id, channel): sent_at for message_id, channel, sent_at in rows}

    def since(alert: Alert, event: str) -> dt.datetime | None:
        times = [sent.get((f"{alert.alert_id}.{event}", channel)) for channel in channels]
        known = [at for at in times if at is not None]
        return max(known) if known and len(known) == len(times) else None

    before = stored(warehouse)
    after = [
        replace(
            alert,
            notified_at=alert.notified_at or since(alert, "opened"),
            closing_notified_at=alert.closing_notified_at or since(alert, "closed"),
        )
        for alert in before
    ]
    if after != before:
        with warehouse.transaction():
            store(warehouse, after)


def _now(clock: Clock) -> dt.datetime:
    return clock.now().astimezone(dt.UTC).replace(tzinfo=None)
