"""Each customer's contacts in order."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import figure, number
from schemas.table import Table
from schemas.vocabulary import CHANNELS, CONTACT_OUTCOMES, CSAT_BOXES, TOUCHPOINTS, UNKNOWN


class ContactHistory(Table):
    """What had happened to a customer before each contact: what was open, how the last one ended, whether they repeat themselves.

    Cohort: contacted_in; one row per contact (see first_contact_resolution_daily). Customers are keyed hashes. The contacts of
    nobody known cannot be put in order: their place and all that rests on it is null, and their status is `no_data`.

    *Previous* is the customer's contact before, about any matter and through any channel; contacts of one instant are
    ordered by their ticket. `open_ticket_count` counts the customer's other tickets opened before and not solved at
    the moment of the contact: those of customers that are contacts, and those that we opened. A ticket is solved from its first
    solution on, but open again from its first reopening to its last solution; one that is finished without a known moment of
    solving is not counted. `previous_outcome` is what the customer said where asked ("resolved in the first contact?"), whenever
    they said it; else whether the ticket was solved at the moment of this contact.
    `had_to_repeat`: the customer's previous contact in the same category lies at most one repeat window back.
    """

    ticket_ref: str = pa.Field(description="The ticket that is the contact.")
    contact_group: str = pa.Field(description="The customer, or the ticket where the customer is unknown.")
    customer_key: str = pa.Field(nullable=True, description="The customer, by keyed hash; null when unknown.")
    contacted_at: dt.datetime = pa.Field(description="When the customer contacted us, UTC.")
    contacted_on: dt.date = pa.Field(description="Business date of contacted_at.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel of the contact.")
    category: str = pa.Field(description="What it was about.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN), description="Part of the company that handled it.")
    segment: str = pa.Field(description="The customer's current segment.")
    place: int = number("Place among the customer's contacts; the first one has 1.", "contacts", method="rank by time, then by ticket")
    days_since_previous: float = figure("Days since the previous contact; null for the first.", "days", method="seconds / 86400")
    open_ticket_count: int = number(
        "The customer's other tickets that were unsolved then.", "tickets", method="opened before and not solved then"
    )
    previous_ticket_ref: str = pa.Field(nullable=True, description="The previous contact; null for the first.")
    previous_outcome: str = pa.Field(
        nullable=True, isin=CONTACT_OUTCOMES, description="What had become of the previous contact; null for the first."
    )
    previous_csat_box: str = pa.Field(
        nullable=True, isin=CSAT_BOXES, description="How the previous contact was rated; null for the first, and when not rated."
    )
    is_channel_switched: bool = pa.Field(nullable=True, description="Came through another channel than the previous; null for the first.")
    had_to_repeat: bool = pa.Field(nullable=True, description="Had contacted us on the matter within the repeat window before.")
    status: str = pa.Field(isin=("ok", "no_data"), description="How the row may be read; no_data where the customer is unknown.")

    class Config:
        name = "kpi.contact_history"
        unique = ["ticket_ref"]
        metadata = {
            "day": "contacted_on",
            "cohort": "contacted_in",
            "source": "contacts in order, as a service agent would see them",
            "owner": "team:customer-service",
        }
