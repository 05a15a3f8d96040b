from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpi.service_roi_monthly import service_roi_monthly
from assets.kpi.service_roi_sensitivity import service_roi_sensitivity
from assets.parameters import DEFAULT_ASSUMPTIONS, Assumption, Parameters
from schemas.core.costs import Costs
from schemas.core.interactions import Interactions
from schemas.core.orders import Orders
from schemas.kpi.service_roi_monthly import ServiceRoiMonthly
from schemas.kpi.service_roi_sensitivity import ServiceRoiSensitivity
from schemas.vocabulary import ROI_INPUTS
from tests.core.rows import lazy, polars
from tests.kpi.company import company
from tests.kpi.rows import MARCH, Row, cost, interaction, order
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

Rows = list[dict[str, Any]]
TEN = [interaction(ticket_ref=f"s:{number}", customer_key=f"c{number}") for number in range(10)]
ORDERS = [order(service_role="recovered", margin_amount=Decimal(30)), order(service_role="attributed", margin_amount=Decimal(40))]


def said(value: float, basis: str = "assumed") -> Assumption:
    return Assumption.model_validate({"value": value, "low": value, "high": value, "basis": basis, "source": "a test"})


def returns(contacts: list[Row], orders: list[Row], costs: list[Row], parameters: Parameters) -> Rows:
    frame = service_roi_monthly(lazy(Interactions, *contacts), lazy(Orders, *orders), lazy(Costs, *costs), parameters)
    return stored(ServiceRoiMonthly, frame).rows(named=True)


def tried(rows: Rows, parameters: Parameters) -> dict[str, dict[str, Any]]:
    """The rows of the first month and touchpoint, by assumption."""
    found = stored(ServiceRoiSensitivity, service_roi_sensitivity(lazy(ServiceRoiMonthly, *rows), parameters)).sort(
        "month_on", "touchpoint"
    )
    first = found.select("month_on", "touchpoint").row(0)
    return {row["assumption"]: row for row in found.rows(named=True) if (row["month_on"], row["touchpoint"]) == first}


def sensitivity(costs: list[Row], assumptions: Mapping[str, Assumption] | None = None) -> dict[str, dict[str, Any]]:
    parameters = Parameters(assumptions=assumptions or {})
    return tried(returns(TEN, ORDERS, costs, parameters), parameters)


def test_each_input_is_moved_by_a_fifth_while_all_others_stay() -> None:
    rows = sensitivity([cost("100")])

    # prevented 10 · −.012 · 100 = −12, recovered 30, new 20: −.62
    assert set(rows) == set(ROI_INPUTS)
    assert [row["roi"] for row in rows.values()] == pytest.approx([-0.62] * len(rows))
    share, worth, silent, good = (rows[name] for name in ("service_share", "customer_value", "loyalty_non_complainant", "satisfied_share"))
    assert (share["value_low"], share["value_high"], share["roi_at_low"], share["roi_at_high"]) == pytest.approx((0.4, 0.6, -0.66, -0.58))
    assert (worth["roi_at_low"], worth["roi_at_high"], worth["swing"]) == pytest.approx((-0.596, -0.644, 0.048))
    # Ln .56 and .84: ten customers keep 100 · 10 · (.688 − Ln)
    assert (silent["roi_at_low"], silent["roi_at_high"]) == pytest.approx(((128 + 50) / 100 - 1, (-152 + 50) / 100 - 1))
    # s .32 and .48, m .38 and .22: .08 · (.88 − .72) · 1000 = 12.8
    assert (good["roi_at_low"], good["roi_at_high"]) == pytest.approx((-0.748, -0.492))
    assert (share["month_on"], share["touchpoint"], share["status"]) == (MARCH, "service_center", "small_sample")


