"""What becomes of the records in a delivery: accepted, repeated, corrected, refused, withdrawn."""

import datetime as dt

import pytest

from schemas.catalogue import CORE, KPI
from schemas.projection import columns
from tests.world import World

pytestmark = pytest.mark.slow

MONDAY, TUESDAY, WEDNESDAY = (dt.date(2026, 3, day) for day in (2, 3, 4))
COUNTS = "records_read, records_accepted, records_quarantined, records_duplicate"


@pytest.fixture(autouse=True)
def _few_tables(world: World) -> None:
    world.tables = ("core.identities", "core.answers", "core.orders")


def current_margins(world: World) -> list[tuple[object, ...]]:
    return world.rows("core.orders", "source_record_id, revenue_amount::DOUBLE")


def test_every_record_of_a_file_is_accepted_quarantined_or_a_duplicate(world: World) -> None:
    world.deliver(
        "shop",
        MONDAY,
        "a,2026-03-02 10:00:00,,10,5,0,c1",
        "a,2026-03-02 10:00:00,,10,5,0,c1",
        "b,2026-03-02 10:00:00,,ten,5,0,c1",
        "c,2026-03-02 10:00:00,,30,5,0,c2",
    )

    loaded = world.load()

    assert (loaded.records_read, loaded.records_accepted, loaded.records_quarantined, loaded.records_duplicate) == (4, 2, 1, 1)
    assert world.rows("ledger.deliveries", COUNTS) == [(4, 2, 1, 1)]
    assert world.rows("ledger.quarantine", 'record_number, "column", reason, original') == [
        (3, "revenue_amount", "not_a_number", "b,2026-03-02 10:00:00,,ten,5,0,c1")
    ]


def test_a_full_dump_that_repeats_what_is_known_is_one_sighting_and_no_copy(world: World) -> None:
    rows = [f"o{number},2026-03-02 10:00:00,,10,5,0,c1" for number in range(100)]
    world.deliver("shop", MONDAY, *rows)
    world.deliver("shop", TUESDAY, *rows)

    world.load()

    assert world.rows("ledger.deliveries", f"arrived_on, {COUNTS}") == [(MONDAY, 100, 100, 0, 0), (TUESDAY, 100, 0, 0, 100)]
    assert world.rows("raw.orders", "count(*)") == [(100,)]
    assert world.rows("ledger.sightings", "first_record, run_length") == [(1, 100), (1, 100)]


def test_the_version_its_source_changed_last_wins_whenever_it_arrives(world: World) -> None:
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,2026-03-02 12:00:00,20,5,0,c1")
    world.deliver("shop", TUESDAY, "a,2026-03-02 10:00:00,2026-03-02 11:00:00,10,5,0,c1")

    world.load()

    assert current_margins(world) == [("a", 20.0)]


def test_without_a_time_of_change_the_version_sighted_last_wins_even_when_it_was_known_before(world: World) -> None:
    old, new = "a,2026-03-02 10:00:00,,10,5,0,c1", "a,2026-03-02 10:00:00,,20,5,0,c1"
    world.deliver("shop", MONDAY, old)
    world.deliver("shop", TUESDAY, new)
    world.load()
    assert current_margins(world) == [("a", 20.0)]

    world.deliver("shop", WEDNESDAY, old)
    world.load(WEDNESDAY)

    assert current_margins(world) == [("a", 10.0)]
    assert world.rows("ledger.deliveries", f"arrived_on, {COUNTS}")[2] == (WEDNESDAY, 1, 0, 0, 1)


def test_of_two_contents_of_one_id_in_one_file_the_later_row_wins_and_both_are_kept(world: World) -> None:
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1", "a,2026-03-02 10:00:00,,20,5,0,c1")

    world.load()

    assert current_margins(world) == [("a", 20.0)]
    assert world.rows("ledger.versions", "count(*)") == [(2,)]


def test_a_file_whose_rows_change_places_is_judged_by_its_new_order(world: World) -> None:
    rows = ["a,2026-03-02 10:00:00,,10,5,0,c1", "a,2026-03-02 10:00:00,,20,5,0,c1"]
    world.deliver("shop", MONDAY, *rows)
    world.load()

    world.deliver("shop", MONDAY, *reversed(rows))
    world.load()

    assert current_margins(world) == [("a", 10.0)]


def test_a_withdrawn_delivery_gives_back_what_only_it_had_and_leaves_what_others_repeat(world: World) -> None:
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1", "b,2026-03-02 10:00:00,,10,5,0,c1")
    world.deliver("shop", TUESDAY, "b,2026-03-02 10:00:00,,10,5,0,c1")
    world.load()

    world.withdraw("shop", MONDAY)
    loaded = world.load(MONDAY)

    assert loaded.withdrawn == 1
    assert current_margins(world) == [("b", 10.0)]
    assert world.rows("ledger.deliveries", f"arrived_on, {COUNTS}") == [(TUESDAY, 1, 1, 0, 0)]
    assert world.rows("raw.orders", "source_record_id") == [("b",)]


