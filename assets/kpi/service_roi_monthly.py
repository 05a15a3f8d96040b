"""What customer service returns on what it costs, by month and touchpoint."""

import narwhals as nw

from assets.damage import at_end
from assets.derivation import AddsUp, by_month, derive, month_of
from assets.expressions import ratio, row_status, share_with_interval, sum_where, to_money
from assets.frames import Lazy, stacked
from assets.parameters import Parameters, weakest
from assets.statistics.service_roi import LOYALTIES, kept_per_customer, return_on_cost
from schemas.core.costs import Costs
from schemas.core.interactions import Interactions
from schemas.core.orders import Orders
from schemas.kpi.service_roi_monthly import ServiceRoiMonthly
from schemas.projection import columns, grain

GRAIN = grain(ServiceRoiMonthly)
SHARES = ("satisfied_share", "mollified_share", "dissatisfied_share")
COUNTS = ("customer_count", "rated_n", "rated_satisfied", "rated_dissatisfied")
AMOUNTS = ("recovered", "attributed", "service_cost_amount")


@derive(
    ServiceRoiMonthly,
    unit=("month_on",),
    adds_up=(
        AddsUp("service_cost_amount", "costs", sum_where(nw.col("cost_amount"), nw.col("cost_category") == "service"), tolerance=0.00005),
        AddsUp("rated_n", "interactions", sum_where(nw.col("csat_n"), ~nw.col("customer_key").is_null())),
    ),
    interactions=by_month(
        Interactions, "contacted_on", reads=("customer_key", "touchpoint", "csat_n", "csat_satisfied", "csat_dissatisfied")
    ),
    orders=by_month(Orders, "ordered_on", reads=("is_sale", "margin_amount", "service_role", "touchpoint")),
    costs=by_month(Costs, "costed_on"),
)
def service_roi_monthly(interactions: Lazy, orders: Lazy, costs: Lazy, parameters: Parameters) -> Lazy:
    """Weigh what service kept, won back and brought against what it cost."""
    parts = (_contacts(interactions), _orders(orders), _costs(costs))
    value = parameters.assumption("customer_value")
    split = parameters.assumption("service_share")
    attributed, cost = nw.col("attributed"), nw.col("service_cost_amount")
    measured = nw.col("rated_n") >= parameters.small_sample
    return (
        stacked(parts, GRAIN, counts=COUNTS, amounts=AMOUNTS)
        .with_columns(**share_with_interval("rated_share", "rated_satisfied", "rated_n"), is_measured=measured)
        .with_columns(**_shares(parameters))
        .with_columns(**_kept_per_customer(parameters))
        .with_columns(
            prevented_damage_amount=to_money(nw.col("customer_count").cast(nw.Float64) * nw.col("kept") * value.value),
            prevented_damage_low_amount=to_money(at_end(nw.col("kept_low"), value.low, value.high, sign=-1) * nw.col("customer_count")),
            prevented_damage_high_amount=to_money(at_end(nw.col("kept_high"), value.low, value.high, sign=1) * nw.col("customer_count")),
            recovered_margin_amount=nw.col("recovered"),
            new_margin_amount=to_money(attributed * split.value),
            new_low=at_end(attributed, split.low, split.high, sign=-1),
            new_high=at_end(attributed, split.low, split.high, sign=1),
        )
        .with_columns(marketing_margin_amount=attributed - nw.col("new_margin_amount"))
        .with_columns(
            roi=_roi("prevented_damage_amount", "new_margin_amount", cost),
            roi_low=_roi("prevented_damage_low_amount", "new_low", cost),
            roi_high=_roi("prevented_damage_high_amount", "new_high", cost),
            **_bases(parameters),
            status=row_status("customer_count", parameters.small_sample),
        )
        .select(*(column.name for column in columns(ServiceRoiMonthly)))
    )


def _contacts(interactions: Lazy) -> Lazy:
    """Customers with a problem, and how they were left, by touchpoint."""
    return (
        interactions.filter(~nw.col("customer_key").is_null())
        .with_columns(month_on=month_of("contacted_on"))
        .group_by(*GRAIN)
        .agg(
            customer_count=nw.col("customer_key").n_unique().cast(nw.Int64),
            rated_n=nw.col("csat_n").sum().cast(nw.Int64),
            rated_satisfied=nw.col("csat_satisfied").sum().cast(nw.Int64),
            rated_dissatisfied=nw.col("csat_dissatisfied").sum().cast(nw.Int64),
        )
    )


