"""What is read off a contract: its columns, DDL, comments and the data dictionary. Nothing here computes data."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl
from pandera.dtypes import DataType

from schemas.table import Table

VERSION_ID = "version_id"
"""First column of every stored raw table; see `ledger.versions`."""

_SQL_TYPES: Mapping[Any, str] = {
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.String: "VARCHAR",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMP",
}


@dataclass(frozen=True)
class Column:
    """One column as its contract describes it."""

    name: str
    dtype: pl.DataType
    sql_type: str
    is_nullable: bool
    description: str
    unit: str | None = None
    formula: str | None = None
    method: str | None = None


@cache
def table_name(table: type[Table]) -> str:
    """The full name, ``layer.table``: also the asset key and the name of the files that belong to it."""
    name: str | None = table.to_schema().name
    if not name or name.count(".") != 1:
        raise ValueError(f"Contract {table.__name__}: Config.name must be 'layer.table', not {name!r}.")
    return name


def layer(table: type[Table]) -> str:
    """The part of the name before the dot: raw, core, kpi or ledger."""
    return table_name(table).split(".")[0]


@cache
def columns(table: type[Table]) -> tuple[Column, ...]:
    """The contract's columns in order."""
    return tuple(
        _column(table, name, column.dtype, nullable=column.nullable, description=column.description, metadata=column.metadata or {})
        for name, column in table.to_schema().columns.items()
    )


@cache
def stored_columns(table: type[Table]) -> tuple[Column, ...]:
    """The columns the warehouse stores: for a raw table the contract's behind the version they belong to."""
    if layer(table) != "raw":
        return columns(table)
    version = Column(VERSION_ID, pl.Int64(), "BIGINT", is_nullable=False, description="The version in ledger.versions.")
    return (version, *columns(table))


@cache
def grain(table: type[Table]) -> tuple[str, ...]:
    """The columns that together name a row."""
    unique = table.to_schema().unique or []
    return (unique,) if isinstance(unique, str) else tuple(unique)


def period_column(table: type[Table]) -> str | None:
    """The date in the table's grain, where it has one."""
    dates = [column.name for column in columns(table) if column.sql_type == "DATE" and column.name in grain(table)]
    return dates[0] if dates else None


def additive(table: type[Table]) -> tuple[str, ...]:
    """The columns of a KPI table whose sums over rows mean the same for all those rows: counts and amounts without a method."""
    return tuple(
        column.name
        for column in columns(table)
        if column.name not in grain(table)
        and (column.sql_type == "BIGINT" or column.sql_type.startswith("DECIMAL"))
        and column.method is None
    )


def summary(table: type[Table]) -> str:
    """The first paragraph of the contract's docstring, on one line."""
    return " ".join((table.__doc__ or "").strip().split("\n\n")[0].split())


def explanation(table: type[Table]) -> str:
    """The contract's whole docstring, without the indentation that Markdown would take for code."""
    return inspect.getdoc(table) or ""


def facts(table: type[Table]) -> Mapping[str, str]:
    """What ``Config.metadata`` says of the whole table: cohort, source, owner."""
    return getattr(table.Config, "metadata", {})


def quoted(identifier: str) -> str:
    """An SQL identifier, quoted; a dotted name is quoted part by part."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in identifier.split("."))


def all_equal(keys: Sequence[str], one: str, other: str) -> str:
    """The condition, as SQL, that these columns of two relations are the same."""
    return " AND ".join(f"{one}.{quoted(key)} = {other}.{quoted(key)}" for key in keys)


def literal(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def ddl(table: type[Table], *, name: str | None = None, temporary: bool = False) -> str:
    """``CREATE TABLE`` with the contract's columns; the types come from here, never from a frame."""
    body = ", ".join(
        f"{quoted(column.name)} {column.sql_type}{'' if column.is_nullable else ' NOT NULL'}" for column in stored_columns(table)
    )
    return f"CREATE {'TEMPORARY ' if temporary else ''}TABLE {quoted(name or table_name(table))} ({body})"


def comments(table: type[Table], *, name: str | None = None) -> tuple[str, ...]:
    """``COMMENT ON`` statements for the table and each column."""
    target = quoted(name or table_name(table))
    on_table = f"COMMENT ON TABLE {target} IS {literal(summary(table))}"
    on_columns = (f"COMMENT ON COLUMN {target}.{quoted(column.name)} IS {literal(column.description)}" for column in stored_columns(table))
    return (on_table, *on_columns)


def catalogue_rows(tables: Sequence[type[Table]]) -> list[dict[str, object]]:
    """The rows of `kpi.metric_catalogue` for these tables."""
    return [
        {
            "table_name": table_name(table),
            "column_name": column.name,
            "position": position,
            "description": column.description,
            "data_type": column.sql_type,
            "is_nullable": column.is_nullable,
            "is_grain": column.name in grain(table),
            "unit": column.unit,
            "formula": column.formula,
            "method": column.method,
            "cohort": facts(table).get("cohort"),
            "source": facts(table).get("source"),
            "owner": facts(table).get("owner"),
        }
        for table in tables
        for position, column in enumerate(columns(table), start=1)
    ]


def _column(
    table: type[Table], name: str, dtype: DataType, *, nullable: bool, description: str | None, metadata: Mapping[str, Any]
) -> Column:
    if not description:
        raise ValueError(f"Contract {table.__name__}: column {name!r} has no description; add one to its Field.")
    polars_type: pl.DataType = dtype.type
    return Column(
        name=name,
        dtype=polars_type,
        sql_type=_sql_type(polars_type),
        is_nullable=nullable,
        description=description,
        unit=metadata.get("unit"),
        formula=metadata.get("formula"),
        method=metadata.get("method"),
    )


def _sql_type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL({dtype.precision},{dtype.scale})"
    return _SQL_TYPES[dtype.base_type()]
