"""Alerts in whole runs: found by the checks, told once, over once, and never of the past; the report mailed once."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from pipelines.alerting import job
from pipelines.cli.app import app
from pipelines.definitions import build_definitions
from pipelines.published import query
from pipelines.runs import run_days
from tests.alerting.conftest import Mailbox, free_port, mail_server
from tests.world import World

pytestmark = pytest.mark.slow

CHANNEL = """
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "kpis@example.com"
to = ["head@example.com"]
"""
SETTINGS = """
time_zone = "Europe/Berlin"
start_day = {start}
[report]
mail = {mail}
[alerts]
minutes = 0.01
{channel}
[feeds.shop]
adapter = "survey_csv"
time_zone = "UTC"
columns = {{ source_record_id = "id", answered_at = "at" }}
constants = {{ channel = "web" }}
questions = {{ csat = {{ metric = "csat", scale = [1, 5] }} }}
[feeds.club]
adapter = "survey_csv"
time_zone = "UTC"
columns = {{ source_record_id = "id", answered_at = "at" }}
constants = {{ channel = "web" }}
questions = {{ csat = {{ metric = "csat", scale = [1, 5] }} }}
"""
HEADER = "id,at,csat"
AIMS = """
[feeds.aims]
adapter = "targets_csv"
expected = false
columns = { source_record_id = "id", kpi = "kpi", figure = "figure", value = "value", direction = "side", valid_from_on = "from" }
"""


@pytest.fixture(autouse=True)
def _own_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setattr(job, "RETRIES", None)


def settings(start: dt.date, port: int, *, mail: bool = False) -> str:
    return SETTINGS.format(start=start, mail=str(mail).lower(), channel=CHANNEL.format(port=port))


def deliver(world: World, feed: str, day: dt.date, score: int = 5) -> None:
    world.deliver(feed, day, *(f"{day} {number},{day} 10:00:00,{score}" for number in range(40)), header=HEADER)


def kpis(world: World, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*words, "--settings", str(world.folder / "kpis.toml")])
    return result.exit_code, result.output


def subjects(mailbox: Mailbox) -> list[str]:
    return [str(mail["Subject"]) for mail in mailbox.taken]


def test_a_late_feed_is_told_once_although_its_run_stops_and_once_when_it_has_come(world: World) -> None:
    today = world.settings.today()
    before, yesterday = today - dt.timedelta(days=2), today - dt.timedelta(days=1)
    with mail_server() as mailbox:
        world.declare(settings(before, mailbox.port))
        deliver(world, "shop", before)
        deliver(world, "club", before)
        first = run_days(world.settings, before, before)
        deliver(world, "shop", yesterday, score=9)
        stopped = run_days(world.settings, yesterday, yesterday)
        sent = [kpis(world, "alerts", "send")[0], kpis(world, "alerts", "send")[0]]
        code, listed = kpis(world, "alerts", "--json")
        told_before = subjects(mailbox)
        deliver(world, "club", yesterday)
        deliver(world, "shop", yesterday)
        again = [run_days(world.settings, yesterday, yesterday) for _ in range(2)]

    since = f"{before:%-d %B %Y}"
    assert (first.succeeded, list(first.findings)) == (True, [])
    assert not stopped.succeeded
    assert f"ledger/deliveries: The feed club has brought nothing readable for 1 day, since {since}." in stopped.findings
    assert sent == [0, 0]
    assert code == 1
    assert [(one["kind"], one["subject"]) for one in json.loads(listed)] == [("growing_quarantine", "shop"), ("late_feed", "club")]
    assert told_before == ["Alerts: 2 new, 0 over"]
    assert [run.succeeded for run in again] == [True, True]
    assert subjects(mailbox) == ["Alerts: 2 new, 0 over", "Alerts: 0 new, 2 over"]
    assert kpis(world, "alerts") == (0, "Nothing is under alert.\n")
    published = query(
        world.settings.published_path, "SELECT kind, closed_at IS NOT NULL, notified_at IS NOT NULL FROM ops.alerts ORDER BY kind"
    )
    assert published.rows() == [("growing_quarantine", True, True), ("late_feed", True, True)]


def test_a_month_that_misses_its_declared_target_is_told_once_and_is_over_when_the_target_is_withdrawn(world: World) -> None:
    yesterday = world.settings.today() - dt.timedelta(days=1)
    last_month = world.settings.today().replace(day=1) - dt.timedelta(days=1)
    days = sorted({last_month, yesterday})
    with mail_server() as mailbox:
        world.declare(settings(last_month, mailbox.port) + AIMS)
        for day in days:
            deliver(world, "shop", day, score=3)
            deliver(world, "club", day, score=3)
        aim = f"1,satisfaction_daily,csat_top2,0.8,at_least,{last_month.replace(day=1)}"
        declared = world.deliver("aims", last_month, aim, header="id,kpi,figure,value,side,from")
        missed = [run_days(world.settings, last_month, yesterday) for _ in range(2)]
        sent = [kpis(world, "alerts", "send")[0] for _ in range(2)]
        code, listed = kpis(world, "alerts", "--json")
        declared.unlink()
        withdrawn = run_days(world.settings, last_month, yesterday)

    assert [run.succeeded for run in [*missed, withdrawn]] == [True] * 3
    assert any("target" in finding for finding in missed[0].findings)
    assert (code, sent) == (1, [0, 0])
    (alert,) = json.loads(listed)
    assert (alert["kind"], alert["subject"]) == ("target_missed", "satisfaction_daily.csat_top2")
    assert f"was 0.0 % in {last_month:%B %Y} (0.0 % to 4.6 %, n = 80), which misses the target of 80.0 %." in alert["reason"]
    onset, end = subjects(mailbox)
    assert onset.startswith("Alert: CSAT, satisfied customers was 0.0 %")
    assert end.startswith("Over, or watched no longer: CSAT, satisfied customers was 0.0 %")
    assert kpis(world, "alerts") == (0, "Nothing is under alert.\n")


def test_days_of_long_ago_alert_nobody(world: World) -> None:
    long_ago = world.settings.today() - dt.timedelta(days=100)
    with mail_server() as mailbox:
        world.declare(settings(long_ago, mailbox.port, mail=True))
        deliver(world, "shop", long_ago, score=9)
        deliver(world, "club", long_ago)
        result = run_days(world.settings, long_ago, long_ago)

    assert (result.succeeded, list(result.findings)) == (True, [])
    assert (world.rows("ops.alerts"), mailbox.taken) == ([], [])


def test_the_report_is_mailed_once_and_a_dead_mail_server_blocks_no_number(world: World) -> None:
    yesterday = world.settings.today() - dt.timedelta(days=1)
    world.declare(settings(yesterday, free_port(), mail=True))
    deliver(world, "shop", yesterday)
    deliver(world, "club", yesterday)
    dead = run_days(world.settings, yesterday, yesterday)
    with mail_server() as mailbox:
        world.declare(settings(yesterday, mailbox.port, mail=True))
        alive = [run_days(world.settings, yesterday, yesterday) for _ in range(2)]

    assert not dead.succeeded
    assert any("mail.host: 127.0.0.1 cannot be reached" in finding for finding in dead.findings)
    assert query(world.settings.published_path, "SELECT sum(csat_n)::BIGINT FROM kpi.satisfaction_daily").item() == 80
    assert [run.succeeded for run in alive] == [True, True]
    (mail,) = mailbox.taken
    (attached,) = mail.iter_attachments()
    assert attached.get_content().replace("\r", "") == (world.settings.published_path / "report.html").read_text().replace("\r", "")
    assert "Nothing is out of its bounds." in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one


def test_a_failed_run_starts_the_job_that_tells_and_without_channels_there_is_none(world: World) -> None:
    without = build_definitions(world.settings)
    world.declare(settings(world.settings.today(), 25))
    with_mail = build_definitions(world.settings)

    assert "tell_of_failed_runs" not in {sensor.name for sensor in without.sensors or ()}
    assert "tell_of_failed_runs" in {sensor.name for sensor in with_mail.sensors or ()}
    assert with_mail.resolve_job_def("alerts").name == "alerts"


def test_a_test_message_goes_to_every_channel_and_a_channel_that_is_down_is_named(world: World) -> None:
    with mail_server() as mailbox:
        world.declare(settings(world.settings.today(), mailbox.port))
        reached = kpis(world, "alerts", "test")
    missed = kpis(world, "alerts", "test")
    world.declare(SETTINGS.format(start=world.settings.today(), mail="false", channel=""))
    unset = kpis(world, "alerts", "test")

    assert reached == (0, "mail: took the test message.\n")
    assert subjects(mailbox) == ["This is a test of the alerts; nothing is wrong."]
    assert (missed[0], "cannot be reached" in missed[1]) == (1, True)
    assert (unset[0], "no channel is set up" in unset[1]) == (2, True)
