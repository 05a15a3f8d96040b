"""The published DuckDB file: the one before is copied, and what changed is written anew and read back before anybody sees it."""

import datetime as dt
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from pipelines.errors import PipelineError
from pipelines.publishing.contents import Contents
from pipelines.publishing.parts import Parts, Source, differing, fingerprint_of_row, is_cut, on_days, parts_of, row_count
from schemas.projection import comments, ddl, facts, grain, layer, literal, quoted, table_name
from schemas.table import Table

STORAGE_VERSION = "v1.0.0"
"""Every DuckDB client from 1.0 on reads it."""

BUILT = "publication"
"""What a file that is being built is called while it is attached to the warehouse."""

Days = Collection[dt.date | None]

_PRINT = '"fingerprint of the row"'
"""A name that no column has."""


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
            written = {contract: _write(connection, contract, sources[contract], days) for contract, days in changed.items()}
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


def _changed(contract: type[Table], wanted: Parts, found: Parts) -> Days | None:
    """The days of a table on which rows differ; None for all of it, where it is new or small."""
    return differing(wanted, found) if found and is_cut(contract, wanted) else None


def _write(connection: duckdb.DuckDBPyConnection, contract: type[Table], source: Source, days: Days | None) -> Parts:
    """Have a table of the file hold its rows of these days; gives the parts that it then has of them."""
    there = quoted(f"{BUILT}.{table_name(contract)}")
    order = ", ".join(map(quoted, _order(contract)))
    typed = fingerprint_of_row(contract, typed=True)
    if days is None:
        connection.execute(f"DELETE FROM {there}")
        connection.execute(f"INSERT INTO {there} SELECT * FROM ({source.rows}) ORDER BY {order}")
        return parts_of(connection, contract, source.rows, typed)
    wanted = f"SELECT *, {typed} AS {_PRINT} FROM ({source.rows}) {_of(contract, days)}"
    found = f"SELECT rowid AS place, {fingerprint_of_row(contract)} AS {_PRINT} FROM {there} {_of(contract, days)}"
    for name, rows in (("wanted_rows", wanted), ("found_rows", found)):
        connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS {rows}")
    stale = f"SELECT place FROM found_rows ANTI JOIN wanted_rows USING ({_PRINT})"
    missing = f"SELECT * EXCLUDE ({_PRINT}) FROM wanted_rows ANTI JOIN found_rows USING ({_PRINT})"
    connection.execute(f"DELETE FROM {there} WHERE rowid IN ({stale})")
    connection.execute(f"INSERT INTO {there} {missing} ORDER BY {order}")
    parts = parts_of(connection, contract, "SELECT * FROM wanted_rows", _PRINT)
    for name in ("wanted_rows", "found_rows"):
        connection.execute(f"DROP TABLE {name}")
    return parts


def _of(contract: type[Table], days: Days | None) -> str:
    return "" if days is None else f"WHERE {on_days(contract, days)}"


def _order(contract: type[Table]) -> tuple[str, ...]:
    """By what names a row; facts by their day first, so that readers of a period skip the rest."""
    day = facts(contract).get("day")
    return (*([day] if day else []), *grain(contract))


def _prove(built: Path, expected: Contents, changed: Mapping[type[Table], Days | None], wanted: Mapping[type[Table], Parts]) -> None:
    """Read every value of the days that were written, from disk; a damaged file often opens and only a full scan finds it."""
    with duckdb.connect(built, read_only=True) as fresh:
        for contract, days in changed.items():
            name = table_name(contract)
            written = parts_of(fresh, contract, f"SELECT * FROM {quoted(name)} {_of(contract, days)}")
            height = fresh.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()[0][0]
            if written != wanted[contract] or height != row_count(expected.parts[name]):
                raise PipelineError(
                    f"{name}: what was written to {built} is not what the warehouse holds ({height} rows, "
                    f"{row_count(expected.parts[name])} expected; other values in {len(differing(written, wanted[contract]))} days); "
                    "the old publication stays."
                )
