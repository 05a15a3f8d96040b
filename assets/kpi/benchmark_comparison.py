"""Our figures beside those of others, month by month."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw
import polars as pl

from assets.derivation import Whole, derive
from assets.frames import Eager, Lazy
from assets.monthly_figures import TABLES, Monthly, compared_figures, definition_key, is_low_good, monthly, next_month, short_name, summed
from assets.parameters import Parameters
from assets.statistics.balanced_score import position, with_balanced_score
from schemas.core.benchmarks import Benchmarks
from schemas.kpi.benchmark_comparison import BenchmarkComparison
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.projection import columns, grain
from schemas.table import Table
from schemas.vocabulary import ALL

Benchmark = Mapping[str, Any]
Sums = Mapping[str, Eager]
"""Sums by month of a table: of each segment it has, and of all."""


@derive(
    BenchmarkComparison,
    uses=("small_sample", "benchmark_stale_days", "score_weights"),
    satisfaction=Whole(SatisfactionDaily),
    resolution=Whole(FirstContactResolutionDaily),
    times=Whole(TicketTimesDaily),
    costs=Whole(CostPerSaleMonthly),
    benchmarks=Whole(Benchmarks),
)
def benchmark_comparison(satisfaction: Lazy, resolution: Lazy, times: Lazy, costs: Lazy, benchmarks: Lazy, parameters: Parameters) -> Eager:
    """Sum our tables by month once, then hold every benchmark against every month."""
    given = {"satisfaction": satisfaction, "resolution": resolution, "times": times, "costs": costs}
    declared = benchmarks.collect("polars").sort("source", "source_record_id").rows(named=True)
    named = {benchmark["kpi"] for benchmark in declared}
    sums = {short_name(contract): _by_segment(given[name], contract) for name, contract in TABLES.items() if short_name(contract) in named}
    rows = with_balanced_score([row for benchmark in declared for row in _compared(benchmark, sums, parameters)], parameters.score_weights)
    schema = {column.name: column.dtype for column in columns(BenchmarkComparison)}
    return nw.from_native(pl.DataFrame(rows, schema=schema, orient="row"), eager_only=True)


def _by_segment(rows: Lazy, contract: type[Table]) -> Sums:
    whole = {ALL: summed(rows, contract)}
    if "segment" not in grain(contract):
        return whole
    apart = summed(rows, contract, by=("segment",))
    return {segment: apart.filter(nw.col("segment") == segment) for segment in apart["segment"].unique().to_list()} | whole


def _compared(benchmark: Benchmark, sums: Mapping[str, Sums], parameters: Parameters) -> Iterator[dict[str, Any]]:
    """One row per month of ours; a single row for a benchmark of a figure that we do not have."""
    contract = {short_name(contract): contract for contract in TABLES.values()}.get(benchmark["kpi"])
    if contract is None or benchmark["figure"] not in {column.name for column in compared_figures(contract)}:
        nothing = Monthly(benchmark["period_to_on"].replace(day=1), None, None, None, None, 0)
        yield _row(benchmark, nothing, "not_comparable", parameters)
        return
    ours = sums[benchmark["kpi"]]
    low_is_good = is_low_good(contract, benchmark["figure"])
    is_same = benchmark["definition"] == definition_key(benchmark["kpi"], benchmark["figure"])
    for month in monthly(ours.get(benchmark["segment"], ours[ALL]), contract, benchmark["figure"]):
        if is_same:
            yield _row(benchmark, month, _verdict(benchmark, month, parameters), parameters, low_is_good=low_is_good)
        else:
            yield _row(benchmark, Monthly(month.month, None, None, None, None, 0), "not_comparable", parameters)


def _verdict(benchmark: Benchmark, ours: Monthly, parameters: Parameters) -> str | None:
    """On which side of the benchmark the whole interval lies, or the value itself where there is none."""
    if ours.value is None:
        return None
    month_end = next_month(ours.month) - dt.timedelta(days=1)
    if (month_end - benchmark["period_to_on"]).days > parameters.benchmark_stale_days:
        return "stale"
    low = ours.value if ours.low is None else ours.low
    high = ours.value if ours.high is None else ours.high
    return "above" if low > benchmark["value"] else "below" if high < benchmark["value"] else "not_distinguishable"


def _row(benchmark: Benchmark, ours: Monthly, verdict: str | None, parameters: Parameters, *, low_is_good: bool = False) -> dict[str, Any]:
    taken = ("source", "source_record_id", "kpi", "figure", "segment", "definition", "lower_quartile", "upper_quartile", "basis")
    is_told = ours.value is not None and verdict not in {"stale", "not_comparable"}
    low, high = benchmark["lower_quartile"], benchmark["upper_quartile"]
    worst, best = (high, low) if low_is_good else (low, high)
    return {
        "month_on": ours.month,
        **{name: benchmark[name] for name in taken},
        "value": ours.value,
        "value_ci_low": ours.low,
        "value_ci_high": ours.high,
        "n": ours.n,
        "benchmark_value": benchmark["value"],
        "gap": ours.value - benchmark["value"] if is_told and ours.value is not None else None,
        "score": position(ours.value, worst, best) if is_told else None,
        "verdict": verdict,
        "status": month_status(ours, parameters.small_sample),
    }


def month_status(ours: Monthly, small_sample: int) -> str:
    """How a figure of a month may be read."""
    if ours.immature:
        return "immature"
    if ours.value is None:
        return "no_data"
    return "small_sample" if ours.n is not None and ours.n < small_sample else "ok"
