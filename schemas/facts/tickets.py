"""Tickets behind the figures of waiting."""

import datetime as dt

from schemas.core import tickets as core
from schemas.facts.copied import as_in
from schemas.table import Table


class FactTickets(Table):
    """One ticket with its moments.

    Behind `kpi.ticket_times_daily` stand the rows that are contacts.
    """

    ticket_ref: str = as_in(core.Tickets, "ticket_ref")
    source: str = as_in(core.Tickets, "source")
    opened_on: dt.date = as_in(core.Tickets, "opened_on")
    opened_at: dt.datetime = as_in(core.Tickets, "opened_at")
    opened_by: str = as_in(core.Tickets, "opened_by")
    channel: str = as_in(core.Tickets, "channel")
    category: str = as_in(core.Tickets, "category")
    touchpoint: str = as_in(core.Tickets, "touchpoint")
    priority: str = as_in(core.Tickets, "priority")
    status: str = as_in(core.Tickets, "status")
    is_contact: bool = as_in(core.Tickets, "is_contact")
    history: str = as_in(core.Tickets, "history")
    has_events: bool = as_in(core.Tickets, "has_events")
    first_acknowledged_at: dt.datetime = as_in(core.Tickets, "first_acknowledged_at")
    first_replied_at: dt.datetime = as_in(core.Tickets, "first_replied_at")
    first_solved_at: dt.datetime = as_in(core.Tickets, "first_solved_at")
    last_solved_at: dt.datetime = as_in(core.Tickets, "last_solved_at")
    first_reopened_at: dt.datetime = as_in(core.Tickets, "first_reopened_at")
    reopen_count: int = as_in(core.Tickets, "reopen_count")
    agent_reply_count: int = as_in(core.Tickets, "agent_reply_count")
    is_marked_resolved: bool = as_in(core.Tickets, "is_marked_resolved")
    csat_n: int = as_in(core.Tickets, "csat_n")
    csat_satisfied: int = as_in(core.Tickets, "csat_satisfied")
    csat_dissatisfied: int = as_in(core.Tickets, "csat_dissatisfied")
    is_resolved_by_survey: bool = as_in(core.Tickets, "is_resolved_by_survey")
    segment: str = as_in(core.Tickets, "segment")
    customer_key: str = as_in(core.Tickets, "customer_key")

    class Config:
        name = "facts.tickets"
        unique = ["ticket_ref"]
        metadata = {"of": "core.tickets", "day": "opened_on"}
