"""What moves satisfaction, by quarter: importance and performance of every driver."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import narwhals as nw
import polars as pl

from assets.derivation import by_quarter, derive, quarter_of
from assets.expressions import count_where, row_status, share_with_interval
from assets.frames import Eager, Lazy
from assets.parameters import Parameters
from assets.statistics.importance import MOST, shares_of_r_squared
from schemas.core.answers import Answers
from schemas.kpi.satisfaction_drivers import SatisfactionDrivers
from schemas.projection import columns

RESPONSE = ("quarter_on", "source", "source_record_id")
OVERALL = "csat"
DRIVER = "driver:"
CASES_A_DRIVER = 10
ROW = (
    *("quarter_on", "driver", "answer_count", "top_count", "case_count", "importance", "r_squared", "correlation"),
    *("quadrant", "gap_reason"),
)

Pairs = Mapping[tuple[str, str], tuple[int, int, int, int]]
"""Of each pair of questions, over the complete cases: n, Σa, Σb, Σab."""


@dataclass(frozen=True)
class _Moved:
    """What goes with satisfaction in a quarter."""

    cases: int
    importances: Mapping[str, float]
    correlations: Mapping[str, float | None]
    gap: str | None


@derive(
    SatisfactionDrivers,
    unit=("quarter_on",),
    uses=("small_sample",),
    answers=by_quarter(
        Answers, "answered_on", reads=("source", "source_record_id", "question", "metric", "score_points", "is_top_box", "is_superseded")
    ),
)
def satisfaction_drivers(answers: Lazy, parameters: Parameters) -> Eager:
    """Sum the products of all ratings over the complete cases, which is all that a regression needs."""
    rated = _ratings(answers)
    done = (
        rated.filter(nw.col("item") != OVERALL)
        .group_by("quarter_on", "item")
        .agg(answer_count=nw.len().cast(nw.Int64), top_count=count_where(nw.col("is_top")))
    ).collect("polars")
    products: dict[dt.date, dict[tuple[str, str], tuple[int, int, int, int]]] = {}
    for quarter, one, other, *sums in _products(rated).collect("polars").iter_rows():
        products.setdefault(quarter, {})[one, other] = tuple(map(int, sums))  # type: ignore[assignment]  # four of them
    drivers: dict[dt.date, dict[str, tuple[int, int]]] = {}
    for quarter, item, n, top in done.select("quarter_on", "item", "answer_count", "top_count").iter_rows():
        drivers.setdefault(quarter, {})[item] = (n, top)
    rows = [row for quarter, known in sorted(drivers.items()) for row in _rows(quarter, known, products.get(quarter, {}))]
    schema = {column.name: column.dtype for column in columns(SatisfactionDrivers) if column.name in ROW}
    return (
        nw.from_native(pl.DataFrame(rows, schema=schema, orient="row"), eager_only=True)
        .with_columns(
            **share_with_interval("performance", "top_count", "answer_count"), status=row_status("answer_count", parameters.small_sample)
        )
        .select(*(column.name for column in columns(SatisfactionDrivers)))
    )


def _ratings(answers: Lazy) -> Lazy:
    """One row per response and item rated: each driver, and CSAT in whole points."""
    is_rating = nw.col("metric").is_in(["csat", "driver"]) & ~nw.col("score_points").is_null() & ~nw.col("is_superseded")
    named = nw.concat_str([nw.lit(DRIVER), nw.col("question")])
    sums = (
        answers.filter(is_rating)
        .with_columns(quarter_on=quarter_of("answered_on"), item=nw.when(nw.col("metric") == "csat").then(nw.lit(OVERALL)).otherwise(named))
        .group_by(*RESPONSE, "item")
        .agg(points=nw.col("score_points").mean(), tops=count_where(nw.col("is_top_box")))
    )
    return sums.with_columns(points=(nw.col("points") + 0.5).floor().cast(nw.Int64), is_top=nw.col("tops") > 0)


def _products(rated: Lazy) -> Lazy:
    """Sums of the ratings, and of their products, of every two items over the responses that rate all of the quarter's items."""
    asked = rated.select("quarter_on", "item").unique().group_by("quarter_on").agg(asked_count=nw.len().cast(nw.Int64))
    complete = (
        rated.group_by(*RESPONSE)
        .agg(rated_count=nw.len().cast(nw.Int64))
        .join(asked, on="quarter_on", how="inner")
        .filter(nw.col("rated_count") == nw.col("asked_count"))
        .select(*RESPONSE)
    )
    cases = rated.select(*RESPONSE, "item", "points").join(complete, on=list(RESPONSE), how="inner")
    others = cases.select(*RESPONSE, other=nw.col("item"), other_points=nw.col("points"))
    return (
        cases.join(others, on=list(RESPONSE), how="inner")
        .with_columns(product=nw.col("points") * nw.col("other_points"))
        .group_by("quarter_on", "item", "other")
        .agg(n=nw.len(), points=nw.col("points").sum(), other_points=nw.col("other_points").sum(), product=nw.col("product").sum())
        .select("quarter_on", "item", "other", "n", "points", "other_points", "product")
    )


def _rows(quarter: dt.date, drivers: Mapping[str, tuple[int, int]], pairs: Pairs) -> list[tuple[object, ...]]:
    moved = _moved(sorted(drivers), pairs)
    importances = moved.importances
    mean_importance = sum(importances.values()) / len(importances) if importances else None
    mean_performance = sum(top / n for n, top in drivers.values()) / len(drivers)
    rows: list[tuple[object, ...]] = []
    for driver, (n, top) in sorted(drivers.items()):
        importance = importances.get(driver)
        quadrant = None
        if importance is not None and mean_importance is not None:
            quadrant = _quadrant(is_important=importance >= mean_importance, is_done_well=top / n >= mean_performance)
        fit = min(sum(importances.values()), 1.0) if importances else None
        found = (importance, fit, moved.correlations.get(driver), quadrant, moved.gap)
        rows.append((quarter, driver.removeprefix(DRIVER), n, top, moved.cases, *found))
    return rows


def _moved(drivers: list[str], pairs: Pairs) -> _Moved:
    """Importance and correlation of every driver, or why there are none."""
    cases = pairs[OVERALL, OVERALL][0] if (OVERALL, OVERALL) in pairs else 0
    if cases < CASES_A_DRIVER * len(drivers):
        return _Moved(cases, {}, {}, "too_few_cases")
    items = [*drivers, OVERALL]
    spread = {pair: n * product - one * other for pair, (n, one, other, product) in pairs.items()}
    correlations = {driver: _correlation(spread, driver) for driver in drivers}
    if len(drivers) > MOST:
        return _Moved(cases, {}, correlations, "too_many_drivers")
    shares = shares_of_r_squared([[float(spread[one, other]) for other in items] for one in items])
    if shares is None:
        return _Moved(cases, {}, correlations, "no_variation")
    return _Moved(cases, {driver: min(max(share, 0.0), 1.0) for driver, share in zip(drivers, shares, strict=True)}, correlations, None)


def _correlation(spread: Mapping[tuple[str, str], int], driver: str) -> float | None:
    """Pearson's, of whole numbers; null where either does not vary."""
    varies = spread[driver, driver] * spread[OVERALL, OVERALL]
    return max(-1.0, min(1.0, spread[driver, OVERALL] / sqrt(varies))) if varies else None


def _quadrant(*, is_important: bool, is_done_well: bool) -> str:
    if is_important:
        return "keep_up" if is_done_well else "concentrate_here"
    return "possible_overkill" if is_done_well else "low_priority"
