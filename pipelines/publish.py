"""From the warehouse to the published files that BI tools read: built beside, proven, swapped in by one rename."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import duckdb

from pipelines.durability import flush
from pipelines.errors import PipelineError
from schemas.projection import columns, comments, ddl, facts, grain, layer, literal, quoted, table_name
from schemas.table import Table

DATABASE_NAME = "kpis.duckdb"
PARQUET_NAME = "parquet"
STORAGE_VERSION = "v1.0.0"
"""Every DuckDB client from 1.0 on reads it."""

_BUILT = "publication"
"""What the new file is called while it is attached to the warehouse."""


@dataclass(frozen=True)
class Publication:
    """What was published, and where."""

    database: Path
    parquet: Path
    rows: Mapping[str, int]


def publish(
    connection: duckdb.DuckDBPyConnection,
    contracts: Sequence[type[Table]],
    folder: Path,
    made: Mapping[type[Table], str] = MappingProxyType({}),
) -> Publication:
    """Publish these tables as one DuckDB file and as Parquet; ``made`` holds the queries of those that are stored nowhere.

    A reader sees the old publication or the new one, never a mixture of two and never a half-written file; one
    that has the old file open keeps reading it. Raises PipelineError where publishing would be unsafe.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database, parquet = folder / DATABASE_NAME, folder / PARQUET_NAME
    _refuse_wal(database)
    building = folder / f".{DATABASE_NAME}.building"
    _remove(building)
    rows = _build_database(connection, contracts, made, building)
    _prove(contracts, rows, building)
    new_parquet = _build_parquet(connection, contracts, building, folder)
    building.chmod(0o440)
    flush(building)
    building.replace(database)
    _swap(parquet, new_parquet)
    flush(folder)
    return Publication(database, parquet, rows)


def _refuse_wal(database: Path) -> None:
    """Some client has opened the published file for writing; its left-over log would be replayed into the new file."""
    wal = database.with_name(database.name + ".wal")
    if wal.exists():
        raise PipelineError(
            f"{wal} lies beside the published database, so some program has it open for writing; "
            "close that program, delete the .wal file, and publish again."
        )


def _build_database(
    connection: duckdb.DuckDBPyConnection, contracts: Sequence[type[Table]], made: Mapping[type[Table], str], target: Path
) -> dict[str, int]:
    rows = {}
    with _attached(connection, target, f"STORAGE_VERSION {literal(STORAGE_VERSION)}"):
        connection.execute("BEGIN")
        try:
            for schema in sorted({layer(contract) for contract in contracts}):
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_BUILT}.{quoted(schema)}")
            for contract in contracts:
                name = table_name(contract)
                there = f"{_BUILT}.{name}"
                connection.execute(ddl(contract, name=there))
                source = made.get(contract, f"SELECT * FROM {quoted(name)}")
                ordered = f"SELECT * FROM ({source}) ORDER BY {', '.join(map(quoted, _order(contract)))}"
                rows[name] = int(connection.execute(f"INSERT INTO {quoted(there)} {ordered}").fetchall()[0][0])
                for comment in comments(contract, name=there):
                    connection.execute(comment)
            connection.execute("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):
                connection.execute("ROLLBACK")
            raise
    return rows


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, database: Path, how: str) -> Iterator[None]:
    """The file that is being built, beside the warehouse."""
    connection.execute(f"ATTACH {literal(str(database))} AS {_BUILT} ({how})")
    try:
        yield
    finally:
        connection.execute(f"DETACH {_BUILT}")


def _order(contract: type[Table]) -> tuple[str, ...]:
    """By what names a row; facts by their day first, so that readers of a period skip the rest."""
    day = facts(contract).get("day")
    return (*([day] if day else []), *grain(contract))


def _prove(contracts: Sequence[type[Table]], rows: Mapping[str, int], built: Path) -> None:
    """Read every value of the file once, from disk; a damaged file often opens and only a full scan finds it."""
    with duckdb.connect(built, read_only=True) as fresh:
        for contract in contracts:
            name = table_name(contract)
            every = ", ".join(f"count({quoted(column.name)})" for column in columns(contract))
            found = fresh.execute(f"SELECT count(*), {every} FROM {quoted(name)}").fetchall()[0][0]
            if found != rows[name]:
                raise PipelineError(f"{name}: {found} rows of {rows[name]} were written to {built}; the old publication stays.")


def _build_parquet(connection: duckdb.DuckDBPyConnection, contracts: Sequence[type[Table]], built: Path, folder: Path) -> Path:
    """The tables of the new database as files, in its order."""
    number = 1 + max((int(path.name.rpartition("-")[2]) for path in folder.glob(f".{PARQUET_NAME}-*")), default=0)
    new = folder / f".{PARQUET_NAME}-{number}"
    with _attached(connection, built, "READ_ONLY"):
        for contract in contracts:
            name = table_name(contract)
            table_folder = new / name.split(".")[1]
            table_folder.mkdir(parents=True)
            target = table_folder / "data.parquet"
            rows = f"SELECT * FROM {quoted(f'{_BUILT}.{name}')}"
            connection.execute(f"COPY ({rows}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)")
            flush(target)
            flush(table_folder)
    return new


def _swap(link: Path, new: Path) -> None:
    """Point the link at the new folder by one rename; the folder before it stays for those who are reading it."""
    before = link.readlink().name if link.is_symlink() else None
    beside = link.with_name(f".{link.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(new.name, target_is_directory=True)
    beside.replace(link)
    for old in link.parent.glob(f".{PARQUET_NAME}-*"):
        if old.name not in {new.name, before}:
            shutil.rmtree(old)


def _remove(path: Path) -> None:
    for left_over in (path, path.with_name(path.name + ".wal")):
        left_over.unlink(missing_ok=True)
