"""Every export format by the name that a feed's ``adapter`` gives. A new format is a module of its own and a line here."""

from typing import Final

from assets.raw import declared_csv as plain
from assets.raw.customer_records import extract_customers, interpret_customers
from assets.raw.declared_csv import declared_csv
from assets.raw.email_mime import extract_email
from assets.raw.interpreting import as_extracted
from assets.raw.ledger import COSTS, interpret_costs
from assets.raw.qualtrics_csv import extract_qualtrics_csv, interpret_qualtrics_csv
from assets.raw.reading import Format
from assets.raw.refunds import ORDERS, interpret_orders
from assets.raw.shopify_csv import extract_shopify_csv, interpret_shopify_csv
from assets.raw.stripe_csv import extract_stripe_csv, interpret_stripe_csv
from assets.raw.survey_csv import extract_survey_csv, interpret_survey_csv
from assets.raw.twilio import extract_twilio_csv, extract_twilio_json, interpret_twilio
from assets.raw.zendesk_json import extract_zendesk_json, interpret_zendesk_json

FORMATS: Final[dict[str, Format]] = {
    "qualtrics_csv": Format(extract_qualtrics_csv, interpret_qualtrics_csv, ("raw.answers",), has_naive_times=True),
    "survey_csv": Format(extract_survey_csv, interpret_survey_csv, ("raw.answers",), has_naive_times=True),
    "invites_csv": declared_csv(plain.INVITES, has_naive_times=True),
    "tickets_csv": declared_csv(plain.TICKETS, has_naive_times=True),
    "orders_csv": declared_csv(ORDERS, has_naive_times=True, interpret=interpret_orders),
    "shopify_csv": Format(extract_shopify_csv, interpret_shopify_csv, ("raw.orders",), has_naive_times=False),
    "stripe_csv": Format(extract_stripe_csv, interpret_stripe_csv, ("raw.orders", "raw.costs"), has_naive_times=False),
    "costs_csv": declared_csv(COSTS, has_naive_times=False, interpret=interpret_costs),
    "customers_csv": Format(extract_customers, interpret_customers, ("raw.customers",), has_naive_times=False),
    "calls_csv": declared_csv(plain.CALLS, has_naive_times=True),
    "self_service_csv": declared_csv(plain.SELF_SERVICE_SESSIONS, has_naive_times=True),
    "employees_csv": declared_csv(plain.EMPLOYEES, has_naive_times=False),
    "employee_answers_csv": declared_csv(plain.EMPLOYEE_ANSWERS, has_naive_times=False),
    "programme_cash_flows_csv": declared_csv(plain.PROGRAMME_CASH_FLOWS, has_naive_times=False),
    "benchmarks_csv": declared_csv(plain.BENCHMARKS, has_naive_times=False),
    "targets_csv": declared_csv(plain.TARGETS, has_naive_times=False),
    "email_mime": Format(extract_email, as_extracted, ("raw.messages",), has_naive_times=False),
    "twilio_csv": Format(extract_twilio_csv, interpret_twilio, ("raw.messages",), has_naive_times=False),
    "twilio_json": Format(extract_twilio_json, interpret_twilio, ("raw.messages",), has_naive_times=False),
    "zendesk_json": Format(extract_zendesk_json, interpret_zendesk_json, ("raw.tickets", "raw.ticket_events"), has_naive_times=False),
}
