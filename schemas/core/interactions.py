"""Contacts of customers, with what came after each."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import CHANNELS, TOUCHPOINTS, UNKNOWN


class Interactions(Table):
    """One inbound contact, its place among the customer's contacts on the same matter, and its ratings.

    A case is the contacts of one customer in one category. *Fixed* rule: the first contact is an anchor, all
    contacts up to one repeat window after it belong to it, the next one is the next anchor. *Sliding* rule: a
    contact is an anchor when the contact before it lies more than a window back.
    """

    ticket_ref: str = pa.Field(description="The ticket that is the contact.")
    contact_group: str = pa.Field(description="The customer, or the ticket where the customer is unknown.")
    customer_key: str = pa.Field(nullable=True, description="The customer; null when anonymous.")
    segment: str = pa.Field(description="The customer's current segment.")
    contacted_at: dt.datetime = pa.Field(description="When the customer contacted us, UTC.")
    contacted_on: dt.date = pa.Field(description="Business date of contacted_at.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel of the contact.")
    category: str = pa.Field(description="What it was about.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN), description="Part of the company that handled it.")
    is_anchor: bool = pa.Field(description="First contact of its case, fixed rule.")
    is_repeated: bool = pa.Field(description="A later contact on the matter follows within the window, any channel.")
    is_repeated_same_channel: bool = pa.Field(description="Likewise, through the same channel.")
    is_sliding_anchor: bool = pa.Field(description="First contact of its case, sliding rule.")
    is_sliding_repeated: bool = pa.Field(description="For a sliding anchor: whether its case has another contact.")
    is_sliding_repeated_same_channel: bool = pa.Field(description="Likewise, through the same channel.")
    is_reopened: bool = pa.Field(
        description="The ticket was reopened within the window after the contact; ever, where only a lifetime total is known."
    )
    is_marked_resolved: bool = pa.Field(description="Marked resolved on this contact.")
    is_resolution_known: bool = pa.Field(description="Whether anything tells if it was resolved on this contact.")
    has_events: bool = pa.Field(description="Whether a history tells what became of the ticket and when.")
    is_solved: bool = pa.Field(description="The ticket has been solved.")
    csat_n: int = pa.Field(ge=0, description="CSAT answers about the contact.", metadata={"unit": "answers"})
    csat_satisfied: int = pa.Field(ge=0, description="Of these, in the top boxes.", metadata={"unit": "answers"})
    csat_dissatisfied: int = pa.Field(ge=0, description="Of these, in the bottom boxes.", metadata={"unit": "answers"})
    is_resolved_by_survey: bool = pa.Field(nullable=True, description="What the customer said; null when not said.")

    class Config:
        name = "core.interactions"
        unique = ["ticket_ref"]
