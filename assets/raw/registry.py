"""Every export format by the name that a feed's ``adapter`` gives. A new format is a module of its own and a line here."""

from typing import Final

from assets.raw import declared_csv as plain
from assets.raw.declared_csv import declared_csv
from assets.raw.email_mime import read_email
from assets.raw.qualtrics_csv import read_qualtrics_csv
from assets.raw.reading import Format
from assets.raw.survey_csv import read_survey_csv
from assets.raw.twilio import read_twilio_csv, read_twilio_json
from assets.raw.zendesk_json import read_zendesk_json

FORMATS: Final[dict[str, Format]] = {
    "qualtrics_csv": Format(read_qualtrics_csv, ("raw.answers",), has_naive_times=True),
    "survey_csv": Format(read_survey_csv, ("raw.answers",), has_naive_times=True),
    "invites_csv": Format(declared_csv(plain.INVITES), ("raw.invites",), has_naive_times=True),
    "tickets_csv": Format(declared_csv(plain.TICKETS), ("raw.tickets",), has_naive_times=True),
    "orders_csv": Format(declared_csv(plain.ORDERS), ("raw.orders",), has_naive_times=True),
    "costs_csv": Format(declared_csv(plain.COSTS), ("raw.costs",), has_naive_times=False),
    "customers_csv": Format(declared_csv(plain.CUSTOMERS), ("raw.customers",), has_naive_times=False),
    "email_mime": Format(read_email, ("raw.messages",), has_naive_times=False),
    "twilio_csv": Format(read_twilio_csv, ("raw.messages",), has_naive_times=False),
    "twilio_json": Format(read_twilio_json, ("raw.messages",), has_naive_times=False),
    "zendesk_json": Format(read_zendesk_json, ("raw.tickets", "raw.ticket_events"), has_naive_times=False),
}
