"""Support tickets with what their events and ratings say of them."""

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.customer import with_customer
from assets.core.ticket_clocks import with_clocks_where_nothing_else_tells
from assets.derivation import RECORD, By, Lookup, Reference, by_column, derive
from assets.expressions import count_where
from assets.frames import Lazy
from schemas.core.answers import Answers
from schemas.core.calendar import Calendar
from schemas.core.identities import Identities
from schemas.core.text_labels import TextLabels
from schemas.core.ticket_events import TicketEvents
from schemas.core.tickets import Tickets
from schemas.projection import columns
from schemas.raw.tickets import RawTickets
from schemas.vocabulary import FINISHED_STATUSES, UNKNOWN

TICKET_REF = nw.concat_str([nw.col("source"), nw.lit(":"), nw.col("source_record_id")])
OWN_MOMENTS = {
    "first_replied_at": ("first_replied_at",),
    "first_solved_at": ("first_solved_at", "last_solved_at", "closed_at"),
    "last_solved_at": ("last_solved_at", "first_solved_at", "closed_at"),
}
"""A source that names one moment of solving has no other; a ticket closed and never solved was solved by closing."""

LAST_VALUES = ("first_replied_at", "first_solved_at", "last_solved_at", "closed_at", "reopen_count")
"""What a ticket may say of its past by itself."""


@derive(
    Tickets,
    unit=("ticket_ref",),
    tickets=By(RawTickets, noted=RECORD, unit={"ticket_ref": TICKET_REF}),
    events=by_column(TicketEvents, "ticket_ref"),
    answers=by_column(
        Answers,
        "ticket_ref",
        reads=("source", "source_record_id", "question", "metric", "value", "is_top_box", "is_bottom_box", "is_superseded", "answered_at"),
    ),
    labels=by_column(TextLabels, "ticket_ref"),
    identities=Lookup(Identities, key="customer_ref", carrier="tickets", carrier_key="customer_ref"),
    calendar=Reference(Calendar),
)
def tickets(tickets: Lazy, events: Lazy, answers: Lazy, labels: Lazy, identities: Lazy, calendar: Lazy) -> Lazy:
    """Join each ticket with its history, its ratings, its customer and its day; one without a category takes its subject's."""
    return (
        tickets.with_columns(ticket_ref=TICKET_REF)
        .pipe(on_business_day, "opened_at", "opened_on", calendar)
        .pipe(with_customer, identities)
        .join(_history(events), on="ticket_ref", how="left")
        .join(_ratings(answers), on="ticket_ref", how="left")
        .join(_survey_resolution(answers), on="ticket_ref", how="left")
        .join(_subject(labels), on="ticket_ref", how="left")
        .with_columns(
            has_events=~nw.col("event_count").is_null() & nw.col("history").is_in(("events", "status_events")),
            status=nw.when(nw.coalesce(nw.col("deletion_count"), nw.lit(0)) > 0).then(nw.lit("deleted")).otherwise(nw.col("status")),
        )
        .with_columns(history=_known_past())
        .with_columns(
            **{moment: _moment(moment) for moment in OWN_MOMENTS},
            first_acknowledged_at=_acknowledged(),
            reopen_count=nw.when(nw.col("has_events")).then(nw.col("event_reopen_count")).otherwise(nw.col("reopen_count")),
            first_reopened_at=nw.when(nw.col("has_events")).then(nw.col("first_reopened_at")),
            agent_reply_count=nw.when(nw.col("history") == "events").then(nw.col("agent_reply_count")),
            is_marked_resolved=_marked_resolved(),
            is_resolution_known=~nw.col("is_resolved_at_first_contact").is_null() | (nw.col("history") == "events"),
        )
        .with_columns(
            **{label: nw.coalesce(nw.col(label), nw.col(f"subject_{label}"), nw.lit(UNKNOWN)) for label in ("category", "touchpoint")},
            priority=nw.coalesce(nw.col("priority"), nw.lit(UNKNOWN)),
            **{number: nw.coalesce(nw.col(number), nw.lit(0)) for number in ("csat_n", "csat_satisfied", "csat_dissatisfied")},
            contact_group=nw.coalesce("customer_key", "ticket_ref"),
            is_contact=(nw.col("opened_by") == "customer")
            & (nw.col("status") != "deleted")
            & ~nw.col("is_merged")
            & ~nw.col("is_abandoned"),
        )
        .select(*(column.name for column in columns(Tickets)))
    )


