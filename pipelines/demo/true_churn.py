"""The truth about churn: each quarter's customers, who of them was served badly, and who bought no more."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Final

from pipelines.demo.clock import Clock
from pipelines.demo.company import CHURN_DAYS, VALUE_WINDOW, WINDOW
from pipelines.demo.contacts import Contact
from pipelines.demo.customers import Crm
from pipelines.demo.identity import Identity
from pipelines.demo.orders import Order
from pipelines.demo.surveys import Response
from pipelines.demo.true_resolution import cases
from pipelines.demo.true_satisfaction import superseded_responses

_COUNTED: Final = (
    *("customers", "immature", "exposed", "exposed_churned", "unexposed", "unexposed_churned"),
    *("unresolved", "low_csat", "repeated"),
)


def _first_of_quarter(day: dt.date) -> dt.date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _next_quarter(first: dt.date) -> dt.date:
    return _first_of_quarter(first + dt.timedelta(days=100))


def _gone_wrong(
    clock: Clock, identity: Identity, contacts: list[Contact], responses: list[Response]
) -> dict[tuple[dt.date, str], set[str]]:
    """By quarter and customer: the ways in which contacts went wrong."""
    lost, low, said = superseded_responses(responses), set(), {}
    for response in sorted(responses, key=lambda each: (each.answered, each.id)):
        if response.ticket and response.csat is not None and response.csat <= 2 and response.id not in lost:
            low.add(response.ticket)
        if response.ticket and response.fcr is not None:
            said[response.ticket] = bool(response.fcr)
    found: dict[tuple[dt.date, str], set[str]] = defaultdict(set)
    for case in cases([contact for contact in contacts if contact.counts and contact.customer], identity):
        for place, contact in enumerate(case):
            is_asked = contact.source == "zendesk"
            resolved = said.get(contact.id) if is_asked else None
            kinds = {
                "unresolved": contact.first_solved is None if resolved is None else not resolved,
                "low_csat": is_asked and contact.id in low,
                "repeated": place + 1 < len(case) and case[place + 1].at <= contact.at + WINDOW,
            }
            cell = _first_of_quarter(clock.dates[clock.day(contact.at)]), identity.who(contact.customer)
            found[cell] |= {kind for kind, is_so in kinds.items() if is_so}
    return found


def churn(
    clock: Clock, identity: Identity, crm: Crm, contacts: list[Contact], responses: list[Response], orders: list[Order]
) -> dict[str, dict[str, int]]:
    """By first day of the quarter: customers at its start, and what became of the exposed and of the others."""
    bought: dict[str, list[dt.date]] = defaultdict(list)
    for order in orders:
        if order.buyer and order.status == "fulfilled":
            bought[identity.who(order.buyer)].append(clock.dates[clock.day(order.at)])
    since = {who: min(days) for who, days in bought.items()}
    for customer in crm.customers:
        who = identity.who(customer.id_key)
        if customer.number in crm.delivered and who in since:
            since[who] = min(since[who], dt.date.fromisoformat(customer.since))
    wrong = _gone_wrong(clock, identity, contacts, responses)
    result: dict[str, dict[str, int]] = {}
    last = clock.dates[clock.days - 1]
    quarter = _first_of_quarter(clock.dates[0])
    while quarter <= last:
        end = _next_quarter(quarter) - dt.timedelta(days=1)
        active_after, until = end - dt.timedelta(days=VALUE_WINDOW), end + dt.timedelta(days=CHURN_DAYS)
        count: Counter[str] = Counter()
        for who, days in bought.items():
            if since[who] >= quarter or not any(active_after < day <= end for day in days):
                continue
            count["customers"] += 1
            if until > last:
                count["immature"] += 1
                continue
            kinds = wrong.get((quarter, who), set())
            side = "exposed" if kinds else "unexposed"
            count.update([side, *kinds])
            count[f"{side}_churned"] += not any(end < day <= until for day in days)
        result[str(quarter)] = {name: count[name] for name in _COUNTED}
        quarter = _next_quarter(quarter)
    return result
