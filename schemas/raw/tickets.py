"""Support tickets as delivered."""

import datetime as dt

import pandera.polars as pa
import polars as pl

from schemas.raw.record import RawTable
from schemas.vocabulary import ACTORS, CHANNELS, HISTORIES, PRIORITIES, TICKET_STATUSES, TOUCHPOINTS


class RawTickets(RawTable):
    """One support ticket in the state the source last gave it; `source_record_id` is the ticket's id."""

    opened_at: dt.datetime = pa.Field(description="When the ticket was created, UTC.")
    opened_by: str = pa.Field(isin=ACTORS, description="Who created it; only a customer's ticket is a contact.")
    channel: str = pa.Field(isin=CHANNELS, description="How the first contact reached us.")
    subject: str = pa.Field(nullable=True, description="Subject line as the customer wrote it; stays in raw.")
    category: str = pa.Field(nullable=True, description="What it is about, in the company's own taxonomy.")
    touchpoint: str = pa.Field(nullable=True, isin=TOUCHPOINTS, description="Part of the company that handled it.")
    priority: str = pa.Field(nullable=True, isin=PRIORITIES, description="Urgency.")
    status: str = pa.Field(isin=TICKET_STATUSES, description="Status when exported.")
    first_replied_at: dt.datetime = pa.Field(nullable=True, description="First public agent reply, where the export says, UTC.")
    first_solved_at: dt.datetime = pa.Field(nullable=True, description="First solved, where the export says, UTC.")
    last_solved_at: dt.datetime = pa.Field(nullable=True, description="Last solved, where the export says, UTC.")
    closed_at: dt.datetime = pa.Field(nullable=True, description="Closed, where the export says, UTC.")
    is_abandoned: bool = pa.Field(description="Whether the customer left before anyone handled it.")
    is_merged: bool = pa.Field(description="Whether it was merged into another ticket and is no contact of its own.")
    is_resolved_at_first_contact: bool = pa.Field(nullable=True, description="Marked resolved on the first contact, where the export says.")
    history: str = pa.Field(isin=HISTORIES, description="What the source gives of the ticket's past.")
    reopen_count: int = pa.Field(nullable=True, ge=0, description="Reopens in the ticket's whole life, where the export says.")
    customer_ref: str = pa.Field(nullable=True, description="Keyed hash of the requester's identifier.")
    message_id: str = pa.Field(nullable=True, description="Message-ID of the mail that opened it, where the export says.")

    class Config:
        name = "raw.tickets"

    @pa.dataframe_check(name="time_reversed")
    def nothing_before_opening(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Nothing happened before the ticket was opened."""
        moments = ("first_replied_at", "first_solved_at", "last_solved_at", "closed_at")
        return data.lazyframe.select(
            pl.all_horizontal(pl.col(moment).is_null() | (pl.col(moment) >= pl.col("opened_at")) for moment in moments)
        )
