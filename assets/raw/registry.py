"""Every export format by the name that a feed's ``adapter`` gives. A new format is a module of its own and a line here."""

from typing import Final

from assets.raw import declared_csv as plain
from assets.raw.declared_csv import declared_csv
from assets.raw.email_mime import extract_email, interpret_email
from assets.raw.qualtrics_csv import extract_qualtrics_csv, interpret_qualtrics_csv
from assets.raw.reading import Format
from assets.raw.sns_csv import extract_sns_csv, interpret_sns_csv
from assets.raw.survey_csv import extract_survey_csv, interpret_survey_csv
from assets.raw.twilio import extract_twilio_csv, extract_twilio_json, interpret_twilio
from assets.raw.vonage_csv import extract_vonage_csv, interpret_vonage_csv
from assets.raw.zendesk_json import extract_zendesk_json, interpret_zendesk_json

FORMATS: Final[dict[str, Format]] = {
    "qualtrics_csv": Format(extract_qualtrics_csv, interpret_qualtrics_csv, ("raw.answers",), has_naive_times=True),
    "survey_csv": Format(extract_survey_csv, interpret_survey_csv, ("raw.answers",), has_naive_times=True),
    "invites_csv": declared_csv(plain.INVITES, has_naive_times=True),
    "tickets_csv": declared_csv(plain.TICKETS, has_naive_times=True),
    "orders_csv": declared_csv(plain.ORDERS, has_naive_times=True),
    "costs_csv": declared_csv(plain.COSTS, has_naive_times=False),
    "customers_csv": declared_csv(plain.CUSTOMERS, has_naive_times=False),
    "email_mime": Format(extract_email, interpret_email, ("raw.messages",), has_naive_times=False),
    "twilio_csv": Format(extract_twilio_csv, interpret_twilio, ("raw.messages",), has_naive_times=False),
    "twilio_json": Format(extract_twilio_json, interpret_twilio, ("raw.messages",), has_naive_times=False),
    "sns_csv": Format(extract_sns_csv, interpret_sns_csv, ("raw.messages",), has_naive_times=False),
    "vonage_csv": Format(extract_vonage_csv, interpret_vonage_csv, ("raw.messages",), has_naive_times=False),
    "zendesk_json": Format(extract_zendesk_json, interpret_zendesk_json, ("raw.tickets", "raw.ticket_events"), has_naive_times=False),
}
