"""The tables about the data itself say what the ledger says."""

import datetime as dt
from pathlib import Path

import pytest

from pipelines.published import query
from pipelines.runs import run_days
from pipelines.settings import Settings, load_settings

DAY = dt.date(2026, 3, 2)
HEADER = "id,at,channel,csat\n"
SETTINGS = """
start_day = "2026-03-01"
time_zone = "Europe/Berlin"
inbox = "inbox"

[feeds.shop]
adapter = "survey_csv"
source = "shop"
time_zone = "UTC"
columns = { source_record_id = "id", answered_at = "at", channel = "channel" }
questions = { csat = { metric = "csat", scale = [1, 5] } }

[feeds.club]
adapter = "survey_csv"
source = "club"
expected = false
time_zone = "UTC"
columns = { source_record_id = "id", answered_at = "at", channel = "channel" }
questions = { csat = { metric = "csat", scale = [1, 5] } }
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    (tmp_path / "kpis.toml").write_text(SETTINGS)
    return load_settings(tmp_path / "kpis.toml")


def drop(settings: Settings, feed: str, day: dt.date, name: str, text: str) -> None:
    folder = Path(settings.inbox_url) / feed / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_what_arrived_what_was_refused_and_what_is_late_is_published(settings: Settings) -> None:
    rows = "1,2026-03-02 10:00:00,web,5\n2,2026-03-02 10:00:00,web,9\n2,2026-03-02 10:00:00,smoke,8\n1,2026-03-02 10:00:00,web,5\n"
    drop(settings, "shop", DAY, "answers.csv", HEADER + rows)
    drop(settings, "shop", DAY, "broken.csv", "no,such,columns\n")
    drop(settings, "shop", DAY + dt.timedelta(days=3), "answers.csv", HEADER + "3,2026-03-04 10:00:00,web,4\n")
    drop(settings, "club", DAY, "answers.csv", HEADER + "1,2026-03-02 10:00:00,web,5\n")

    run_days(settings, DAY, DAY + dt.timedelta(days=3))

    found = {table: query(settings.published_path, f"FROM ops.{table} ORDER BY ALL").rows() for table in ("publication", "freshness")}
    end_of_data = dt.datetime(2026, 3, 5, 23)
    assert found["publication"] == [("EUR", "Europe/Berlin", end_of_data, dt.date(2026, 3, 5))]
    assert found["freshness"] == [
        ("club", False, dt.date(2026, 3, 2), 3, 1, 0, 1, 1, 0, 0),
        ("shop", True, dt.date(2026, 3, 5), 0, 3, 1, 5, 2, 2, 1),
    ]
    assert query(settings.published_path, "FROM ops.intake_daily ORDER BY ALL").rows() == [
        (dt.date(2026, 3, 2), "club", 1, 0, 1, 1, 0, 0),
        (dt.date(2026, 3, 2), "shop", 2, 1, 4, 1, 2, 1),
        (dt.date(2026, 3, 5), "shop", 1, 0, 1, 1, 0, 0),
    ]
    refusals = query(
        settings.published_path, 'SELECT arrived_on, feed, "column", reason, record_count FROM ops.refusals_daily ORDER BY ALL'
    )
    assert refusals.rows() == [
        (dt.date(2026, 3, 2), "shop", "channel", "unknown_word", 1),
        (dt.date(2026, 3, 2), "shop", "csat", "out_of_scale", 2),
    ]


def test_a_feed_that_never_came_is_named_all_the_same(settings: Settings) -> None:
    drop(settings, "shop", DAY, "answers.csv", HEADER + "1,2026-03-02 10:00:00,web,5\n")

    run_days(settings, DAY, DAY)

    assert query(settings.published_path, "FROM ops.freshness WHERE feed = 'club'").rows() == [("club", False, None, None, *[0] * 6)]
