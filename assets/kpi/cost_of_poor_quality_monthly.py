"""What poor service cost, by month."""

import narwhals as nw

from assets.damage import basis_counts, basis_of_group, weakest_of
from assets.derivation import AddsUp, by_column, by_month, derive, month_of
from assets.expressions import cost_per, count_where, row_status, to_money
from assets.frames import Lazy, stacked
from assets.parameters import Parameters
from schemas.core.interactions import Interactions
from schemas.core.refunds import Refunds
from schemas.kpi.cost_of_poor_quality_monthly import CostOfPoorQualityMonthly
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from schemas.projection import columns
from schemas.vocabulary import UNKNOWN

MONTH = "month_on"
ENDS = ("", "_low", "_high")
EXPECTED = {f"expected_margin{end}_amount": f"margin_at_risk{end}_amount" for end in ENDS}
COUNTS = (
    *("contact_count", "repeat_count", "escalated_count", "reopened_count", "touchpoint_known_count", "n_immature"),
    *("at_risk_count", "assumed_count", "benchmark_count"),
)
BOOKED = ("service_cost_amount", "remediation_cost_amount")
AMOUNTS = (*BOOKED, "refunded_amount", *EXPECTED)


@derive(
    CostOfPoorQualityMonthly,
    unit=(MONTH,),
    uses=("assumptions", "small_sample"),
    adds_up=(
        AddsUp("contact_count", "interactions", nw.len()),
        AddsUp("repeat_count", "interactions", count_where(~nw.col("is_anchor"))),
        AddsUp("service_cost_amount", "costs", nw.col("service_cost_amount").sum(), tolerance=0.00005),
        AddsUp("refunded_amount", "refunds", nw.col("refunded_amount").sum(), tolerance=0.00005),
    ),
    interactions=by_month(Interactions, "contacted_on", reads=("touchpoint", "is_anchor", "is_reopened")),
    resolution=by_month(FirstContactResolutionDaily, "contacted_on"),
    costs=by_column(CostPerSaleMonthly, MONTH),
    refunds=by_month(Refunds, "refunded_on"),
    at_risk=by_column(RevenueAtRiskMonthly, MONTH),
)
def cost_of_poor_quality_monthly(
    interactions: Lazy, resolution: Lazy, costs: Lazy, refunds: Lazy, at_risk: Lazy, parameters: Parameters
) -> Lazy:
    """Put a price on the work that good service would not have had, and beside it what its absence is expected to cost."""
    again = parameters.assumption("reopened_work")
    parts = (
        _contacts(interactions),
        resolution.group_by(month_of("contacted_on").alias(MONTH)).agg(nw.col("n_immature").sum()),
        costs.group_by(MONTH).agg(*(nw.col(name).sum().cast(nw.Float64) for name in BOOKED)),
        refunds.group_by(month_of("refunded_on").alias(MONTH)).agg(nw.col("refunded_amount").sum().cast(nw.Float64)),
        _expected(at_risk),
    )
    remediation, is_asked = nw.col("remediation_cost_amount"), nw.col("at_risk_count") > 0
    return (
        stacked(parts, (MONTH,), counts=COUNTS, amounts=AMOUNTS)
        .with_columns(
            cost_per_contact=cost_per(nw.col("contact_count"), nw.col("service_cost_amount")),
            escalated_count=nw.when(nw.col("touchpoint_known_count") > 0).then(nw.col("escalated_count")),
            remediation_amount=nw.when(remediation != 0).then(remediation),
            **{name: nw.when(is_asked).then(nw.col(name)) for name in EXPECTED},
            expected_basis=nw.when(is_asked).then(basis_of_group()),
        )
        .with_columns(
            repeat_amount=_worth("repeat_count"),
            escalated_amount=_worth("escalated_count"),
            reopened_amount=_worth("reopened_count", again.value),
            reopened_low_amount=_worth("reopened_count", again.low),
            reopened_high_amount=_worth("reopened_count", again.high),
            gap=_gap(),
        )
        .with_columns(
            **{f"booked{end}_amount": _booked(f"reopened{end}_amount") for end in ENDS},
            reopened_work_basis=nw.when(nw.col("reopened_amount") != 0).then(nw.lit(again.basis)),
            status=_status(parameters.small_sample),
        )
        .with_columns(basis=weakest_of("reopened_work_basis", "expected_basis"))
        .select(*(column.name for column in columns(CostOfPoorQualityMonthly)))
    )


def _contacts(interactions: Lazy) -> Lazy:
    """Contacts by what they would not have been for: each in the first group that holds."""
    is_repeat, is_escalated = ~nw.col("is_anchor"), nw.col("touchpoint") == "executive_relations"
    return (
        interactions.with_columns(**{MONTH: month_of("contacted_on")})
        .group_by(MONTH)
        .agg(
            contact_count=nw.len().cast(nw.Int64),
            repeat_count=count_where(is_repeat),
            escalated_count=count_where(~is_repeat & is_escalated),
            reopened_count=count_where(~is_repeat & ~is_escalated & nw.col("is_reopened")),
            touchpoint_known_count=count_where(nw.col("touchpoint") != UNKNOWN),
        )
    )


def _expected(at_risk: Lazy) -> Lazy:
    """The damage of all problems of a month, and what it rests on."""
    return at_risk.group_by(MONTH).agg(
        at_risk_count=nw.len().cast(nw.Int64),
        **{name: nw.col(damage).sum().cast(nw.Float64) for name, damage in EXPECTED.items()},
        **basis_counts(nw.col("basis")),
    )


def _worth(contacts: str, part: float = 1.0) -> nw.Expr:
    """What a part of the work on some contacts cost."""
    return to_money(nw.col(contacts).cast(nw.Float64) * nw.col("cost_per_contact") * part)


def _gap() -> nw.Expr:
    """Why no contact has a price; null where it has one."""
    unspent = nw.when(nw.col("contact_count") == 0).then(nw.lit("no_contacts"))
    return nw.when(nw.col("service_cost_amount") == 0).then(nw.lit("no_cost")).otherwise(unspent)


def _booked(reopened: str) -> nw.Expr:
    """The sum of the parts that are known; null where no contact has a price."""
    escalated, remediation = (nw.coalesce(nw.col(f"{name}_amount"), nw.lit(0.0)) for name in ("escalated", "remediation"))
    return nw.col("repeat_amount") + nw.col(reopened) + escalated + remediation


def _status(small_sample: int) -> nw.Expr:
    known = nw.when(nw.col("gap").is_null()).then(row_status("contact_count", small_sample)).otherwise(nw.lit("no_data"))
    return nw.when(nw.col("n_immature") > 0).then(nw.lit("immature")).otherwise(known)
