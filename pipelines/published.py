"""Reading the published tables: rows re-aggregated over any columns by the formulas of their contracts."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import duckdb
import polars as pl

from pipelines.errors import PipelineError
from pipelines.publishing.publish import DATABASE_NAME
from schemas.catalogue import KPI
from schemas.projection import additive, columns, grain, period_column, quoted, table_name
from schemas.table import Table

Ask = Callable[[str, Sequence[object]], pl.DataFrame]
"""Gives the rows of a query, with values for its question marks: of the published file, or of the warehouse before it is published."""


def kpi_table(name: str) -> type[Table]:
    """The contract of a KPI by its table's name, with or without the layer in front."""
    by_name = {table_name(table).removeprefix("kpi."): table for table in KPI}
    try:
        return by_name[name.removeprefix("kpi.")]
    except KeyError:
        raise PipelineError(f"There is no KPI {name!r}; there are {', '.join(sorted(by_name))}.") from None


def rows(
    folder: Path,
    table: type[Table],
    *,
    by: Sequence[str] = (),
    since: dt.date | None = None,
    per: str | None = None,
    where: Mapping[str, object] = MappingProxyType({}),
) -> pl.DataFrame:
    """Sums of a published table's additive columns, and the figures that its formulas give over those sums.

    ``by`` names columns of the grain; ``per`` cuts the period to ``week``, ``month`` or ``quarter`` and puts it in front;
    ``where`` keeps only the rows with these values in columns of the grain. A table without a period is given as it is.
    A figure whose denominator is 0 is null.
    """
    return query(folder, *summing(table, by=by, since=since, per=per, where=where))


def summing(
    table: type[Table],
    *,
    by: Sequence[str] = (),
    since: dt.date | None = None,
    per: str | None = None,
    where: Mapping[str, object] = MappingProxyType({}),
) -> tuple[str, list[object]]:
    """The query that gives `rows`, and its values."""
    period = period_column(table)
    if unknown := [name for name in (*by, *where) if name not in grain(table)]:
        raise PipelineError(f"{table_name(table)} has no column {unknown[0]!r} to tell rows apart by; there are {', '.join(grain(table))}.")
    conditions = {f"{quoted(column)} = ?": value for column, value in where.items()}
    name = quoted(table_name(table))
    if period is None:
        return f"SELECT * FROM {name}{_where(conditions)}", list(conditions.values())
    if since is not None:
        conditions[f"{quoted(period)} >= ?"] = since
    cut = quoted(period) if per is None else f"CAST(date_trunc('{per}', {quoted(period)}) AS DATE)"
    keys = [f"{cut} AS {quoted(period)}", *(quoted(column) for column in by)]
    types = {column.name: "BIGINT" if column.sql_type == "BIGINT" else "DECIMAL(38,4)" for column in columns(table)}
    sums = [f"CAST(sum({quoted(column)}) AS {types[column]}) AS {quoted(column)}" for column in additive(table)]
    figures = [
        f"CASE WHEN isfinite(CAST(({column.formula}) AS DOUBLE)) THEN CAST(({column.formula}) AS DOUBLE) END AS {quoted(column.name)}"
        for column in columns(table)
        if column.formula
    ]
    positions = ", ".join(str(number) for number in range(1, len(keys) + 1))
    summed = f"SELECT {', '.join([*keys, *sums])} FROM {name}{_where(conditions)} GROUP BY {positions}"
    return f"SELECT {', '.join(['*', *figures])} FROM ({summed}) ORDER BY {positions}", list(conditions.values())


def _where(conditions: Collection[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def query(folder: Path, sql: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
    """Rows of a query of the published database; PipelineError when nothing is published yet."""
    database = folder / DATABASE_NAME
    if not database.exists():
        raise PipelineError(f"Nothing is published in {folder} yet; run `kpis run` or `kpis backfill` first.")
    with duckdb.connect(database, read_only=True) as connection:
        found: pl.DataFrame = connection.sql(sql, params=list(parameters)).pl()
        return found
