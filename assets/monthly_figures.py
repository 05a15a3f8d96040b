"""The published figures of a month, made from additive columns: what benchmarks and targets are held against."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from assets.derivation import month_of
from assets.expressions import net_promoters, wilson
from assets.frames import Eager, Lazy
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.projection import Column, additive, columns, grain, table_name
from schemas.table import Table

TABLES: Mapping[str, type[Table]] = {
    "satisfaction": SatisfactionDaily,
    "resolution": FirstContactResolutionDaily,
    "times": TicketTimesDaily,
    "costs": CostPerSaleMonthly,
}
"""The tables whose figures are compared, by the name under which functions take them."""

IMMATURE = "n_immature"
_DENOMINATOR = re.compile(r"/ (\w+)(?: END)?$")
"""What a formula divides by, where that is one column; a formula may first ask whether anything was spent."""


@dataclass(frozen=True)
class Monthly:
    """One figure of one month. What is counted whole, such as a cost, has no interval; what is divided by money has no n."""

    month: dt.date
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    immature: int


def next_month(month: dt.date) -> dt.date:
    """First day of the month after."""
    return (month.replace(day=1) + dt.timedelta(days=31)).replace(day=1)


def has_ended(month: dt.date, as_of: dt.datetime | None) -> bool:
    """Whether a month is over by the end of the data; in the east a business day ends up to 14 hours before the day of UTC does."""
    return as_of is None or dt.datetime.combine(next_month(month), dt.time()) - dt.timedelta(hours=14) <= as_of


def short_name(contract: type[Table]) -> str:
    """Name of a table without its layer, as benchmarks and targets give it."""
    return table_name(contract).split(".")[1]


def compared_figures(contract: type[Table]) -> tuple[Column, ...]:
    """The figures of a table that its formulas give for any set of rows, with one column that they are divided by."""
    return tuple(column for column in columns(contract) if _DENOMINATOR.search(column.formula or ""))


def definition_key(kpi: str, figure: str) -> str:
    """What a figure's definition is called: by its table and column, which name one formula."""
    return f"{kpi}.{figure}"


def is_low_good(contract: type[Table], figure: str) -> bool:
    """Whether less of a figure is better: of time and of costs."""
    (unit,) = (column.unit or "" for column in columns(contract) if column.name == figure)
    return unit == "seconds" or unit.startswith("money per ")


def summed(rows: Lazy, contract: type[Table], by: Sequence[str] = ()) -> Eager:
    """Sums of the additive columns by month and further columns, in order of the months."""
    (day,) = (column.name for column in columns(contract) if column.sql_type == "DATE" and column.name in grain(contract))
    return (
        rows.with_columns(month_on=month_of(day))
        .group_by("month_on", *by)
        .agg(**{name: nw.col(name).sum().cast(nw.Float64) for name in additive(contract)})
        .sort("month_on", *by)
        .collect("polars")
    )


def monthly(sums: Eager, contract: type[Table], figure: str) -> list[Monthly]:
    """A figure of every month of the sums, with its interval.

    A share has its Wilson interval. A mean score has the one of a share as large, which is too wide if anything: of all ratings
    with that mean those at the ends of the scale vary most (Bhatia and Davis 2000). NPS has the adjusted Wald interval.
    """
    (column,) = (column for column in compared_figures(contract) if column.name == figure)
    formula = column.formula or ""
    (denominator,) = _DENOMINATOR.findall(formula)
    figures: pl.DataFrame = sums.to_native().select("month_on", *additive(contract), pl.sql_expr(formula).alias("value"))
    low, high = _interval(contract, figure)
    n = nw.col(denominator)
    immature = nw.col(IMMATURE) if IMMATURE in additive(contract) else nw.lit(0.0)
    known = nw.from_native(figures, eager_only=True).with_columns(
        value=nw.when(n != 0.0).then(nw.col("value")), n=n, immature=immature, k=nw.col("value") * n
    )
    is_money = {column.name: column.sql_type for column in columns(contract)}[denominator].startswith("DECIMAL")
    named = known.select("month_on", "value", low=low, high=high, n="n", immature="immature").iter_rows(named=True)
    return [
        Monthly(
            month=row["month_on"],
            value=row["value"],
            low=None if row["value"] is None else row["low"],
            high=None if row["value"] is None else row["high"],
            n=None if is_money else int(row["n"]),
            immature=int(row["immature"]),
        )
        for row in named
    ]


def _interval(contract: type[Table], figure: str) -> tuple[nw.Expr, nw.Expr]:
    if figure == "nps":
        ends = net_promoters()
        return ends["nps_ci_low"], ends["nps_ci_high"]
    bounds = {check.name for check in contract.to_schema().columns[figure].checks}
    if "less_than_or_equal_to" in bounds:
        return wilson(nw.col("k"), nw.col("n"))
    unknown = nw.lit(None, dtype=nw.Float64)
    return unknown, unknown
