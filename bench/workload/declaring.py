"""The settings under which the workload is read."""

import datetime as dt

from bench.workload.drawing import ZONE
from bench.workload.shop import ACCOUNTS, PLACES, SHOPS, WAYS
from bench.workload.tickets import CATEGORY_FIELD, TOUCHPOINT_FIELD

DOLLAR = 0.92
"""What one US dollar is worth in euros."""

_SETTINGS = """\
# A company that does not exist, written to measure on.
time_zone = "{zone}"
currency = "EUR"
start_day = {first}
currency_rates = {{ USD = {dollar} }}

[report]
daily = false

[asked.service]
channel = "sms"
question = "service"
metric = "csat"
scale = [1, 5]
window_hours = 48
matches = "how was our service"
touchpoint = "service_center"

[feeds.survey]
adapter = "survey_csv"
time_zone = "{zone}"
time_format = "%Y-%m-%d %H:%M:%S"
ticket_source = "zendesk"

[feeds.survey.columns]
source_record_id = "response_id"
answered_at = "answered_at"
updated_at = "changed_at"
email = "email"
invite_id = "invite"
ticket_id = "ticket"
channel = "channel"
touchpoint = "touchpoint"

[feeds.survey.questions]
satisfied = {{ metric = "csat", scale = [1, 5] }}
recommend = {{ metric = "nps", scale = [0, 10] }}
easy = {{ metric = "ces", scale = [1, 7] }}
solved = {{ metric = "fcr", labels = {{ yes = 1, no = 0 }} }}

[feeds.texts]
adapter = "twilio_csv"
phone_region = "GB"

[feeds.tickets]
adapter = "zendesk_json"
source = "zendesk"
columns = {{ category = "custom:{category}", touchpoint = "custom:{touchpoint}" }}

[feeds.audits]
adapter = "zendesk_json"
source = "zendesk"

[feeds.orders]
adapter = "orders_csv"
time_format = "%Y-%m-%dT%H:%M:%S%z"
values.channel = {shops}
values.status = {{ fulfilled = "completed" }}

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

[feeds.costs]
adapter = "costs_csv"
delimiter = ";"
decimal = ","
date_format = "%d.%m.%Y"
values.cost_category = {accounts}
values.channel = {ways}
values.touchpoint = {places}

[feeds.costs.columns]
source_record_id = "Buchungsnr"
costed_on = "Buchungsdatum"
cost_category = "Konto"
debit = "Soll"
credit = "Haben"
currency = "Währung"
channel = "Kanal"
touchpoint = "Kostenstelle"

[feeds.customers]
adapter = "customers_csv"
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
"""


def settings_text(first: dt.date) -> str:
    """The whole of ``kpis.toml``."""
    return _SETTINGS.format(
        zone=ZONE,
        first=first,
        dollar=DOLLAR,
        category=CATEGORY_FIELD,
        touchpoint=TOUCHPOINT_FIELD,
        shops=_inline(SHOPS),
        accounts=_inline(ACCOUNTS),
        ways=_inline(WAYS),
        places=_inline(PLACES),
    )


def _inline(words: dict[str, str]) -> str:
    return "{ " + ", ".join(f'"{theirs}" = "{ours}"' for theirs, ours in words.items()) + " }"
