import datetime as dt

import dagster as dg
import pytest

from assets.checks.known_figures import known_figures
from pipelines.runs import run_days
from tests.world import SETTINGS, World

MONDAY = dt.date(2026, 3, 2)
GOALS = """
[feeds.goals]
adapter = "targets_csv"
expected = false
columns = { source_record_id = "id", kpi = "kpi", figure = "figure", value = "value", direction = "direction", valid_from_on = "from" }
"""


def test_what_names_a_figure_that_there_is_passes() -> None:
    named = [("targets", "satisfaction_daily", "csat_top2"), ("benchmarks", "cost_per_sale_monthly", "cost_per_contact")]

    assert known_figures(named).passed
    assert known_figures([]).passed


@pytest.mark.parametrize(
    ("kpi", "figure"), [("satisfaction_daily", "csat"), ("happiness_daily", "csat_top2"), ("satisfaction_daily", "channel"), ("", "")]
)
def test_what_names_a_figure_that_no_kpi_has_is_found_by_name(kpi: str, figure: str) -> None:
    found = known_figures([("targets", "satisfaction_daily", "csat_top2"), ("benchmarks", kpi, figure)])

    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert f"named by benchmarks: {kpi}.{figure};" in (found.description or "")


@pytest.mark.slow
def test_a_run_with_a_target_of_no_kpi_publishes_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    world.declare(SETTINGS.replace('adapter = "', 'expected = false\nadapter = "') + GOALS)
    goals = ["1,satisfaction_daily,csat_top2,0.8,at_least,2026-01-01", "2,satisfaction_daily,csat,0.8,at_least,2026-01-01"]
    world.deliver("goals", MONDAY, *goals, header="id,kpi,figure,value,direction,from")

    result = run_days(world.settings, MONDAY, MONDAY)

    assert not result.succeeded
    assert [finding.partition(";")[0] for finding in result.findings] == [
        "published/kpis: No KPI has what is named by targets: satisfaction_daily.csat"
    ]
    assert (world.settings.published_path / "kpis.duckdb").exists()
