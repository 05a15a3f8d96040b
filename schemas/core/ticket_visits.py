"""The states that tickets were in, one after the other."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import CHANNELS, TICKET_STATUSES, UNKNOWN


class TicketVisits(Table):
    """One visit of a ticket in a status, from the status events of its history.

    A ticket begins when it is opened, in the status that its first move leaves; where that is not said, in `new`. Moves of one instant
    are one move to the last of them, so automatic hops of no length are no visits; a move into the same status is none either. A
    deleted ticket goes to `deleted`, a merged one to `closed`. A ticket whose history tells of no status, and one without a history,
    has one visit in status `unknown`, from opened until last solved; not yet solved, or open again, it lasts. Where nobody says when a
    finished ticket was finished, the visit in which it was last seen has no known end and is left out.
    """

    ticket_ref: str = pa.Field(description="The ticket.")
    visit_number: int = pa.Field(ge=1, description="Place among the ticket's visits.", metadata={"unit": "visits"})
    status: str = pa.Field(isin=(*TICKET_STATUSES, UNKNOWN), description="The status; `unknown` while open without a history of it.")
    is_rework: bool = pa.Field(description="Whether the ticket had been in this status before.")
    entered_at: dt.datetime = pa.Field(description="When the ticket entered the status, UTC.")
    entered_on: dt.date = pa.Field(description="Business date of entered_at.")
    left_at: dt.datetime = pa.Field(nullable=True, description="When it left it, UTC; null while it is there.")
    left_on: dt.date = pa.Field(nullable=True, description="Business date of left_at.")
    opened_at: dt.datetime = pa.Field(description="When the ticket was opened, UTC.")
    channel: str = pa.Field(isin=CHANNELS, description="How the first contact reached us.")

    class Config:
        name = "core.ticket_visits"
        unique = ["ticket_ref", "visit_number"]
