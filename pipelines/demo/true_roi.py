"""The truth about what customer service returns on what it costs, by month and touchpoint. Amounts are exact."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from pipelines.demo.assumptions import ASSUMPTIONS
from pipelines.demo.clock import Clock
from pipelines.demo.company import SMALL_SAMPLE
from pipelines.demo.contacts import Contact
from pipelines.demo.identity import Identity
from pipelines.demo.ledger import Posting
from pipelines.demo.orders import Order
from pipelines.demo.surveys import Response
from pipelines.demo.true_costs import amount_text, euros
from pipelines.demo.true_satisfaction import Figures, superseded_responses

Cell: TypeAlias = tuple[str, str]
"""Month and touchpoint."""


@dataclass(frozen=True)
class _Account:
    """Cost and benefits of service."""

    cost: Fraction = Fraction(0)
    prevented: Fraction = Fraction(0)
    recovered: Fraction = Fraction(0)
    attributed: Fraction = Fraction(0)

    def __add__(self, other: "_Account") -> "_Account":
        return _Account(
            self.cost + other.cost,
            self.prevented + other.prevented,
            self.recovered + other.recovered,
            self.attributed + other.attributed,
        )

    def figures(self) -> Figures:
        """The account as the truth shows it."""
        new_margin = self.attributed * Fraction(ASSUMPTIONS["service_share"].value)
        benefit = self.prevented + self.recovered + new_margin
        return {
            "cost": amount_text(self.cost),
            "prevented": float(self.prevented),
            "recovered": amount_text(self.recovered),
            "attributed": amount_text(self.attributed),
            "new_margin": amount_text(new_margin),
            "marketing_margin": amount_text(self.attributed - new_margin),
            "roi": float((benefit - self.cost) / self.cost) if self.cost else None,
        }


def _shares(scores: list[int]) -> tuple[Fraction, Fraction, Fraction, str]:
    """Satisfied, mollified and dissatisfied share, and what they rest on."""
    if len(scores) < SMALL_SAMPLE:
        names = ("satisfied_share", "mollified_share", "dissatisfied_share")
        satisfied, mollified, dissatisfied = (Fraction(ASSUMPTIONS[name].value) for name in names)
        return satisfied, mollified, dissatisfied, "assumed"
    satisfied = Fraction(sum(score >= 4 for score in scores), len(scores))
    dissatisfied = Fraction(sum(score <= 2 for score in scores), len(scores))
    return satisfied, 1 - satisfied - dissatisfied, dissatisfied, "measured"


class _Parts:
    """What the return of service is made of, by month and touchpoint."""

    def __init__(self) -> None:
        self.customers: defaultdict[Cell, set[str]] = defaultdict(set)
        self.scores: defaultdict[Cell, list[int]] = defaultdict(list)
        self.recovered: defaultdict[Cell, Decimal] = defaultdict(Decimal)
        self.attributed: defaultdict[Cell, Decimal] = defaultdict(Decimal)
        self.cost: defaultdict[Cell, Decimal] = defaultdict(Decimal)

    def add_contacts(self, clock: Clock, identity: Identity, contacts: list[Contact], responses: list[Response]) -> None:
        """Who was reached, and how satisfied they were."""
        cell_of: dict[str, Cell] = {}
        for contact in contacts:
            if contact.counts and contact.customer:
                cell = clock.month(contact.at), contact.touchpoint
                self.customers[cell].add(identity.who(contact.customer))
                if contact.source == "zendesk":
                    cell_of[contact.id] = cell
        lost = superseded_responses(responses)
        for response in responses:
            if response.csat is not None and response.ticket in cell_of and response.id not in lost:
                self.scores[cell_of[response.ticket]].append(response.csat)

    def add_money(self, clock: Clock, orders: list[Order], postings: list[Posting]) -> None:
        """What service earned, and what it cost."""
        for order in orders:
            if order.status == "fulfilled" and order.role != "none" and order.margin is not None:
                earned = self.recovered if order.role == "recovered" else self.attributed
                margin = euros(order.margin - order.refunded, order.currency)
                earned[clock.month(order.at), order.touchpoint] += margin
        for posting in postings:
            if posting.category == "service":
                self.cost[posting.month, posting.touchpoint] += euros(posting.amount)

    def cells(self) -> list[Cell]:
        """Every month and touchpoint of which anything is known, in order."""
        return sorted({*self.customers, *self.recovered, *self.attributed, *self.cost})


def service_roi(
    clock: Clock,
    identity: Identity,
    contacts: list[Contact],
    responses: list[Response],
    orders: list[Order],
    postings: list[Posting],
) -> dict[str, dict[str, Figures]]:
    """By month and touchpoint, and under ``total`` the sums over the touchpoints."""
    value = {name: Fraction(assumption.value) for name, assumption in ASSUMPTIONS.items()}
    parts = _Parts()
    parts.add_contacts(clock, identity, contacts, responses)
    parts.add_money(clock, orders, postings)
    result: dict[str, dict[str, Figures]] = defaultdict(dict)
    sums: dict[str, _Account] = defaultdict(_Account)
    for month, touchpoint in parts.cells():
        cell = month, touchpoint
        satisfied, mollified, dissatisfied, basis = _shares(parts.scores[cell])
        kept = (
            satisfied * value["loyalty_satisfied"]
            + mollified * value["loyalty_mollified"]
            + dissatisfied * value["loyalty_dissatisfied"]
            - value["loyalty_non_complainant"]
        )
        account = _Account(
            Fraction(parts.cost[cell]),
            len(parts.customers[cell]) * kept * value["customer_value"],
            Fraction(parts.recovered[cell]),
            Fraction(parts.attributed[cell]),
        )
        sums[month] += account
        result[month][touchpoint] = {
            "customers": len(parts.customers[cell]),
            "csat_n": len(parts.scores[cell]),
            "satisfied_share": float(satisfied),
            "mollified_share": float(mollified),
            "dissatisfied_share": float(dissatisfied),
            "shares_basis": basis,
            **account.figures(),
        }
    for month, account in sums.items():
        result[month]["total"] = account.figures()
    return result
