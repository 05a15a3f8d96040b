"""The published Parquet files: a folder for each publication, in which files that did not change are those of the one before."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from pipelines.durability import flush
from pipelines.publishing.contents import Contents
from pipelines.publishing.database import BUILT, attached
from pipelines.publishing.parts import Parts, in_month, is_cut, months_of
from schemas.projection import literal, quoted, table_name
from schemas.table import Table

_FORMAT = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
"""Of this level are files as small as of the usual one, and written faster."""

_AT_A_TIME = 4
"""Files written beside each other: a month has few rows, of which DuckDB writes one group after the other."""


def build_parquet(
    connection: duckdb.DuckDBPyConnection, contracts: Sequence[type[Table]], contents: Contents, built: Path, previous: Path, target: Path
) -> None:
    """The tables of the new database as files in its order, ``<table>/<month or all>-<fingerprint>.parquet``.

    A name says what a file holds, so one that the previous publication has under the same name is shared with it.
    """
    folders: list[Path] = []
    lacking: list[tuple[str, Path]] = []
    for contract in contracts:
        name = table_name(contract)
        folder = target / name.split(".")[1]
        folder.mkdir(parents=True)
        folders.append(folder)
        for file, chosen in _files(contract, contents.parts[name], contents.made_as[name]):
            if not _share(previous / folder.name / file, folder / file):
                lacking.append((f"SELECT * FROM {quoted(f'{BUILT}.{name}')} {chosen}", folder / file))

    def write(one: tuple[str, Path]) -> None:
        rows, file = one
        with connection.cursor() as own:
            own.execute(f"COPY ({rows}) TO {literal(str(file))} ({_FORMAT})")
        flush(file)

    with attached(connection, built, "READ_ONLY"), ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="parquet") as threads:
        list(threads.map(write, lacking))  # which raises the first fault, and begins nothing behind it
    for folder in folders:
        flush(folder)


def _files(contract: type[Table], parts: Parts, made_as: str) -> Iterator[tuple[str, str]]:
    """The files of a table, and the condition under which a row belongs to each."""
    if not is_cut(contract, parts):
        yield f"all-{_fingerprint(parts, made_as)}.parquet", ""
        return
    for month, part in months_of(parts).items():
        yield f"{month:%Y-%m}-{_fingerprint({month: part}, made_as)}.parquet", f"WHERE {in_month(contract, month)}"


def _fingerprint(parts: Parts, made_as: str) -> str:
    """Of how the rows were made too: columns may have other names, or keys be hashed in another way."""
    said = [made_as, *sorted((str(month), part.rows, part.fingerprint) for month, part in parts.items())]
    return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()


def _share(old: Path, new: Path) -> bool:
    """Have a file of the previous publication in this one too, without a copy where the file system can."""
    if not old.exists():
        return False
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
        flush(new)
    return True
