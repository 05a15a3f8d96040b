"""The truth about what customers are worth: who bought again, what they brought, and what they will bring."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipelines.demo.assumptions import ASSUMPTIONS
from pipelines.demo.clock import Clock
from pipelines.demo.company import SMALL_SAMPLE, VALUE_WINDOW
from pipelines.demo.identity import People
from pipelines.demo.orders import Order
from pipelines.demo.true_costs import amount_text, euros
from pipelines.demo.true_intervals import wilson

YEAR = 365


@dataclass
class _Buyer:
    """What one customer bought in a window; ``before`` in the window before it."""

    segment: str
    sales: int = 0
    unknown_margins: int = 0
    margin: Decimal = field(default_factory=Decimal)
    before: int = 0


def _buyers(clock: Clock, people: People, orders: list[Order], last: dt.date) -> list[_Buyer]:
    buyers: dict[str, _Buyer] = {}
    for order in orders:
        age = (last - clock.dates[clock.day(order.at)]).days
        if order.status != "fulfilled" or not order.buyer or not 0 <= age < 2 * VALUE_WINDOW:
            continue
        buyer = buyers.setdefault(people.who(order.buyer), _Buyer(people.segment(order.buyer)))
        if age >= VALUE_WINDOW:
            buyer.before += 1
            continue
        buyer.sales += 1
        if order.margin is None:
            buyer.unknown_margins += 1
        else:
            buyer.margin += euros(order.margin - order.refunded, order.currency)
    return list(buyers.values())


def _worth(margin: Decimal, retention: float) -> float:
    """What a yearly margin is worth that a customer brings with this retention, year by year until nothing is left of it."""
    rate, kept, total = float(ASSUMPTIONS["discount_rate"].value), 1.0, 0.0
    yearly = float(margin) * YEAR / VALUE_WINDOW
    for year in range(1, 400):
        kept *= retention
        total += yearly * kept / (1 + rate) ** year
    return total


def _values(buyers: list[_Buyer]) -> dict[str, dict[str, Any]]:
    """By segment: customers, their margin and their retention, and what they are worth together."""
    by_segment: dict[str, list[_Buyer]] = defaultdict(list)
    for buyer in buyers:
        by_segment[buyer.segment].append(buyer)
    result: dict[str, dict[str, Any]] = {}
    for segment, members in sorted(by_segment.items()):
        own = [buyer for buyer in members if buyer.before]
        pool = own if len(own) >= SMALL_SAMPLE else [buyer for buyer in buyers if buyer.before]
        kept = sum(buyer.sales > 0 for buyer in pool)
        power = YEAR / VALUE_WINDOW
        retention = (kept / len(pool)) ** power if pool else None
        active = [buyer for buyer in members if buyer.sales]
        margin = sum((buyer.margin for buyer in active), Decimal())
        result[segment] = {
            "customers": len(members),
            "active": len(active),
            "sales": sum(buyer.sales for buyer in active),
            "unknown_margins": sum(buyer.unknown_margins for buyer in active),
            "margin": amount_text(margin),
            "before": len(own),
            "retained": sum(buyer.sales > 0 for buyer in own),
            "retention": retention,
            "retention_ends": [end**power for end in wilson(kept, len(pool))] if pool else None,
            "worth": None if retention is None else _worth(margin, retention),
        }
    return result


def segment_values(clock: Clock, people: People, orders: list[Order]) -> dict[str, dict[str, dict[str, Any]]]:
    """By month and segment, over the window that ends with the month; the last month's is what everybody is worth now."""
    ends = {clock.months[day]: clock.dates[day] for day in range(clock.days)}
    return {month: _values(_buyers(clock, people, orders, last)) for month, last in ends.items()}


def tiers(clock: Clock, people: People, orders: list[Order]) -> dict[str, dict[str, str]]:
    """By quarter and customer: top for the first fifth by margin of the year up to it, middle for the next three tenths, else rest."""
    quarters = list(dict.fromkeys(clock.quarter(clock.midnights[day]) for day in range(clock.days)))
    margins: dict[str, dict[str, Decimal]] = {quarter: defaultdict(Decimal) for quarter in quarters}
    for order in orders:
        if order.status == "fulfilled" and order.buyer and order.margin is not None:
            ordered = quarters.index(clock.quarter(order.at))
            for quarter in quarters[ordered : ordered + 4]:
                margins[quarter][people.who(order.buyer)] += euros(order.margin - order.refunded, order.currency)
    result: dict[str, dict[str, str]] = {}
    for quarter, by_customer in margins.items():
        ranked = sorted(by_customer.values(), reverse=True)
        first = {margin: place for place, margin in reversed(list(enumerate(ranked)))}
        result[quarter] = {
            who: "top" if 5 * first[margin] < len(ranked) else "middle" if 2 * first[margin] < len(ranked) else "rest"
            for who, margin in by_customer.items()
        }
    return result
