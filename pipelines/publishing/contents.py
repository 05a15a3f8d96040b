"""What a publication holds, noted beside it: the next one tells by it what changed."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.durability import flush
from pipelines.publishing.parts import Part, Parts, Source, parts_of
from schemas.projection import comments, ddl, table_name
from schemas.table import Table


@dataclass(frozen=True)
class Contents:
    """The parts of every table, and how it was made; by the tables' names."""

    made_as: Mapping[str, str]
    """Hash of a table's columns, descriptions and query, and of what its fingerprints are made with."""
    parts: Mapping[str, Parts]


def contents_of(connection: duckdb.DuckDBPyConnection, sources: Mapping[type[Table], Source]) -> Contents:
    """What a publication of these tables holds now."""
    return Contents(
        {table_name(contract): _made_as(contract, source) for contract, source in sources.items()},
        {table_name(contract): parts_of(connection, contract, source.deciding) for contract, source in sources.items()},
    )


def note(contents: Contents, database: Path, beside: Path) -> None:
    """Write down what the database holds."""
    parts = {
        name: [[day and day.isoformat(), part.rows, part.fingerprint] for day, part in of.items()] for name, of in contents.parts.items()
    }
    building = beside.with_name(f"{beside.name}.building")
    building.write_text(json.dumps({"database": _identity(database), "made_as": contents.made_as, "parts": parts}), encoding="utf-8")
    flush(building)
    building.replace(beside)


def noted(database: Path, beside: Path) -> Contents | None:
    """What the database holds; None where nobody knows, or where it is not the file any more of which that was noted."""
    try:
        said = json.loads(beside.read_text(encoding="utf-8"))
        if said["database"] != _identity(database):
            return None
    except (OSError, ValueError):
        return None
    parts = {
        name: {day and dt.date.fromisoformat(day): Part(rows, fingerprint) for day, rows, fingerprint in of}
        for name, of in said["parts"].items()
    }
    return Contents(said["made_as"], parts)


def _made_as(contract: type[Table], source: Source) -> str:
    parts = (ddl(contract), *comments(contract), source.rows, source.deciding, duckdb.__version__)
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _identity(database: Path) -> list[int]:
    """What changes as soon as anybody writes to the file."""
    found = database.stat()
    return [found.st_size, found.st_mtime_ns]
