"""What a publication consists of: the rows of each table, day by day, known by fingerprints that the rows alone decide."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import xor

import duckdb

from schemas.projection import columns, facts, literal, period_column, quoted
from schemas.table import Table

FEW_ROWS = 20_000
"""A table that has no more rows is written whole; a larger one in parts."""


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
    """The rows of one day of a table, or of several days."""

    rows: int
    fingerprint: int
    """Made of every value of every row, in whatever order they lie."""


Parts = Mapping[dt.date | None, Part]
"""All rows of a table by the day they happened on, or the first day of the period they count; under None where rows have neither."""


def parts_of(
    connection: duckdb.DuckDBPyConnection, contract: type[Table], rows: str, fingerprint: str | None = None, day: str | None = None
) -> Parts:
    """The parts of a table whose rows this query gives; reads every value once.

    ``fingerprint`` and ``day`` are columns of the query that say so already.
    """
    of_all = f"bit_xor({fingerprint or fingerprint_of_row(contract)})"
    found = connection.execute(f"SELECT {day or day_of_row(contract)} AS day, count(*), {of_all} FROM ({rows}) GROUP BY ALL")
    return {of_day: Part(count, fingerprint_of_all) for of_day, count, fingerprint_of_all in found.fetchall()}


def united(one: Parts, other: Parts) -> Parts:
    """The parts of a table of which some rows are here and others there."""
    return {day: _together([parts[day] for parts in (one, other) if day in parts]) for day in one.keys() | other.keys()}


def fingerprint_of_row(contract: type[Table], *, typed: bool = False) -> str:
    """The fingerprint of one row, as SQL: of all its values, which ``typed`` makes those of the contract's types."""
    names = [(quoted(column.name), column.sql_type) for column in columns(contract)]
    return f"hash({', '.join(f'CAST({name} AS {sql_type})' if typed else name for name, sql_type in names)})"


def months_of(parts: Parts) -> Mapping[dt.date, Part]:
    """The parts of a table that is cut, put together by month, in order."""
    days = sorted((day, part) for day, part in parts.items() if day)
    return {month: _together([part for _, part in of]) for month, of in groupby(days, key=lambda one: one[0].replace(day=1))}


def differing(one: Parts, other: Parts) -> set[dt.date | None]:
    """The days whose rows are not the same."""
    return {day for day in one.keys() | other.keys() if one.get(day) != other.get(day)}


def is_cut(contract: type[Table], parts: Parts) -> bool:
    """Whether a table is written in parts."""
    return _day(contract) is not None and not is_small(parts)


def is_small(parts: Parts) -> bool:
    """Whether a table has so few rows that it is written whole."""
    return row_count(parts) <= FEW_ROWS


def row_count(parts: Parts) -> int:
    """The rows of a table."""
    return sum(part.rows for part in parts.values())


def on_days(contract: type[Table], days: Collection[dt.date | None]) -> str:
    """The condition, as SQL, under which a row of a table that is cut is of one of these days."""
    return f"{quoted(_day(contract) or '')} IN ({', '.join(_date(day) for day in sorted(filter(None, days)))})"


def in_month(contract: type[Table], month: dt.date) -> str:
    """The condition, as SQL, under which a row of a table that is cut is of the month with this first day; readers skip the others."""
    day = quoted(_day(contract) or "")
    return f"{day} >= {_date(month)} AND {day} < {_date(month)} + INTERVAL 1 MONTH"


def _together(parts: Collection[Part]) -> Part:
    return Part(sum(part.rows for part in parts), reduce(xor, (part.fingerprint for part in parts)))


def _date(day: dt.date) -> str:
    return f"DATE {literal(day.isoformat())}"


def day_of_row(contract: type[Table]) -> str:
    """The day of a row by which a table is cut, as SQL; null where it has none."""
    day = _day(contract)
    return quoted(day) if day else "CAST(NULL AS DATE)"


def _day(contract: type[Table]) -> str | None:
    """The column that says when a row happened, which is never null; else the period that it counts."""
    return facts(contract).get("day") or period_column(contract)
