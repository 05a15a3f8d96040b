"""What Dagster is told: assets, job, schedule, sensor, checks; and what a run through it does."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.definitions import JOB_NAME, build_definitions
from pipelines.runs import run_days, run_publication
from pipelines.settings import load_settings
from tests.world import World

pytestmark = pytest.mark.slow

MONDAY, TUESDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
GOLDEN = Path(__file__).parent / "definitions.txt"


@pytest.fixture(autouse=True)
def _own_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


def told(world: World) -> str:
    definitions = build_definitions(world.settings)
    graph = definitions.resolve_asset_graph()
    assets = [
        f"{key.to_user_string()} · {graph.get(key).group_name} · from {', '.join(sorted(up.to_user_string() for up in graph.get(key).parent_keys)) or '-'}"
        for key in sorted(graph.get_all_asset_keys())
    ]
    checks = sorted(f"{check.asset_key.to_user_string()}: {check.name}" for check in graph.asset_check_keys)
    return "\n".join(["# assets", *assets, "# checks", *checks, "# job", JOB_NAME, "# schedules and sensors", *names(definitions), ""])


def names(definitions: dg.Definitions) -> list[str]:
    schedules = [f"{schedule.name} {schedule.cron_schedule} {schedule.execution_timezone}" for schedule in definitions.schedules or ()]  # type: ignore[union-attr]
    return [*schedules, *(sensor.name for sensor in definitions.sensors or ())]


def test_the_asset_graph_is_the_one_that_was_reviewed(world: World) -> None:
    assert told(world) == GOLDEN.read_text(), f"the graph has changed; if that is meant, review it and write it to {GOLDEN.name}"


def test_every_table_asset_shows_its_columns_owner_and_kinds(world: World) -> None:
    graph = build_definitions(world.settings).resolve_asset_graph()

    for key in graph.executable_asset_keys:
        node = graph.get(key)
        assert node.owners, key
        assert node.kinds, key
        assert node.description, key
        if key.path[0] in {"core", "kpi", "ledger"}:
            schema = node.metadata["dagster/column_schema"]
            assert all(column.description for column in schema.columns), key


def test_the_schedule_asks_for_the_day_before_in_the_business_time_zone(world: World) -> None:
    schedule: Any = next(iter(build_definitions(world.settings).schedules or ()))
    at = dt.datetime(2026, 3, 3, 3, 0, tzinfo=dt.UTC)
    context = dg.build_schedule_context(scheduled_execution_time=at)

    request = schedule(context)

    assert (request.partition_key, schedule.execution_timezone) == ("2026-03-02", "Europe/Berlin")


def test_the_sensor_asks_once_for_a_past_day_whose_files_have_come_to_rest(world: World) -> None:
    yesterday = world.settings.today() - dt.timedelta(days=1)
    world.deliver("shop", yesterday, "a")
    sensor: Any = next(iter(build_definitions(world.settings).sensors or ()))

    def tick(cursor: str | None) -> tuple[list[str | None], str]:
        result = sensor(dg.build_sensor_context(cursor=cursor))
        return [request.partition_key for request in result.run_requests or ()], result.cursor

    seen, cursor = tick(None)
    at_rest, cursor = tick(cursor)
    again, cursor = tick(cursor)
    world.deliver("shop", yesterday, "a", "b", "c")
    changing, cursor = tick(cursor)
    changed, cursor = tick(cursor)

    assert [seen, at_rest, again, changing, changed] == [[], [yesterday.isoformat()], [], [], [yesterday.isoformat()]]
    assert list(json.loads(cursor)) == [yesterday.isoformat()]


@pytest.mark.slow
def test_a_run_loads_its_day_refreshes_every_table_and_publishes(world: World) -> None:
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1")
    world.deliver("survey", MONDAY, "r1,2026-03-02 10:00:00,,c1,,,5,", "r2,2026-03-02 11:00:00,,c2,,,1,")
    expected_only(world, "shop")

    result = run_days(world.settings, MONDAY, MONDAY)

    assert (result.succeeded, list(result.findings)) == (True, [])
    assert result.metadata["ledger/deliveries"]["records_accepted"] == 3
    assert result.metadata["published/kpis"]["CSAT, satisfied customers"] == 0.5
    assert result.metadata["kpi/cost_per_sale_monthly"]["dagster/row_count"] == 1
    assert (world.settings.published_path / "kpis.duckdb").exists()


def test_a_day_that_lacks_an_expected_feed_stops_before_anything_is_computed(world: World) -> None:
    expected_only(world, "shop", "survey")
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1")

    result = run_days(world.settings, MONDAY, MONDAY)

    assert not result.succeeded
    assert "nothing readable from survey" in result.findings[0]
    assert "core/orders" not in result.metadata
    assert not (world.settings.published_path / "kpis.duckdb").exists()


@pytest.mark.slow
def test_in_a_range_only_the_newest_day_must_be_complete(world: World) -> None:
    expected_only(world, "shop")
    world.deliver("shop", TUESDAY, "a,2026-03-02 10:00:00,,10,5,0,c1")

    result = run_days(world.settings, MONDAY, TUESDAY)

    assert result.succeeded
    assert result.findings == ["ledger/deliveries: Nothing readable from a feed on 1 earlier days; see `missing`."]


@pytest.mark.slow
def test_publishing_alone_goes_through_the_same_job(world: World) -> None:
    expected_only(world)
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1")
    run_days(world.settings, MONDAY, MONDAY)

    result = run_publication(world.settings)

    assert (result.succeeded, list(result.metadata)) == (True, ["published/kpis"])


def expected_only(world: World, *feeds: str) -> None:
    """Declare which feeds are expected daily."""
    text = (world.folder / "kpis.toml").read_text()
    lines = []
    for line in text.splitlines():
        lines.append(line)
        if line.startswith("[feeds."):
            lines.append(f"expected = {str(line[7:-1] in feeds).lower()}")
    world.declare("\n".join(lines))
    assert load_settings(world.folder / "kpis.toml").feeds["shop"].expected == ("shop" in feeds)
