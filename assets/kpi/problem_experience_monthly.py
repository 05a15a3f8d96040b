"""How many customers have problems, and how many never tell us."""

import narwhals as nw

from assets.derivation import AddsUp, by_month, derive, month_of
from assets.expressions import count_where, ratio, row_status, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.experiences import Experiences
from schemas.kpi.problem_experience_monthly import ProblemExperienceMonthly
from schemas.projection import columns, grain
from schemas.vocabulary import COMPLAINANTS, NO_PROBLEM


@derive(
    ProblemExperienceMonthly,
    unit=("month_on",),
    uses=("small_sample",),
    adds_up=(AddsUp("customer_count", "experiences", count_where(nw.col("is_counted"))),),
    experiences=by_month(Experiences, "answered_on"),
)
def problem_experience_monthly(experiences: Lazy, parameters: Parameters) -> Lazy:
    """Count the customers of each problem, by whether they told us and how they were left."""
    became, has_problem = nw.col("experience"), nw.col("problem_type") != NO_PROBLEM
    return (
        experiences.filter(nw.col("is_counted"))
        .with_columns(month_on=month_of("answered_on"))
        .group_by(*grain(ProblemExperienceMonthly))
        .agg(
            customer_count=nw.len().cast(nw.Int64),
            complained_count=count_where(has_problem & became.is_in(list(COMPLAINANTS))),
            silent_count=count_where(has_problem & (became == "non_complainant")),
            blocked_count=count_where(has_problem & (became == "blocked")),
            unsaid_count=count_where(has_problem & became.is_null()),
            **{f"{word}_count": count_where(has_problem & (became == word)) for word in COMPLAINANTS},
        )
        .with_columns(
            asked_n=nw.col("customer_count").sum().over("month_on", "segment").cast(nw.Float64),
            unheard=nw.col("silent_count") + nw.col("blocked_count"),
        )
        .with_columns(said_n=nw.col("complained_count") + nw.col("unheard"))
        .with_columns(
            **share_with_interval("problem_rate", "customer_count", "asked_n"),
            **share_with_interval("non_complaint_rate", "unheard", "said_n"),
            **share_with_interval("complaint_rate", "complained_count", "said_n"),
            multiplier=ratio(nw.col("said_n"), nw.col("complained_count")),
            status=row_status("asked_n", parameters.small_sample),
        )
        .with_columns(multiplier_ci_low=_turned("complaint_rate_ci_high"), multiplier_ci_high=_turned("complaint_rate_ci_low"))
        .select(*(column.name for column in columns(ProblemExperienceMonthly)))
    )


def _turned(end: str) -> nw.Expr:
    """One end of the multiplier's interval; null where nobody complained."""
    return nw.when(~nw.col("multiplier").is_null()).then(ratio(nw.lit(1.0), nw.col(end)))
