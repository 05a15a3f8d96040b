"""Survey invitations as delivered."""

import datetime as dt

import pandera.polars as pa

from schemas.raw.record import RawTable
from schemas.vocabulary import CHANNELS, TOUCHPOINTS


class RawInvites(RawTable):
    """One invitation to a survey; `source_record_id` is the invite id that answers refer to."""

    sent_at: dt.datetime = pa.Field(description="When the invitation was sent, UTC.")
    channel: str = pa.Field(isin=CHANNELS, description="How the invitation was sent.")
    touchpoint: str = pa.Field(nullable=True, isin=TOUCHPOINTS, description="Part of the company asked about.")
    is_delivered: bool = pa.Field(nullable=True, description="Whether it arrived; null where the source does not say.")
    ticket_ref: str = pa.Field(nullable=True, description="The ticket asked about, as `source:ticket id`.")
    customer_ref: str = pa.Field(nullable=True, description="Keyed hash of the customer's identifier.")

    class Config:
        name = "raw.invites"
