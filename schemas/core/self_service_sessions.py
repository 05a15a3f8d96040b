"""Self-service sessions."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import CHANNELS


class SelfServiceSessions(Table):
    """One visit of a customer to self-service, with one concern."""

    source: str = pa.Field(description="System the session comes from.")
    source_record_id: str = pa.Field(description="The session.")
    started_at: dt.datetime = pa.Field(description="When it began, UTC.")
    started_on: dt.date = pa.Field(description="Business date of started_at.")
    duration_seconds: int = pa.Field(
        nullable=True, ge=0, description="From its start to its end; null where unknown.", metadata={"unit": "seconds"}
    )
    channel: str = pa.Field(isin=CHANNELS, description="Where it took place.")
    topic: str = pa.Field(description="What it was about; `unknown` where the source does not say.")
    is_completed: bool = pa.Field(nullable=True, description="Whether the customer reached what they came for; null where unknown.")
    is_escalated: bool = pa.Field(nullable=True, description="Whether the customer went on to a person; null where unknown.")
    ticket_ref: str = pa.Field(nullable=True, description="The ticket it led to.")
    segment: str = pa.Field(description="The customer's current segment.")
    customer_key: str = pa.Field(nullable=True, description="The customer; null when anonymous.")

    class Config:
        name = "core.self_service_sessions"
        unique = ["source", "source_record_id"]
