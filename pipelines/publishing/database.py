"""The published DuckDB file: the one before is copied, and what changed is written anew and read back before anybody sees it."""

import datetime as dt
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from pipelines.errors import PipelineError
from pipelines.publishing.contents import Contents
from pipelines.publishing.parts import (
    Parts,
    Source,
    day_of_row,
    differing,
    fingerprint_of_row,
    is_cut,
    is_small,
    on_days,
    parts_of,
    row_count,
    united,
)
from schemas.projection import comments, ddl, facts, grain, layer, literal, quoted, table_name
from schemas.table import Table

STORAGE_VERSION = "v1.0.0"
"""Every DuckDB client from 1.0 on reads it."""

BUILT = "publication"
"""What a file that is being built is called while it is attached to the warehouse."""

READING_MEMORY = "1GB"
"""What reading a whole file may use beside the warehouse; DuckDB by itself would keep of it whatever the machine has room for."""

Days = Collection[dt.date | None] | None
"""The days of a table whose rows may differ; None for all of it."""

_PRINT, _PLACE = '"fingerprint of the row"', '"place of the row"'
"""Names that no column has."""


def build_database(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[type[Table], Source],
    wanted: Contents,
    found: Contents | None,
    previous: Path,
    target: Path,
) -> None:
    """Write what is wanted to ``target``: as a copy of ``previous``, put right, where it is known what that holds."""
    remove(target)
    before: Mapping[str, Parts] = {}
    if found and found.made_as == wanted.made_as and _copy(previous, target):
        before = found.parts
    changed = {}
    for contract in sources:
        name = table_name(contract)
        if before.get(name) != wanted.parts[name]:
            changed[contract] = _changed(contract, wanted.parts[name], before.get(name, {}))
    with attached(connection, target, f"STORAGE_VERSION {literal(STORAGE_VERSION)}"):
        connection.execute("BEGIN")
        try:
            if not before:
                _create(connection, sources)
            written = {}
            for contract, days in changed.items():
                written[contract] = _write(connection, contract, sources[contract], days, before.get(table_name(contract), {}))
            connection.execute("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):
                connection.execute("ROLLBACK")
            raise
    _prove(target, wanted, changed, written)


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, database: Path, how: str) -> Iterator[None]:
    """The file that is being built, beside the warehouse."""
    connection.execute(f"ATTACH {literal(str(database))} AS {BUILT} ({how})")
    try:
        yield
    finally:
        connection.execute(f"DETACH {BUILT}")


