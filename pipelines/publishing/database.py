"""The published DuckDB file: the one before is copied, what changed is written anew, and every value is read before anybody sees it."""

import datetime as dt
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from pipelines.errors import PipelineError
from pipelines.publishing.parts import Parts, differing, is_cut, parts_of, row_count, within
from schemas.projection import columns, comments, ddl, facts, grain, layer, literal, quoted, summary, table_name
from schemas.table import Table

STORAGE_VERSION = "v1.0.0"
"""Every DuckDB client from 1.0 on reads it."""

BUILT = "publication"
"""What a file that is being built is called while it is attached to the warehouse."""

Months = Collection[dt.date | None]

Sources = Mapping[type[Table], str]
"""The tables to publish, and the query of the warehouse that gives the rows of each."""


def build_database(connection: duckdb.DuckDBPyConnection, sources: Sources, previous: Path, target: Path) -> Mapping[type[Table], Parts]:
    """Write these tables to ``target``, which starts as a copy of ``previous`` where that is of use; what it holds then."""
    wanted = {contract: parts_of(connection, contract, source) for contract, source in sources.items()}
    found = _copy(previous, target, sources)
    differ = [contract for contract in sources if found.get(contract) != wanted[contract]]
    changed = {contract: _changed(contract, wanted[contract], found.get(contract, {})) for contract in differ}
    with attached(connection, target, f"STORAGE_VERSION {literal(STORAGE_VERSION)}"):
        connection.execute("BEGIN")
        try:
            for schema in sorted({layer(contract) for contract in sources}):
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {BUILT}.{quoted(schema)}")
            for contract, months in changed.items():
                if contract not in found:
                    _create(connection, contract)
                _write(connection, contract, sources[contract], months)
            connection.execute("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):
                connection.execute("ROLLBACK")
            raise
    _prove(target, wanted, changed)
    return wanted


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


def _copy(previous: Path, target: Path, contracts: Collection[type[Table]]) -> dict[type[Table], Parts]:
    """Copy the publication before; what it holds of these tables. Nothing is copied where starting afresh is better."""
    remove(target)
    if not previous.exists():
        return {}
    shutil.copyfile(previous, target)
    try:
        with duckdb.connect(target, read_only=True) as copied:
            described = _described(copied)
            known = {contract for contract in contracts if described.pop(table_name(contract), None) == _description(contract)}
            if not described and known and not _is_mostly_empty(copied):
                return {contract: parts_of(copied, contract, f"SELECT * FROM {quoted(table_name(contract))}") for contract in known}
    except duckdb.Error:
        pass  # a damaged file, or one of another program: as good as none
    remove(target)
    return {}


def _described(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[object, ...]]:
    """What a reader is told of every table in a file."""
    tables = connection.execute("SELECT schema_name || '.' || table_name, comment FROM duckdb_tables()").fetchall()
    found = connection.execute(
        "SELECT schema_name || '.' || table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() "
        "WHERE NOT internal ORDER BY table_oid, column_index"
    ).fetchall()
    told: dict[str, tuple[object, ...]] = {name: (comment,) for name, comment in tables}
    for name, *column in found:
        told[name] += (tuple(column),)
    return told


def _description(contract: type[Table]) -> tuple[object, ...]:
    told = ((column.name, column.sql_type, column.is_nullable, column.description) for column in columns(contract))
    return summary(contract), *told


def _is_mostly_empty(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether what was replaced over time left more holes in the file than there are blocks in use."""
    (used, free) = connection.execute("SELECT used_blocks, free_blocks FROM pragma_database_size()").fetchall()[0]
    return bool(free > used)


def _create(connection: duckdb.DuckDBPyConnection, contract: type[Table]) -> None:
    there = f"{BUILT}.{table_name(contract)}"
    for statement in (ddl(contract, name=there), *comments(contract, name=there)):
        connection.execute(statement)


def _changed(contract: type[Table], wanted: Parts, found: Parts) -> Months | None:
    """The months of a table to write anew; None for all of it, where it is new, small or mostly other."""
    months = differing(wanted, found)
    anew = {month: part for month, part in wanted.items() if month in months}
    return months if is_cut(contract, wanted) and 2 * row_count(anew) <= row_count(wanted) else None


def _write(connection: duckdb.DuckDBPyConnection, contract: type[Table], source: str, months: Months | None) -> None:
    there = quoted(f"{BUILT}.{table_name(contract)}")
    order = ", ".join(map(quoted, _order(contract)))
    connection.execute(f"DELETE FROM {there} {_of(contract, months)}")
    connection.execute(f"INSERT INTO {there} SELECT * FROM ({source}) {_of(contract, months)} ORDER BY {order}")


def _of(contract: type[Table], months: Months | None) -> str:
    return "" if months is None else f"WHERE {within(contract, months)}"


def _order(contract: type[Table]) -> tuple[str, ...]:
    """By what names a row; facts by their day first, so that readers of a period skip the rest."""
    day = facts(contract).get("day")
    return (*([day] if day else []), *grain(contract))


def _prove(built: Path, wanted: Mapping[type[Table], Parts], changed: Mapping[type[Table], Months | None]) -> None:
    """Read every value that was written, from disk; a damaged file often opens and only a full scan finds it."""
    with duckdb.connect(built, read_only=True) as fresh:
        for contract, months in changed.items():
            name = table_name(contract)
            expected = {month: part for month, part in wanted[contract].items() if months is None or month in months}
            found = parts_of(fresh, contract, f"SELECT * FROM {quoted(name)} {_of(contract, months)}")
            height = fresh.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()[0][0]
            if found != expected or height != row_count(wanted[contract]):
                raise PipelineError(
                    f"{name}: what was written to {built} is not what the warehouse holds ({height} rows, {row_count(wanted[contract])} "
                    f"expected; other values in {len(differing(found, expected))} months); the old publication stays."
                )
