"""Contacts behind the figures of first contact resolution."""

import datetime as dt

from schemas.core import interactions as core
from schemas.facts.copied import as_in
from schemas.table import Table


class FactContacts(Table):
    """One contact of a customer, with what came after it.

    Every row is behind `kpi.first_contact_resolution_daily`, and in the month behind `kpi.cost_per_sale_monthly`. A contact is a ticket:
    `facts.tickets` has its moments, `kpi.contact_history` what had been before.
    """

    ticket_ref: str = as_in(core.Interactions, "ticket_ref")
    contacted_on: dt.date = as_in(core.Interactions, "contacted_on")
    contacted_at: dt.datetime = as_in(core.Interactions, "contacted_at")
    channel: str = as_in(core.Interactions, "channel")
    category: str = as_in(core.Interactions, "category")
    touchpoint: str = as_in(core.Interactions, "touchpoint")
    is_anchor: bool = as_in(core.Interactions, "is_anchor")
    is_repeated: bool = as_in(core.Interactions, "is_repeated")
    is_repeated_same_channel: bool = as_in(core.Interactions, "is_repeated_same_channel")
    is_sliding_anchor: bool = as_in(core.Interactions, "is_sliding_anchor")
    is_sliding_repeated: bool = as_in(core.Interactions, "is_sliding_repeated")
    is_sliding_repeated_same_channel: bool = as_in(core.Interactions, "is_sliding_repeated_same_channel")
    is_reopened: bool = as_in(core.Interactions, "is_reopened")
    is_marked_resolved: bool = as_in(core.Interactions, "is_marked_resolved")
    is_resolution_known: bool = as_in(core.Interactions, "is_resolution_known")
    has_events: bool = as_in(core.Interactions, "has_events")
    is_solved: bool = as_in(core.Interactions, "is_solved")
    is_resolved_by_survey: bool = as_in(core.Interactions, "is_resolved_by_survey")
    segment: str = as_in(core.Interactions, "segment")
    customer_key: str = as_in(core.Interactions, "customer_key")

    class Config:
        name = "facts.contacts"
        unique = ["ticket_ref"]
        metadata = {"of": "core.interactions", "day": "contacted_on"}
