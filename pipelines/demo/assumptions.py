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
    "service_share": Assumption("0.6", "0.4", "0.8", "invented for the demo: agreed between service and marketing"),
}
