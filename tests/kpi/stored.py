"""A computed frame as the warehouse would store it: every column cast to its contract by DuckDB."""

from functools import cache

import duckdb
import polars as pl

from assets.frames import Frame
from schemas.projection import columns, quoted
from schemas.table import Table
from tests.core.rows import polars


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def stored(contract: type[Table], frame: Frame) -> pl.DataFrame:
    """The rows under their contract's types, in which the contract holds for each of them."""
    casts = ", ".join(f"CAST({quoted(column.name)} AS {column.sql_type}) AS {quoted(column.name)}" for column in columns(contract))
    validated: pl.DataFrame = contract.validate(selected(connection().from_arrow(polars(frame).to_arrow()), casts).pl())
    return validated


def evaluated(rows: pl.DataFrame, expression: str) -> list[object]:
    """An SQL expression over the columns of each row."""
    return [row[0] for row in selected(connection().from_arrow(rows.to_arrow()), expression).fetchall()]


def selected(rows: duckdb.DuckDBPyRelation, expressions: str) -> duckdb.DuckDBPyRelation:
    """These expressions over each row of a relation."""
    found = rows.query("given", f"SELECT {expressions} FROM given")
    assert found is not None
    return found
