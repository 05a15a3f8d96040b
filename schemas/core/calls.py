"""Phone calls."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import CALL_OUTCOMES, CHANNELS, DIRECTIONS


class Calls(Table):
    """One call attempt. Seconds that the log does not give are taken from its times where these hold them, else null."""

    source: str = pa.Field(description="Telephone system the call comes from.")
    source_record_id: str = pa.Field(description="The call.")
    started_at: dt.datetime = pa.Field(description="When the call reached us, or was placed by us, UTC.")
    started_on: dt.date = pa.Field(description="Business date of started_at.")
    direction: str = pa.Field(isin=DIRECTIONS, description="From or to the customer.")
    outcome: str = pa.Field(isin=CALL_OUTCOMES, description="How the call ended for the caller.")
    is_offered: bool = pa.Field(description="An inbound call that people could have answered: answered or abandoned.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel the call counts for.")
    wait_seconds: int = pa.Field(
        nullable=True, ge=0, description="From the start to the answer, or to hanging up; null where unknown.", metadata={"unit": "seconds"}
    )
    talk_seconds: int = pa.Field(
        nullable=True, ge=0, description="From the answer to the end; null where unknown or not answered.", metadata={"unit": "seconds"}
    )
    handled_seconds: int = pa.Field(
        nullable=True,
        ge=0,
        description="Talk, hold and work after the call, as the log says; null where it does not.",
        metadata={"unit": "seconds"},
    )
    queue: str = pa.Field(description="Queue or line; `unknown` where the log does not say.")
    team: str = pa.Field(description="Team that answered; `unknown` where the log does not say.")
    ticket_ref: str = pa.Field(nullable=True, description="The ticket made of the call.")
    segment: str = pa.Field(description="The caller's current segment.")
    customer_key: str = pa.Field(nullable=True, description="The caller; null when withheld.")

    class Config:
        name = "core.calls"
        unique = ["source", "source_record_id"]
