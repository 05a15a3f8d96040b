import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from assets.kpi.programme_returns import programme_returns
from assets.parameters import Assumption, Parameters
from assets.statistics.cash_flows import Flows, internal_rates, present_value, sign_changes, years
from schemas.core.programme_cash_flows import ProgrammeCashFlows
from schemas.kpi.programme_returns import ProgrammeReturns
from tests.core.rows import eager
from tests.kpi.rows import Row, cash_flow
from tests.kpi.stored import stored

DAY = dt.date(2026, 3, 2)
"""365 days later it is 2 March 2027, another 365 days later 1 March 2028, which has a leap day."""


def after(number: int) -> dt.date:
    """The day so many years of 365 days later."""
    return DAY + dt.timedelta(days=365 * number)


def yearly(*amounts: float) -> Flows:
    return [(after(year), float(amount)) for year, amount in enumerate(amounts)]


def returns(*rows: Row, rate: Assumption | None = None) -> list[dict[str, Any]]:
    parameters = Parameters(assumptions={"discount_rate": rate} if rate else {})
    frame = programme_returns(eager(ProgrammeCashFlows, *rows), parameters)
    return stored(ProgrammeReturns, frame).sort("programme").rows(named=True)


def of(*amounts: float, basis: str = "measured", rate: Assumption | None = None) -> dict[str, Any]:
    (row,) = returns(*(cash_flow(str(amount), flowed_on=day, basis=basis) for day, amount in yearly(*amounts)), rate=rate)
    return row


def test_an_investment_that_earns_is_valued_on_its_first_day() -> None:
    row = of(-1000, 550, 605)

    # 550 / 1.1 = 500, 605 / 1.21 = 500; (550 · 1.1 + 605) / 1000 = 1.21 = 1.1²
    assert (row["npv"], row["irr"], row["mirr"]) == (pytest.approx(0), pytest.approx(0.1), pytest.approx(0.1))
    assert (row["npv_low"], row["npv_high"]) == pytest.approx((-1000 + 550 / 1.15 + 605 / 1.15**2, -1000 + 550 / 1.05 + 605 / 1.05**2))
    assert (row["irr_reason"], row["irr_roots"], row["status"]) == (None, "0.100000", "ok")
    assert (row["payback_years"], row["discounted_payback_years"]) == (2, 2)
    assert (row["flow_count"], row["spent_amount"], row["earned_amount"]) == (3, Decimal(1000), Decimal(1155))
    assert (row["first_flow_on"], row["last_flow_on"]) == (DAY, after(2))


def test_half_a_year_is_its_actual_days() -> None:
    (row,) = returns(cash_flow("-100"), cash_flow("121", flowed_on=DAY + dt.timedelta(days=182)))

    assert row["irr"] == pytest.approx(1.21 ** (365 / 182) - 1)
    assert row["npv"] == pytest.approx(-100 + 121 / 1.1 ** (182 / 365))


def test_flows_that_turn_twice_have_no_internal_rate_but_a_list_of_those_that_do() -> None:
    row = of(-1000, 2500, -1540)

    # 1 − 2.5x + 1.54x² is 0 at x = 1/1.1 and 1/1.4; 2500 · 1.1 over 1000 + 1540/1.21, over two years
    assert (row["irr"], row["irr_reason"], row["irr_roots"]) == (None, "multiple_irr", "0.100000, 0.400000")
    assert row["mirr"] == pytest.approx(math.sqrt(2750 / (1000 + 1540 / 1.21)) - 1)


def test_flows_may_turn_twice_and_be_worth_nothing_at_no_rate_or_at_one() -> None:
    assert (of(-100, 10, -100)["irr_reason"], of(-100, 10, -100)["irr_roots"]) == ("multiple_irr", None)
    assert (of(-100, 240, -144)["irr_reason"], of(-100, 240, -144)["irr_roots"]) == ("multiple_irr", "0.200000")


@pytest.mark.parametrize("amounts", [(-100.0, -50.0), (100.0, 50.0), (-100.0,), (100.0,)])
def test_flows_of_one_sign_have_no_internal_rate_and_no_payback(amounts: tuple[float, ...]) -> None:
    row = of(*amounts)

    assert (row["irr"], row["irr_reason"], row["irr_roots"], row["mirr"], row["payback_years"]) == (None, "no_irr", None, None, None)
    assert row["npv"] == pytest.approx(sum(amount / 1.1**year for year, amount in enumerate(amounts)))


def test_flows_of_one_day_are_netted() -> None:
    (row,) = returns(cash_flow("-150"), cash_flow("50"), cash_flow("110", flowed_on=after(1)))

    assert (row["flow_count"], row["spent_amount"], row["earned_amount"]) == (3, Decimal(150), Decimal(160))
    assert (row["irr"], row["irr_reason"]) == (pytest.approx(0.1), None)


