"""What happened to tickets, in order."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import ACTORS, TICKET_EVENTS, TICKET_STATUSES


class TicketEvents(Table):
    """One thing that happened to a ticket."""

    source: str = pa.Field(description="System the event comes from.")
    source_record_id: str = pa.Field(description="The audit record.")
    position: int = pa.Field(ge=0, description="Place of the event within its record.")
    ticket_ref: str = pa.Field(description="The ticket.")
    happened_at: dt.datetime = pa.Field(description="When it happened, UTC.")
    event: str = pa.Field(isin=TICKET_EVENTS, description="What happened.")
    actor: str = pa.Field(nullable=True, isin=ACTORS, description="Who did it; null where no delivery says who its author is.")
    status_from: str = pa.Field(nullable=True, isin=TICKET_STATUSES, description="Status before.")
    status_to: str = pa.Field(nullable=True, isin=TICKET_STATUSES, description="Status after.")

    class Config:
        name = "core.ticket_events"
        unique = ["source", "source_record_id", "position"]