@contextmanager
def opened(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file, or one that is to be, to be read from beginning to end."""
    with duckdb.connect(database, read_only=True) as connection:
        connection.execute(f"SET memory_limit = {literal(READING_MEMORY)}")
        yield connection


def remove(database: Path) -> None:
    """Delete a file that was being built, and what DuckDB keeps beside it."""
    for left_over in (database, database.with_name(database.name + ".wal")):
        left_over.unlink(missing_ok=True)


def _copy(previous: Path, target: Path) -> bool:
    """Copy the file before; not where what was replaced over time left more holes in it than there are blocks in use."""
    shutil.copyfile(previous, target)
    try:
        with duckdb.connect(target, read_only=True) as copied:
            used, free = copied.execute("SELECT used_blocks, free_blocks FROM pragma_database_size()").fetchall()[0]
    except duckdb.Error:
        used, free = 0, 1  # damaged: as good as none
    if free > used:
        remove(target)
    return bool(free <= used)


def _create(connection: duckdb.DuckDBPyConnection, contracts: Collection[type[Table]]) -> None:
    for schema in sorted({layer(contract) for contract in contracts}):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {BUILT}.{quoted(schema)}")
    for contract in contracts:
        there = f"{BUILT}.{table_name(contract)}"
        for statement in (ddl(contract, name=there), *comments(contract, name=there)):
            connection.execute(statement)


def _changed(contract: type[Table], wanted: Parts, found: Parts) -> Days:
    """The days of a table on which rows differ; all of it, where it is not cut, or was not, or most days do."""
    days = differing(wanted, found)
    return days if is_cut(contract, found) and is_cut(contract, wanted) and 2 * len(days) < len(wanted) else None


def _write(connection: duckdb.DuckDBPyConnection, contract: type[Table], source: Source, days: Days, before: Parts) -> Parts:
    """Have a table of the file hold its rows of these days; gives the parts that it then has of them."""
    there = quoted(f"{BUILT}.{table_name(contract)}")
    if not is_small(before):
        return _write_differences(connection, contract, source, days, there)
    connection.execute(f"DELETE FROM {there}")
    connection.execute(f"INSERT INTO {there} SELECT * FROM ({source.rows}) ORDER BY {_order(contract)}")
    return parts_of(connection, contract, source.rows, fingerprint_of_row(contract, typed=True))


def _write_differences(connection: duckdb.DuckDBPyConnection, contract: type[Table], source: Source, days: Days, there: str) -> Parts:
    """Delete the rows that the warehouse does not have, and insert those that the file does not; both are found by their fingerprints."""
    known = f"{day_of_row(contract)} AS day, rowid AS {_PLACE}, {fingerprint_of_row(contract)} AS {_PRINT}"
    connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE found_rows AS SELECT {known} FROM {there} {_of(contract, days)}")
    wanted = f"SELECT *, {fingerprint_of_row(contract, typed=True)} AS {_PRINT} FROM ({source.rows}) {_of(contract, days)}"
    differing_rows = (
        f"SELECT wanted.*, found.{_PLACE} FROM ({wanted}) AS wanted FULL JOIN found_rows AS found ON wanted.{_PRINT} = found.{_PRINT} "
        f"WHERE wanted.{_PRINT} IS NULL OR found.{_PRINT} IS NULL"
    )
    connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE differing_rows AS {differing_rows}")
    stale, missing = f"FROM differing_rows WHERE {_PLACE} IS NOT NULL", f"FROM differing_rows WHERE {_PLACE} IS NULL"
    kept = parts_of(connection, contract, f"FROM found_rows ANTI JOIN (SELECT {_PLACE} {stale}) USING ({_PLACE})", _PRINT, day="day")
    added = parts_of(connection, contract, missing, _PRINT)
    connection.execute(f"DELETE FROM {there} WHERE rowid IN (SELECT {_PLACE} {stale})")
    connection.execute(f"INSERT INTO {there} SELECT * EXCLUDE ({_PRINT}, {_PLACE}) {missing} ORDER BY {_order(contract)}")
    for name in ("found_rows", "differing_rows"):
        connection.execute(f"DROP TABLE {name}")
    return united(kept, added)


def _of(contract: type[Table], days: Days) -> str:
    return "" if days is None else f"WHERE {on_days(contract, days)}"


def _order(contract: type[Table]) -> str:
    """By what names a row; facts by their day first, so that readers of a period skip the rest."""
    day = facts(contract).get("day")
    return ", ".join(map(quoted, (*([day] if day else []), *grain(contract))))


def _prove(built: Path, expected: Contents, changed: Mapping[type[Table], Days], wanted: Mapping[type[Table], Parts]) -> None:
    """Read every value of the days that were written, from disk; a damaged file often opens and only a full scan finds it."""
    with opened(built) as fresh:
        for contract, days in changed.items():
            name = table_name(contract)
            written = parts_of(fresh, contract, f"SELECT * FROM {quoted(name)} {_of(contract, days)}")
            heights = {day: part.rows for day, part in expected.parts[name].items() if days is None or day in days}
            if written != wanted[contract] or heights != {day: part.rows for day, part in written.items()}:
                height = fresh.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()[0][0]
                raise PipelineError(
                    f"{name}: what was written to {built} is not what the warehouse holds ({height} rows, "
                    f"{row_count(expected.parts[name])} expected; other values in {len(differing(written, wanted[contract]))} days); "
                    "the old publication stays."
                )
