"""Whether our targets are set well, judged on what we reached."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import polars as pl

from assets.derivation import Whole, derive, with_as_of
from assets.expressions import row_status, share_with_interval
from assets.frames import Eager, Lazy
from assets.monthly_figures import TABLES, compared_figures, definition_key, has_ended, monthly, short_name, summed
from assets.parameters import Parameters
from assets.tolerance_zone import zone_of_tolerance
from schemas.core.benchmarks import Benchmarks
from schemas.core.targets import Targets
from schemas.core.tickets import Tickets
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.target_calibration import TargetCalibration
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.projection import columns, grain
from schemas.table import Table
from schemas.vocabulary import ALL

SCOPE = ("channel", "touchpoint", "segment", "category", "team")
FEWEST_MONTHS = 6
LATER = ("verdict", "status")
Row = Mapping[str, Any]
Months = Sequence[tuple[dt.date, float]]


@derive(
    TargetCalibration,
    uses=("calibration_months", "target_met_often", "target_met_rarely", "reply_bands_hours", "small_sample"),
    matures_after=with_as_of,
    satisfaction=Whole(SatisfactionDaily),
    resolution=Whole(FirstContactResolutionDaily),
    times=Whole(TicketTimesDaily),
    costs=Whole(CostPerSaleMonthly),
    targets=Whole(Targets),
    benchmarks=Whole(Benchmarks),
    tickets=Whole(Tickets),
)
def target_calibration(
    satisfaction: Lazy,
    resolution: Lazy,
    times: Lazy,
    costs: Lazy,
    targets: Lazy,
    benchmarks: Lazy,
    tickets: Lazy,
    parameters: Parameters,
) -> Eager:
    """Hold every target against the mature months of its part of the company."""
    given = {"satisfaction": satisfaction, "resolution": resolution, "times": times, "costs": costs}
    declared = targets.collect("polars").sort("source", "source_record_id").rows(named=True)
    others = benchmarks.collect("polars").sort("period_to_on", "source", "source_record_id").rows(named=True)
    tables = {short_name(contract): (given[name], contract) for name, contract in TABLES.items()}
    rows = []
    for target in declared:
        months = _months(target, tables, parameters)[-parameters.calibration_months :]
        rows.append({**_judged(target, months, _benchmark(target, others)), **zone_of_tolerance(target, months, tickets, parameters)})
    named = [column for column in columns(TargetCalibration) if not column.name.startswith("attainment") and column.name not in LATER]
    frame = pl.DataFrame(rows, schema={column.name: column.dtype for column in named}, orient="row")
    return (
        nw.from_native(frame, eager_only=True)
        .with_columns(**share_with_interval("attainment", "met_count", "month_count"), status=row_status("month_count", FEWEST_MONTHS))
        .with_columns(verdict=_verdict(parameters))
        .select(*(column.name for column in columns(TargetCalibration)))
    )


def _months(target: Row, tables: Mapping[str, tuple[Lazy, type[Table]]], parameters: Parameters) -> Months:
    """The mature months of the target's figure, of the part of the company it holds for; none where there is no such figure."""
    rows, contract = tables.get(target["kpi"], (None, None))
    if rows is None or contract is None or target["figure"] not in {column.name for column in compared_figures(contract)}:
        return []
    spoken_of = {name: target[name] for name in SCOPE if target[name] != ALL}
    if spoken_of.keys() - set(grain(contract)):
        return []
    for name, word in spoken_of.items():
        rows = rows.filter(nw.col(name) == word)
    months = monthly(summed(rows, contract), contract, target["figure"])
    return [
        (month.month, month.value)
        for month in months
        if month.value is not None and not month.immature and has_ended(month.month, parameters.as_of)
    ]


def _benchmark(target: Row, others: Sequence[Row]) -> Row | None:
    """The latest benchmark under our definition, for the target's segment before one for all."""
    for segment in dict.fromkeys((target["segment"], ALL)):
        for other in reversed(others):
            ours = (target["kpi"], target["figure"], segment, definition_key(target["kpi"], target["figure"]))
            if (other["kpi"], other["figure"], other["segment"], other["definition"]) == ours:
                return other
    return None


def _judged(target: Row, months: Months, other: Row | None) -> dict[str, Any]:
    """What was reached, and what would be realistic; goodness is the value, turned around where low values are good."""
    sign = 1 if target["direction"] == "at_least" else -1
    good = pl.Series([sign * value for _, value in months], dtype=pl.Float64)
    names = ("source", "source_record_id", "kpi", "figure", *SCOPE, "direction")
    peers: float | None = None if other is None else other["upper_quartile" if sign > 0 else "lower_quartile"]
    median, fair, best = (_turned(good.quantile(at, "linear"), sign) for at in (0.5, 0.6, 0.9))
    enough = len(months) >= FEWEST_MONTHS
    reachable = [value for value in (best, peers) if value is not None]
    to = max(min(sign * value for value in reachable), sign * fair) * sign if fair is not None else None
    return {
        **{name: target[name] for name in names},
        "target_value": target["value"],
        "first_month_on": months[0][0] if months else None,
        "last_month_on": months[-1][0] if months else None,
        "month_count": len(months),
        "met_count": sum(value >= sign * target["value"] for value in good),
        "own_median": median,
        "own_best_decile": best,
        "benchmark_value": None if other is None else other["value"],
        "peer_best_quartile": peers,
        "suggested_from": fair if enough else None,
        "suggested_to": to if enough else None,
    }


def _turned(goodness: float | None, sign: int) -> float | None:
    return None if goodness is None else sign * goodness


def _verdict(parameters: Parameters) -> nw.Expr:
    """Too low, too high or neither, as the attainment's interval and the distances to us and to others say."""
    target = nw.col("target_value")
    wants_more = nw.col("direction") == "at_least"

    def worse_than(name: str) -> nw.Expr:
        return nw.when(wants_more).then(target < nw.col(name)).otherwise(target > nw.col(name))

    def better_than(name: str) -> nw.Expr:
        return nw.when(wants_more).then(target > nw.col(name)).otherwise(target < nw.col(name))

    def known(condition: nw.Expr, *, otherwise: bool) -> nw.Expr:
        return nw.coalesce(condition, nw.lit(otherwise))

    often = known(nw.col("attainment_ci_low") >= parameters.target_met_often, otherwise=False)
    rarely = known(nw.col("attainment_ci_high") <= parameters.target_met_rarely, otherwise=False)
    is_low = often & known(worse_than("own_median"), otherwise=False) & known(worse_than("benchmark_value"), otherwise=True)
    is_beyond = known(better_than("own_best_decile"), otherwise=False) | known(better_than("peer_best_quartile"), otherwise=False)
    judged = nw.when(rarely & is_beyond).then(nw.lit("too_high")).otherwise(nw.lit("realistic"))
    judged = nw.when(is_low).then(nw.lit("too_low")).otherwise(judged)
    return nw.when(nw.col("month_count") < FEWEST_MONTHS).then(nw.lit("insufficient_data")).otherwise(judged)
