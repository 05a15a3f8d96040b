"""What better handling, and easier access, would pay."""

from functools import partial

import narwhals as nw

from assets.damage import basis_counts, basis_of_group, ends_of, measured_share, mollified_share, of_complainants, over_corners
from assets.derivation import Whole, derive, month_of
from assets.expressions import count_where, ratio, return_on, row_status, steady_sum, to_money
from assets.frames import Lazy
from assets.parameters import Assumption, Parameters
from assets.trailing_year import WHOLE, contact_cost, declared_basis, span_of, weakest_basis, within
from schemas.core.experiences import Experiences
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from schemas.kpi.service_recovery_roi import ServiceRecoveryRoi
from schemas.projection import columns
from schemas.vocabulary import COMPLAINANTS, HANDLED, NO_PROBLEM

ENDS = {"low": -1, "high": 1}
LOST = ("silent", *HANDLED)
DECLARED = ("recovery_shift", "recovery_cost", "solicitation_increase", "customer_value")


@derive(
    ServiceRecoveryRoi,
    at_risk=Whole(RevenueAtRiskMonthly),
    experiences=Whole(Experiences, reads=("touchpoint", "answered_on", "is_counted", "problem_type", "experience")),
    costs=Whole(CostPerSaleMonthly),
)
def service_recovery_roi(at_risk: Lazy, experiences: Lazy, costs: Lazy, parameters: Parameters) -> Lazy:
    """Give each touchpoint its share of a year's problems, and pull both levers there."""
    span = span_of(at_risk)
    declared = {name: parameters.assumption(name) for name in DECLARED}
    shift, cost, increase, value = declared.values()
    per_contact = nw.col("contact_cost")
    moved = _recovered(nw.lit(shift.value), nw.col("dissatisfied_share"))
    won = _solicited(nw.lit(increase.value), nw.col("satisfied_share"), nw.col("dissatisfied_share"))
    return (
        _complaints(experiences, span, parameters)
        .join(_problems(at_risk, span), on=WHOLE, how="left")
        .join(contact_cost(costs, span, parameters.assumption("cost_per_contact")), on=WHOLE, how="left")
        .with_columns(
            problem_customers=nw.col("problems") * nw.col("share_of_complaints"),
            complaining_customers=nw.col("complaints") * nw.col("share_of_complaints"),
        )
        .with_columns(
            recovered_customers=moved,
            recovered_margin_amount=to_money(moved * value.value),
            recovery_cost_amount=to_money(nw.lit(cost.value)),
            solicited_customers=won,
            solicited_margin_amount=to_money(won * value.value),
            solicited_contact_amount=to_money(nw.col("problem_customers") * increase.value * per_contact),
            of_group_basis=basis_of_group(),
            **declared_basis(parameters, *DECLARED),
        )
        .pipe(_with_bounds, *declared.values())
        .with_columns(
            recovery_roi=return_on(nw.col("recovered_margin_amount"), nw.col("recovery_cost_amount")),
            solicitation_roi=return_on(nw.col("solicited_margin_amount"), nw.col("solicited_contact_amount")),
            basis=weakest_basis("of_group", "satisfied_share", "dissatisfied_share", "contact_cost", *DECLARED),
            status=row_status("complained_count", parameters.small_sample),
        )
        .select(*(column.name for column in columns(ServiceRecoveryRoi)))
    )


def _complaints(experiences: Lazy, span: Lazy, parameters: Parameters) -> Lazy:
    """Complainants by touchpoint, how they were left, and their share of all complainants."""
    became = nw.col("experience")
    told = nw.col("is_counted") & (nw.col("problem_type") != NO_PROBLEM) & became.is_in(list(COMPLAINANTS))
    shares: dict[str, nw.Expr] = {}
    for name in ("satisfied", "dissatisfied"):
        assumed = parameters.assumption(f"{name}_share")
        shares |= measured_share(f"{name}_share", f"{name}_count", "rated_n", assumed, parameters.small_sample, over=(WHOLE,))
    return (
        within(experiences.filter(told).with_columns(asked_on=month_of("answered_on")), span, "asked_on")
        .group_by("touchpoint", WHOLE, "from_on", "to_on")
        .agg(
            complained_count=nw.len().cast(nw.Int64),
            rated_n=count_where(became.is_in(list(HANDLED))),
            **{f"{word}_count": count_where(became == word) for word in HANDLED},
        )
        .with_columns(**shares, share_of_complaints=ratio(nw.col("complained_count"), nw.col("complained_count").sum().over(WHOLE)))
        .with_columns(mollified_share=mollified_share())
    )


