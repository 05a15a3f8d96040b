"""What happened to tickets, as delivered."""

import datetime as dt

import pandera.polars as pa

from schemas.raw.record import RawTable
from schemas.vocabulary import ACTORS, TICKET_EVENTS, TICKET_STATUSES


class RawTicketEvents(RawTable):
    """One thing that happened to a ticket; one audit record may hold several, told apart by `position`."""

    position: int = pa.Field(ge=0, description="Place of the event within its record.")
    ticket_ref: str = pa.Field(description="The ticket, as `source:ticket id`.")
    happened_at: dt.datetime = pa.Field(description="When it happened, UTC.")
    event: str = pa.Field(isin=TICKET_EVENTS, description="What happened.")
    actor: str = pa.Field(nullable=True, isin=ACTORS, description="Who did it; null where the record by itself does not say.")
    author_ref: str = pa.Field(nullable=True, description="Pseudonym of the person who did it, as in `raw.ticket_people`.")
    requester_ref: str = pa.Field(nullable=True, description="Pseudonym of the ticket's requester, where the record names one.")
    status_from: str = pa.Field(nullable=True, isin=TICKET_STATUSES, description="Status before, for a status event.")
    status_to: str = pa.Field(nullable=True, isin=TICKET_STATUSES, description="Status after, for a created or status event.")
    message_id: str = pa.Field(nullable=True, description="Message-ID of the mail it came with, where the export says.")

    class Config:
        name = "raw.ticket_events"
