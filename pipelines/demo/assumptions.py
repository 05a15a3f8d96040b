"""What the demo assumes where it has not measured: loyalty by experience, the worth of a customer, service's share."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Assumption:
    """A value and the range it may lie in, as decimal text."""

    value: str
    low: str
    high: str
    source: str


_TALK: Final = "invented for the demo, after the numbers that TARP published"
_LOYALTY: Final = "invented for the demo, after the published worked example of the market damage model"

ASSUMPTIONS: Final = {
    "loyalty_non_complainant": Assumption("0.70", "0.65", "0.75", _LOYALTY),
    "loyalty_satisfied": Assumption("0.88", "0.85", "0.91", _LOYALTY),
    "loyalty_mollified": Assumption("0.72", "0.68", "0.76", _LOYALTY),
    "loyalty_dissatisfied": Assumption("0.40", "0.35", "0.45", _LOYALTY),
    "satisfied_share": Assumption("0.40", "0.35", "0.45", _LOYALTY),
    "mollified_share": Assumption("0.30", "0.25", "0.35", _LOYALTY),
    "dissatisfied_share": Assumption("0.30", "0.25", "0.35", _LOYALTY),
    "customer_value": Assumption("96", "80", "110", "invented for the demo: margin in EUR that a customer brings in a year"),
    "tell_rate_no_problem": Assumption("0.1", "0", "0.3", _TALK),
    "tell_rate_satisfied": Assumption("0.8", "0.6", "1", _TALK),
    "tell_rate_unhappy": Assumption("0.9", "0.7", "1", _TALK),
    "told_by_happy": Assumption("4", "3", "6", _TALK),
    "told_by_unhappy": Assumption("9", "8", "15", _TALK),
    "potential_share": Assumption("0.75", "0.6", "0.9", "invented for the demo: one in four garden owners buys here"),
    "won_by_talk": Assumption("0.02", "0.01", "0.03", _TALK),
    "lost_by_talk": Assumption("0.03", "0.02", "0.05", _TALK),
    "loyalty_no_problem": Assumption("0.90", "0.86", "0.94", _LOYALTY),
    "complaint_share": Assumption("0.25", "0.10", "0.50", _LOYALTY),
    "problem_reduction": Assumption("0.15", "0.10", "0.20", "invented for the demo: what the carrier's new contract promises"),
    "prevention_cost": Assumption("1500", "1200", "2000", "invented for the demo: what such a programme costs in EUR a year"),
    "recovery_shift": Assumption("0.10", "0.05", "0.15", "invented for the demo: dissatisfied complainants who could be won over"),
    "recovery_cost": Assumption("2500", "2000", "3000", "invented for the demo: training in EUR a year"),
    "solicitation_increase": Assumption("0.10", "0.05", "0.15", "invented for the demo: customers who would speak up if asked"),
    "cost_per_contact": Assumption("5", "3", "8", "invented for the demo; its own ledger says it better"),
    "discount_rate": Assumption("0.08", "0.06", "0.12", "invented for the demo: what the company pays its bank, and more"),
    "service_share": Assumption("0.6", "0.4", "0.8", "invented for the demo: agreed between service and marketing"),
}
