"""What preventing problems would pay."""

import narwhals as nw

from assets.damage import at_end, basis_counts, basis_of_group
from assets.derivation import Whole, derive
from assets.expressions import return_on, row_status, steady_sum, to_money
from assets.frames import Lazy
from assets.parameters import Parameters
from assets.trailing_year import WHOLE, contact_cost, declared_basis, span_of, weakest_basis, within
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.problem_prevention_roi import ProblemPreventionRoi
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from schemas.projection import columns

MARGINS = ("margin_at_risk_amount", "margin_at_risk_low_amount", "margin_at_risk_high_amount")
DECLARED = ("problem_reduction", "prevention_cost")


@derive(ProblemPreventionRoi, at_risk=Whole(RevenueAtRiskMonthly), costs=Whole(CostPerSaleMonthly))
def problem_prevention_roi(at_risk: Lazy, costs: Lazy, parameters: Parameters) -> Lazy:
    """Take the declared share off a year's damage and contacts, and weigh it against the declared cost."""
    reduction, cost = (parameters.assumption(name) for name in DECLARED)
    span = span_of(at_risk)
    to_year = nw.col("to_year")
    return (
        within(at_risk, span)
        .with_columns(contacts=nw.col("problem_customers") * nw.col("complaint_rate"))
        .group_by("problem_type", WHOLE, "from_on", "to_on", "to_year")
        .agg(
            nw.col("asked_n").sum(),
            *(nw.col(name).sum().cast(nw.Float64) for name in MARGINS),
            **{name: steady_sum(nw.col(name)) for name in ("problem_customers", "customers_at_risk", "contacts")},
            **basis_counts(nw.col("basis")),
        )
        .join(contact_cost(costs, span, parameters.assumption("cost_per_contact")), on=WHOLE, how="left")
        .with_columns(*(nw.col(name) * to_year for name in ("problem_customers", "customers_at_risk", "contacts", *MARGINS)))
        .with_columns(
            problem_reduction=nw.lit(reduction.value),
            prevented_customers=nw.col("customers_at_risk") * reduction.value,
            prevented_margin_amount=to_money(nw.col(MARGINS[0]) * reduction.value),
            avoided_contact_amount=to_money(nw.col("contacts") * reduction.value * nw.col("contact_cost")),
            prevention_cost_amount=to_money(nw.lit(cost.value)),
            benefit_low=at_end(_saved("low"), reduction.low, reduction.high, sign=-1),
            benefit_high=at_end(_saved("high"), reduction.low, reduction.high, sign=1),
            of_group_basis=basis_of_group(),
            **declared_basis(parameters, *DECLARED),
        )
        .with_columns(
            roi=return_on(nw.col("prevented_margin_amount") + nw.col("avoided_contact_amount"), nw.col("prevention_cost_amount")),
            roi_low=_roi_end(cost.low, cost.high, sign=-1),
            roi_high=_roi_end(cost.low, cost.high, sign=1),
            basis=weakest_basis("of_group", "contact_cost", *DECLARED),
            status=row_status("asked_n", parameters.small_sample),
        )
        .select(*(column.name for column in columns(ProblemPreventionRoi)))
    )


def _saved(end: str) -> nw.Expr:
    """All that the problems cost, at one end."""
    return nw.col(f"margin_at_risk_{end}_amount") + nw.col("contacts") * nw.col(f"contact_cost_{end}")


def _roi_end(low: float, high: float, *, sign: int) -> nw.Expr:
    """The return at its worst or best; null where some cost thought possible is none at all."""
    if low <= 0:
        return nw.lit(None, dtype=nw.Float64)
    return at_end(nw.col("benefit_low" if sign < 0 else "benefit_high"), 1 / high, 1 / low, sign=sign) - 1.0
