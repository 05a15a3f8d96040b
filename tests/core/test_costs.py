from decimal import Decimal
from typing import Any

from assets.core.costs import costs
from schemas.raw.costs import RawCosts
from tests.core.rows import cost, lazy, only, rates


def posted(**given: Any) -> dict[str, Any]:
    return only(costs(lazy(RawCosts, cost(**given)), rates(USD=0.5)))


def test_a_posting_is_converted_at_the_declared_rate_and_a_reversal_stays_negative() -> None:
    assert posted(cost_amount=Decimal("10.50"), currency="USD")["cost_amount"] == 5.25
    assert posted(cost_amount=Decimal("-3.25"))["cost_amount"] == -3.25


def test_a_posting_to_no_channel_and_no_touchpoint_is_unallocated() -> None:
    row = posted()

    assert (row["channel"], row["touchpoint"]) == ("unallocated", "unallocated")


def test_a_posting_to_a_channel_and_a_touchpoint_stays_there() -> None:
    row = posted(channel="phone", touchpoint="field", cost_category="remediation")

    assert (row["channel"], row["touchpoint"], row["cost_category"]) == ("phone", "field", "remediation")