def _problems(at_risk: Lazy, span: Lazy) -> Lazy:
    """One row: a year's customers with a problem, those who tell us, and the mean loyalty that each group loses."""
    problems = nw.col("problem_customers")
    weighed = {f"lost_{name}": problems * nw.col(f"lost_{name}") for name in LOST}
    totals = ("problems", "complaints", *weighed)
    sums = (
        within(at_risk, span)
        .with_columns(problems=problems, complaints=problems * nw.col("complaint_rate"), **weighed)
        .group_by(WHOLE, "to_year")
        .agg(**{name: steady_sum(nw.col(name)) for name in totals}, **basis_counts(nw.col("basis")))
    )
    means = {name: nw.coalesce(ratio(nw.col(name), nw.col("problems")), nw.lit(0.0)) for name in weighed}
    return (
        sums.with_columns(**means).with_columns(*(nw.col(name) * nw.col("to_year") for name in ("problems", "complaints"))).drop("to_year")
    )


def _recovered(shift: nw.Expr, dissatisfied: nw.Expr) -> nw.Expr:
    """N·p·c·Δ·(Ls − Ld), where no more can be moved than are dissatisfied."""
    gained = nw.col("lost_dissatisfied") - nw.col("lost_satisfied")
    return nw.col("complaining_customers") * nw.min_horizontal(shift, dissatisfied) * gained


def _solicited(increase: nw.Expr, satisfied: nw.Expr, dissatisfied: nw.Expr) -> nw.Expr:
    """N·p·Δc·([s·Ls + m·Lm + d·Ld] − Ln), as the loss of the silent less that of complainants."""
    return nw.col("problem_customers") * increase * (nw.col("lost_silent") - _told_loss(satisfied, dissatisfied))


def _with_bounds(rows: Lazy, shift: Assumption, cost: Assumption, increase: Assumption, value: Assumption) -> Lazy:
    """What is left of both levers after their cost, with every input at its worst and at its best end.

    Inner quantities are brought to their ends first: how many can be moved, what complainants lose. Costs pull one way only.
    """
    moved = {end: nw.min_horizontal(nw.lit(by), nw.col(f"dissatisfied_share_{end}")) for end, by in zip(ENDS, _numbers(shift), strict=True)}
    shares = {letter: ends_of(f"{name}_share") for letter, name in (("s", "satisfied"), ("d", "dissatisfied"))}
    told = {end: over_corners(_told_loss, shares, sign=sign) for end, sign in ENDS.items()}
    worth = (nw.lit(value.low), nw.lit(value.high))
    gained = nw.col("lost_dissatisfied") - nw.col("lost_satisfied")

    def recovered(moved: nw.Expr, worth: nw.Expr) -> nw.Expr:
        return nw.col("complaining_customers") * gained * moved * worth

    def solicited(each: str, by: nw.Expr, won: nw.Expr, worth: nw.Expr) -> nw.Expr:
        return nw.col("problem_customers") * by * (won * worth - nw.col(each))

    levers = {"moved": ends_of("moved"), "worth": worth}
    askings = {"by": (nw.lit(increase.low), nw.lit(increase.high)), "won": ends_of("won"), "worth": worth}
    spent = dict(zip(ENDS, reversed(_numbers(cost)), strict=True))
    paid = dict(zip(ENDS, ("contact_cost_high", "contact_cost_low"), strict=True))
    return rows.with_columns(
        **{f"moved_{end}": moved[end] for end in ENDS},
        won_low=nw.col("lost_silent") - told["high"],
        won_high=nw.col("lost_silent") - told["low"],
    ).with_columns(
        **{f"recovery_net_{end}_amount": to_money(over_corners(recovered, levers, sign=ENDS[end]) - spent[end]) for end in ENDS},
        **{
            f"solicitation_net_{end}_amount": to_money(over_corners(partial(solicited, paid[end]), askings, sign=ENDS[end])) for end in ENDS
        },
    )


def _numbers(assumed: Assumption) -> tuple[float, float]:
    return assumed.low, assumed.high


def _told_loss(s: nw.Expr, d: nw.Expr) -> nw.Expr:
    """Loyalty that complainants lose."""
    return of_complainants(s, d, (nw.col("lost_satisfied"), nw.col("lost_mollified"), nw.col("lost_dissatisfied")))
