"""The command `kpis land` and the job `land`: one connector's fault is nobody else's."""

import datetime as dt
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._utils.tags import TagConcurrencyLimitsCounter
from typer.testing import CliRunner

from pipelines import landing_job
from pipelines.cli.app import app
from pipelines.definitions import JOB_NAME, build_definitions
from pipelines.landing_job import LAND_JOB_NAME, ONE_AT_A_TIME_TAG
from pipelines.runs import instance_home
from pipelines.settings import Settings, load_settings
from tests.connectors.conftest import SECRET

CONNECTORS = """
time_zone = "Europe/Berlin"

[feeds.orders]
adapter = "orders_csv"
time_zone = "UTC"
columns = { source_record_id = "id", ordered_at = "at", revenue_amount = "net" }
constants = { channel = "web", currency = "EUR" }

[connectors.shop]
kind = "folder"
feed = "orders"
url = "{there}"
rest_seconds = 0

[connectors.dead]
kind = "twilio"
feed = "orders"
address = "http://127.0.0.1:9"
account = "AC1"
secret_variable = "DEAD_SECRET"
start_day = 2026-03-01
minutes = 0.0001
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "orders.csv").write_bytes(b"id,at,net\n")
    (tmp_path / "kpis.toml").write_text(CONNECTORS.replace("{there}", str(tmp_path / "there")))
    monkeypatch.setenv("DEAD_SECRET", SECRET)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return load_settings(tmp_path / "kpis.toml")


def kpis(settings: Settings, *words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["land", *words, "--settings", str(settings.folder / "kpis.toml")])
    return result.exit_code, result.stdout, result.stderr


def landed(settings: Settings) -> list[bytes]:
    return [path.read_bytes() for path in sorted((settings.folder / "inbox").rglob("*.csv"))]


def test_one_connector_is_landed_by_its_name(settings: Settings) -> None:
    code, out, _ = kpis(settings, "shop")

    assert (code, out) == (0, "shop: 1 files landed for orders, 10 bytes; 0 were there already.\n")
    assert landed(settings) == [b"id,at,net\n"]


def test_a_dead_source_fails_with_one_sentence_after_the_others_had_their_turn(settings: Settings) -> None:
    code, out, err = kpis(settings)

    assert code == 1
    assert out.startswith("shop: 1 files landed")
    assert err.startswith("kpis: connectors.dead: ")
    assert len(err.splitlines()) == 1
    assert SECRET not in out + err


def test_a_missing_secret_and_an_unknown_name_are_faults_of_the_call(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEAD_SECRET")

    assert kpis(settings, "dead")[::2] == (
        2,
        "kpis: connectors.dead: the environment variable DEAD_SECRET is not set; put the secret there.\n",
    )
    assert kpis(settings, "nobody")[::2] == (2, "kpis: There is no connector 'nobody' in the settings; there are shop, dead.\n")


def test_settings_without_connectors_have_nothing_to_land(tmp_path: Path) -> None:
    (tmp_path / "kpis.toml").write_text('time_zone = "UTC"')

    assert kpis(load_settings(tmp_path / "kpis.toml"))[::2] == (
        2,
        "kpis: The settings declare no connector; write a block [connectors.<name>].\n",
    )


@pytest.mark.slow
def test_connectors_are_assets_of_their_own_job_and_schedule_and_the_daily_job_does_not_run_them(settings: Settings) -> None:
    definitions = build_definitions(settings)
    graph = definitions.resolve_asset_graph()
    daily, land = (definitions.resolve_job_def(name) for name in (JOB_NAME, LAND_JOB_NAME))
    keys = {dg.AssetKey(["connectors", "shop"]), dg.AssetKey(["connectors", "dead"])}
    (schedule,) = [known for known in definitions.schedules or () if known.name == "land_schedule"]

    assert set(land.asset_layer.executable_asset_keys) == keys
    assert not keys & set(daily.asset_layer.executable_asset_keys)
    assert {graph.get(key).group_name for key in keys} == {"connectors"}
    assert graph.get(dg.AssetKey(["inbox", "orders"])).parent_keys == keys
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.cron_schedule, schedule.execution_timezone) == (
        ["0 6 * * *", "0 12 * * *", "0 18 * * *", "30 23 * * *"],
        "Europe/Berlin",
    )


@pytest.mark.slow
def test_the_job_reports_what_was_landed_and_tries_a_dead_source_again_later(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing_job, "RETRIES", dg.RetryPolicy(max_retries=2))
    job = build_definitions(settings).resolve_job_def(LAND_JOB_NAME)

    result = job.execute_in_process(raise_on_error=False)

    (made,) = result.asset_materializations_for_node("connectors__shop")
    told: dict[str, Any] = {name: value.value for name, value in made.metadata.items()}
    assert (told["files"], told["bytes"], told["repeated"]) == (1, 10, 0)
    assert list(told["position"]) == ["orders.csv"]
    assert not result.success
    assert [event.step_key for event in result.all_events if event.is_step_failure] == ["connectors__dead"]
    assert [event.step_key for event in result.all_events if event.event_type_value == "STEP_UP_FOR_RETRY"] == ["connectors__dead"] * 2
    assert SECRET not in caplog.text + repr(result.all_events)


def test_without_connectors_there_is_neither_job_nor_schedule(tmp_path: Path) -> None:
    (tmp_path / "kpis.toml").write_text('time_zone = "UTC"')
    definitions = build_definitions(load_settings(tmp_path / "kpis.toml"))

    assert [job.name for job in definitions.jobs or ()] == [JOB_NAME]
    assert len(list(definitions.schedules or ())) == 1


@pytest.mark.slow
def test_a_daily_run_does_not_wait_for_a_run_that_lands(settings: Settings) -> None:
    home = instance_home(settings)
    definitions = build_definitions(settings)
    tags = [definitions.resolve_job_def(name).tags[ONE_AT_A_TIME_TAG] for name in (JOB_NAME, LAND_JOB_NAME)]

    with dg.DagsterInstance.from_config(str(home)) as instance:
        queue = instance.get_concurrency_config().run_queue_config
        landing, another, daily = (dg.DagsterRun("run", tags={ONE_AT_A_TIME_TAG: tag}) for tag in (tags[1], tags[1], tags[0]))
    assert queue is not None
    counter = TagConcurrencyLimitsCounter(queue.tag_concurrency_limits, [landing])
    assert (queue.max_concurrent_runs, counter.is_blocked(another), counter.is_blocked(daily)) == (2, True, False)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ('kind = "pigeon"', "connectors.x: Input tag 'pigeon'"),
        ('kind = "folder"\nurl = "a"\nfeed = "nobody"', "there is no feed 'nobody'"),
        ('kind = "folder"\nurl = "s3://key:secret@bucket/x"\nfeed = "orders"', "secrets and queries do not belong into a URL"),
        (
            'kind = "twilio"\naddress = "http://api.twilio.com"\naccount = "AC1"\nsecret_variable = "A"\nstart_day = 2026-01-01\nfeed = "orders"',
            "starts with https://",
        ),
        ('kind = "twilio"\naccount = "AC1/.."\nsecret_variable = "A"\nstart_day = 2026-01-01\nfeed = "orders"', "account"),
        (
            'kind = "twilio"\naccount = "AC1"\nsecret_variable = "my secret"\nstart_day = 2026-01-01\nfeed = "orders"',
            "never the secret itself",
        ),
        (
            'kind = "imap"\nhost = "mail.example"\nuser = "a"\nsecret_variable = "A"\nsecurity = "none"\nfeed = "orders"',
            "to this machine alone",
        ),
    ],
)
def test_a_fault_of_the_settings_is_told_by_its_key(tmp_path: Path, block: str, said: str) -> None:
    (tmp_path / "kpis.toml").write_text(f'[feeds.orders]\nadapter = "orders_csv"\ntime_zone = "UTC"\n[connectors.x]\n{block}\n')

    code, _, err = kpis(Settings().at(tmp_path))

    assert code == 2
    assert said in err


def test_the_times_of_landing_can_be_set() -> None:
    settings = Settings.model_validate({"schedule": {"land_at": ["07:15:00"]}})

    assert settings.schedule.land_at == (dt.time(7, 15),)
