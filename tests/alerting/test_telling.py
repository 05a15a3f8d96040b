"""Each onset and each end is told to each channel once, whatever fails, dies or is run again."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.alerting import telling
from pipelines.alerting.judging import Judgement
from pipelines.alerting.message import Message, to_tell
from pipelines.alerting.register import Alert, carried_on, store, stored
from pipelines.alerting.telling import note_told, tell, tell_test
from pipelines.connectors.protocol import ConnectorError
from pipelines.errors import PipelineError
from pipelines.settings import Settings
from pipelines.warehouse.duckdb_store import DuckDBWarehouse, open_warehouse
from schemas.ledger.notifications import Notifications
from schemas.ops.alerts import Alerts
from tests.alerting.conftest import Mailbox, free_port
from tests.connectors.conftest import NOON, StandingClock
from tests.connectors.server import Reply, Server, in_turn

LATE = Judgement("late_feed", "shop", "The feed shop is late.", dt.date(2026, 3, 1), 2.0, 0.0)
MANY = Judgement("late_feed", "mail", "The feed mail is late.", dt.date(2026, 3, 1), 3.0, 0.0)
MORNING = NOON.replace(tzinfo=None)


class Company:
    """A warehouse with alerts, and channels to tell of them."""

    def __init__(self, warehouse: DuckDBWarehouse, time: StandingClock) -> None:
        self.warehouse = warehouse
        self.time = time
        self.channels: dict[str, Any] = {}

    @property
    def settings(self) -> Settings:
        return Settings.model_validate(self.channels)

    def judge(self, *judged: Judgement) -> None:
        with self.warehouse.transaction():
            store(self.warehouse, carried_on(stored(self.warehouse), judged, ["late_feed"], self.time.moment.replace(tzinfo=None)))
        self.time.moment += dt.timedelta(minutes=5)

    def tell(self) -> dict[str, int]:
        return dict(tell(self.warehouse, self.settings, self.time.clock))


@pytest.fixture
def company(tmp_path: Path, time: StandingClock) -> Iterator[Company]:
    with open_warehouse(tmp_path / "kpis.duckdb", (Alerts, Notifications), ()) as warehouse:
        yield Company(warehouse, time)


@pytest.fixture
def by_webhook(company: Company, server: Server, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setenv("ALERTS_URL", server.address)
    company.channels["alerts"] = {"webhook": {"url_variable": "ALERTS_URL"}}
    return company


@pytest.fixture
def by_mail(company: Company, mailbox: Mailbox) -> Company:
    company.channels["mail"] = {
        "host": "127.0.0.1",
        "port": mailbox.port,
        "security": "none",
        "sender": "k@example.com",
        "to": ["a@example.com"],
    }
    return company


def events(server: Server) -> list[tuple[str, str]]:
    said = [json.loads(asked.body) for asked in server.asked]
    return [(one["event"], one["alert"]["subject"]) for one in said]


def test_an_onset_is_told_once_and_not_again_in_the_runs_after(by_webhook: Company, server: Server) -> None:
    for _ in range(3):
        by_webhook.judge(LATE)
        by_webhook.tell()

    assert events(server) == [("opened", "shop")]


def test_an_end_is_told_once_and_an_onset_after_it_anew(by_webhook: Company, server: Server) -> None:
    for judged in (LATE, Judgement("late_feed", "shop"), Judgement("late_feed", "shop"), LATE):
        by_webhook.judge(judged)
        by_webhook.tell()

    assert events(server) == [("opened", "shop"), ("closed", "shop"), ("opened", "shop")]
    assert len({asked.headers["Webhook-Id"] for asked in server.asked}) == 3


def test_the_payload_says_what_the_table_says(by_webhook: Company, server: Server) -> None:
    by_webhook.judge(LATE)
    by_webhook.tell()

    (alert,) = stored(by_webhook.warehouse)
    assert json.loads(server.asked[0].body) == {
        "message_id": f"{alert.alert_id}.opened",
        "event": "opened",
        "text": "The feed shop is late.",
        "alert": {
            "alert_id": alert.alert_id,
            "kind": "late_feed",
            "subject": "shop",
            "reason": "The feed shop is late.",
            "period_on": "2026-03-01",
            "value": 2.0,
            "limit_value": 0.0,
            "opened_at": "2026-03-02T12:00:00Z",
            "closed_at": None,
        },
    }


def test_what_could_not_be_told_is_told_by_the_next_run(by_webhook: Company, server: Server) -> None:
    by_webhook.judge(LATE, MANY)
    server.play = in_turn(Reply(), Reply(status=500), *[Reply(status=500)] * 5, Reply())

    with pytest.raises(ConnectorError, match="answers 500, 6 times"):
        by_webhook.tell()
    assert [alert.notified_at is None for alert in stored(by_webhook.warehouse)] == [False, True]
    assert by_webhook.tell() == {"webhook": 1}
    assert [alert.notified_at is None for alert in stored(by_webhook.warehouse)] == [False, False]


def test_a_crash_after_the_channel_took_it_tells_it_again_with_the_same_id(
    by_webhook: Company, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_webhook.judge(LATE)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(telling, "note_told", die)
    with pytest.raises(KeyboardInterrupt):
        by_webhook.tell()
    monkeypatch.setattr(telling, "note_told", note_told)
    by_webhook.tell()
    by_webhook.tell()

    first, second = server.asked
    assert first.headers["Webhook-Id"] == second.headers["Webhook-Id"]


def test_several_alerts_are_one_mail(by_mail: Company, mailbox: Mailbox) -> None:
    by_mail.judge(LATE, MANY)
    by_mail.tell()
    by_mail.tell()

    (mail,) = mailbox.taken
    assert mail["Subject"] == "Alerts: 2 new, 0 over"
    assert "The feed shop is late." in mail.get_content()
    assert "The feed mail is late." in mail.get_content()


@pytest.mark.usefixtures("by_webhook")
def test_a_dead_channel_keeps_no_other_from_its_turn(by_mail: Company, server: Server) -> None:
    by_mail.channels["mail"]["port"] = free_port()
    by_mail.judge(LATE)

    for _ in range(2):
        with pytest.raises(ConnectorError, match=r"mail\.host: 127\.0\.0\.1 cannot be reached"):
            by_mail.tell()

    assert events(server) == [("opened", "shop")]
    assert [alert.notified_at for alert in stored(by_mail.warehouse)] == [None]


def test_an_address_that_is_refused_is_told_of_and_the_mail_not_sent_again(by_mail: Company, mailbox: Mailbox) -> None:
    by_mail.channels["mail"]["to"] = ["a@example.com", "gone@example.com"]
    mailbox.unknown = {"gone@example.com"}
    by_mail.judge(LATE)

    with pytest.raises(PipelineError, match="refuses 1 of the addresses"):
        by_mail.tell()
    assert (by_mail.tell(), len(mailbox.taken)) == ({"mail": 0}, 1)


def test_a_channel_that_is_not_chosen_is_told_nothing(by_webhook: Company, server: Server) -> None:
    by_webhook.channels["alerts"]["channels"] = ["mail"]
    by_webhook.judge(LATE)

    assert (by_webhook.tell(), server.asked) == ({}, [])


def test_a_test_message_goes_out_and_is_not_written_down(by_mail: Company, mailbox: Mailbox) -> None:
    tell_test(by_mail.settings, "mail", by_mail.time.clock)

    assert mailbox.taken[0]["Subject"] == "This is a test of the alerts; nothing is wrong."
    assert by_mail.warehouse.query("FROM ledger.notifications").is_empty()


def test_a_secret_that_is_not_there_is_named_by_its_variable(by_webhook: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALERTS_URL")
    by_webhook.judge(LATE)

    with pytest.raises(PipelineError, match=r"alerts\.webhook: the environment variable ALERTS_URL is not set"):
        by_webhook.tell()


@pytest.mark.parametrize(
    ("days_over", "sent", "told"),
    [(1, [], ["closed"]), (8, [], []), (8, ["opened"], ["closed"]), (1, ["opened", "closed"], []), (1, ["closed"], [])],
)
def test_of_what_is_over_only_its_end_is_told_and_no_old_one_that_nobody_heard_of(
    days_over: int, sent: Sequence[str], told: Sequence[str]
) -> None:
    alert = Alert("a", "late_feed", "shop", "Late.", None, None, None, MORNING, closed_at=MORNING)

    messages: list[Message] = to_tell([alert], {f"a.{event}" for event in sent}, MORNING + dt.timedelta(days=days_over))

    assert [message.event for message in messages] == told
