"""The demo company's settings file: what its people would have to declare about their own exports."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from pipelines.demo import ledger, opening, orders, phone, plans, relationship, self_service, staff, taxonomy, telephone, zendesk
from pipelines.demo.assumptions import ASSUMPTIONS
from pipelines.demo.clock import ZONE
from pipelines.demo.company import (
    CHURN_DAYS,
    CURRENCY,
    DOMAIN,
    NAME,
    NOT_RESOLVABLE,
    OWN_NUMBER,
    PRICE_RISES,
    RATES,
    SMALL_SAMPLE,
    VALUE_WINDOW,
    WINDOW,
    inline,
)

_FEEDS: Final = """
[feeds.qualtrics]
adapter = "qualtrics_csv"
time_zone = "{zone}"
ticket_source = "zendesk"
constants = {{ channel = "web" }}

[feeds.qualtrics.columns]
answered_at = "EndDate"
customer_id = "CustomerID"
ticket_id = "TicketID"
touchpoint = "Touchpoint"
invite_id = "InviteID"

[feeds.qualtrics.questions]
Q1 = {{ metric = "csat", scale = [1, 5] }}
Q2 = {{ metric = "nps", scale = [0, 10] }}
Q3 = {{ metric = "ces", scale = [1, 7] }}
Q4 = {{ metric = "fcr", labels = {{ Ja = 1, Nein = 0 }} }}

[feeds.shop_survey]
adapter = "survey_csv"
encoding = "cp1252"
delimiter = ";"
decimal = ","
time_zone = "{zone}"
time_format = "%d.%m.%Y %H:%M"
columns = {{ answered_at = "Bewertet am", email = "E-Mail" }}
constants = {{ channel = "web" }}
questions = {{ Zufriedenheit = {{ metric = "csat", scale = [1, 5] }} }}

[feeds.email]
adapter = "email_mime"
own_addresses = ["{domain}"]

[feeds.sms]
adapter = "twilio_csv"
phone_region = "GB"
own_addresses = ["{own_number}"]

[feeds.sms_api]
adapter = "twilio_json"
phone_region = "GB"
own_addresses = ["{own_number}"]

[feeds.zendesk_tickets]
adapter = "zendesk_json"
source = "zendesk"
columns = {{ category = "custom:{category_field}", touchpoint = "custom:{touchpoint_field}" }}
values.channel = {{ twitter = "social" }}
values.touchpoint = {zendesk_touchpoints}

[feeds.zendesk_audits]
adapter = "zendesk_json"
source = "zendesk"

[feeds.phone_tickets]
adapter = "tickets_csv"
source = "phone_desk"
time_zone = "{zone}"
time_format = "%d.%m.%Y %H:%M:%S"
phone_region = "GB"
constants = {{ opened_by = "customer", is_resolved_at_first_contact = "no" }}

[feeds.phone_tickets.columns]
source_record_id = "vorgang"
phone = "rufnummer"
opened_at = "eroeffnet_am"
channel = "weg"
category = "thema"
touchpoint = "stelle"
priority = "dringlichkeit"
status = "status"
first_solved_at = "geloest_am"
is_resolved_at_first_contact = "sofort_erledigt"
is_abandoned = "aufgelegt"
updated_at = "geaendert_am"

[feeds.phone_tickets.values]
channel = {phone_ways}
touchpoint = {phone_places}
priority = {phone_priorities}
status = {phone_statuses}
is_resolved_at_first_contact = {{ ja = "yes", nein = "no" }}
is_abandoned = {{ ja = "yes", nein = "no" }}

[feeds.orders]
adapter = "orders_csv"
time_format = "%Y-%m-%dT%H:%M:%S%z"

[feeds.orders.columns]
source_record_id = "order_id"
ordered_at = "ordered_at"
updated_at = "changed_at"
channel = "shop"
status = "status"
revenue_amount = "net"
margin_amount = "margin"
refunded_amount = "refunded"
currency = "currency"
service_role = "service_role"
touchpoint = "touchpoint"
customer_id = "customer_id"

