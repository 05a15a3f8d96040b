"""Every export format by the name that a feed's ``adapter`` gives. A new format is a module of its own and a line here.

A declared table is read from every container there is: `orders_csv`, `orders_jsonl`, `orders_xlsx`, `orders_parquet`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from assets.raw import declared_csv as plain
from assets.raw.customer_records import CUSTOMERS, FURTHER_IDENTIFIERS, interpret_customers
from assets.raw.declared_csv import declared_csv
from assets.raw.delighted_csv import extract_delighted_csv, interpret_delighted_csv
from assets.raw.email_mime import extract_email, interpret_email
from assets.raw.freshdesk_json import extract_freshdesk_json, interpret_freshdesk_json
from assets.raw.google_forms_csv import extract_google_forms_csv, interpret_google_forms_csv
from assets.raw.intercom_json import extract_intercom_json, interpret_intercom_json
from assets.raw.jira_csv import extract_jira_csv, interpret_jira_csv
from assets.raw.jsonl_cells import jsonl_cells
from assets.raw.ledger import COSTS, interpret_costs
from assets.raw.mapped_csv import MappedCells
from assets.raw.parquet_cells import parquet_cells
from assets.raw.qualtrics_csv import extract_qualtrics_csv, interpret_qualtrics_csv
from assets.raw.reading import Format
from assets.raw.refunds import ORDERS, interpret_orders
from assets.raw.servicenow_csv import extract_servicenow_csv, interpret_servicenow_csv
from assets.raw.shopify_csv import extract_shopify_csv, interpret_shopify_csv
from assets.raw.sns_csv import extract_sns_csv, interpret_sns_csv
from assets.raw.stripe_csv import extract_stripe_csv, interpret_stripe_csv
from assets.raw.survey_csv import survey_table
from assets.raw.surveymonkey_csv import extract_surveymonkey_csv, interpret_surveymonkey_csv
from assets.raw.twilio import extract_twilio_csv, extract_twilio_json, interpret_twilio
from assets.raw.typeform import extract_typeform_csv, extract_typeform_json, interpret_typeform_csv, interpret_typeform_json
from assets.raw.vonage_csv import extract_vonage_csv, interpret_vonage_csv
from assets.raw.xlsx_cells import xlsx_cells
from assets.raw.zendesk_json import extract_zendesk_json, interpret_zendesk_json

CONTAINERS: Final[Mapping[str, MappedCells]] = {"jsonl": jsonl_cells, "xlsx": xlsx_cells, "parquet": parquet_cells}
"""What else than CSV a declared table may come in."""

_DECLARED: Final[Mapping[str, Callable[..., Format]]] = {
    "survey": survey_table,
    "invites": partial(declared_csv, plain.INVITES, has_naive_times=True),
    "tickets": partial(declared_csv, plain.TICKETS, has_naive_times=True),
    "orders": partial(declared_csv, ORDERS, has_naive_times=True, interpret=interpret_orders),
    "costs": partial(declared_csv, COSTS, has_naive_times=False, interpret=interpret_costs),
    "customers": partial(declared_csv, CUSTOMERS, has_naive_times=False, interpret=interpret_customers, further_keys=FURTHER_IDENTIFIERS),
    "calls": partial(declared_csv, plain.CALLS, has_naive_times=True),
    "self_service": partial(declared_csv, plain.SELF_SERVICE_SESSIONS, has_naive_times=True),
    "employees": partial(declared_csv, plain.EMPLOYEES, has_naive_times=False),
    "employee_answers": partial(declared_csv, plain.EMPLOYEE_ANSWERS, has_naive_times=False),
    "programme_cash_flows": partial(declared_csv, plain.PROGRAMME_CASH_FLOWS, has_naive_times=False),
    "benchmarks": partial(declared_csv, plain.BENCHMARKS, has_naive_times=False),
    "targets": partial(declared_csv, plain.TARGETS, has_naive_times=False),
}
"""Tables that the feed's settings alone map, by the first part of their adapters' names."""

_ANSWERS: Final = "raw.answers"
_MESSAGES: Final = "raw.messages"
_TICKETS: Final = "raw.tickets"
_EVENTS: Final = "raw.ticket_events"
_PEOPLE: Final = "raw.ticket_people"

FORMATS: Final[dict[str, Format]] = {
    "qualtrics_csv": Format(extract_qualtrics_csv, interpret_qualtrics_csv, (_ANSWERS,), has_naive_times=True),
    "surveymonkey_csv": Format(extract_surveymonkey_csv, interpret_surveymonkey_csv, (_ANSWERS,), has_naive_times=True),
    "typeform_csv": Format(extract_typeform_csv, interpret_typeform_csv, (_ANSWERS,), has_naive_times=False),
    "typeform_json": Format(extract_typeform_json, interpret_typeform_json, (_ANSWERS,), has_naive_times=False),
    "google_forms_csv": Format(extract_google_forms_csv, interpret_google_forms_csv, (_ANSWERS,), has_naive_times=True),
    "delighted_csv": Format(extract_delighted_csv, interpret_delighted_csv, (_ANSWERS,), has_naive_times=True),
    "email_mime": Format(extract_email, interpret_email, (_MESSAGES,), has_naive_times=False),
    "twilio_csv": Format(extract_twilio_csv, interpret_twilio, (_MESSAGES,), has_naive_times=False),
    "twilio_json": Format(extract_twilio_json, interpret_twilio, (_MESSAGES,), has_naive_times=False),
    "sns_csv": Format(extract_sns_csv, interpret_sns_csv, ("raw.message_parts",), has_naive_times=False),
    "vonage_csv": Format(extract_vonage_csv, interpret_vonage_csv, (_MESSAGES,), has_naive_times=False),
    "zendesk_json": Format(extract_zendesk_json, interpret_zendesk_json, (_TICKETS, _EVENTS, _PEOPLE, _ANSWERS), has_naive_times=False),
    "freshdesk_json": Format(extract_freshdesk_json, interpret_freshdesk_json, (_TICKETS, _ANSWERS), has_naive_times=False),
    "intercom_json": Format(extract_intercom_json, interpret_intercom_json, (_TICKETS, _EVENTS, _ANSWERS), has_naive_times=False),
    "jira_csv": Format(extract_jira_csv, interpret_jira_csv, (_TICKETS, _ANSWERS), has_naive_times=True),
    "servicenow_csv": Format(extract_servicenow_csv, interpret_servicenow_csv, (_TICKETS, _EVENTS), has_naive_times=True),
    "shopify_csv": Format(extract_shopify_csv, interpret_shopify_csv, ("raw.orders",), has_naive_times=False),
    "stripe_csv": Format(extract_stripe_csv, interpret_stripe_csv, ("raw.orders", "raw.costs"), has_naive_times=False),
    **{f"{table}_csv": made() for table, made in _DECLARED.items()},
    **{f"{table}_{container}": made(cells_of=cells_of) for table, made in _DECLARED.items() for container, cells_of in CONTAINERS.items()},
}