def test_flows_that_cancel_out_on_their_day_are_nothing() -> None:
    (row,) = returns(cash_flow("-150"), cash_flow("150"))

    assert (row["npv"], row["irr"], row["irr_reason"], row["payback_years"], row["status"]) == (0, None, "no_irr", None, "no_data")


def test_money_that_comes_back_a_million_fold_over_night_has_no_rate() -> None:
    (row,) = returns(cash_flow("-1"), cash_flow("1000000", flowed_on=DAY + dt.timedelta(days=1)))

    assert (row["irr"], row["irr_reason"], row["mirr"]) == (None, "no_irr", None)


def test_payback_is_when_the_total_stays_paid_back_and_discounting_delays_it() -> None:
    assert of(-100, 120, -50, 40)["payback_years"] == 3
    assert of(-100, 100, 21)["payback_years"] == 1
    assert of(-100, 100, 21)["discounted_payback_years"] == 2
    assert (of(-100, 60)["payback_years"], of(-100, 105)["discounted_payback_years"]) == (None, None)


def test_each_programme_is_valued_for_itself() -> None:
    first, second = returns(
        cash_flow("-10", programme="a"), cash_flow("-20", programme="b"), cash_flow("22", programme="b", flowed_on=after(1))
    )

    assert (first["programme"], first["irr_reason"], second["programme"], second["irr"]) == ("a", "no_irr", "b", pytest.approx(0.1))


@pytest.mark.parametrize(
    ("flows", "rate", "expected"), [("measured", "benchmark", ("measured", "benchmark")), ("assumed", "measured", ("assumed", "assumed"))]
)
def test_the_basis_is_the_weakest_of_the_flows_and_the_rate(flows: str, rate: str, expected: tuple[str, str]) -> None:
    given_rate = Assumption(value=0.2, low=0.2, high=0.2, basis=rate, source="a test")

    row = of(-100, 120, basis=flows, rate=given_rate)

    assert (row["flows_basis"], row["basis"]) == expected
    assert (row["npv"], row["npv_low"], row["npv_high"]) == pytest.approx((0, 0, 0))


def test_no_programme_gives_no_row() -> None:
    assert returns() == []


def test_a_rate_that_destroys_all_money_is_refused() -> None:
    with pytest.raises(ValueError, match="discount_rate: a rate must lie above -1"):
        Parameters(assumptions={"discount_rate": Assumption(value=0.1, low=-1, high=0.2, source="a test")})


whole = st.integers(-100, 100).filter(bool)


@settings(max_examples=20)
@given(amounts=st.lists(whole, min_size=2, max_size=8))
def test_every_rate_is_found_that_the_roots_of_the_polynomial_give(amounts: list[int]) -> None:
    found = internal_rates(yearly(*amounts))

    roots = [root for root in np.roots(amounts[::-1]) if root.real > 1e-3]
    is_clear = all(abs(root.imag) > 1e-2 or abs(root.imag) < 1e-9 for root in roots)
    if is_clear:
        assert found == pytest.approx(sorted(1 / root.real - 1 for root in roots if abs(root.imag) < 1e-9), rel=1e-5, abs=1e-6)
    assert len(found) <= sign_changes(yearly(*amounts))


@settings(max_examples=20)
@given(
    spent=st.lists(st.integers(1, 1000), min_size=1, max_size=4),
    earned=st.lists(st.integers(1, 1000), min_size=1, max_size=6),
    gaps=st.lists(st.integers(365, 900), min_size=10, max_size=10),
)
def test_the_one_rate_of_a_programme_is_what_two_other_solvers_find(spent: list[int], earned: list[int], gaps: list[int]) -> None:
    amounts = [*(-float(amount) for amount in spent), *map(float, earned)]
    days = [DAY + dt.timedelta(days=sum(gaps[:place])) for place in range(len(amounts))]
    flows: Flows = list(zip(days, amounts, strict=True))

    (rate,) = internal_rates(flows)

    if -0.9 < rate < 100:
        assert rate == pytest.approx(brentq(lambda tried: present_value(flows, tried), -0.95, 1000, xtol=1e-12), rel=1e-6, abs=1e-7)
        assert rate == pytest.approx(pyxirr.xirr(days, amounts), rel=1e-6, abs=1e-7)
    assert present_value(flows, 0.07) == pytest.approx(
        sum(amount * 1.07**-year for year, amount in zip(years(flows), amounts, strict=True))
    )
    assert present_value(flows, 0.07) == pytest.approx(pyxirr.xnpv(0.07, days, amounts))
