"""The look at the figures before they are published: from stored rows to open and closed alerts."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.alerting.register import stored
from pipelines.alerting.watching import is_current, watch_figures
from pipelines.headlines import headlines_of
from pipelines.settings import Settings
from pipelines.warehouse.duckdb_store import DuckDBWarehouse, open_warehouse
from schemas.catalogue import TABLES
from schemas.projection import columns, quoted

pytestmark = pytest.mark.slow

FILLER = {
    "BIGINT": 0,
    "VARCHAR": "all",
    "BOOLEAN": False,
    "DATE": dt.date(2026, 5, 1),
    "DECIMAL(18,4)": 0,
    "TIMESTAMP": dt.datetime(2026, 5, 1),
}
SETTINGS = Settings.model_validate({"alerts": {"fewest_periods": 4, "figures": ["satisfaction_daily.csat_top2"]}})
YESTERDAY = SETTINGS.today() - dt.timedelta(days=1)
MONDAY = YESTERDAY - dt.timedelta(days=YESTERDAY.weekday())
"""Of the week that yesterday is in."""


def add(warehouse: DuckDBWarehouse, table: str, **values: Any) -> None:
    row = [values.get(column.name, None if column.is_nullable else FILLER.get(column.sql_type, 0.0)) for column in columns(TABLES[table])]
    warehouse.connection.execute(f"INSERT INTO {quoted(table)} VALUES ({', '.join('?' * len(row))})", row)


def csat(warehouse: DuckDBWarehouse, day: dt.date, satisfied: int) -> None:
    add(warehouse, "kpi.satisfaction_daily", answered_on=day, channel="web", csat_n=1000, csat_satisfied=satisfied)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    with open_warehouse(tmp_path / "kpis.duckdb", tuple(TABLES.values()), ()) as opened:
        for week, satisfied in enumerate((700, 720, 690, 710, 700, 500)):
            csat(opened, MONDAY - dt.timedelta(weeks=6 - week), satisfied)
        add(opened, "ledger.deliveries", arrived_on=YESTERDAY, feed="survey", file="a", status="loaded")
        add(opened, "ops.publication", currency="EUR", time_zone="UTC", newest_arrived_on=YESTERDAY)
        yield opened


def alerts(warehouse: DuckDBWarehouse) -> list[tuple[str, bool]]:
    return [(alert.kind, alert.is_open) for alert in stored(warehouse)]


def test_a_week_outside_the_limits_of_its_past_is_under_alert_until_one_lies_within(warehouse: DuckDBWarehouse) -> None:
    found = watch_figures(warehouse, SETTINGS, headlines_of(warehouse.query))
    again = watch_figures(warehouse, SETTINGS, headlines_of(warehouse.query))
    while_bad = alerts(warehouse)
    warehouse.connection.execute("UPDATE kpi.satisfaction_daily SET csat_satisfied = 705 WHERE csat_satisfied = 500")
    watch_figures(warehouse, SETTINGS, headlines_of(warehouse.query))

    assert found is not None
    assert again == found
    assert [one.is_out for one in found["outside_limits"]] == [True]
    assert while_bad == [("outside_limits", True)]
    assert alerts(warehouse) == [("outside_limits", False)]


def test_a_target_of_the_whole_company_that_is_missed_is_under_alert(warehouse: DuckDBWarehouse) -> None:
    add(
        warehouse,
        "kpi.target_calibration",
        kpi="satisfaction_daily",
        figure="csat_top2",
        direction="at_least",
        target_value=0.95,
        verdict="realistic",
    )

    watch_figures(warehouse, SETTINGS, headlines_of(warehouse.query))

    assert ("target_missed", True) in alerts(warehouse)


def test_of_data_that_has_grown_old_nothing_is_judged_and_nothing_closed(warehouse: DuckDBWarehouse) -> None:
    watch_figures(warehouse, SETTINGS, headlines_of(warehouse.query))
    warehouse.connection.execute("UPDATE ledger.deliveries SET arrived_on = ?", [YESTERDAY - dt.timedelta(days=30)])
    warehouse.connection.execute("DELETE FROM kpi.satisfaction_daily")

    assert watch_figures(warehouse, SETTINGS, headlines_of(warehouse.query)) is None
    assert alerts(warehouse) == [("outside_limits", True)]


@pytest.mark.parametrize(("days", "current"), [(0, True), (14, True), (15, False)])
def test_data_is_current_for_as_many_days_as_the_settings_say(days: int, *, current: bool) -> None:
    assert is_current(SETTINGS, SETTINGS.today() - dt.timedelta(days=days)) is current
    assert not is_current(SETTINGS, None)
