"""Publishing: the new files are built beside the old ones, proven, and swapped in by one rename."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import duckdb

from pipelines.durability import flush
from pipelines.errors import PipelineError
from pipelines.publishing.contents import contents_of, note, noted
from pipelines.publishing.database import build_database
from pipelines.publishing.parquet import build_parquet
from pipelines.publishing.parts import Source, row_count
from schemas.projection import quoted, table_name
from schemas.table import Table

DATABASE_NAME = "kpis.duckdb"
PARQUET_NAME = "parquet"
CONTENTS_NAME = f".{DATABASE_NAME}.contents"


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
    made: Mapping[type[Table], Source] = MappingProxyType({}),
) -> Publication:
    """Publish these tables as one DuckDB file and as Parquet; ``made`` says where those come from that are stored nowhere.

    A reader sees the old publication or the new one, never a mixture of two and never a half-written file; one
    that has the old file open keeps reading it. What did not change since the publication before is taken from it.
    Raises PipelineError where publishing would be unsafe.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database, parquet = folder / DATABASE_NAME, folder / PARQUET_NAME
    _refuse_wal(database)
    building = folder / f".{DATABASE_NAME}.building"
    sources = {contract: made.get(contract) or Source(f"SELECT * FROM {quoted(table_name(contract))}") for contract in contracts}
    contents = contents_of(connection, sources)
    build_database(connection, sources, contents, noted(database, folder / CONTENTS_NAME), database, building)
    new_parquet = folder / f".{PARQUET_NAME}-{1 + max(map(_number, _parquet_folders(folder)), default=0)}"
    build_parquet(connection, contracts, contents, building, parquet, new_parquet)
    building.chmod(0o440)
    flush(building)
    building.replace(database)
    note(contents, database, folder / CONTENTS_NAME)
    _swap(parquet, new_parquet)
    flush(folder)
    return Publication(database, parquet, {name: row_count(parts) for name, parts in contents.parts.items()})


def _refuse_wal(database: Path) -> None:
    """Some client has opened the published file for writing; its left-over log would be replayed into the new file."""
    wal = database.with_name(database.name + ".wal")
    if wal.exists():
        raise PipelineError(
            f"{wal} lies beside the published database, so some program has it open for writing; "
            "close that program, delete the .wal file, and publish again."
        )


def _parquet_folders(folder: Path) -> list[Path]:
    return list(folder.glob(f".{PARQUET_NAME}-*"))


def _number(parquet_folder: Path) -> int:
    return int(parquet_folder.name.rpartition("-")[2])


def _swap(link: Path, new: Path) -> None:
    """Point the link at the new folder by one rename; the folder before it stays for those who are reading it."""
    before = link.readlink().name if link.is_symlink() else None
    beside = link.with_name(f".{link.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(new.name, target_is_directory=True)
    beside.replace(link)
    for old in _parquet_folders(link.parent):
        if old.name not in {new.name, before}:
            shutil.rmtree(old)
