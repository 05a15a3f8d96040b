"""The truth about what poor service cost and which problems recur, by month. What is expected of either is not here."""

from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Final

from pipelines.demo.clock import Clock
from pipelines.demo.contacts import Contact
from pipelines.demo.identity import Identity
from pipelines.demo.ledger import Posting
from pipelines.demo.true_costs import ZERO, amount_text, euros
from pipelines.demo.true_resolution import cases, fixed
from pipelines.demo.true_satisfaction import Figures

DONE_AGAIN: Final = Fraction(1, 2)
"""Part of a reopened contact's work that is done again, where nobody declares it."""


FREQUENT: Final = 5
"""Cases that make a month count towards a recurring problem, where nobody declares it."""


def repeats(contacts: list[Contact], identity: Identity) -> set[tuple[str, str]]:
    """Source and id of the contacts that follow another one of their case."""
    known = [contact for contact in contacts if contact.counts and contact.customer]
    return {(later.source, later.id) for case in cases(known, identity) for _, *others in fixed(case) for later in others}


def poor_quality(clock: Clock, identity: Identity, contacts: list[Contact], postings: list[Posting]) -> dict[str, Figures]:
    """By month: contacts that good service would not have had, each under one reason, and what they and remediation cost."""
    count: dict[str, Counter[str]] = defaultdict(Counter)
    spent: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    again = repeats(contacts, identity)
    for contact in contacts:
        if contact.counts:
            reason = (
                "repeats"
                if (contact.source, contact.id) in again
                else "escalated"
                if contact.touchpoint == "executive_relations"
                else "reopened"
                if contact.reopened
                else "needed"
            )
            count[clock.month(contact.at)][reason] += 1
    for posting in postings:
        spent[posting.month, posting.category] += euros(posting.amount)
    result: dict[str, Figures] = {}
    for month, n in sorted(count.items()):
        remediation = spent[month, "remediation"]
        in_vain = n["repeats"] + n["escalated"] + n["reopened"] * DONE_AGAIN
        work = Fraction(spent[month, "service"]) * in_vain / n.total()
        result[month] = {
            **{name: n[name] for name in ("repeats", "escalated", "reopened")},
            "remediation": amount_text(remediation),
            "booked": float(work + Fraction(remediation)) if spent[month, "service"] else None,
        }
    return result


def recurring(clock: Clock, identity: Identity, contacts: list[Contact], postings: list[Posting]) -> dict[str, dict[str, Figures]]:
    """By month and category: contacts, cases, months of the last three with five cases, and what the contacts cost."""
    handled: dict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, Counter[str]] = defaultdict(Counter)
    spent: dict[str, Decimal] = defaultdict(lambda: ZERO)
    again = repeats(contacts, identity)
    for contact in contacts:
        if contact.counts:
            month, category = clock.month(contact.at), contact.category or "unknown"
            handled[month][category] += 1
            first[month][category] += (contact.source, contact.id) not in again
    for posting in postings:
        if posting.category == "service":
            spent[posting.month] += euros(posting.amount)
    months = sorted(handled)
    return {
        month: {
            category: {
                "contacts": n,
                "cases": first[month][category],
                "frequent_months": sum(first[before][category] >= FREQUENT for before in months[max(place - 2, 0) : place + 1]),
                "contact_cost": float(Fraction(spent[month]) * n / handled[month].total()),
            }
            for category, n in sorted(handled[month].items())
        }
        for place, month in enumerate(months)
    }
