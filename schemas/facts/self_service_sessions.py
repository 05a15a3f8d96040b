"""Self-service behind the figures of access."""

import datetime as dt

from schemas.core import self_service_sessions as core
from schemas.facts.copied import as_in, key, of_ticket
from schemas.table import Table


class FactSelfServiceSessions(Table):
    """One visit to self-service.

    Every row is behind `kpi.accessibility_daily`, on the day `contacted_on` there.
    """

    session_key: str = key("Names the session.", "source", "source_record_id")
    started_on: dt.date = as_in(core.SelfServiceSessions, "started_on")
    started_at: dt.datetime = as_in(core.SelfServiceSessions, "started_at")
    source: str = as_in(core.SelfServiceSessions, "source")
    channel: str = as_in(core.SelfServiceSessions, "channel")
    duration_seconds: int = as_in(core.SelfServiceSessions, "duration_seconds")
    is_completed: bool = as_in(core.SelfServiceSessions, "is_completed")
    is_escalated: bool = as_in(core.SelfServiceSessions, "is_escalated")
    segment: str = as_in(core.SelfServiceSessions, "segment")
    customer_key: str = as_in(core.SelfServiceSessions, "customer_key")
    ticket_ref: str = of_ticket()

    class Config:
        name = "facts.self_service_sessions"
        unique = ["session_key"]
        metadata = {"of": "core.self_service_sessions", "day": "started_on"}
