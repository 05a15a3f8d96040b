"""Cost, quality and speed of service on one row, by month."""

from functools import reduce

import narwhals as nw

from assets.derivation import Whole, derive, month_of
from assets.expressions import cost_per, row_status, seconds_between, share_with_interval
from assets.frames import Lazy, stacked
from assets.parameters import Parameters
from schemas.core.targets import Targets
from schemas.core.tickets import Tickets
from schemas.kpi.balance_monthly import BalanceMonthly
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.projection import columns
from schemas.vocabulary import ALL

MONTH = "month_on"
FIGURES = {
    "cost_per_contact": "cost_per_sale_monthly",
    "csat_top2": "satisfaction_daily",
    "fcr_repeat": "first_contact_resolution_daily",
    "first_reply_seconds_median": "ticket_times_daily",
}
"""The figures, and the table that each is defined in."""
SHARES = ("csat_top2", "fcr_repeat")
COUNTS = (
    *("contact_count", "csat_n", "csat_satisfied", "replied_count"),
    *("anchor_count", "anchor_repeated_same_channel_count", "n_immature"),
)
COMPANY = ("channel", "touchpoint", "segment", "category", "team")
MATERIAL = 0.05
"""From which part of last month's on a cost or a time has moved."""


@derive(
    BalanceMonthly,
    uses=("small_sample",),
    costs=Whole(CostPerSaleMonthly),
    satisfaction=Whole(SatisfactionDaily),
    resolution=Whole(FirstContactResolutionDaily),
    tickets=Whole(Tickets, reads=("opened_at", "opened_on", "is_contact", "first_replied_at")),
    targets=Whole(Targets),
)
def balance_monthly(costs: Lazy, satisfaction: Lazy, resolution: Lazy, tickets: Lazy, targets: Lazy, parameters: Parameters) -> Lazy:
    """Put the figures of a month side by side, then beside their targets and those of the month before."""
    replies = _replies(tickets)
    parts = (
        _summed(costs, nw.col(MONTH), "contact_count", amount="service_cost_amount"),
        _summed(satisfaction, month_of("answered_on"), "csat_n", "csat_satisfied"),
        _summed(resolution, month_of("contacted_on"), "anchor_count", "anchor_repeated_same_channel_count", "n_immature"),
        replies.select(MONTH, "replied_count"),
    )
    figures = (
        stacked(parts, (MONTH,), counts=COUNTS, amounts=("service_cost_amount",))
        .join(replies.select(MONTH, "first_reply_seconds_median"), on=MONTH, how="left")
        .with_columns(
            cost_per_contact=cost_per(nw.col("contact_count"), nw.col("service_cost_amount")),
            once=nw.col("anchor_count") - nw.col("anchor_repeated_same_channel_count"),
        )
        .with_columns(
            **share_with_interval("csat_top2", "csat_satisfied", "csat_n"), **share_with_interval("fcr_repeat", "once", "anchor_count")
        )
    )
    return (
        _beside_last_month(_beside_targets(figures, targets))
        .with_columns(trade=_trade(), status=_status(parameters.small_sample))
        .select(*(column.name for column in columns(BalanceMonthly)))
    )


def _summed(rows: Lazy, month: nw.Expr, *counts: str, amount: str | None = None) -> Lazy:
    sums = {name: nw.col(name).sum().cast(nw.Int64) for name in counts}
    if amount:
        sums[amount] = nw.col(amount).sum().cast(nw.Float64)
    return rows.with_columns(**{MONTH: month}).group_by(MONTH).agg(**sums)


def _replies(tickets: Lazy) -> Lazy:
    seconds = nw.col("seconds")
    return (
        tickets.filter(nw.col("is_contact"))
        .with_columns(month_on=month_of("opened_on"), seconds=seconds_between("opened_at", "first_replied_at"))
        .filter(~seconds.is_null())
        .group_by(MONTH)
        .agg(replied_count=nw.len().cast(nw.Int64), first_reply_seconds_median=seconds.cast(nw.Float64).median())
    )


def _beside_targets(figures: Lazy, targets: Lazy) -> Lazy:
    """Each figure with the target that holds on the first of the month, and whether it is met."""
    begun, ended = nw.col("valid_from_on") <= nw.col(MONTH), nw.col("valid_to_on") < nw.col(MONTH)
    for_all = reduce(lambda held, column: held & (nw.col(column) == ALL), COMPANY[1:], nw.col(COMPANY[0]) == ALL)
    holding = (
        targets.filter(for_all)
        .select("kpi", "figure", "value", "direction", "valid_from_on", "valid_to_on")
        .join(figures.select(MONTH), how="cross")
        .filter(begun & ~nw.coalesce(ended, nw.lit(value=False)))
    )
    newest = holding.filter(nw.col("valid_from_on") == nw.col("valid_from_on").max().over(MONTH, "kpi", "figure"))
    for name, table in FIGURES.items():
        wanted = f"{name}_target"
        own = newest.filter((nw.col("kpi") == table) & (nw.col("figure") == name)).group_by(MONTH)
        figures = figures.join(own.agg(**{wanted: nw.col("value").min(), "side": nw.col("direction").min()}), on=MONTH, how="left")
        figure, target = nw.col(name), nw.col(wanted)
        is_met = nw.when(nw.col("side") == "at_least").then(figure >= target).otherwise(figure <= target)
        figures = figures.with_columns(is_met.alias(f"{name}_is_met")).drop("side")
    return figures


def _beside_last_month(figures: Lazy) -> Lazy:
    """Each figure with that of the month before, and the difference."""
    ends = [f"{name}_ci_{end}" for name in SHARES for end in ("low", "high")]
    last = figures.select(
        nw.col(MONTH).dt.offset_by("1mo").cast(nw.Date).alias(MONTH), **{f"last_{name}": nw.col(name) for name in (*FIGURES, *ends)}
    )
    return figures.join(last, on=MONTH, how="left").with_columns(
        **{f"{name}_change": nw.col(name) - nw.col(f"last_{name}") for name in FIGURES}
    )


def _trade() -> nw.Expr:
    """What one gain was paid with: the first that holds."""
    better = reduce(lambda held, name: held | _above(name), SHARES[1:], _above(SHARES[0]))
    worse = reduce(lambda held, name: held | _below(name), SHARES[1:], _below(SHARES[0]))
    cost, reply = "cost_per_contact", "first_reply_seconds_median"
    trades = {
        "quality_for_cost": _moved(cost, -1) & worse,
        "speed_for_cost": _moved(cost, -1) & _moved(reply, 1),
        "quality_for_speed": _moved(reply, -1) & worse,
        "cost_for_quality": better & _moved(cost, 1),
    }
    word = nw.lit(None, nw.String)
    for name, holds in reversed(trades.items()):
        word = nw.when(holds).then(nw.lit(name)).otherwise(word)
    return word


def _above(name: str) -> nw.Expr:
    return nw.coalesce(nw.col(f"{name}_ci_low") > nw.col(f"last_{name}_ci_high"), nw.lit(value=False))


def _below(name: str) -> nw.Expr:
    return nw.coalesce(nw.col(f"{name}_ci_high") < nw.col(f"last_{name}_ci_low"), nw.lit(value=False))


def _moved(name: str, sign: int) -> nw.Expr:
    return nw.coalesce(nw.col(f"{name}_change") * sign > nw.col(f"last_{name}").abs() * MATERIAL, nw.lit(value=False))


def _status(small_sample: int) -> nw.Expr:
    return nw.when(nw.col("n_immature") > 0).then(nw.lit("immature")).otherwise(row_status("contact_count", small_sample))