def _orders(orders: Lazy) -> Lazy:
    """Margin that service won back or brought, by touchpoint."""
    role, margin = nw.col("service_role"), nw.col("margin_amount")
    return (
        orders.filter(nw.col("is_sale") & ~nw.col("margin_amount").is_null() & (role != "none"))
        .with_columns(month_on=month_of("ordered_on"))
        .group_by(*GRAIN)
        .agg(
            recovered=sum_where(margin, role == "recovered").cast(nw.Float64),
            attributed=sum_where(margin, role == "attributed").cast(nw.Float64),
        )
    )


def _costs(costs: Lazy) -> Lazy:
    """Cost of service, by touchpoint."""
    return (
        costs.filter(nw.col("cost_category") == "service")
        .with_columns(month_on=month_of("costed_on"))
        .group_by(*GRAIN)
        .agg(service_cost_amount=nw.col("cost_amount").sum().cast(nw.Float64))
    )


def _shares(parameters: Parameters) -> dict[str, nw.Expr]:
    """s, m, d with the ends of s and d: measured where enough answers are in, else as declared."""
    satisfied, mollified, dissatisfied = (parameters.assumption(name) for name in SHARES)
    n, good, bad = nw.col("rated_n"), nw.col("rated_satisfied"), nw.col("rated_dissatisfied")

    def either(measured: nw.Expr, declared: float) -> nw.Expr:
        return nw.when(nw.col("is_measured")).then(measured).otherwise(nw.lit(declared))

    return {
        "satisfied_share": either(ratio(good, n), satisfied.value),
        "mollified_share": either(ratio(n - good - bad, n), mollified.value),
        "dissatisfied_share": either(ratio(bad, n), dissatisfied.value),
        "satisfied_share_ci_low": either(nw.col("rated_share_ci_low"), satisfied.low),
        "satisfied_share_ci_high": either(nw.col("rated_share_ci_high"), satisfied.high),
        "satisfied_worst": either(ratio(good, n), satisfied.low),
        "satisfied_best": either(ratio(good, n), satisfied.high),
        "dissatisfied_worst": either(ratio(bad, n), dissatisfied.high),
        "dissatisfied_best": either(ratio(bad, n), dissatisfied.low),
    }


def _kept_per_customer(parameters: Parameters) -> dict[str, nw.Expr]:
    """Loyalty kept per customer who came, over one who stayed silent; and its ends."""
    good, middling, bad, silent = (parameters.assumption(name) for name in LOYALTIES)

    def kept(end: str, *loyalties: float) -> nw.Expr:
        return kept_per_customer(nw.col(f"satisfied_{end}"), nw.col(f"dissatisfied_{end}"), *loyalties)

    return {
        "kept": kept("share", good.value, middling.value, bad.value, silent.value),
        "kept_low": kept("worst", good.low, middling.low, bad.low, silent.high),
        "kept_high": kept("best", good.high, middling.high, bad.high, silent.low),
    }


def _roi(prevented: str, new: str, cost: nw.Expr) -> nw.Expr:
    return return_on_cost(nw.col(prevented), nw.col("recovered_margin_amount"), nw.col(new), cost)


def _bases(parameters: Parameters) -> dict[str, nw.Expr]:
    """What each input rests on, and the weakest of them."""

    def basis(*names: str) -> str:
        return weakest(*(parameters.assumption(name).basis for name in names))

    declared = basis(*LOYALTIES, "customer_value", "service_share")
    with_shares = weakest(declared, basis(*SHARES))

    def either(measured: str, otherwise: str) -> nw.Expr:
        return nw.when(nw.col("is_measured")).then(nw.lit(measured)).otherwise(nw.lit(otherwise))

    return {
        "shares_basis": either("measured", basis(*SHARES)),
        "loyalty_basis": nw.lit(basis(*LOYALTIES)),
        "customer_value_basis": nw.lit(basis("customer_value")),
        "service_share_basis": nw.lit(basis("service_share")),
        "roi_basis": either(declared, with_shares),
    }
