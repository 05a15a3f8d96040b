"""Support tickets with what their events and ratings say of them."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import ACTORS, CHANNELS, HISTORIES, PRIORITIES, TICKET_STATUSES, TOUCHPOINTS, UNKNOWN


class Tickets(Table):
    """One support ticket.

    Moments come from the events where the source has any, else from the ticket's own columns: then one moment of
    solving stands for first and last, and a ticket closed without being solved was solved when it was closed. A
    reopen is a status event out of solved or closed into an unfinished status. Where a source has no audits but clocks
    of its own, work that starts again after it was finished is a reopen. What no history tells is null, and `history`
    says why: with `last_values` a reopen count holds for the ticket's whole life and nobody knows when it happened.
    """

    ticket_ref: str = pa.Field(description="The ticket, as `source:ticket id`.")
    source: str = pa.Field(description="System the ticket comes from.")
    source_record_id: str = pa.Field(description="The ticket's id in its source.")
    contact_group: str = pa.Field(description="The customer, or the ticket itself where the customer is unknown.")
    customer_key: str = pa.Field(nullable=True, description="The customer; null when anonymous.")
    is_matched: bool = pa.Field(description="Whether a customer record holds the identifier that the record names the customer by.")
    segment: str = pa.Field(description="The customer's current segment.")
    opened_at: dt.datetime = pa.Field(description="When it was created, UTC.")
    opened_on: dt.date = pa.Field(description="Business date of opened_at.")
    opened_by: str = pa.Field(isin=ACTORS, description="Who created it.")
    channel: str = pa.Field(isin=CHANNELS, description="How the first contact reached us.")
    category: str = pa.Field(description="What it is about; `unknown` where nobody said.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN), description="Part of the company that handled it.")
    priority: str = pa.Field(isin=(*PRIORITIES, UNKNOWN), description="Urgency.")
    status: str = pa.Field(isin=TICKET_STATUSES, description="Status when last exported; deleted where an event says so.")
    is_contact: bool = pa.Field(description="Opened by a customer and neither deleted, merged nor abandoned.")
    history: str = pa.Field(isin=HISTORIES, description="What is known of its past; `events` only where they have arrived.")
    has_events: bool = pa.Field(description="Whether the source gave the ticket's history.")
    first_replied_at: dt.datetime = pa.Field(nullable=True, description="First public agent reply, UTC; null until it happens.")
    first_acknowledged_at: dt.datetime = pa.Field(
        nullable=True, description="First public reply by anybody but a customer, automatic ones included, UTC; null where none is known."
    )
    first_solved_at: dt.datetime = pa.Field(nullable=True, description="First solved or closed, UTC.")
    last_solved_at: dt.datetime = pa.Field(nullable=True, description="Last solved or closed, UTC.")
    first_reopened_at: dt.datetime = pa.Field(nullable=True, description="First reopened, UTC.")
    reopen_count: int = pa.Field(
        nullable=True, ge=0, description="Reopens; null where neither history nor source tells.", metadata={"unit": "reopens"}
    )
    agent_reply_count: int = pa.Field(
        nullable=True, ge=0, description="Public agent replies; null where no history tells of replies.", metadata={"unit": "replies"}
    )
    is_marked_resolved: bool = pa.Field(
        description="Resolved on the first contact: as the source says, else solved before the customer wrote again."
    )
    is_resolution_known: bool = pa.Field(
        description="Whether a history or the source's own mark tells if it was resolved on the first contact."
    )
    csat_n: int = pa.Field(ge=0, description="CSAT answers about the ticket.", metadata={"unit": "answers"})
    csat_satisfied: int = pa.Field(ge=0, description="Of these, in the top boxes.", metadata={"unit": "answers"})
    csat_dissatisfied: int = pa.Field(ge=0, description="Of these, in the bottom boxes.", metadata={"unit": "answers"})
    is_resolved_by_survey: bool = pa.Field(
        nullable=True, description="Last answer to `resolved in the first contact?`; null when not asked or not answered."
    )

    class Config:
        name = "core.tickets"
        unique = ["ticket_ref"]
