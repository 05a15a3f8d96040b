"""Whether later service quality goes with employee turnover: rank correlations over team-months."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw
import polars as pl

from assets.derivation import Whole, derive, with_as_of
from assets.expressions import row_status
from assets.frames import Eager, Lazy
from assets.monthly_figures import has_ended
from assets.parameters import Parameters
from assets.statistics.rank_correlation import spearman
from schemas.kpi.employee_turnover_link import EmployeeTurnoverLink
from schemas.kpi.employee_turnover_monthly import EmployeeTurnoverMonthly
from schemas.projection import columns
from schemas.vocabulary import TEAM_MEASURES

LAGS = (1, 2, 3)
TeamMonths = Mapping[tuple[str, dt.date], Mapping[str, Any]]


@derive(EmployeeTurnoverLink, uses=("small_sample",), matures_after=with_as_of, turnover=Whole(EmployeeTurnoverMonthly))
def employee_turnover_link(turnover: Lazy, parameters: Parameters) -> Eager:
    """Pair each team-month's turnover with the team's quality of a later month; no rows without any team."""
    rows = turnover.select("team", "month_on", "turnover", *TEAM_MEASURES).collect("polars").rows(named=True)
    over = {(row["team"], row["month_on"]): row for row in rows if has_ended(row["month_on"], parameters.as_of)}
    schema = {column.name: column.dtype for column in columns(EmployeeTurnoverLink) if column.name != "status"}
    links = [_link(over, lag, measure) for lag in LAGS for measure in TEAM_MEASURES] if rows else []
    return nw.from_native(pl.DataFrame(links, schema=schema, orient="row"), eager_only=True).with_columns(
        status=nw.when(nw.col("rho").is_null()).then(nw.lit("no_data")).otherwise(row_status("pair_count", parameters.small_sample))
    )


def _link(over: TeamMonths, lag: int, measure: str) -> tuple[object, ...]:
    pairs = sorted(_pairs(over, lag, measure))
    found = spearman([(one, other) for _, _, one, other in pairs])
    return lag, measure, len(pairs), len({team for team, *_ in pairs}), found.rho, found.p, found.gap


def _pairs(over: TeamMonths, lag: int, measure: str) -> Iterator[tuple[str, dt.date, float, float]]:
    for (team, month), row in over.items():
        later = over.get((team, _later(month, lag)))
        if row["turnover"] is not None and later is not None and later[measure] is not None:
            yield team, month, row["turnover"], later[measure]


def _later(month: dt.date, months: int) -> dt.date:
    years, place = divmod(month.month - 1 + months, 12)
    return month.replace(year=month.year + years, month=place + 1)
