"""What a sale, a contact and a resolution cost, by month."""

import narwhals as nw

from assets.derivation import AddsUp, by_month, derive, month_of
from assets.expressions import cost_per, count_where, ratio, row_status, sum_where, to_money
from assets.frames import Lazy, stacked
from assets.parameters import Parameters
from assets.resolution import is_resolved_at_first
from schemas.core.costs import Costs
from schemas.core.interactions import Interactions
from schemas.core.orders import Orders
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.projection import columns, grain
from schemas.vocabulary import UNALLOCATED

GRAIN = grain(CostPerSaleMonthly)
CATEGORIES = ("service", "selling", "remediation")
COST_AMOUNTS = tuple(f"{category}_cost_amount" for category in CATEGORIES)
AMOUNTS = (*COST_AMOUNTS, "revenue_amount", "margin_amount")
COUNTS = (
    "contact_count",
    "resolution_count",
    "judged_count",
    "resolved_at_once_count",
    "sale_count",
    "returned_order_count",
    "margin_unknown_count",
)


def _booked(category: str) -> nw.Expr:
    return sum_where(nw.col("cost_amount"), nw.col("cost_category") == category)


@derive(
    CostPerSaleMonthly,
    unit=("month_on",),
    adds_up=(
        AddsUp("contact_count", "interactions", nw.len()),
        AddsUp("sale_count", "orders", count_where(nw.col("is_sale"))),
        *(AddsUp(f"{category}_cost_amount", "costs", _booked(category), tolerance=0.00005) for category in CATEGORIES),
    ),
    interactions=by_month(Interactions, "contacted_on"),
    orders=by_month(Orders, "ordered_on"),
    costs=by_month(Costs, "costed_on"),
)
def cost_per_sale_monthly(interactions: Lazy, orders: Lazy, costs: Lazy, parameters: Parameters) -> Lazy:
    """Put costs, contacts and sales of a month side by side, costs spread by contacts where they are not booked finer."""
    contacts = _contacts(interactions)
    parts = (contacts, _sales(orders), *_spread(costs, contacts))
    service, selling, sales = nw.col("service_cost_amount"), nw.col("selling_cost_amount"), nw.col("sale_count")
    return (
        stacked(parts, GRAIN, counts=COUNTS, amounts=AMOUNTS)
        .with_columns(
            fcr=ratio(nw.col("resolved_at_once_count"), nw.col("judged_count")),
            cost_per_sale_service_only=cost_per(sales, service),
            cost_per_sale_service_plus_selling=nw.when((service != 0) & (selling != 0)).then(ratio(service + selling, sales)),
            cost_per_contact=cost_per(nw.col("contact_count"), service),
            cost_per_resolution=cost_per(nw.col("resolution_count"), service),
            cost_per_returned_order=cost_per(nw.col("returned_order_count"), nw.col("remediation_cost_amount")),
            revenue_per_service_dollar=ratio(nw.col("revenue_amount"), service),
            margin_per_service_dollar=ratio(nw.col("margin_amount"), service),
            status=nw.when(service != 0).then(row_status("sale_count", parameters.small_sample)).otherwise(nw.lit("no_data")),
        )
        .with_columns(cost_per_contact_over_fcr=ratio(nw.col("cost_per_contact"), nw.col("fcr")))
        .select(*(column.name for column in columns(CostPerSaleMonthly)))
    )


def _contacts(interactions: Lazy) -> Lazy:
    is_final = ~nw.col("is_repeated") & ~nw.col("is_reopened")
    is_judged = ~nw.col("customer_key").is_null() & nw.col("is_resolution_known")
    return (
        interactions.with_columns(month_on=month_of("contacted_on"))
        .group_by(*GRAIN)
        .agg(
            contact_count=nw.len().cast(nw.Int64),
            resolution_count=count_where(nw.col("is_solved") & is_final),
            judged_count=count_where(is_judged),
            resolved_at_once_count=count_where(is_judged & is_resolved_at_first()),
        )
    )


def _sales(orders: Lazy) -> Lazy:
    sale = nw.col("is_sale")
    has_margin = ~nw.col("margin_amount").is_null()
    return (
        orders.with_columns(month_on=month_of("ordered_on"))
        .filter(sale)
        .group_by(*GRAIN)
        .agg(
            sale_count=nw.len().cast(nw.Int64),
            returned_order_count=count_where(nw.col("is_returned")),
            margin_unknown_count=count_where(~has_margin),
            revenue_amount=nw.col("revenue_amount").sum().cast(nw.Float64),
            margin_amount=nw.col("margin_amount").sum().cast(nw.Float64),
        )
    )


def _spread(costs: Lazy, contacts: Lazy) -> tuple[Lazy, Lazy]:
    """Costs by segment: those booked to a channel over its contacts, the others over all contacts of the month."""
    booked = (
        costs.filter(nw.col("cost_category").is_in(CATEGORIES))
        .with_columns(month_on=month_of("costed_on"))
        .group_by("month_on", "channel")
        .agg(**{f"{category}_cost_amount": _booked(category).cast(nw.Float64) for category in CATEGORIES})
    )
    keyed = contacts.select(*GRAIN, "contact_count")
    to_channel = booked.filter(nw.col("channel") != UNALLOCATED).join(
        _weighed(keyed, "month_on", "channel"), on=["month_on", "channel"], how="left"
    )
    to_none = booked.filter(nw.col("channel") == UNALLOCATED).drop("channel").join(_weighed(keyed, "month_on"), on="month_on", how="left")
    return _allocated(to_channel), _allocated(to_none)


def _weighed(contacts: Lazy, *within: str) -> Lazy:
    """Which slice of its group's contacts each row holds: from `below` to `upto`, as parts of the whole."""
    order = [name for name in GRAIN if name not in within]
    counts = contacts.with_columns(
        upto=nw.col("contact_count").cum_sum().over(*within, order_by=order), total=nw.col("contact_count").sum().over(*within)
    )
    return counts.with_columns(
        below=ratio(nw.col("upto") - nw.col("contact_count"), nw.col("total")), upto=ratio(nw.col("upto"), nw.col("total"))
    ).drop("total", "contact_count")


def _allocated(booked: Lazy) -> Lazy:
    """Each row's slice of the cost, cut at whole ten-thousandths, so that the slices add up to the cost exactly."""
    upto, below = nw.coalesce(nw.col("upto"), nw.lit(1.0)), nw.coalesce(nw.col("below"), nw.lit(0.0))
    return booked.with_columns(
        channel=nw.coalesce(nw.col("channel"), nw.lit(UNALLOCATED)),
        segment=nw.coalesce(nw.col("segment"), nw.lit(UNALLOCATED)),
        **{name: to_money(nw.col(name) * upto) - to_money(nw.col(name) * below) for name in COST_AMOUNTS},
    )
