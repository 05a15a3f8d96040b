"""The truth about costs: per sale and per contact, by month. What service returns is not here. Amounts are exact."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from pipelines.demo.clock import Clock
from pipelines.demo.company import RATES
from pipelines.demo.contacts import Contact
from pipelines.demo.ledger import Posting
from pipelines.demo.orders import Order
from pipelines.demo.true_satisfaction import Figures

ZERO = Decimal(0)


def euros(cents: int, currency: str = "EUR") -> Decimal:
    """Cents of a currency in the reporting currency."""
    amount = Decimal(cents) / 100
    return amount * Decimal(RATES[currency]) if currency in RATES else amount


def ratio(part: Decimal | Fraction, whole: Decimal | int) -> float | None:
    """A quotient of exact parts; none where there is nothing to divide by."""
    return float(Fraction(part) / Fraction(whole)) if whole else None


def amount_text(amount: Decimal | Fraction) -> str:
    """An amount with four decimals; it must not need more."""
    text = f"{Decimal(amount.numerator) / Decimal(amount.denominator) if isinstance(amount, Fraction) else amount:.4f}"
    if Fraction(text) != Fraction(amount):
        raise ValueError(f"the amount {amount} has more than four decimals")
    return text


def costs(clock: Clock, postings: list[Posting], orders: list[Order], contacts: list[Contact]) -> dict[str, Figures]:
    """By month: service and selling cost, sales and contacts, and the costs of one of each."""
    spent: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    sales: dict[str, int] = defaultdict(int)
    revenue: dict[str, Decimal] = defaultdict(lambda: ZERO)
    handled: dict[str, int] = defaultdict(int)
    for posting in postings:
        spent[posting.month, posting.category] += euros(posting.amount)
    for order in orders:
        if order.status == "fulfilled":
            month = clock.month(order.at)
            sales[month] += 1
            revenue[month] += euros(order.net - order.refunded, order.currency)
    for contact in contacts:
        if contact.counts:
            handled[clock.month(contact.at)] += 1
    result: dict[str, Figures] = {}
    for month in sorted({*sales, *handled, *(month for month, _ in spent)}):
        service, selling = spent[month, "service"], spent[month, "selling"]
        result[month] = {
            "service_cost": amount_text(service),
            "selling_cost": amount_text(selling),
            "sales": sales[month],
            "revenue": amount_text(revenue[month]),
            "contacts": handled[month],
            "service_only": ratio(service, sales[month]),
            "service_plus_selling": ratio(service + selling, sales[month]),
            "cost_per_contact": ratio(service, handled[month]),
        }
    return result
