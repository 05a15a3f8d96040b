"""How satisfied customers are, by day."""

import narwhals as nw

from assets.derivation import AddsUp, by_column, derive
from assets.expressions import count_where, net_promoters, ratio, row_status, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.projection import columns, grain

RATING = nw.col("metric").is_in(["csat", "nps", "ces"])
COUNTED = ~nw.col("value").is_null() & ~nw.col("is_superseded")


def _rated(metric: str) -> nw.Expr:
    return COUNTED & (nw.col("metric") == metric)


@derive(
    SatisfactionDaily,
    unit=("answered_on",),
    adds_up=(
        *(AddsUp(f"{metric}_n", "answers", count_where(_rated(metric))) for metric in ("csat", "nps", "ces")),
        AddsUp("superseded_count", "answers", count_where(RATING & nw.col("is_superseded"))),
    ),
    answers=by_column(Answers, "answered_on"),
)
def satisfaction_daily(answers: Lazy, parameters: Parameters) -> Lazy:
    """Count the boxes of each metric and divide."""
    csat, nps, ces = _rated("csat"), _rated("nps"), _rated("ces")
    top, bottom = nw.col("is_top_box"), nw.col("is_bottom_box")
    return (
        answers.filter(RATING)
        .group_by(*grain(SatisfactionDaily))
        .agg(
            csat_n=count_where(csat),
            csat_satisfied=count_where(csat & top),
            csat_dissatisfied=count_where(csat & bottom),
            csat_score_points=_points(csat),
            nps_n=count_where(nps),
            nps_promoters=count_where(nps & top),
            nps_detractors=count_where(nps & bottom),
            ces_n=count_where(ces),
            ces_easy=count_where(ces & top),
            ces_score_points=_points(ces),
            skipped_count=count_where(nw.col("value").is_null() & ~nw.col("is_superseded")),
            superseded_count=count_where(nw.col("is_superseded")),
        )
        .with_columns(
            nps_passives=nw.col("nps_n") - nw.col("nps_promoters") - nw.col("nps_detractors"),
            csat_mean_score=ratio(nw.col("csat_score_points"), nw.col("csat_n") * 10_000),
            ces_mean_score=ratio(nw.col("ces_score_points"), nw.col("ces_n") * 10_000),
            **share_with_interval("csat_top2", "csat_satisfied", "csat_n"),
            **share_with_interval("ces_top", "ces_easy", "ces_n"),
            **net_promoters(),
            largest_n=nw.max_horizontal("csat_n", "nps_n", "ces_n"),
        )
        .with_columns(status=row_status("largest_n", parameters.small_sample))
        .select(*(column.name for column in columns(SatisfactionDaily)))
    )


def _points(condition: nw.Expr) -> nw.Expr:
    """Sum of the scores for which the condition holds; whole numbers, so any order of adding gives the same."""
    return nw.when(condition).then(nw.col("score_points")).otherwise(nw.lit(0)).sum().cast(nw.Int64)