def test_the_break_even_of_an_input_is_where_service_returns_what_it_costs() -> None:
    rows = sensitivity([cost("60")])

    # −12 + 30 + 40 · x = 60 at x = 1.05, which is no share; 1000 · (.688 − Ln) + 50 = 60 at .678
    assert rows["service_share"]["break_even"] is None
    assert rows["loyalty_non_complainant"]["break_even"] == pytest.approx(0.678)
    # 1000 · (.4·Ls + .336 − .7) + 50 = 60
    assert rows["loyalty_satisfied"]["break_even"] == pytest.approx((0.7 - 0.336 + 0.01) / 0.4)
    # more worth per customer only loses more, as the bracket is negative
    assert rows["customer_value"]["break_even"] is None


def test_a_share_moves_no_further_than_it_can() -> None:
    rows = sensitivity(
        [cost("60")],
        {"loyalty_satisfied": said(0.95), "satisfied_share": said(0.65), "mollified_share": said(0.05), "dissatisfied_share": said(0.3)},
    )

    assert rows["loyalty_satisfied"]["value_high"] == 1
    assert rows["satisfied_share"]["value_high"] == pytest.approx(0.7)


def test_the_input_to_doubt_first_has_the_weakest_basis_and_moves_most() -> None:
    assumed = sensitivity([cost("100")])
    measured = {name: given.model_copy(update={"basis": "measured"}) for name, given in DEFAULT_ASSUMPTIONS.items()}
    worth_read = measured | {"customer_value": measured["customer_value"].model_copy(update={"basis": "benchmark"})}

    def first(rows: dict[str, dict[str, Any]]) -> list[str]:
        return [name for name, row in rows.items() if row["is_weakest"]]

    assert first(assumed) == ["loyalty_non_complainant"]
    assert first(sensitivity([cost("100")], worth_read)) == ["customer_value"]
    assert first(sensitivity([])) == []


def test_measured_shares_say_so() -> None:
    rated: list[Row] = [{**row, "csat_n": 1, "csat_satisfied": 1} for row in TEN]
    parameters = Parameters(small_sample=10)

    rows = tried(returns(rated, [], [cost("10")], parameters), parameters)

    assert (rows["satisfied_share"]["basis"], rows["satisfied_share"]["value"], rows["loyalty_satisfied"]["basis"]) == (
        "measured",
        1.0,
        "assumed",
    )


def test_where_nothing_was_spent_nothing_is_known() -> None:
    row = sensitivity([])["customer_value"]

    assert (row["roi"], row["roi_at_low"], row["roi_at_high"], row["swing"], row["break_even"]) == (None, None, None, None, None)
    assert (row["value"], row["is_weakest"], row["status"]) == (100, False, "no_data")


def test_without_returns_there_is_nothing_to_try() -> None:
    assert polars(service_roi_sensitivity(lazy(ServiceRoiMonthly), Parameters())).height == 0


@settings(max_examples=10)
@given(
    seed=st.integers(0, 10**9), name=st.sampled_from(["customer_value", "service_share", "loyalty_satisfied", "loyalty_non_complainant"])
)
def test_a_moved_input_gives_what_the_roi_itself_gives_with_it(seed: int, name: str) -> None:
    made, parameters = company(seed), Parameters(small_sample=5)
    rows = returns(made.interactions, made.orders, made.costs, parameters)
    row = tried(rows, parameters)[name]
    moved = {key: said(given.value) for key, given in DEFAULT_ASSUMPTIONS.items()} | {name: said(row["value_low"])}
    if name != "loyalty_satisfied" or row["value_low"] >= moved["loyalty_mollified"].value:
        recomputed = returns(made.interactions, made.orders, made.costs, Parameters(small_sample=5, assumptions=moved))
        (same,) = [other for other in recomputed if (other["month_on"], other["touchpoint"]) == (row["month_on"], row["touchpoint"])]
        assert row["roi_at_low"] == (None if same["roi"] is None else pytest.approx(same["roi"], abs=1e-3, rel=1e-3))