def _history(events: Lazy) -> Lazy:
    """What each ticket's events say: first reply, solutions, reopens, touches."""
    order = ["happened_at", "source_record_id", "position"]
    events = events.pipe(with_clocks_where_nothing_else_tells)
    moves = (
        events.filter(~nw.col("status_to").is_null())
        .with_columns(before=nw.coalesce(nw.col("status_from"), nw.col("status_to").shift(1).over("ticket_ref", order_by=order)))
        .with_columns(
            was_finished=_in(nw.col("before"), FINISHED_STATUSES),
            is_finished=_in(nw.col("status_to"), FINISHED_STATUSES),
        )
        .with_columns(
            solved=nw.when(nw.col("is_finished") & ~nw.col("was_finished")).then(nw.col("happened_at")),
            reopened=nw.when(nw.col("was_finished") & ~nw.col("is_finished") & (nw.col("status_to") != "deleted")).then(
                nw.col("happened_at")
            ),
        )
        .group_by("ticket_ref")
        .agg(
            solved_first=nw.col("solved").min(),
            solved_last=nw.col("solved").max(),
            first_reopened_at=nw.col("reopened").min(),
            reopen_count=nw.col("reopened").count().cast(nw.Int64),
        )
    )
    is_reply = ((nw.col("event") == "public_reply") & (nw.col("actor") == "agent")) | (
        nw.col("by_clocks") & (nw.col("event") == "reply_given")
    )
    wrote_again = (nw.col("event") == "customer_reply") & (
        nw.col("solved_first").is_null() | (nw.col("happened_at") < nw.col("solved_first"))
    )
    return (
        events.join(moves, on="ticket_ref", how="left")
        .with_columns(
            replied=nw.when(is_reply).then(nw.col("happened_at")),
            acknowledged=nw.when(is_reply | ((nw.col("event") == "public_reply") & (nw.col("actor") != "customer"))).then(
                nw.col("happened_at")
            ),
            unclear=nw.when(nw.col("event") == "public_comment").then(nw.col("happened_at")),
        )
        .group_by("ticket_ref")
        .agg(
            event_count=nw.len().cast(nw.Int64),
            event_first_replied_at=nw.col("replied").min(),
            event_first_acknowledged_at=nw.col("acknowledged").min(),
            agent_reply_count=nw.col("replied").count().cast(nw.Int64),
            wrote_again_count=count_where(wrote_again),
            event_first_solved_at=nw.col("solved_first").min(),
            event_last_solved_at=nw.col("solved_last").max(),
            first_reopened_at=nw.col("first_reopened_at").min(),
            event_reopen_count=nw.col("reopen_count").max(),
            deletion_count=count_where(nw.col("event") == "deleted"),
            by_clocks_count=count_where(nw.col("by_clocks")),
            unclear_at=nw.col("unclear").min(),
        )
        .with_columns(
            event_first_replied_at=_unless_unclear("event_first_replied_at"),
            event_first_acknowledged_at=_unless_unclear("event_first_acknowledged_at"),
        )
        .with_columns(event_reopen_count=nw.coalesce(nw.col("event_reopen_count"), nw.lit(0)))
    )


def _unless_unclear(first: str) -> nw.Expr:
    """The moment of the first reply, unless a comment before it may have been one."""
    return nw.when(nw.col("unclear_at").is_null() | (nw.col(first) <= nw.col("unclear_at"))).then(nw.col(first))


def _ratings(answers: Lazy) -> Lazy:
    """CSAT answers about each ticket."""
    given = answers.filter((nw.col("metric") == "csat") & ~nw.col("value").is_null() & ~nw.col("is_superseded"))
    return given.group_by("ticket_ref").agg(
        csat_n=nw.len().cast(nw.Int64),
        csat_satisfied=count_where(nw.col("is_top_box")),
        csat_dissatisfied=count_where(nw.col("is_bottom_box")),
    )


def _survey_resolution(answers: Lazy) -> Lazy:
    """The last answer about each ticket to "resolved in the first contact?"."""
    return (
        answers.filter((nw.col("metric") == "fcr") & ~nw.col("value").is_null() & ~nw.col("is_superseded"))
        .with_columns(
            later=nw.col("answered_at").shift(-1).over("ticket_ref", order_by=["answered_at", "source", "source_record_id", "question"])
        )
        .filter(nw.col("later").is_null())
        .select("ticket_ref", is_resolved_by_survey=nw.col("is_top_box"))
    )


def _moment(name: str) -> nw.Expr:
    """From the events where the ticket has any, else from its own columns, the next best where one is empty."""
    own, of_events = nw.coalesce(*OWN_MOMENTS[name]), nw.col(f"event_{name}")
    if name == "first_replied_at":
        own_beside_events = nw.when(nw.col("history") == "status_events").then(nw.coalesce(of_events, own)).otherwise(of_events)
        return nw.when(nw.col("has_events")).then(own_beside_events).otherwise(own)
    return nw.when(nw.col("has_events")).then(of_events).otherwise(own)


def _acknowledged() -> nw.Expr:
    """From the events, where these are known; a known reply acknowledges as well."""
    of_events = nw.when(nw.col("has_events")).then(nw.col("event_first_acknowledged_at"))
    return nw.coalesce(of_events, _moment("first_replied_at"))


def _known_past() -> nw.Expr:
    """What is known: a source that gives events has none of a ticket before they arrive, but perhaps its last values.

    Where nobody says who wrote a comment, it is not known who replied and when.
    """
    has_last_values = nw.col("history") == "last_values"
    for value in LAST_VALUES:
        has_last_values = has_last_values | ((nw.col("history") != "none") & ~nw.col(value).is_null())
    no_replies = (nw.col("history") == "status_events") | (nw.col("by_clocks_count") > 0) | ~nw.col("unclear_at").is_null()
    of_events = nw.when(no_replies).then(nw.lit("status_events")).otherwise(nw.lit("events"))
    without = nw.when(has_last_values).then(nw.lit("last_values")).otherwise(nw.lit("none"))
    return nw.when(nw.col("has_events")).then(of_events).otherwise(without)


def _marked_resolved() -> nw.Expr:
    """As the source says; else solved before the customer wrote again; where neither is known, not marked."""
    by_history = (nw.col("history") == "events") & ~nw.col("event_first_solved_at").is_null() & (nw.col("wrote_again_count") == 0)
    return nw.coalesce(nw.col("is_resolved_at_first_contact"), by_history, nw.lit(value=False))


def _in(value: nw.Expr, words: tuple[str, ...]) -> nw.Expr:
    """Whether the value is one of the words; null is none of them."""
    return nw.coalesce(value.is_in(words), nw.lit(value=False))


def _subject(labels: Lazy) -> Lazy:
    """What the taxonomy says of a ticket's own subject."""
    return labels.filter(nw.col("kind") == "ticket").select(
        "ticket_ref", subject_category=nw.col("category"), subject_touchpoint=nw.col("touchpoint")
    )
