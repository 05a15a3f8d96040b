"""What readers of the published tables may rely on."""

import datetime as dt
import os
import shutil
import stat
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.errors import PipelineError
from pipelines.published import kpi_table, rows
from pipelines.publishing.publish import Publication, publish
from schemas.catalogue import KPI
from schemas.projection import columns, summary, table_name
from tests.world import World

pytestmark = pytest.mark.slow

MONDAY = dt.date(2026, 3, 2)


TABLES = ("core.identities", "core.answers", "kpi.satisfaction_daily", "kpi.metric_catalogue")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three answers, loaded; each test has a copy."""
    world = World(tmp_path_factory.mktemp("template") / "world", TABLES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")
        deliver(world, "5", "4", "1")
    return world


@pytest.fixture
def satisfied(template: World, tmp_path: Path) -> World:
    shutil.copytree(template.folder, tmp_path / "world")
    return World(tmp_path / "world", TABLES)


def deliver(world: World, *scores: str) -> None:
    world.deliver("survey", MONDAY, *(f"r{number},2026-03-02 10:00:00,,,,,{score}," for number, score in enumerate(scores)))
    world.load()


def published(world: World) -> Publication:
    with world.warehouse() as warehouse:
        world.settings.published_path.mkdir(exist_ok=True)
        return publish(warehouse.connection, KPI, world.settings.published_path)


def test_the_database_holds_every_kpi_table_with_its_comments(satisfied: World) -> None:
    publication = published(satisfied)

    with duckdb.connect(publication.database, read_only=True) as client:
        tables = dict(client.execute("SELECT schema_name || '.' || table_name, comment FROM duckdb_tables()").fetchall())
        described = client.execute("SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND NOT internal").fetchall()
        rows = client.execute("SELECT csat_n, csat_satisfied FROM kpi.satisfaction_daily").fetchall()
    assert tables == {table_name(table): summary(table) for table in KPI}
    assert described == [(0,)]
    assert rows == [(3, 2)]


def test_the_file_is_in_a_storage_that_duckdb_1_0_reads_and_nobody_may_write_to_it(satisfied: World) -> None:
    publication = published(satisfied)

    # The storage version stands in the header, in the word after the magic bytes: 64 is what DuckDB 0.9 to 1.1 write.
    header = publication.database.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64
    assert stat.S_IMODE(publication.database.stat().st_mode) == 0o440


def test_a_reader_that_holds_the_old_file_open_is_undisturbed_and_the_next_one_sees_the_new(satisfied: World) -> None:
    publication = published(satisfied)
    before = os.open(publication.database, os.O_RDONLY)
    size = os.fstat(before).st_size
    old = os.pread(before, size, 0)

    deliver(satisfied, "5", "5", "5", "5")
    published(satisfied)

    assert os.pread(before, size, 0) == old
    os.close(before)
    with duckdb.connect(publication.database, read_only=True) as client:
        assert client.execute("SELECT csat_n FROM kpi.satisfaction_daily").fetchall() == [(4,)]


def test_a_parquet_reader_of_the_publication_before_still_finds_its_files(satisfied: World) -> None:
    first = published(satisfied)
    opened = (first.parquet / "satisfaction_daily").resolve()

    deliver(satisfied, "5")
    second = published(satisfied)

    assert pl.read_parquet(opened / "*.parquet")["csat_n"].to_list() == [3]
    assert pl.read_parquet(second.parquet / "satisfaction_daily" / "*.parquet")["csat_n"].to_list() == [1]


def test_publishing_is_refused_while_somebody_has_the_published_file_open_for_writing(satisfied: World) -> None:
    publication = published(satisfied)
    wal = publication.database.with_name("kpis.duckdb.wal")
    wal.touch()

    with pytest.raises(PipelineError, match=r"kpis\.duckdb\.wal.*close that program"):
        published(satisfied)


def test_what_a_killed_publication_left_behind_is_built_anew(satisfied: World) -> None:
    folder = satisfied.settings.published_path
    folder.mkdir()
    (folder / ".kpis.duckdb.building").write_bytes(b"half a file")

    publication = published(satisfied)

    assert publication.rows["kpi.satisfaction_daily"] == 1
    assert sorted(path.name for path in folder.iterdir()) == [".kpis.duckdb.contents", ".parquet-1", "kpis.duckdb", "parquet"]


def test_formulas_give_the_figures_of_any_set_of_rows(satisfied: World) -> None:
    published(satisfied)

    (row,) = rows(satisfied.settings.published_path, kpi_table("satisfaction_daily"), per="month").iter_rows(named=True)

    assert (row["answered_on"], row["csat_n"], row["csat_top2"]) == (dt.date(2026, 3, 1), 3, pytest.approx(2 / 3))
    assert row["nps"] is None


def test_an_unknown_kpi_or_column_is_refused_by_name(satisfied: World) -> None:
    published(satisfied)

    with pytest.raises(PipelineError, match="no KPI 'happiness'"):
        kpi_table("happiness")
    with pytest.raises(PipelineError, match="no column 'colour'"):
        rows(satisfied.settings.published_path, kpi_table("satisfaction_daily"), by=["colour"])


def test_every_column_of_a_kpi_is_described() -> None:
    assert all(column.description for table in KPI for column in columns(table))
