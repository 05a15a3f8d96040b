"""What keeps employees from serving well, by month, without small groups."""

import narwhals as nw

from assets.derivation import by_month, derive, month_of
from assets.expressions import row_status, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.employee_answers import EmployeeAnswers
from schemas.kpi.employee_obstacles_monthly import EmployeeObstaclesMonthly
from schemas.projection import columns

FEWEST_SHOWN = 5


@derive(EmployeeObstaclesMonthly, unit=("month_on",), uses=("small_sample",), answers=by_month(EmployeeAnswers, "answered_on"))
def employee_obstacles_monthly(answers: Lazy, parameters: Parameters) -> Lazy:
    """Count the obstacles named; keep what too few name out of every number."""
    counted = (
        answers.filter(nw.col("topic") == "obstacle")
        .with_columns(month_on=month_of("answered_on"), obstacle=nw.col("item"))
        .group_by("month_on", "obstacle")
        .agg(named_count=nw.len().cast(nw.Int64))
    )
    shown = nw.col("named_count") >= FEWEST_SHOWN
    visible = (
        counted.with_columns(is_withheld=~shown, answer_count=nw.when(shown).then(nw.col("named_count")))
        .with_columns(counted=nw.coalesce(nw.col("answer_count"), nw.lit(0)))
        .with_columns(shown_count=nw.col("counted").sum().over("month_on").cast(nw.Int64))
    )
    ranked = nw.col("counted").rank("min", descending=True).over("month_on").cast(nw.Int64)
    return (
        visible.with_columns(
            **share_with_interval("share_of_shown", "answer_count", "shown_count"),
            rank=nw.when(~nw.col("is_withheld")).then(ranked),
            judged=row_status("shown_count", parameters.small_sample),
        )
        .with_columns(status=nw.when(nw.col("is_withheld")).then(nw.lit("no_data")).otherwise(nw.col("judged")))
        .select(*(column.name for column in columns(EmployeeObstaclesMonthly)))
    )
