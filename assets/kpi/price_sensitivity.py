"""How much of a price rise the quality of service carries."""

import narwhals as nw

from assets.derivation import by_quarter, derive, quarter_of
from assets.expressions import by_word, count_where, ratio_with_interval, row_status, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.experiences import Experiences
from schemas.kpi.price_sensitivity import PriceSensitivity
from schemas.projection import columns
from schemas.vocabulary import NO_PROBLEM, UNKNOWN

TIERS = {
    NO_PROBLEM: NO_PROBLEM,
    "satisfied": "recovered",
    "mollified": "not_recovered",
    "dissatisfied": "not_recovered",
    "non_complainant": "unheard",
    "blocked": "unheard",
}
"""The tier of each experience; who is in none of these is in `unknown`."""


@derive(
    PriceSensitivity,
    unit=("quarter_on",),
    uses=("small_sample", "price_rises"),
    experiences=by_quarter(Experiences, "answered_on", reads=("is_counted", "experience", "finds_price_unfair", "price_rise")),
)
def price_sensitivity(experiences: Lazy, parameters: Parameters) -> Lazy:
    """Count in each tier who finds the price unfair and who would stay at each rise."""
    stays = {f"accept_{place}": nw.col("price_rise") >= rise for place, rise in enumerate(parameters.price_rises)}
    tiers = (
        experiences.filter(nw.col("is_counted"))
        .with_columns(
            quarter_on=quarter_of("answered_on"),
            experience_tier=nw.coalesce(by_word("experience", TIERS, nw.String), nw.lit(UNKNOWN)),
        )
        .group_by("quarter_on", "experience_tier")
        .agg(
            response_count=nw.len().cast(nw.Int64),
            price_n=count_where(~nw.col("finds_price_unfair").is_null()),
            unfair_count=count_where(nw.col("finds_price_unfair")),
            price_rise_n=count_where(~nw.col("price_rise").is_null()),
            **{name: count_where(condition) for name, condition in stays.items()},
        )
        .with_columns(**_of_quarter())
    )
    each = [
        tiers.with_columns(price_rise=nw.lit(rise), accept_count=nw.col(name))
        for name, rise in zip(stays, parameters.price_rises, strict=True)
    ]
    factor = nw.col("price_rise") + 1.0
    return (
        nw.concat(each, how="vertical")
        .with_columns(
            **share_with_interval("unfair_share", "unfair_count", "price_n"),
            **ratio_with_interval("price_problem_ratio", ("unfair_problem", "n_problem"), ("unfair_none", "n_none")),
            **share_with_interval("premium_share", "accept_count", "price_rise_n"),
            status=row_status("price_rise_n", parameters.small_sample),
        )
        .with_columns(**{f"revenue_index{end}": factor * nw.col(f"premium_share{end}") for end in ("", "_ci_low", "_ci_high")})
        .select(*(column.name for column in columns(PriceSensitivity)))
    )


def _of_quarter() -> dict[str, nw.Expr]:
    """Who finds the price unfair and who rates it, of all with a problem and of all without one."""
    is_none = nw.col("experience_tier") == NO_PROBLEM
    return {
        f"{name}_{who}": nw.when(condition).then(nw.col(counted)).otherwise(nw.lit(0)).sum().over("quarter_on").cast(nw.Float64)
        for name, counted in (("unfair", "unfair_count"), ("n", "price_n"))
        for who, condition in (("problem", ~is_none), ("none", is_none))
    }
