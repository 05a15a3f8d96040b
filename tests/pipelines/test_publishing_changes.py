"""A publication made from the one before is what one made from nothing would be."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import PipelineError
from pipelines.publishing import database, parts
from pipelines.publishing.publish import Publication, publish
from schemas.facts.channels import FactChannels
from schemas.facts.costs import FactCosts
from schemas.kpi.contact_history import ContactHistory
from schemas.projection import columns, ddl, quoted, table_name

JANUARY, FEBRUARY, MARCH = (dt.date(2026, month, 10) for month in (1, 2, 3))
Row = tuple[str, dt.date, int]
TABLES = (FactCosts, FactChannels)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of more than three rows are written in parts."""
    monkeypatch.setattr(parts, "FEW_ROWS", 3)


class Source:
    """A warehouse of two tables, and the folder that it is published in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect()
        self.connection.execute("CREATE SCHEMA facts")
        for contract in TABLES:
            self.connection.execute(ddl(contract))
        self.connection.execute("INSERT INTO facts.channels VALUES ('email')")

    def publish(self, *rows: Row) -> Publication:
        self.connection.execute("DELETE FROM facts.costs")
        for key, day, amount in rows:
            self.connection.execute(
                "INSERT INTO facts.costs VALUES (?, ?, 'ledger', 'service', 'email', 'self', ?)", [key, day, Decimal(amount)]
            )
        return publish(self.connection, TABLES, self.folder)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path / "published")


def in_the_database(folder: Path) -> list[Row]:
    with duckdb.connect(folder / "kpis.duckdb", read_only=True) as reader:
        return reader.execute("SELECT cost_key, costed_on, cost_amount FROM facts.costs ORDER BY ALL").fetchall()


def in_the_files(folder: Path) -> list[Row]:
    rows = pl.read_parquet(folder / "parquet" / "costs" / "*.parquet").select("cost_key", "costed_on", "cost_amount")
    return sorted(rows.rows())


def files(publication: Publication, table: str = "costs") -> dict[str, int]:
    """The Parquet files of a table, and what tells whether two names mean one file."""
    return {path.name: path.stat().st_ino for path in (publication.parquet / table).iterdir()}


YEAR = [("a", JANUARY, 1), ("b", JANUARY, 2), ("c", FEBRUARY, 3), ("d", FEBRUARY, 4), ("e", MARCH, 5)]

some_days = st.sampled_from([day + dt.timedelta(days=number) for day in (JANUARY, FEBRUARY, MARCH) for number in range(3)])
values = st.tuples(some_days, st.integers(1, 3))
keys = st.sampled_from("abcdefgh")
few_changes = st.lists(st.dictionaries(keys, st.none() | values, min_size=1, max_size=2), min_size=1, max_size=5)
"""Of each publication after the first what is different: under a key another row, or none."""


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(state=st.dictionaries(keys, values, min_size=2, max_size=8), changes=few_changes)
def test_whatever_changes_from_one_publication_to_the_next_both_forms_hold_the_rows_of_the_warehouse(
    state: dict[str, tuple[dt.date, int]], changes: list[dict[str, tuple[dt.date, int] | None]]
) -> None:
    with TemporaryDirectory() as folder:
        source = Source(Path(folder) / "published")
        for change in [{}, *changes]:
            state = {key: value for key, value in (state | change).items() if value}
            rows = [(key, day, amount) for key, (day, amount) in sorted(state.items())]
            publication = source.publish(*rows)

            assert publication.rows == {"facts.costs": len(rows), "facts.channels": 1}
            assert in_the_database(source.folder) == rows
            assert in_the_files(source.folder) == rows


def test_a_table_may_outgrow_being_small_by_a_single_day(source: Source) -> None:
    days = [JANUARY, FEBRUARY, MARCH]
    source.publish(*((f"{place}", day, 1) for place, day in enumerate(days)))
    rows = [*((f"{place}", day, 1) for place, day in enumerate(days)), ("late", MARCH, 2)]
    source.publish(*rows)

    assert in_the_database(source.folder) == in_the_files(source.folder) == rows


def test_a_month_that_did_not_change_keeps_its_file_and_only_the_others_are_written(source: Source) -> None:
    before = files(source.publish(*YEAR))
    after = files(source.publish(*YEAR, ("f", MARCH, 6)))

    assert sorted(name[:7] for name in after) == ["2026-01", "2026-02", "2026-03"]
    assert {name[:7] for name, _ in before.items() & after.items()} == {"2026-01", "2026-02"}


def test_a_table_that_did_not_change_is_not_written_at_all(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    source.publish(*YEAR)
    written: list[object] = []
    monkeypatch.setattr(database, "_write", lambda *given: written.append(given))

    source.publish(*YEAR)

    assert written == []


def test_of_a_day_that_changed_only_the_rows_that_did_are_written(source: Source) -> None:
    source.publish(*YEAR)
    source.publish(("a", JANUARY, 100), *YEAR[1:])

    with duckdb.connect(source.folder / "kpis.duckdb", read_only=True) as reader:
        as_they_lie = [key for (key,) in reader.execute("SELECT cost_key FROM facts.costs").fetchall()]
    assert as_they_lie == ["b", "c", "d", "e", "a"]


def test_of_a_large_table_without_days_only_the_rows_that_changed_are_written(source: Source) -> None:
    source.connection.execute("INSERT INTO facts.channels VALUES ('app'), ('chat'), ('phone')")
    source.publish(*YEAR)
    source.connection.execute("UPDATE facts.channels SET channel = 'bot' WHERE channel = 'app'")
    source.publish(*YEAR)

    with duckdb.connect(source.folder / "kpis.duckdb", read_only=True) as reader:
        as_they_lie = [channel for (channel,) in reader.execute("SELECT channel FROM facts.channels").fetchall()]
    assert as_they_lie == ["chat", "email", "phone", "bot"]


def test_a_small_table_is_one_file(source: Source) -> None:
    (file,) = files(source.publish(*YEAR[:3]))

    assert file.startswith("all-")


def test_a_small_table_that_grows_is_cut_and_one_that_shrinks_is_whole_again(source: Source) -> None:
    source.publish(*YEAR[:3])
    assert len(files(source.publish(*YEAR))) == 3
    assert len(files(source.publish(*YEAR[:2]))) == 1
    assert in_the_files(source.folder) == YEAR[:2]


def test_a_row_that_somebody_changed_in_the_published_file_is_put_right(source: Source) -> None:
    publication = source.publish(*YEAR)
    publication.database.chmod(0o640)
    with duckdb.connect(publication.database) as somebody:
        somebody.execute("UPDATE facts.costs SET cost_amount = 1000 WHERE cost_key = 'a'")

    source.publish(*YEAR)

    assert in_the_database(source.folder) == YEAR


@pytest.mark.parametrize("damage", ["cut off", "not a database", "empty"])
def test_a_damaged_publication_is_made_anew(source: Source, damage: str) -> None:
    publication = source.publish(*YEAR)
    whole = publication.database.read_bytes()
    publication.database.chmod(0o640)
    publication.database.write_bytes({"cut off": whole[: len(whole) // 2], "not a database": b"no" * 9000, "empty": b""}[damage])

    source.publish(*YEAR)

    assert in_the_database(source.folder) == YEAR


def test_a_publication_under_another_contract_is_made_anew(source: Source) -> None:
    publication = source.publish(*YEAR)
    publication.database.chmod(0o640)
    with duckdb.connect(publication.database) as older:
        older.execute("COMMENT ON COLUMN facts.costs.channel IS 'as it was described once'")
        older.execute("CREATE TABLE facts.gone (one BIGINT)")

    publication = source.publish(*YEAR)

    with duckdb.connect(publication.database, read_only=True) as reader:
        told = dict(reader.execute("SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'costs'").fetchall())
        tables = {name for (name,) in reader.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert told == {column.name: column.description for column in columns(FactCosts)}
    assert tables == {"costs", "channels"}


def test_a_file_full_of_holes_is_written_anew(source: Source) -> None:
    rows = "SELECT md5(i::VARCHAR), DATE '2026-01-01' + (i % 80)::INTEGER, md5((i + 1)::VARCHAR), 'service', 'email', 'self', 1"
    source.connection.execute(f"INSERT INTO facts.costs {rows} FROM range(99999) AS numbers(i)")
    big = publish(source.connection, TABLES, source.folder).database.stat().st_size
    source.publish(*YEAR)
    small = source.publish(*YEAR).database.stat().st_size

    assert small < big / 3


def test_what_is_not_written_as_the_warehouse_has_it_is_never_published(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    source.publish(*YEAR)
    as_it_should = vars(database)["_write"]

    def carelessly(connection: duckdb.DuckDBPyConnection, *what: Any) -> parts.Parts:
        wanted: parts.Parts = as_it_should(connection, *what)
        connection.execute(f"UPDATE {database.BUILT}.facts.costs SET cost_amount = 7 WHERE cost_key = 'f'")
        return wanted

    monkeypatch.setattr(database, "_write", carelessly)

    with pytest.raises(
        PipelineError, match=r"facts\.costs: .* is not what the warehouse holds \(6 rows, 6 expected; .* in 1 days\); .* stays"
    ):
        source.publish(*YEAR, ("f", MARCH, 6))

    monkeypatch.setattr(database, "_write", lambda *_: {None: parts.Part(1, 2)})

    with pytest.raises(PipelineError, match=r"facts\.costs: .* is not what the warehouse holds \(5 rows, 6 expected; .* stays"):
        source.publish(*YEAR, ("f", MARCH, 6))

    assert in_the_database(source.folder) == YEAR


def test_a_table_of_another_layer_is_cut_by_the_day_that_it_names() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA kpi")
    connection.execute(ddl(ContactHistory))

    assert parts.on_days(ContactHistory, [JANUARY]) == quoted("contacted_on") + " IN (DATE '2026-01-10')"
    assert parts.parts_of(connection, ContactHistory, f"SELECT * FROM {quoted(table_name(ContactHistory))}") == {}


def test_reading_a_whole_file_uses_no_more_memory_the_larger_it_is(source: Source) -> None:
    published = source.publish(("a", MARCH, 1))

    with database.opened(published.database) as opened, duckdb.connect() as given:
        given.execute(f"SET memory_limit = '{database.READING_MEMORY}'")
        limits = [connection.execute("SELECT current_setting('memory_limit')").fetchall() for connection in (opened, given)]
    assert limits[0] == limits[1]