[feeds.orders.values]
channel = {shops}
status = {{ fulfilled = "completed" }}

[feeds.costs]
adapter = "costs_csv"
expected = false
delimiter = ";"
decimal = ","
date_format = "%d.%m.%Y"

[feeds.costs.columns]
source_record_id = "Buchungsnr"
costed_on = "Buchungsdatum"
account = "Konto"
cost_category = "Konto"
debit = "Soll"
credit = "Haben"
currency = "Währung"
channel = "Kanal"
touchpoint = "Kostenstelle"

[feeds.costs.values]
cost_category = {accounts}
channel = {cost_channels}
touchpoint = {cost_places}

[feeds.customers]
adapter = "customers_csv"
expected = false
time_zone = "UTC"
phone_region = "GB"

[feeds.customers.columns]
source_record_id = "customer_number"
customer_id = "customer_number"
email = "email"
phone = "phone"
segment = "segment"
region = "region"
customer_since_on = "customer_since"
updated_at = "last_changed"

[feeds.invites]
adapter = "invites_csv"
source = "qualtrics"
time_format = "%Y-%m-%dT%H:%M:%S%z"
ticket_source = "zendesk"

[feeds.invites.columns]
source_record_id = "invite_id"
sent_at = "sent_at"
channel = "channel"
touchpoint = "touchpoint"
is_delivered = "delivered"
ticket_id = "ticket_id"
customer_id = "customer_id"
"""


def _rows(words: Mapping[str, str]) -> dict[str, str]:
    return {ours: theirs for theirs, ours in words.items()}


def settings_text(first_day: dt.date) -> str:
    """The whole of ``kpis.toml``."""
    feeds = _FEEDS.format(
        zone=ZONE,
        domain=DOMAIN,
        own_number=OWN_NUMBER,
        category_field=zendesk.CATEGORY_FIELD,
        touchpoint_field=zendesk.TOUCHPOINT_FIELD,
        zendesk_touchpoints=inline(zendesk.TOUCHPOINT_WORDS),
        phone_ways=inline(phone.WAYS),
        phone_places=inline(phone.PLACES),
        phone_priorities=inline(phone.PRIORITIES),
        phone_statuses=inline(phone.STATUSES),
        shops=inline(orders.SHOPS),
        accounts=inline(_rows(ledger.ACCOUNTS)),
        cost_channels=inline(ledger.CHANNELS),
        cost_places=inline(ledger.PLACES),
    )
    lines = [
        f"# {NAME}: a company that does not exist. Written by the demo generator; put changes into a copy.",
        f'time_zone = "{ZONE}"',
        f'currency = "{CURRENCY}"',
        f"start_day = {first_day}",
        'languages = ["de", "en"]',
        "",
        "[currency_rates]",
        *(f'{currency} = "{rate}"' for currency, rate in RATES.items()),
        "",
        "[report]",
        "daily = false",
        "",
        "[kpi]",
        f"repeat_window_days = {WINDOW // 86_400}",
        "not_resolvable_categories = [" + ", ".join(f'"{category}"' for category in sorted(NOT_RESOLVABLE)) + "]",
        f"small_sample = {SMALL_SAMPLE}",
        f"price_rises = {[rise / 100 for rise in PRICE_RISES]}",
        f"churn_horizon_days = {CHURN_DAYS}",
        f"value_window_days = {VALUE_WINDOW}",
        "",
        opening.declared(first_day).rstrip(),
    ]
    for name, assumed in ASSUMPTIONS.items():
        lines += [
            "",
            f"[assumptions.{name}]",
            f"value = {assumed.value}",
            f"low = {assumed.low}",
            f"high = {assumed.high}",
        ]
        lines += ['basis = "assumed"', f'source = "{assumed.source}"']
    others = (part.declared() for part in (relationship, telephone, self_service, staff, plans))
    return "\n".join([*lines, *taxonomy.as_settings()]) + "\n" + feeds + "".join(others)
