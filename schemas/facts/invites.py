"""Invitations behind the response rate."""

import datetime as dt

from schemas.core import invites as core
from schemas.facts.copied import as_in, key, of_ticket
from schemas.table import Table


class FactInvites(Table):
    """One invitation to a survey, and when it was answered.

    Every row is behind `kpi.response_rate_daily`.
    """

    invite_key: str = key("Names the invitation.", "source", "source_record_id")
    sent_on: dt.date = as_in(core.Invites, "sent_on")
    sent_at: dt.datetime = as_in(core.Invites, "sent_at")
    source: str = as_in(core.Invites, "source")
    channel: str = as_in(core.Invites, "channel")
    touchpoint: str = as_in(core.Invites, "touchpoint")
    is_delivered: bool = as_in(core.Invites, "is_delivered")
    answered_on: dt.date = as_in(core.Invites, "answered_on")
    answered_at: dt.datetime = as_in(core.Invites, "answered_at")
    completed_at: dt.datetime = as_in(core.Invites, "completed_at")
    segment: str = as_in(core.Invites, "segment")
    customer_key: str = as_in(core.Invites, "customer_key")
    ticket_ref: str = of_ticket()

    class Config:
        name = "facts.invites"
        unique = ["invite_key"]
        metadata = {"of": "core.invites", "day": "sent_on"}
