"""Calls behind the figures of access."""

import datetime as dt

from schemas.core import calls as core
from schemas.facts.copied import as_in, key, of_ticket
from schemas.table import Table


class FactCalls(Table):
    """One call attempt.

    Behind `kpi.accessibility_daily` stand the inbound ones, on the day `contacted_on` there.
    """

    call_key: str = key("Names the call.", "source", "source_record_id")
    started_on: dt.date = as_in(core.Calls, "started_on")
    started_at: dt.datetime = as_in(core.Calls, "started_at")
    source: str = as_in(core.Calls, "source")
    direction: str = as_in(core.Calls, "direction")
    outcome: str = as_in(core.Calls, "outcome")
    is_offered: bool = as_in(core.Calls, "is_offered")
    channel: str = as_in(core.Calls, "channel")
    wait_seconds: int = as_in(core.Calls, "wait_seconds")
    talk_seconds: int = as_in(core.Calls, "talk_seconds")
    handled_seconds: int = as_in(core.Calls, "handled_seconds")
    team: str = as_in(core.Calls, "team")
    segment: str = as_in(core.Calls, "segment")
    customer_key: str = as_in(core.Calls, "customer_key")
    ticket_ref: str = of_ticket()

    class Config:
        name = "facts.calls"
        unique = ["call_key"]
        metadata = {"of": "core.calls", "day": "started_on"}
