"""What facts are made of, row by row: keys, references that lead nowhere, and the days."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.facts import fact_queries
from pipelines.published import query
from pipelines.publishing.publish import publish
from schemas.catalogue import FACTS
from tests.world import HEADERS, SETTINGS, World

pytestmark = pytest.mark.slow

FRIDAY = dt.date(2027, 1, 1)
SCHEDULES = """
[schedules.office]
hours = { monday = ["09:00-17:00"], friday = ["20:00-02:00"] }
holidays = [2027-01-04]
channels = ["web"]
valid_from = 2027-01-01
"""
COMMENTED = SETTINGS.replace('ticket_id = "ticket" }', 'ticket_id = "ticket", comment = "comment" }')


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two customers, one of whom no record names; a ticket, and an answer about one that never came."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")
        made = World(tmp_path_factory.mktemp("facts") / "world", feeds=COMMENTED + SCHEDULES)
        made.deliver("crm", FRIDAY, "c1,ann@example.com,gold,2026-12-30 00:00:00")
        made.deliver("desk", FRIDAY, "t1,2026-12-31 10:00:00,,,c1,delivery,web")
        made.deliver(
            "survey",
            FRIDAY,
            "r1,2027-01-01 10:00:00,,c1,,t1,5,yes,Came late",
            "r2,2027-01-01 11:00:00,,c2,,t9,1,,",
            "r3,2027-01-01 12:00:00,,,,,,no,",
            header=f"{HEADERS['survey']},comment",
        )
        made.load()
        with made.warehouse() as warehouse:
            made.settings.published_path.mkdir()
            publish(warehouse.connection, FACTS, made.settings.published_path, fact_queries(made.settings.holidays))
        yield made


def found(world: World, sql: str) -> list[tuple[Any, ...]]:
    rows: pl.DataFrame = query(world.settings.published_path, sql)
    return rows.rows()


def hashed(*parts: str) -> str:
    return hashlib.md5("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()


def test_a_key_is_the_hash_of_the_ids_of_the_source(world: World) -> None:
    assert found(world, "SELECT answer_key, response_key FROM facts.answers WHERE value = 1 AND metric = 'csat'") == [
        (hashed("survey", "r2", "csat", "none"), hashed("survey", "r2"))
    ]


def test_an_answer_leads_to_its_ticket_and_to_none_where_that_never_came(world: World) -> None:
    answers = "SELECT value, ticket_ref FROM facts.answers WHERE metric = 'csat' AND value IS NOT NULL ORDER BY value"

    assert found(world, answers) == [(1, None), (5, "desk:t1")]


def test_the_text_of_an_answer_leads_to_its_response_and_is_not_there_itself(world: World) -> None:
    assert found(world, "SELECT kind, record_key, ticket_ref FROM facts.texts") == [("answer", hashed("survey", "r1"), "desk:t1")]
    for path in (world.settings.published_path / "parquet").rglob("*.parquet"):
        assert b"Came late" not in path.read_bytes()
    assert b"Came late" not in (world.settings.published_path / "kpis.duckdb").read_bytes()


def test_a_customer_whom_no_record_names_is_one_all_the_same_and_nobody_is_none(world: World) -> None:
    assert found(world, "SELECT is_recorded, segment, region, customer_since_on FROM facts.customers ORDER BY is_recorded") == [
        (False, "unknown", "unknown", None),
        (True, "gold", "unknown", None),
    ]
    assert found(world, "SELECT count(*), count(customer_key) FROM facts.answers WHERE metric = 'fcr' AND value = 0") == [(1, 0)]


def test_words_are_those_by_which_rows_are_told_apart(world: World) -> None:
    assert found(world, "FROM facts.channels ORDER BY ALL") == [("web",)]
    assert found(world, "FROM facts.categories ORDER BY ALL") == [("delivery",)]
    assert ("gold",) in found(world, "FROM facts.segments")


def test_the_days_are_whole_years_from_the_first_event_on(world: World) -> None:
    assert found(world, "SELECT min(day_on), max(day_on), count(*) FROM facts.dates") == [(dt.date(2026, 1, 1), dt.date(2027, 12, 31), 730)]


def test_a_day_knows_its_week_month_and_quarter_also_near_new_year(world: World) -> None:
    days = "SELECT * EXCLUDE (is_open, is_holiday, is_known) FROM facts.dates WHERE day_on BETWEEN '2026-12-31' AND '2027-01-04' ORDER BY day_on"
    fall, winter = dt.date(2026, 10, 1), dt.date(2027, 1, 1)

    first, second, *_, last = found(world, days)

    assert first == (dt.date(2026, 12, 31), "thursday", 4, dt.date(2026, 12, 28), 53, 2026, dt.date(2026, 12, 1), 12, fall, 4, 2026)
    assert second == (dt.date(2027, 1, 1), "friday", 5, dt.date(2026, 12, 28), 53, 2026, winter, 1, winter, 1, 2027)
    assert last == (dt.date(2027, 1, 4), "monday", 1, dt.date(2027, 1, 4), 1, 2027, winter, 1, winter, 1, 2027)


def test_a_day_is_open_where_a_schedule_is_and_unknown_before_there_is_one(world: World) -> None:
    days = "SELECT day_on, is_open, is_holiday FROM facts.dates WHERE day_on BETWEEN '2026-12-31' AND '2027-01-11' ORDER BY day_on"

    opened = {day.isoformat()[5:]: said for day, *said in found(world, days)}

    assert opened["12-31"] == [None, False]
    assert [opened[day] for day in ("01-01", "01-02", "01-03")] == [[True, False], [True, False], [False, False]]
    assert [opened[day] for day in ("01-04", "01-05", "01-11")] == [[False, True], [False, False], [True, False]]


def test_without_any_schedule_nobody_says_whether_a_day_is_open(tmp_path: Path) -> None:
    world = World(tmp_path / "world", tables=("core.identities", "core.answers"))
    world.deliver("survey", FRIDAY, "r1,2027-01-01 10:00:00,,,,,5,")
    world.load()
    world.settings.published_path.mkdir()
    with world.warehouse() as warehouse:
        publish(warehouse.connection, FACTS, world.settings.published_path, fact_queries(world.settings.holidays))

    assert found(world, "SELECT DISTINCT is_open, is_holiday, is_known FROM facts.dates") == [(None, False, False)]
