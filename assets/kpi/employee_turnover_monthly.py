"""How many employees leave, by month and team."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import narwhals as nw
import polars as pl

from assets.derivation import Whole, derive, month_of, with_as_of
from assets.expressions import ratio, row_status, share_with_interval
from assets.frames import Eager, Lazy
from assets.monthly_figures import has_ended
from assets.parameters import Parameters
from schemas.core.calls import Calls
from schemas.core.employees import Employees
from schemas.core.interactions import Interactions
from schemas.kpi.employee_turnover_monthly import EmployeeTurnoverMonthly
from schemas.projection import columns
from schemas.vocabulary import UNKNOWN

NEW_HIRE_DAYS = 90
PERSONNEL = ("opening_count", "hire_count", "separation_count", "voluntary_count", "new_hire_separation_count", "closing_count")
Cell = tuple[dt.date, str]


@derive(
    EmployeeTurnoverMonthly,
    uses=("small_sample",),
    matures_after=with_as_of,
    employees=Whole(Employees),
    calls=Whole(Calls),
    interactions=Whole(Interactions),
)
def employee_turnover_monthly(employees: Lazy, calls: Lazy, interactions: Lazy, parameters: Parameters) -> Eager:
    """Follow every employment from month to month; put the ratings of the team's calls beside it."""
    rated = {(month, team): ratings for month, team, *ratings in _ratings(calls, interactions).collect("polars").iter_rows()}
    rows = [
        (*cell, *numbers, *rated.get(cell, (0, 0)), 0 if has_ended(cell[0], parameters.as_of) else 1)
        for cell, numbers in _followed(employees.collect("polars"), parameters)
    ]
    schema = {"month_on": pl.Date, "team": pl.String} | dict.fromkeys((*PERSONNEL, "csat_n", "csat_satisfied", "running"), pl.Int64)
    both = nw.col("opening_count") + nw.col("closing_count")
    status = nw.when((nw.col("running") > 0) & (both > 0)).then(nw.lit("immature"))
    return (
        nw.from_native(pl.DataFrame(rows, schema=schema, orient="row"), eager_only=True)
        .with_columns(
            turnover=ratio(nw.col("separation_count") * 2, both),
            annual_turnover=ratio(nw.col("separation_count") * 24, both),
            annual_voluntary_turnover=ratio(nw.col("voluntary_count") * 24, both),
            **share_with_interval("new_hire_share", "new_hire_separation_count", "separation_count"),
            **share_with_interval("csat_top2", "csat_satisfied", "csat_n"),
            both=both,
        )
        .with_columns(status=nw.coalesce(status, row_status("both", 2 * parameters.small_sample)))
        .select(*(column.name for column in columns(EmployeeTurnoverMonthly)))
    )


def _ratings(calls: Lazy, interactions: Lazy) -> Lazy:
    """Ratings of the contacts that came by calls which a team answered, by month and team."""
    answered = calls.filter((nw.col("outcome") == "answered") & (nw.col("team") != UNKNOWN) & ~nw.col("ticket_ref").is_null())
    return (
        answered.select("team", "ticket_ref")
        .unique()
        .join(interactions.select("ticket_ref", "contacted_on", "csat_n", "csat_satisfied"), on="ticket_ref", how="inner")
        .with_columns(month_on=month_of("contacted_on"))
        .group_by("month_on", "team")
        .agg(csat_n=nw.col("csat_n").sum().cast(nw.Int64), csat_satisfied=nw.col("csat_satisfied").sum().cast(nw.Int64))
        .select("month_on", "team", "csat_n", "csat_satisfied")
    )


def _followed(employees: Eager, parameters: Parameters) -> Iterator[tuple[Cell, tuple[int, ...]]]:
    """Headcounts, hires and separations of every month in which a team had anybody."""
    hires, separations, voluntary, of_new = (Counter[Cell]() for _ in range(4))
    employments = employees.select("team", "hired_on", "left_on", "leaving_reason").rows()
    last = _last_month([day for _, hired, left, _ in employments for day in (hired, left) if day], parameters)
    for team, hired, left, reason in employments:
        hires[hired.replace(day=1), team] += 1
        if left:
            cell = (left.replace(day=1), team)
            separations[cell] += 1
            voluntary[cell] += reason == "voluntary"
            of_new[cell] += (left - hired).days < NEW_HIRE_DAYS
    for team in sorted({team for _, team in hires}):
        month, headcount = min(month for month, name in hires if name == team), 0
        while month <= last:
            cell = (month, team)
            closing = headcount + hires[cell] - separations[cell]
            if headcount or hires[cell] or separations[cell]:
                yield cell, (headcount, hires[cell], separations[cell], voluntary[cell], of_new[cell], closing)
            month, headcount = (month + dt.timedelta(days=31)).replace(day=1), closing


def _last_month(days: list[dt.date], parameters: Parameters) -> dt.date:
    """The month in which the data end: as of the run, or with the last day that is spoken of."""
    end = max(days, default=dt.date.min) if parameters.as_of is None else (parameters.as_of - dt.timedelta(hours=12)).date()
    return end.replace(day=1)
