"""How many survey invitations are answered, by day of sending."""

import datetime as dt

import narwhals as nw

from assets.derivation import AddsUp, Lookup, by_column, derive, month_of
from assets.expressions import count_where, row_status, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.invites import Invites
from schemas.core.tickets import Tickets
from schemas.kpi.response_rate_daily import ResponseRateDaily
from schemas.projection import columns, grain
from schemas.vocabulary import FINISHED_STATUSES


def _maturity(parameters: Parameters) -> dt.timedelta:
    return parameters.response_window


@derive(
    ResponseRateDaily,
    unit=("sent_on",),
    uses=("response_window_days", "small_sample"),
    matures_after=_maturity,
    adds_up=(AddsUp("invite_count", "invites", nw.len()),),
    invites=by_column(Invites, "sent_on"),
    tickets=Lookup(Tickets, key="ticket_ref", carrier="invites", carrier_key="ticket_ref", reads=("status", "first_solved_at")),
)
def response_rate_daily(invites: Lazy, tickets: Lazy, parameters: Parameters) -> Lazy:
    """Count what arrived and what of it was answered in time, and divide."""
    answered = ~nw.col("answered_at").is_null()
    arrived = answered | nw.coalesce(nw.col("is_delivered"), nw.lit(value=True))
    eligible = arrived & (nw.col("sent_at") <= parameters.mature_until(parameters.response_window))
    in_time = eligible & _by(nw.col("answered_at"), nw.col("sent_at").dt.offset_by(f"{parameters.response_window_days}d"))
    completed = in_time & _by(nw.col("completed_at"), nw.col("sent_at").dt.offset_by(f"{parameters.response_window_days}d"))
    known, solved = ~nw.col("is_solved").is_null(), nw.col("is_solved")
    return (
        invites.join(_outcomes(tickets), on="ticket_ref", how="left")
        .group_by(*grain(ResponseRateDaily))
        .agg(
            invite_count=nw.len().cast(nw.Int64),
            delivered_count=count_where(answered | nw.col("is_delivered")),
            undelivered_count=count_where(~arrived),
            unknown_delivery_count=count_where(~answered & nw.col("is_delivered").is_null()),
            n_immature=count_where(arrived & ~eligible),
            n_eligible=count_where(eligible),
            answered_count=count_where(in_time),
            completed_count=count_where(completed),
            answered_in_month_count=count_where(_by(month_of("answered_on"), month_of("sent_on"))),
            invited_ticket_count=count_where(eligible & known),
            invited_resolved_count=count_where(eligible & solved),
            answered_ticket_count=count_where(in_time & known),
            answered_resolved_count=count_where(in_time & solved),
        )
        .with_columns(
            delivery_known=nw.col("delivered_count") + nw.col("undelivered_count"),
            arrived=nw.col("delivered_count") + nw.col("unknown_delivery_count"),
        )
        .with_columns(
            **share_with_interval("delivery", "delivered_count", "delivery_known"),
            **share_with_interval("response_rate", "answered_count", "n_eligible"),
            **share_with_interval("completion", "completed_count", "answered_count"),
            **share_with_interval("response_rate_in_month", "answered_in_month_count", "arrived"),
            **share_with_interval("resolved_invited", "invited_resolved_count", "invited_ticket_count"),
            **share_with_interval("resolved_answered", "answered_resolved_count", "answered_ticket_count"),
            status=row_status("n_eligible", parameters.small_sample, immature="n_immature"),
        )
        .select(*(column.name for column in columns(ResponseRateDaily)))
    )


def _by(moment: nw.Expr, deadline: nw.Expr) -> nw.Expr:
    """Whether something has happened by a deadline; what has not happened has not."""
    return nw.coalesce(moment <= deadline, nw.lit(value=False))


def _outcomes(tickets: Lazy) -> Lazy:
    """Whether each ticket is solved."""
    return tickets.select("ticket_ref", is_solved=~nw.col("first_solved_at").is_null() | nw.col("status").is_in(FINISHED_STATUSES))
