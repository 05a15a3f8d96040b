from decimal import Decimal

from assets.core.programme_cash_flows import programme_cash_flows
from schemas.raw.programme_cash_flows import RawProgrammeCashFlows
from tests.core.rows import cash_flow, lazy, only, rates


def test_a_flow_is_converted_at_the_declared_rate_and_keeps_its_sign() -> None:
    row = only(
        programme_cash_flows(lazy(RawProgrammeCashFlows, cash_flow(cash_flow_amount=Decimal("-10.50"), currency="USD")), rates(USD=0.5))
    )

    assert (row["programme"], row["cash_flow_amount"], row["basis"]) == ("p", -5.25, "measured")
