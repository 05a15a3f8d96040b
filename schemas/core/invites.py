"""Survey invitations."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import CHANNELS, TOUCHPOINTS, UNKNOWN


class Invites(Table):
    """One invitation to a survey, and when it was answered.

    Answered is a response in which at least one question is answered; one that skips them all answers nothing. Of several
    responses the first counts, and the first that reached the end of the survey.
    """

    source: str = pa.Field(description="System the invitation comes from.")
    source_record_id: str = pa.Field(description="The invite id that answers refer to.")
    sent_at: dt.datetime = pa.Field(description="When it was sent, UTC.")
    sent_on: dt.date = pa.Field(description="Business date of sent_at.")
    channel: str = pa.Field(isin=CHANNELS, description="How it was sent.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN), description="Part of the company asked about.")
    is_delivered: bool = pa.Field(nullable=True, description="Whether it arrived; null where the source does not say.")
    ticket_ref: str = pa.Field(nullable=True, description="The ticket asked about.")
    segment: str = pa.Field(description="The customer's current segment.")
    customer_key: str = pa.Field(nullable=True, description="The customer; null when anonymous.")
    answered_at: dt.datetime = pa.Field(nullable=True, description="First response to it, UTC; null until there is one.")
    answered_on: dt.date = pa.Field(nullable=True, description="Business date of answered_at.")
    completed_at: dt.datetime = pa.Field(nullable=True, description="First complete response to it, UTC.")

    class Config:
        name = "core.invites"
        unique = ["source", "source_record_id"]
