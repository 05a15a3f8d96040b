"""`kpis explain`: a figure, what was put in, what was left out, and the rows behind it."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.publishing.publish import publish
from schemas.catalogue import KPI
from tests.world import World

pytestmark = pytest.mark.slow

MONDAY = dt.date(2026, 3, 2)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Four answers and an order in one week, known until its end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")
        made = World(tmp_path_factory.mktemp("world"))
        ratings = {"r1": 5, "r2": 4, "r3": 1}
        made.deliver("survey", MONDAY, *(f"{key},{MONDAY} 10:00:00,,c{key},,,{rating},yes" for key, rating in ratings.items()))
        made.deliver("survey", MONDAY + dt.timedelta(days=1), "r4,2026-03-03 10:00:00,,cr4,,,5,")
        made.deliver("shop", MONDAY, f"o1,{MONDAY} 10:00:00,,10,5,0,cr1")
        made.deliver("desk", MONDAY, f"t1,{MONDAY} 10:00:00,,,cr1,x,web", f"t2,{MONDAY} 11:00:00,,,,x,web")
        made.load()
        with made.warehouse() as opened:
            publish(opened.connection, KPI, made.settings.published_path)
        yield made


def explained(world: World, *arguments: str) -> dict[str, Any]:
    said = CliRunner().invoke(app, ["explain", *arguments, "--json", "--settings", str(world.folder / "kpis.toml")])
    assert said.exit_code == 0, said.output
    told: dict[str, Any] = json.loads(said.output)
    return told


def refused(world: World, *arguments: str) -> str:
    said = CliRunner().invoke(app, ["explain", *arguments, "--settings", str(world.folder / "kpis.toml")])
    assert said.exit_code == 2, said.output
    return said.stderr


def test_a_share_shows_its_formula_the_numbers_put_in_and_its_interval(world: World) -> None:
    told = explained(world, "satisfaction_daily", "--day", "2026-03-02", "--figure", "csat_top2")

    (figure,) = told["figures"]
    assert (figure["formula"], figure["put_in"]) == ("csat_satisfied / csat_n", "2 / 3")
    assert figure["value"] == pytest.approx(2 / 3)
    assert (figure["low"], figure["high"]) == pytest.approx((0.2077, 0.9385), abs=5e-5)


def test_the_keys_of_the_rows_behind_it_are_those_of_the_period(world: World) -> None:
    told = explained(world, "satisfaction_daily", "--day", "2026-03-02", "--limit", "2")

    (behind,) = told["behind"]
    assert (behind["table"], behind["rows"]) == ("core.answers", 6)
    assert [(key["source_record_id"], key["question"]) for key in behind["keys"]] == [("r1", "csat"), ("r1", "fcr")]


def test_the_newest_period_is_explained_unless_a_day_is_given(world: World) -> None:
    assert explained(world, "satisfaction_daily")["chosen"] == {"answered_on": "2026-03-03"}


def test_a_condition_narrows_the_rows_and_those_behind_them(world: World) -> None:
    told = explained(world, "satisfaction_daily", "--day", "2026-03-02", "--where", "segment=unknown", "--where", "channel=web")

    assert told["chosen"] == {"answered_on": "2026-03-02", "segment": "unknown", "channel": "web"}
    assert told["behind"][0]["rows"] == 6


def test_a_day_of_a_monthly_table_is_its_month_and_every_declared_input_has_its_basis(world: World) -> None:
    told = explained(world, "service_roi_monthly", "--day", "2026-03-20")

    assert told["chosen"] == {"month_on": "2026-03-01"}
    assert told["bases"]["roi_basis"] == "assumed"
    assert told["assumptions"]["customer_value"]["basis"] == "assumed"
    assert {behind["table"] for behind in told["behind"]} == {"core.interactions", "core.orders", "core.costs"}


def test_what_was_left_out_or_is_not_mature_is_counted(world: World) -> None:
    told = explained(world, "first_contact_resolution_daily", "--figure", "fcr_repeat")

    assert (told["left_out"]["n_excluded"], told["left_out"]["n_immature"], told["statuses"]) == (1, 1, {"immature": 1})
    assert told["figures"][0]["value"] is None


def test_people_read_the_same(world: World) -> None:
    said = (
        CliRunner()
        .invoke(app, ["explain", "satisfaction_daily", "--day", "2026-03-02", "--settings", str(world.folder / "kpis.toml")])
        .output
    )

    assert "csat_top2 = 0.6667 ratio, 95 % interval 0.2077 to 0.9385" in said
    assert "= 2 / 3" in said
    assert "Behind it: 6 rows of core.answers" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "There is no KPI 'nothing'; there are "),
        (["satisfaction_daily", "--figure", "nothing"], "kpi.satisfaction_daily has no figure 'nothing'; there are csat_top2, "),
        (["satisfaction_daily", "--day", "2020-01-01"], "has no rows with answered_on 2020-01-01; see `kpis show satisfaction_daily`"),
        (
            ["satisfaction_daily", "--where", "weather=fine"],
            "has no column 'weather' to tell rows apart by; there are answered_on, channel, ",
        ),
        (["satisfaction_daily", "--where", "fine"], "--where takes a column and its value, such as channel=web, not 'fine'."),
    ],
)
def test_what_cannot_be_explained_is_said_in_one_sentence(world: World, arguments: list[str], sentence: str) -> None:
    assert sentence in refused(world, *arguments)


def test_nothing_is_explained_before_it_is_published(tmp_path: Path) -> None:
    assert "Nothing is published in" in refused(World(tmp_path), "satisfaction_daily")
