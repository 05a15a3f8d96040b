"""The states that tickets were in, one after the other."""

import datetime as dt

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.ticket_clocks import with_clocks_where_nothing_else_tells
from assets.derivation import Reference, by_column, derive
from assets.frames import Lazy
from schemas.core.calendar import Calendar
from schemas.core.ticket_events import TicketEvents
from schemas.core.ticket_visits import TicketVisits
from schemas.core.tickets import Tickets
from schemas.projection import columns
from schemas.vocabulary import FINISHED_STATUSES, UNKNOWN

ORDER = ("entered_at", "source_record_id", "position")
ENDED = (*FINISHED_STATUSES, "deleted")
FIRST = "new"
"""The status of a ticket whose history does not say in which it was opened."""


@derive(
    TicketVisits,
    unit=("ticket_ref",),
    tickets=by_column(Tickets, "ticket_ref", reads=("opened_at", "channel", "status", "last_solved_at")),
    events=by_column(TicketEvents, "ticket_ref"),
    calendar=Reference(Calendar),
)
def ticket_visits(tickets: Lazy, events: Lazy, calendar: Lazy) -> Lazy:
    """Put each ticket's moves in order, and make a visit of the time between two of them."""
    moves = _moves(tickets, events)
    visits = nw.concat([_with_history(moves), _without_history(tickets, moves)], how="vertical")
    is_unended = nw.col("left_at").is_null() & nw.col("has_ended") & ~nw.col("status").is_in(ENDED)
    return (
        visits.filter(~is_unended)
        .with_columns(once=nw.lit(1))
        .with_columns(
            visit_number=nw.col("once").cum_sum().over("ticket_ref", order_by="entered_at").cast(nw.Int64),
            status_number=nw.col("once").cum_sum().over("ticket_ref", "status", order_by="entered_at").cast(nw.Int64),
        )
        .with_columns(is_rework=nw.col("status_number") > 1)
        .pipe(on_business_day, "entered_at", "entered_on", calendar)
        .pipe(on_business_day, "left_at", "left_on", calendar)
        .select(*(column.name for column in columns(TicketVisits)))
    )


def observed(visits: Lazy, as_of: dt.datetime | None) -> Lazy:
    """One row: when the first ticket was opened and until when the tickets' moves are known; the last of them where nobody says."""
    last_at = nw.max_horizontal(nw.col("entered_at"), nw.col("left_at")).max()
    bounds = visits.select(first_at=nw.col("entered_at").min(), known_until=last_at)
    return bounds.with_columns(known_until=nw.lit(as_of)) if as_of else bounds


def _moves(tickets: Lazy, events: Lazy) -> Lazy:
    """Every move of a ticket into a status; none before the ticket was opened."""
    gone = nw.when(nw.col("event") == "deleted").then(nw.lit("deleted")).when(nw.col("event") == "merged").then(nw.lit("closed"))
    about = tickets.select("ticket_ref", "opened_at", "channel", has_ended=nw.col("status").is_in(ENDED))
    at = nw.when(nw.col("happened_at") < nw.col("opened_at")).then(nw.col("opened_at")).otherwise(nw.col("happened_at"))
    return (
        with_clocks_where_nothing_else_tells(events)
        .with_columns(status=nw.coalesce(nw.col("status_to"), gone))
        .filter(~nw.col("status").is_null())
        .join(about, on="ticket_ref", how="inner")
        .with_columns(entered_at=at)
        .select("ticket_ref", "opened_at", "channel", "has_ended", "status", "status_from", *ORDER)
    )


def _with_history(moves: Lazy) -> Lazy:
    """The visits between the moves, the first of which leaves the status that the ticket was opened in."""
    first = (
        moves.with_columns(before=nw.col("status").shift(1).over("ticket_ref", order_by=ORDER))
        .filter(nw.col("before").is_null())
        .with_columns(
            status=nw.coalesce(nw.col("status_from"), nw.lit(FIRST)),
            entered_at=nw.col("opened_at"),
            source_record_id=nw.lit(""),
            position=nw.lit(-1).cast(nw.Int64),
        )
        .select("ticket_ref", "opened_at", "channel", "has_ended", "status", "status_from", *ORDER)
    )
    return (
        nw.concat([first, moves], how="vertical")
        .with_columns(next_at=nw.col("entered_at").shift(-1).over("ticket_ref", order_by=ORDER))
        .filter(nw.col("next_at").is_null() | (nw.col("next_at") > nw.col("entered_at")))
        .with_columns(before=nw.col("status").shift(1).over("ticket_ref", order_by="entered_at"))
        .filter(nw.col("before").is_null() | (nw.col("before") != nw.col("status")))
        .with_columns(left_at=nw.col("entered_at").shift(-1).over("ticket_ref", order_by="entered_at"))
        .select("ticket_ref", "opened_at", "channel", "has_ended", "status", "entered_at", "left_at")
    )


def _without_history(tickets: Lazy, moves: Lazy) -> Lazy:
    """One visit from opened to last solved of every ticket whose moves nobody tells."""
    has_ended = nw.col("status").is_in(ENDED)
    return (
        tickets.join(moves.select("ticket_ref").unique(), on="ticket_ref", how="anti")
        .with_columns(
            has_ended=has_ended,
            entered_at=nw.col("opened_at"),
            left_at=nw.when(has_ended).then(nw.col("last_solved_at")),
        )
        .with_columns(status=nw.lit(UNKNOWN))
        .filter(nw.col("left_at").is_null() | (nw.col("left_at") > nw.col("entered_at")))
        .select("ticket_ref", "opened_at", "channel", "has_ended", "status", "entered_at", "left_at")
    )
