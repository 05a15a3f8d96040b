"""What readers in PostgreSQL may rely on: the published tables, whole, described, and never in the way of the files."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import adbc_driver_manager
import dagster as dg
import duckdb
import pytest

from pipelines.errors import PipelineError
from pipelines.postgresql import asset
from pipelines.postgresql import publish as copying
from pipelines.postgresql.publish import Copied, copy_publication
from pipelines.postgresql.session import PostgresqlError
from pipelines.postgresql.settings import PostgresqlSettings
from pipelines.postgresql.statements import short_name, sql_type
from pipelines.publishing.publish import DATABASE_NAME
from pipelines.runs import RunResult, run_publication
from schemas.catalogue import FACTS, PUBLISHED
from schemas.projection import columns, grain, summary, table_name
from tests.postgresql.conftest import ESCAPED, PASSWORD, VARIABLE, Server
from tests.world import SETTINGS, World

pytestmark = pytest.mark.slow

SOME = FACTS
"""Enough tables where it does not matter which."""

Publish = Callable[[], Copied]


@pytest.fixture
def copy(world: World, declared: PostgresqlSettings) -> Publish:
    return lambda: copy_publication(world.settings.published_path, SOME, declared)


def text_of(value: Any) -> Any:
    """A value as both databases' clients give it: PostgreSQL's gives decimals as text."""
    return str(value) if isinstance(value, Decimal) else value


def schemas(server: Server) -> list[str]:
    return [name for (name,) in server.rows("SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'kpis%' ORDER BY 1")]


def test_every_published_table_has_the_rows_of_the_file(server: Server, world: World, declared: PostgresqlSettings) -> None:
    done = copy_publication(world.settings.published_path, PUBLISHED, declared)

    with duckdb.connect(world.settings.published_path / DATABASE_NAME, read_only=True) as file, server.client() as client:
        total = 0
        for contract in PUBLISHED:
            there = client.rows(f"SELECT * FROM kpis.{short_name(contract)}")
            here = [tuple(map(text_of, row)) for row in file.execute(f"FROM {table_name(contract)}").fetchall()]
            assert sorted(there, key=repr) == sorted(here, key=repr), table_name(contract)
            total += len(here)
    assert (done.rows, done.kept) == (total, [])
    assert total > 1000


def test_tables_have_the_types_the_keys_and_the_descriptions_of_their_contracts(server: Server, copy: Publish) -> None:
    copy()

    described = server.rows(
        """SELECT relname::text, attname::text, format_type(atttypid, atttypmod), attnotnull, col_description(attrelid, attnum)
           FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
           WHERE relnamespace = 'kpis'::regnamespace AND relkind = 'r' AND attnum > 0 ORDER BY relname, attnum"""
    )
    tables = server.rows(
        """SELECT relname::text, obj_description(pg_class.oid, 'pg_class'),
                  (SELECT array_to_string(array_agg(attname ORDER BY array_position(indkey::int[], attnum::int)), ' ')
                   FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
                   WHERE indrelid = pg_class.oid AND indisprimary)
           FROM pg_class WHERE relnamespace = 'kpis'::regnamespace AND relkind = 'r' ORDER BY relname"""
    )
    ordered = sorted(SOME, key=short_name)
    assert tables == [(short_name(contract), summary(contract), " ".join(grain(contract))) for contract in ordered]
    assert described == [
        (
            short_name(contract),
            column.name,
            sql_type(column).replace("timestamp", "timestamp without time zone"),
            not column.is_nullable,
            column.description,
        )
        for contract in ordered
        for column in columns(contract)
    ]


def test_readers_see_no_error_and_no_empty_table_while_publications_follow_each_other(server: Server, copy: Publish) -> None:
    copy()
    seen: list[int] = []
    faults: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        with server.client() as client:
            while not done.is_set():
                try:
                    seen.append(client.rows("SELECT count(*) FROM kpis.dates JOIN kpis.channels ON channel = 'web'")[0][0])
                    client.connection.commit()
                except adbc_driver_manager.Error as fault:
                    faults.append(fault)
                    client.connection.rollback()

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(3):
        copy()
    done.set()
    reader.join()

    assert faults == []
    assert set(seen) == {365}
    assert len(seen) > 20


def test_whoever_might_read_before_may_read_after_and_nobody_else(server: Server, copy: Publish) -> None:
    copy()
    server.run(
        "GRANT USAGE ON SCHEMA kpis TO reader",
        "GRANT SELECT ON kpis.dates TO reader WITH GRANT OPTION",
        "GRANT SELECT (channel) ON kpis.channels TO reader",
        "GRANT SELECT ON kpis.segments TO PUBLIC",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA kpis GRANT SELECT ON TABLES TO reader",
    )
    held = """SELECT relname::text, relacl::text, (SELECT string_agg(attacl::text, ' ') FROM pg_attribute WHERE attrelid = pg_class.oid)
              FROM pg_class WHERE relnamespace = 'kpis'::regnamespace AND relkind = 'r' AND relname IN ('dates', 'channels') ORDER BY 1"""
    before = server.rows(held)
    with pytest.raises(adbc_driver_manager.ProgrammingError, match="permission denied"):
        server.rows("SELECT * FROM kpis.answers", user="reader")

    copy()

    assert server.rows("SELECT count(*) FROM kpis.dates", user="reader") == [(365,)]
    assert server.rows("SELECT count(channel) FROM kpis.channels", user="reader")
    assert server.rows("SELECT count(*) FROM kpis.segments", user="reader")
    assert server.rows("SELECT count(*) FROM kpis.answers", user="reader"), "new tables are given by default from the next publication on"
    assert [row[0] for row in server.rows(held)] == [row[0] for row in before]
    assert "reader=r*/kpis" in str(server.rows(held))


def test_a_publication_that_somebody_still_reads_is_dropped_by_the_next_one(
    server: Server, copy: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "DROP_PATIENCE", "100ms")
    copy()
    with server.client() as reader:
        reader.rows("SELECT * FROM kpis.dates LIMIT 1")

        (kept,) = copy().kept

        assert "kpis__before_1" in kept
        assert "lock timeout" in kept
        assert reader.rows("SELECT count(*) FROM kpis.dates") == [(365,)]
        assert schemas(server) == ["kpis", "kpis__before_1"]
    assert copy().kept == []
    assert schemas(server) == ["kpis"]


def test_a_view_on_a_table_keeps_the_old_publication_and_is_never_dropped(server: Server, copy: Publish) -> None:
    copy()
    server.run("CREATE SCHEMA own", "CREATE VIEW own.days AS SELECT * FROM kpis.dates")

    (kept,) = copy().kept

    assert kept == "could not drop the old publication kpis__before_1: cannot drop desired object(s) because other objects depend on them"
    assert server.rows("SELECT count(*) FROM own.days") == [(365,)]


def test_a_reader_whose_snapshot_is_older_sees_no_rows_as_the_guide_says(server: Server, copy: Publish) -> None:
    copy()
    with server.client() as reader:
        reader.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert reader.rows("SELECT count(*) FROM pg_roles")[0][0] > 0

        copy()

        assert reader.rows("SELECT count(*) FROM kpis.dates") == [(0,)]
        reader.connection.rollback()
        assert reader.rows("SELECT count(*) FROM kpis.dates") == [(365,)]


def test_a_fault_half_way_leaves_what_was_there(server: Server, copy: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    copy()

    def broken(_: str, contract: Any) -> Iterator[str]:
        yield "SELECT 1 / 0" if short_name(contract) == "orders" else "SELECT 1"

    with monkeypatch.context() as patched:
        patched.setattr(copying, "finish", broken)
        with pytest.raises(PostgresqlError, match=r"could not load facts\.orders: division by zero; readers keep what was there before"):
            copy()

    assert schemas(server) == ["kpis"]
    assert server.rows("SELECT count(*) FROM kpis.dates") == [(365,)]
    assert copy().kept == []


def test_a_schema_with_what_is_not_ours_is_left_alone(server: Server, copy: Publish) -> None:
    server.run("CREATE SCHEMA kpis", "CREATE TABLE kpis.precious (n int)")
    with pytest.raises(PipelineError, match="holds precious, which is not this pipeline's; move it"):
        copy()

    server.run("DROP TABLE kpis.precious")
    copy()
    server.run("CREATE TABLE kpis.precious (n int)")
    with pytest.raises(PipelineError, match="holds precious"):
        copy()
    assert server.rows("SELECT count(*) FROM kpis.precious") == [(0,)]


def test_tables_that_hide_rows_are_not_replaced_by_tables_that_show_them(server: Server, copy: Publish) -> None:
    copy()
    server.run("ALTER TABLE kpis.orders ENABLE ROW LEVEL SECURITY")

    with pytest.raises(PipelineError, match=r"kpis\.orders has row-level security"):
        copy()


def test_two_runs_at_once_do_not_mix(server: Server, copy: Publish) -> None:
    with server.client() as other:
        other.rows("SELECT pg_advisory_lock(hashtext('feedback-kpis kpis'))")

        with pytest.raises(PostgresqlError, match="another run is publishing into the schema kpis"):
            copy()


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        (f"postgresql://kpis:{ESCAPED}@127.0.0.1:1/reporting", "it refuses connections"),
        ("postgresql://kpis:wr0ng-s3cr3t@127.0.0.1:{port}/reporting", "does not accept user and password"),
        (f"postgresql://kpis:{ESCAPED}@127.0.0.1:{{port}}/nowhere", "it has no such database"),
        ("postgresql://kpis:s3cr3t@of-it@127.0.0.1:{port}/reporting", "its host is not known"),
        ("postgresql://kpis:s3cr3t@127.0.0.1:{port}/reporting?pass=s3cr3t", "the URI cannot be used"),
        ("s3cr3t", "holds no URI"),
        ("", "is not set"),
    ],
)
def test_a_server_that_cannot_be_used_is_one_sentence_that_shows_nothing_of_the_uri(
    uri: str, said: str, server: Server, copy: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, uri.format(port=server.port))

    with pytest.raises(PipelineError) as fault:
        copy()

    assert said in str(fault.value)
    assert VARIABLE in str(fault.value)
    assert not [part for part in ("s3cr3t", "of-it", ESCAPED) if part in str(fault.value)]
    assert fault.value.__cause__ is None
    assert str(fault.value).count("\n") == 0


def test_a_missing_driver_is_named_with_what_installs_it(copy: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)

    with pytest.raises(PipelineError, match=r"install feedback-kpis\[postgresql\]"):
        copy()


# --- as a part of the run -------------------------------------------------------------------------------------------------


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setattr(asset, "RETRIES", dg.RetryPolicy(max_retries=1, delay=0))
    return World(tmp_path / "world", feeds=f'{SETTINGS}\n[publish.postgresql]\nuri_variable = "{VARIABLE}"\n')


def published(company: World) -> RunResult:
    with contextlib.redirect_stderr(None):
        return run_publication(company.settings)


def test_publishing_fills_the_schema_and_says_how_many_rows(server: Server, company: World) -> None:
    result = published(company)

    assert (result.succeeded, result.findings) == (True, [])
    assert result.metadata["published/postgresql"]["dagster/row_count"] == result.metadata["published/kpis"]["dagster/row_count"]
    assert server.rows("SELECT count(*) FROM kpis.metric_catalogue") == [(0,)]


def test_a_dead_server_is_said_and_the_files_are_published_all_the_same(company: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"postgresql://kpis:{ESCAPED}@127.0.0.1:1/reporting")

    result = published(company)

    (finding,) = result.findings
    assert not result.succeeded
    assert finding.endswith(
        f"no connection to the server that {VARIABLE} names: it refuses connections; start it, or correct host and port."
    )
    assert (company.settings.published_path / DATABASE_NAME).exists()
    assert result.metadata["published/kpis"]["database"]
    written = [path for path in company.folder.rglob("*") if path.is_file()]
    assert [path for path in written if any(part.encode() in path.read_bytes() for part in (ESCAPED, PASSWORD))] == []
