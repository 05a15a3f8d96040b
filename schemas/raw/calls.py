"""Phone calls as delivered."""

import datetime as dt

import pandera.polars as pa
import polars as pl

from schemas.raw.record import RawTable
from schemas.vocabulary import CALL_OUTCOMES, CHANNELS, DIRECTIONS


class RawCalls(RawTable):
    """One call attempt, as the telephone system logs it, whether or not anybody answered."""

    started_at: dt.datetime = pa.Field(description="When the call reached us, or was placed by us, UTC.")
    answered_at: dt.datetime = pa.Field(
        nullable=True, description="When a person answered, UTC; null when nobody did or the log does not say."
    )
    ended_at: dt.datetime = pa.Field(nullable=True, description="When the call ended, UTC; null where the log does not say.")
    direction: str = pa.Field(isin=DIRECTIONS, description="From the customer (inbound) or to the customer.")
    outcome: str = pa.Field(isin=CALL_OUTCOMES, description="How the call ended for the caller.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel the call counts for: phone, unless declared otherwise.")
    wait_seconds: int = pa.Field(nullable=True, ge=0, description="Seconds in the queue, where the log says.", metadata={"unit": "seconds"})
    talk_seconds: int = pa.Field(nullable=True, ge=0, description="Seconds of talk, where the log says.", metadata={"unit": "seconds"})
    handled_seconds: int = pa.Field(
        nullable=True, ge=0, description="Seconds of talk, hold and work after the call, where the log says.", metadata={"unit": "seconds"}
    )
    queue: str = pa.Field(nullable=True, description="Queue or line the call came in on.")
    team: str = pa.Field(nullable=True, description="Team of the agent who answered, in the words of raw.employees.")
    ticket_ref: str = pa.Field(nullable=True, description="The ticket made of the call, as `source:ticket id`.")
    customer_ref: str = pa.Field(nullable=True, description="Keyed hash of the caller's identifier; null when withheld.")

    class Config:
        name = "raw.calls"

    @pa.dataframe_check(name="time_reversed")
    def in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """A call starts, is answered, ends, in this order."""
        started, answered, ended = (pl.col(name) for name in ("started_at", "answered_at", "ended_at"))
        holds = [
            earlier.is_null() | later.is_null() | (earlier <= later)
            for earlier, later in ((started, answered), (started, ended), (answered, ended))
        ]
        return data.lazyframe.select(pl.all_horizontal(holds))
