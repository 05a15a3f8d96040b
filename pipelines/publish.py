"""From the warehouse to the published files that BI tools read: built beside, proven, swapped in by one rename."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.durability import flush
from pipelines.errors import PipelineError
from schemas.projection import columns, comments, ddl, grain, literal, quoted, table_name
from schemas.table import Table

DATABASE_NAME = "kpis.duckdb"
PARQUET_NAME = "parquet"
STORAGE_VERSION = "v1.0.0"
"""Every DuckDB client from 1.0 on reads it."""


@dataclass(frozen=True)
class Publication:
    """What was published, and where."""

    database: Path
    parquet: Path
    rows: Mapping[str, int]


def publish(connection: duckdb.DuckDBPyConnection, contracts: Sequence[type[Table]], folder: Path) -> Publication:
    """Publish these tables as one DuckDB file and as Parquet.

    A reader sees the old publication or the new one, never a mixture of two and never a half-written file; one
    that has the old file open keeps reading it. Raises PipelineError where publishing would be unsafe.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database, parquet = folder / DATABASE_NAME, folder / PARQUET_NAME
    _refuse_wal(database)
    building = folder / f".{DATABASE_NAME}.building"
    _remove(building)
    rows = _build_database(connection, contracts, building)
    _prove(contracts, rows, building)
    new_parquet = _build_parquet(connection, contracts, folder)
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


def _build_database(connection: duckdb.DuckDBPyConnection, contracts: Sequence[type[Table]], target: Path) -> dict[str, int]:
    connection.execute(f"ATTACH {literal(str(target))} AS publication (STORAGE_VERSION {literal(STORAGE_VERSION)})")
    try:
        connection.execute("BEGIN")
        for schema in sorted({table_name(contract).split(".")[0] for contract in contracts}):
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS publication.{quoted(schema)}")
        rows = {}
        for contract in contracts:
            name = table_name(contract)
            there = f"publication.{name}"
            connection.execute(ddl(contract, name=there))
            connection.execute(f"INSERT INTO {quoted(there)} {_ordered(contract)}")
            for comment in comments(contract, name=there):
                connection.execute(comment)
            rows[name] = int(connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()[0][0])
        connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("DETACH publication")
    return rows


def _prove(contracts: Sequence[type[Table]], rows: Mapping[str, int], built: Path) -> None:
    """Read every value of the file once, from disk; a damaged file often opens and only a full scan finds it."""
    with duckdb.connect(built, read_only=True) as fresh:
        for contract in contracts:
            name = table_name(contract)
            every = ", ".join(f"count({quoted(column.name)})" for column in columns(contract))
            found = fresh.execute(f"SELECT count(*), {every} FROM {quoted(name)}").fetchall()[0][0]
            if found != rows[name]:
                raise PipelineError(f"{name}: {found} rows of {rows[name]} were written to {built}; the old publication stays.")


def _build_parquet(connection: duckdb.DuckDBPyConnection, contracts: Sequence[type[Table]], folder: Path) -> Path:
    number = 1 + max((int(path.name.rpartition("-")[2]) for path in folder.glob(f".{PARQUET_NAME}-*")), default=0)
    new = folder / f".{PARQUET_NAME}-{number}"
    for contract in contracts:
        table_folder = new / table_name(contract).split(".")[1]
        table_folder.mkdir(parents=True)
        target = table_folder / "data.parquet"
        connection.execute(f"COPY ({_ordered(contract)}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)")
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


def _ordered(contract: type[Table]) -> str:
    return f"SELECT * FROM {quoted(table_name(contract))} ORDER BY {', '.join(quoted(column) for column in grain(contract))}"


def _remove(path: Path) -> None:
    for left_over in (path, path.with_name(path.name + ".wal")):
        left_over.unlink(missing_ok=True)
