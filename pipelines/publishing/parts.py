"""What a publication consists of: the rows of each table, month by month, known by fingerprints that the rows alone decide."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb

from schemas.projection import columns, facts, literal, period_column, quoted
from schemas.table import Table

FEW_ROWS = 20_000
"""A table that has no more rows is written whole; a larger one month by month."""


@dataclass(frozen=True)
class Source:
    """Where the rows of a published table come from: a query of the warehouse."""

    rows: str
    decided_by: str | None = None
    """A query of as many rows from which they follow, and which costs less; where there is one."""

    @property
    def deciding(self) -> str:
        """The query whose rows say whether the rows are the same."""
        return self.decided_by or self.rows


@dataclass(frozen=True)
class Part:
    """The rows of one month of a table."""

    rows: int
    fingerprint: int
    """Made of every value of every row, in whatever order they lie."""


Parts = Mapping[dt.date | None, Part]
"""All rows of a table by the first day of their month; under None where rows have no day."""


def parts_of(connection: duckdb.DuckDBPyConnection, contract: type[Table], rows: str, *, typed: bool = False) -> Parts:
    """The parts of a table whose rows this query gives; reads every value once. ``typed`` makes them those of the contract's types."""
    names = [(quoted(column.name), column.sql_type) for column in columns(contract)]
    values = ", ".join(f"CAST({name} AS {sql_type})" if typed else name for name, sql_type in names)
    found = connection.execute(f"SELECT {_month(contract)} AS month, count(*), bit_xor(hash({values})) FROM ({rows}) GROUP BY ALL")
    return {month: Part(count, fingerprint) for month, count, fingerprint in found.fetchall()}


def differing(one: Parts, other: Parts) -> set[dt.date | None]:
    """The months whose rows are not the same."""
    return {month for month in one.keys() | other.keys() if one.get(month) != other.get(month)}


def is_cut(contract: type[Table], parts: Parts) -> bool:
    """Whether a table is written month by month."""
    return _day(contract) is not None and row_count(parts) > FEW_ROWS


def row_count(parts: Parts) -> int:
    """The rows of a table."""
    return sum(part.rows for part in parts.values())


def within(contract: type[Table], months: Collection[dt.date | None]) -> str:
    """The condition, as SQL, under which a row of a table that is cut is of one of these months; readers skip what is of others."""
    day = quoted(_day(contract) or "")
    starts = [f"DATE {literal(str(month))}" for month in sorted(filter(None, months))]
    return " OR ".join(f"({day} >= {start} AND {day} < {start} + INTERVAL 1 MONTH)" for start in starts)


def _month(contract: type[Table]) -> str:
    day = _day(contract)
    return f"CAST(date_trunc('month', {quoted(day)}) AS DATE)" if day else "CAST(NULL AS DATE)"


def _day(contract: type[Table]) -> str | None:
    """The column that says when a row happened, which is never null; else the period that it counts."""
    return facts(contract).get("day") or period_column(contract)
