"""What problems cost in lost customers and margin."""

import narwhals as nw

from assets.customer_base import customers_by
from assets.damage import (
    at_end,
    basis_counts,
    basis_of_group,
    damage_per_problem,
    ends_of,
    measured_share,
    mollified_share,
    of_complainants,
    over_corners,
    weakest_of,
)
from assets.derivation import Whole, derive, month_of, quarter_of
from assets.expressions import row_status, to_money
from assets.frames import Lazy
from assets.parameters import Parameters, weakest
from schemas.core.customers import Customers
from schemas.kpi.loyalty_by_experience import LoyaltyByExperience
from schemas.kpi.problem_experience_monthly import ProblemExperienceMonthly
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from schemas.projection import columns
from schemas.vocabulary import HANDLED, NO_PROBLEM

LOST = {"silent": "non_complainant"} | {group: group for group in HANDLED}
"""The groups that lose loyalty, by the experience that says how much."""


@derive(
    RevenueAtRiskMonthly,
    problems=Whole(ProblemExperienceMonthly),
    loyalty=Whole(LoyaltyByExperience),
    customers=Whole(Customers),
)
def revenue_at_risk_monthly(problems: Lazy, loyalty: Lazy, customers: Lazy, parameters: Parameters) -> Lazy:
    """Put what was asked, how loyal the groups are and what a customer is worth into the formula, at its middle and at both ends.

    Computed whole: a quarter's loyalty matures later, and all months look up how many customers there were.
    """
    value = parameters.assumption("customer_value")
    return (
        problems.filter(nw.col("problem_type") != NO_PROBLEM)
        .with_columns(quarter_on=quarter_of("month_on"))
        .pipe(_with_shares, parameters)
        .join(_lost(loyalty), on=["quarter_on", "segment"], how="left")
        .join(
            customers_by(customers, problems, "month_on", month_of("customer_since_on"), "segment"), on=["month_on", "segment"], how="left"
        )
        .with_columns(customer_n=nw.coalesce(nw.col("customer_n"), nw.lit(0.0)))
        .with_columns(
            **_damage(),
            problem_customers=_share_of_month(nw.col("problem_rate"), parameters),
            has_negative_term=nw.min_horizontal(*(nw.col(f"lost_{name}") for name in LOST)) < 0,
            customer_value_basis=nw.lit(value.basis),
        )
        .with_columns(
            customers_at_risk=nw.col("problem_customers") * nw.col("damage_per_problem"),
            customers_at_risk_low=_customers_at_risk(parameters, sign=-1),
            customers_at_risk_high=_customers_at_risk(parameters, sign=1),
        )
        .with_columns(
            margin_at_risk_amount=to_money(nw.col("customers_at_risk") * value.value),
            margin_at_risk_low_amount=to_money(at_end(nw.col("customers_at_risk_low"), value.low, value.high, sign=-1)),
            margin_at_risk_high_amount=to_money(at_end(nw.col("customers_at_risk_high"), value.low, value.high, sign=1)),
            basis=weakest_of("complaint_rate_basis", "shares_basis", "loyalty_basis", "customer_value_basis"),
            status=row_status("asked_n", parameters.small_sample),
        )
        .select(*(column.name for column in columns(RevenueAtRiskMonthly)))
    )


def _with_shares(problems: Lazy, parameters: Parameters) -> Lazy:
    """Put c, s and d on each row, with their ends."""
    rated = nw.col("satisfied_count") + nw.col("mollified_count") + nw.col("dissatisfied_count")
    said = nw.col("complained_count") + nw.col("silent_count") + nw.col("blocked_count")
    sources = {
        "complaint_rate": ("complained_count", "said_n", "complaint_share"),
        "satisfied_share": ("satisfied_count", "rated_n", "satisfied_share"),
        "dissatisfied_share": ("dissatisfied_count", "rated_n", "dissatisfied_share"),
    }
    declared = weakest(*(parameters.assumption(f"{group}_share").basis for group in HANDLED))
    shares: dict[str, nw.Expr] = {}
    for name, (successes, n, assumed) in sources.items():
        shares |= measured_share(name, successes, n, parameters.assumption(assumed), parameters.small_sample, over=("month_on",))
    return (
        problems.with_columns(said_n=said, rated_n=rated)
        .with_columns(**shares)
        .with_columns(
            mollified_share=mollified_share(),
            shares_basis=nw.when(nw.col("satisfied_share_is_measured")).then(nw.lit("measured")).otherwise(nw.lit(declared)),
        )
    )


def _lost(loyalty: Lazy) -> Lazy:
    """One row per quarter and segment with the loyalty that each group has lost, and the weakest basis of these."""
    of = {name: nw.col("experience") == experience for name, experience in LOST.items()}
    ends = ("", "_low", "_high")
    used = nw.col("experience").is_in(list(LOST.values()))
    return (
        loyalty.group_by("quarter_on", "segment")
        .agg(
            **{f"lost_{name}{end}": nw.when(of[name]).then(nw.col(f"loyalty_lost{end}")).max() for name in LOST for end in ends},
            **basis_counts(nw.when(used).then(nw.col("loyalty_basis"))),
        )
        .with_columns(loyalty_basis=basis_of_group())
    )


def _damage() -> dict[str, nw.Expr]:
    """The formula at its middle, and at the worst and best corner of its inputs."""

    def formula(end: str, c: nw.Expr, s: nw.Expr, d: nw.Expr) -> nw.Expr:
        lost = {name: nw.col(f"lost_{name}{end}") for name in LOST}
        told = of_complainants(s, d, (lost["satisfied"], lost["mollified"], lost["dissatisfied"]))
        return damage_per_problem(c, lost["silent"], told)

    names = {"c": "complaint_rate", "s": "satisfied_share", "d": "dissatisfied_share"}
    ends = {letter: ends_of(name) for letter, name in names.items()}
    return {
        "damage_per_problem": formula("", *(nw.col(name) for name in names.values())),
        "damage_per_problem_low": over_corners(lambda **at: formula("_low", **at), ends, sign=-1),
        "damage_per_problem_high": over_corners(lambda **at: formula("_high", **at), ends, sign=1),
    }


def _share_of_month(rate: nw.Expr, parameters: Parameters) -> nw.Expr:
    """N · p / R: customers with the problem in one month."""
    return nw.col("customer_n") * rate / float(parameters.problem_recall_months)


def _customers_at_risk(parameters: Parameters, *, sign: int) -> nw.Expr:
    damage = nw.col("damage_per_problem_low" if sign < 0 else "damage_per_problem_high")
    ends = {"p": ends_of("problem_rate_ci")}
    return over_corners(lambda p: _share_of_month(p, parameters) * damage, ends, sign=sign)
