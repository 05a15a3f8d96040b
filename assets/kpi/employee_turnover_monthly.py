"""How many employees leave, by month and team."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import narwhals as nw
import polars as pl

from assets.derivation import Whole, derive, month_of, with_as_of
from assets.expressions import count_where, ratio, row_status, share_with_interval, to_money
from assets.frames import Eager, Lazy, stacked
from assets.monthly_figures import has_ended, next_month
from assets.parameters import Parameters, weakest
from assets.resolution import is_mature, is_resolved_at_first
from schemas.core.calls import Calls
from schemas.core.employees import Employees
from schemas.core.interactions import Interactions
from schemas.kpi.employee_turnover_monthly import EmployeeTurnoverMonthly
from schemas.projection import columns
from schemas.vocabulary import UNKNOWN

NEW_HIRE_DAYS = 90
PERSONNEL = ("opening_count", "hire_count", "separation_count", "voluntary_count", "new_hire_separation_count", "closing_count")
SERVICE = ("csat_n", "csat_satisfied", "judged_count", "resolved_count", "handled_call_count", "handled_seconds_sum")
PLACE = ("hiring_cost", "training_cost", "ramp_loss")
"""What it takes to fill the place of somebody who left, by the names of the assumptions."""
CELL = ("month_on", "team")
Cell = tuple[dt.date, str]


@derive(
    EmployeeTurnoverMonthly,
    uses=("small_sample", "repeat_window_days", "assumptions"),
    matures_after=with_as_of,
    employees=Whole(Employees),
    calls=Whole(Calls, reads=("started_on", "outcome", "handled_seconds", "team", "ticket_ref")),
    interactions=Whole(
        Interactions,
        reads=(
            *("ticket_ref", "customer_key", "contacted_at", "contacted_on", "is_repeated", "is_reopened"),
            *("is_marked_resolved", "is_resolution_known", "csat_n", "csat_satisfied"),
        ),
    ),
)
def employee_turnover_monthly(employees: Lazy, calls: Lazy, interactions: Lazy, parameters: Parameters) -> Eager:
    """Follow every employment from month to month; put beside it how the team served."""
    served = stacked([_contacts(calls, interactions, parameters), _handling(calls)], CELL, counts=SERVICE, amounts=())
    known = {(month, team): numbers for month, team, *numbers in served.select(*CELL, *SERVICE).collect("polars").iter_rows()}
    rows = [
        (*cell, *numbers, *known.get(cell, (0,) * len(SERVICE)), 0 if has_ended(cell[0], parameters.as_of) else 1)
        for cell, numbers in _followed(employees.collect("polars"), parameters)
    ]
    schema = {"month_on": pl.Date, "team": pl.String} | dict.fromkeys((*PERSONNEL, *SERVICE, "running"), pl.Int64)
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
            **share_with_interval("fcr_gross", "resolved_count", "judged_count"),
            handled_seconds_mean=ratio(nw.col("handled_seconds_sum"), nw.col("handled_call_count")),
            **_cost(parameters),
            both=both,
        )
        .with_columns(status=nw.coalesce(status, row_status("both", 2 * parameters.small_sample)))
        .select(*(column.name for column in columns(EmployeeTurnoverMonthly)))
    )


def _contacts(calls: Lazy, interactions: Lazy, parameters: Parameters) -> Lazy:
    """What became of the contacts that came by calls which a team answered, and how they were rated, by month and team."""
    judged = is_mature(parameters) & nw.col("is_resolution_known")
    return (
        _answered(calls)
        .filter(~nw.col("ticket_ref").is_null())
        .select("team", "ticket_ref")
        .unique()
        .join(interactions, on="ticket_ref", how="inner")
        .with_columns(month_on=month_of("contacted_on"))
        .group_by(*CELL)
        .agg(
            csat_n=nw.col("csat_n").sum(),
            csat_satisfied=nw.col("csat_satisfied").sum(),
            judged_count=count_where(judged),
            resolved_count=count_where(judged & is_resolved_at_first()),
        )
    )


def _handling(calls: Lazy) -> Lazy:
    """How long the team's calls took, by month and team."""
    return (
        _answered(calls)
        .filter(~nw.col("handled_seconds").is_null())
        .with_columns(month_on=month_of("started_on"))
        .group_by(*CELL)
        .agg(handled_call_count=nw.len(), handled_seconds_sum=nw.col("handled_seconds").sum())
    )


def _answered(calls: Lazy) -> Lazy:
    return calls.filter((nw.col("outcome") == "answered") & (nw.col("team") != UNKNOWN))


def _cost(parameters: Parameters) -> dict[str, nw.Expr]:
    """What the separations cost, by what each one is declared to."""
    declared = [parameters.assumption(name) for name in PLACE]

    def cost(each: float) -> nw.Expr:
        return to_money(nw.col("separation_count").cast(nw.Float64) * each)

    return {
        "turnover_cost_amount": cost(sum(one.value for one in declared)),
        "turnover_cost_low_amount": cost(sum(one.low for one in declared)),
        "turnover_cost_high_amount": cost(sum(one.high for one in declared)),
        "turnover_cost_basis": nw.lit(weakest(*(one.basis for one in declared))),
    }


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
            month, headcount = next_month(month), closing


def _last_month(days: list[dt.date], parameters: Parameters) -> dt.date:
    """The month in which the data end: as of the run, or with the last day that is spoken of."""
    end = max(days, default=dt.date.min) if parameters.as_of is None else (parameters.as_of - dt.timedelta(hours=12)).date()
    return end.replace(day=1)
