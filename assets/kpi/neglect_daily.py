"""Problems that were never acknowledged, never answered, or closed without a public reply."""

import datetime as dt

import narwhals as nw

from assets.derivation import AddsUp, by_column, derive
from assets.expressions import count_where, ratio, row_status, seconds_between, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.tickets import Tickets
from schemas.kpi.neglect_daily import NeglectDaily
from schemas.projection import columns, grain
from schemas.vocabulary import FINISHED_STATUSES

LIVE_CHANNELS = ("phone", "in_person")


def _maturity(parameters: Parameters) -> dt.timedelta:
    return parameters.neglect_after


@derive(
    NeglectDaily,
    unit=("opened_on",),
    uses=("neglect_after_days", "small_sample"),
    matures_after=_maturity,
    adds_up=(AddsUp("contact_count", "tickets", count_where(nw.col("is_contact"))),),
    tickets=by_column(
        Tickets,
        "opened_on",
        reads=("opened_at", "channel", "status", "is_contact", "history", "first_replied_at", "first_acknowledged_at", "first_solved_at"),
    ),
)
def neglect_daily(tickets: Lazy, parameters: Parameters) -> Lazy:
    """Count, among the tickets old enough and of a full history, what never happened."""
    live = nw.col("channel").is_in(LIVE_CHANNELS)
    told = ~live & (nw.col("history") == "events")
    judged = told & (nw.col("opened_at") <= parameters.mature_until(parameters.neglect_after))
    unanswered = judged & nw.col("first_replied_at").is_null()
    is_finished = ~nw.col("first_solved_at").is_null() | nw.col("status").is_in(FINISHED_STATUSES)
    return (
        tickets.filter(nw.col("is_contact"))
        .with_columns(acknowledge_seconds=nw.when(judged).then(seconds_between("opened_at", "first_acknowledged_at")))
        .group_by(*grain(NeglectDaily))
        .agg(
            contact_count=nw.len().cast(nw.Int64),
            n_live=count_where(live),
            n_without_history=count_where(~live & ~told),
            n_immature=count_where(told & ~judged),
            n_eligible=count_where(judged),
            unacknowledged_count=count_where(judged & nw.col("first_acknowledged_at").is_null()),
            unanswered_count=count_where(unanswered),
            closed_unanswered_count=count_where(unanswered & is_finished),
            acknowledged_count=count_where(judged & ~nw.col("first_acknowledged_at").is_null()),
            acknowledge_seconds_sum=nw.coalesce(nw.col("acknowledge_seconds"), nw.lit(0)).sum().cast(nw.Int64),
            acknowledge_seconds_median=nw.col("acknowledge_seconds").cast(nw.Float64).median(),
            acknowledge_seconds_p90=nw.col("acknowledge_seconds").cast(nw.Float64).quantile(0.9, interpolation="linear"),
        )
        .with_columns(
            **share_with_interval("unacknowledged", "unacknowledged_count", "n_eligible"),
            **share_with_interval("unanswered", "unanswered_count", "n_eligible"),
            **share_with_interval("closed_unanswered", "closed_unanswered_count", "n_eligible"),
            acknowledge_seconds_mean=ratio(nw.col("acknowledge_seconds_sum"), nw.col("acknowledged_count")),
            status=row_status("n_eligible", parameters.small_sample, immature="n_immature"),
        )
        .select(*(column.name for column in columns(NeglectDaily)))
    )