def test_loading_a_day_again_changes_nothing_and_reads_nothing(world: World) -> None:
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1", "b,2026-03-02 10:00:00,,x,5,0,c1")
    world.load()
    before = world.contents()

    loaded = world.load(MONDAY)

    assert (loaded.unchanged, loaded.deliveries) == (1, 0)
    assert world.contents() == before


def test_mending_the_file_empties_its_quarantine(world: World) -> None:
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,ten,5,0,c1")
    world.load()

    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1")
    world.load(MONDAY)

    assert world.rows("ledger.quarantine") == []
    assert current_margins(world) == [("a", 10.0)]


def test_mending_the_mapping_empties_the_quarantine_too(world: World) -> None:
    settings = (world.folder / "kpis.toml").read_text()
    world.deliver("survey", MONDAY, "r1,2026-03-02 10:00:00,,c1,,,5,vielleicht")
    world.load()
    assert world.rows("ledger.quarantine", "reason") == [("unknown_word",)]

    world.declare(settings.replace("labels = { yes = 1, no = 0 }", "labels = { yes = 1, no = 0, vielleicht = 0 }"))
    world.load(MONDAY)

    assert world.rows("ledger.quarantine") == []
    assert world.rows("core.answers", "question, value") == [("csat", 5.0), ("fcr", 0.0)]


def test_an_unreadable_file_is_a_delivery_with_its_reason_and_everything_else_is_loaded(world: World) -> None:
    world.put("shop", MONDAY, "empty.csv", b"")
    world.deliver("shop", MONDAY, "1,2", file="renamed.csv", header="number,when")
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1")

    loaded = world.load()

    assert (loaded.unreadable, loaded.records_accepted) == (2, 1)
    assert world.rows("ledger.deliveries", "file, status") == [
        ("empty.csv", "unreadable"),
        ("export.csv", "loaded"),
        ("renamed.csv", "unreadable"),
    ]
    (error,) = world.rows("ledger.deliveries", "error", "file = 'renamed.csv'")[0]
    assert "id" in error
    assert "number" in error


def test_a_file_that_can_no_longer_be_read_takes_its_rows_with_it(world: World) -> None:
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1")
    world.load()

    world.put("shop", MONDAY, "export.csv", b"")
    world.load(MONDAY)

    assert current_margins(world) == []
    assert world.rows("raw.orders") == []


def test_two_records_of_one_customer_are_one_customer_and_a_split_is_undone(world: World) -> None:
    world.deliver("crm", MONDAY, "c1,ann@example.com,gold,2026-03-01 00:00:00", "c2,ann@example.com,gold,2026-03-01 00:00:00")
    world.deliver("shop", MONDAY, "a,2026-03-02 10:00:00,,10,5,0,c1", "b,2026-03-02 10:00:00,,10,5,0,c2")
    world.load()
    assert world.rows("core.orders", "count(DISTINCT customer_key), min(segment)") == [(1, "gold")]

    world.deliver("crm", TUESDAY, "c2,bob@example.com,silver,2026-03-02 00:00:00")
    world.load(TUESDAY)

    assert world.rows("core.orders", "count(DISTINCT customer_key)") == [(2,)]
    assert world.rows("core.orders", "source_record_id, segment") == [("a", "gold"), ("b", "silver")]


def test_no_address_number_or_key_is_stored_anywhere_but_in_quarantine(world: World) -> None:
    world.deliver("crm", MONDAY, "c1,ann@example.com,gold,2026-03-01 00:00:00")
    world.load()

    stored = world.settings.warehouse_path.read_bytes()

    assert b"ann@example.com" not in stored
    assert b"a key for tests" not in stored


def test_the_options_of_a_response_are_rows_of_core_and_its_comment_stays_in_raw(world: World) -> None:
    settings = (world.folder / "kpis.toml").read_text()
    world.declare(
        settings
        + """
[feeds.chosen]
adapter = "survey_jsonl"
time_format = "%Y-%m-%dT%H:%M:%S%z"
columns = { source_record_id = "id", answered_at = "at", comment = "said" }
constants = { channel = "web" }
questions = { liked = { metric = "choice", choices = { Price = "price", Speed = "speed" } } }
"""
    )
    first = b'{"id": "r1", "at": "2026-03-02T10:00:00Z", "liked": ["Price", "Speed"], "said": "Nice"}\n{"id": "r2", "at": "2026-03-02T10:00:00Z"}\n'
    world.put("chosen", MONDAY, "page.jsonl", first)
    world.load()

    assert world.rows("core.answers", "source_record_id, choice") == [("r1", "price"), ("r1", "speed"), ("r2", "none")]
    assert set(world.rows("raw.answers", "source_record_id, comment")) == {("r1", "Nice"), ("r2", None)}
    assert "comment" not in {column.name for table in (*CORE, *KPI) for column in columns(table)}
