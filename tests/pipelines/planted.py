"""The demo company after one run over all its days, and what it says of itself: shared by all tests of planted truth.

The run takes minutes: the files whose tests take it are called test_planted_*, which one worker runs (tests/scheduling.py).
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.demo import write_demo
from pipelines.inbox import Inbox
from pipelines.published import kpi_table, query, rows
from pipelines.runs import RunResult, run_days
from pipelines.settings import Settings, load_settings

DAYS = 120

Row = dict[str, Any]
NAMED: Mapping[str, Callable[[dt.date], str]] = {
    "month_on": lambda day: f"{day:%Y-%m}",
    "quarter_on": lambda day: f"{day:%Y}-Q{(day.month + 2) // 3}",
}
"""Periods by their first day, as the truth names them."""


class Company:
    """The demo company after one run over all its days."""

    def __init__(self, folder: Path) -> None:
        write_demo(folder, days=DAYS)
        self.truth: dict[str, Any] = json.loads((folder / "truth.json").read_text())
        self.settings: Settings = load_settings(folder / "kpis.toml")
        days = Inbox(self.settings.inbox_url).arrival_days(self.settings.feeds)
        self.result: RunResult = run_days(self.settings, days[0], days[-1])

    def months(self, table: str, *by: str) -> dict[Any, Row]:
        """Published rows by month (and the columns asked for), as `kpis show` sums them."""
        return self._summed(table, "month", by)

    def quarters(self, table: str, *by: str) -> dict[Any, Row]:
        """Likewise by quarter, such as 2026-Q3."""
        return self._summed(table, "quarter", by)

    def _summed(self, table: str, per: str, by: tuple[str, ...]) -> dict[Any, Row]:
        found = rows(self.settings.published_path, kpi_table(table), by=by, per=per)
        period, named = found.columns[0], NAMED[f"{per}_on"]
        return {(named(row[period]), *(row[key] for key in by)) if by else named(row[period]): row for row in found.iter_rows(named=True)}

    def published(self, table: str) -> list[Row]:
        """The rows of a published table as they are, a month as 2026-07 and a quarter as 2026-Q3."""
        found = self.query(f"FROM kpi.{table}").rows(named=True)
        return [{name: NAMED[name](value) if name in NAMED else value for name, value in row.items()} for row in found]

    def query(self, sql: str) -> pl.DataFrame:
        """Rows of a query of the published tables."""
        return query(self.settings.published_path, sql)


def truth_of(company: Company, part: str) -> dict[str, Any]:
    """What was planted in each month that has it."""
    return {month: said[part] for month, said in company.truth["months"].items() if said.get(part)}


def truth_of_quarters(company: Company, part: str) -> dict[str, Any]:
    """Likewise in each quarter."""
    return {quarter: said[part] for quarter, said in company.truth["quarters"].items() if said.get(part)}


def close(value: float | None) -> Any:
    """What a figure may be apart from rounding; null stays null."""
    return None if value is None else pytest.approx(value)


def flat(nested: Mapping[str, Any], depth: int) -> dict[Any, Any]:
    """A mapping of mappings by the keys of as many levels."""
    if depth == 1:
        return {(key,): value for key, value in nested.items()}
    return {(key, *more): value for key, inner in nested.items() for more, value in flat(inner, depth - 1).items()}


def counted(found: Mapping[Any, Row], names: Iterable[str]) -> dict[Any, tuple[Any, ...]]:
    """Columns of the rows, but for the rows in which nothing was counted."""
    return _but_for_nothing({key: tuple(row[name] for name in names) for key, row in found.items()})


def planted(said: Mapping[Any, Mapping[str, Any]], names: Iterable[str | Callable[[Mapping[str, Any]], int]]) -> dict[Any, tuple[Any, ...]]:
    """The same of the truth; what it does not speak of is 0."""
    return _but_for_nothing(
        {key: tuple(name(figures) if callable(name) else figures.get(name, 0) for name in names) for key, figures in said.items()}
    )


def _but_for_nothing(counts: dict[Any, tuple[Any, ...]]) -> dict[Any, tuple[Any, ...]]:
    return {key: values for key, values in counts.items() if any(values)}
