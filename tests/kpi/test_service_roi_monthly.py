from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpi.service_roi_monthly import service_roi_monthly
from assets.parameters import DEFAULT_ASSUMPTIONS, Assumption, Parameters
from schemas.core.costs import Costs
from schemas.core.interactions import Interactions
from schemas.core.orders import Orders
from schemas.kpi.service_roi_monthly import ServiceRoiMonthly
from tests.core.rows import lazy
from tests.kpi.company import company
from tests.kpi.rows import MARCH, Row, cost, interaction, order
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

Assumptions = Mapping[str, Assumption]


def said(value: float, low: float | None = None, high: float | None = None, basis: str = "assumed") -> Assumption:
    """A declared input; certain unless its ends are given."""
    ends = {"low": value if low is None else low, "high": value if high is None else high}
    return Assumption.model_validate({"value": value, **ends, "basis": basis, "source": "a test"})


def returned(
    contacts: list[Row], orders: list[Row], costs: list[Row], assumptions: Assumptions | None = None, small_sample: int = 30
) -> pl.DataFrame:
    numbered = [dict(row, ticket_ref=f"s:{place}") for place, row in enumerate(contacts)]
    parameters = Parameters(small_sample=small_sample, assumptions=assumptions or {})
    return stored(
        ServiceRoiMonthly, service_roi_monthly(lazy(Interactions, *numbered), lazy(Orders, *orders), lazy(Costs, *costs), parameters)
    )


def only(frame: pl.DataFrame) -> dict[str, Any]:
    (row,) = frame.rows(named=True)
    return row


def ten_customers(**given: Any) -> list[Row]:
    return [interaction(customer_key=f"c{number}", **given) for number in range(10)]


def test_the_worked_example_with_declared_inputs_in_which_asking_does_not_pay() -> None:
    orders = [
        order(service_role="recovered", margin_amount=Decimal(30)),
        order(service_role="attributed", margin_amount=Decimal(40)),
        order(service_role="attributed", margin_amount=None),
        order(service_role="attributed", margin_amount=Decimal(99), is_sale=False, status="cancelled"),
        order(service_role="none", margin_amount=Decimal(99)),
    ]

    row = only(returned(ten_customers(), orders, [cost("100"), cost("99", cost_category="selling")]))

    # .40·.88 + .30·.72 + .30·.40 − .70 = −.012 of a customer kept for each of 10, worth 100 each
    assert (row["month_on"], row["touchpoint"], row["customer_count"]) == (MARCH, "service_center", 10)
    assert row["prevented_damage_amount"] == Decimal("-12.0000")
    assert (row["recovered_margin_amount"], row["new_margin_amount"], row["marketing_margin_amount"]) == (30, 20, 20)
    assert (row["service_cost_amount"], row["roi"]) == (100, pytest.approx(-0.62))
    # .30·.80 + .30·.60 + .40·.25 − .80 = −.28, at 150 each; .50·.95 + .30·.80 + .20·.55 − .60 = .225, at 150 each
    assert (row["prevented_damage_low_amount"], row["prevented_damage_high_amount"]) == (Decimal("-420.0000"), Decimal("337.5000"))
    assert (row["roi_low"], row["roi_high"]) == (pytest.approx(-4.8), pytest.approx(2.975))
    assert (row["shares_basis"], row["roi_basis"], row["status"]) == ("assumed", "assumed", "small_sample")


def test_the_shares_are_measured_once_there_are_enough_answers() -> None:
    rated = ten_customers(csat_n=1, csat_satisfied=1)[:6] + ten_customers(csat_n=1)[6:8] + ten_customers(csat_n=1, csat_dissatisfied=1)[8:]

    row = only(returned(rated, [], [cost("10")], small_sample=10))

    # .6·.88 + .2·.72 + .2·.40 − .70 = .052 for each of 10 customers worth 100
    assert (row["satisfied_share"], row["mollified_share"], row["dissatisfied_share"], row["shares_basis"]) == (0.6, 0.2, 0.2, "measured")
    assert (row["satisfied_share_ci_low"], row["satisfied_share_ci_high"]) == pytest.approx((0.3127, 0.8318), abs=5e-5)
    assert (row["prevented_damage_amount"], row["roi"], row["status"]) == (Decimal("52.0000"), pytest.approx(4.2), "ok")
    few = only(returned(rated[1:], [], [], small_sample=10))
    assert (few["rated_n"], few["satisfied_share"], few["satisfied_share_ci_low"], few["shares_basis"]) == (9, 0.4, 0.3, "assumed")


def test_a_customer_who_comes_twice_is_one_and_nobody_is_none() -> None:
    contacts = [interaction(), interaction(), interaction(customer_key=None, csat_n=5, csat_satisfied=5)]

    row = only(returned(contacts, [], []))

    assert (row["customer_count"], row["rated_n"]) == (1, 0)


def test_nothing_spent_is_no_return_and_nobody_served_is_no_data() -> None:
    row = only(returned([], [order(service_role="recovered")], []))

    assert (row["roi"], row["roi_low"], row["roi_high"], row["status"]) == (None, None, None, "no_data")
    assert (row["recovered_margin_amount"], row["prevented_damage_amount"]) == (4, 0)


def test_cost_and_margin_stand_at_their_touchpoint_and_unallocated_cost_in_a_row_of_its_own() -> None:
    result = returned(
        [interaction()], [order(service_role="recovered", touchpoint="field")], [cost("5"), cost("7", touchpoint="unallocated")]
    )

    assert result.sort("touchpoint").select("touchpoint", "customer_count", "recovered_margin_amount", "service_cost_amount").rows() == [
        ("field", 0, 4, 0),
        ("service_center", 1, 0, 5),
        ("unallocated", 0, 0, 7),
    ]


LOYALTIES = ("loyalty_satisfied", "loyalty_mollified", "loyalty_dissatisfied", "loyalty_non_complainant")
SHARES = ("satisfied_share", "mollified_share", "dissatisfied_share")


def all_of(basis: str, **other: str) -> dict[str, Assumption]:
    """Every input with one basis, but for some."""
    return {name: given.model_copy(update={"basis": other.get(name, basis)}) for name, given in DEFAULT_ASSUMPTIONS.items()}


@pytest.mark.parametrize(
    ("assumptions", "expected"),
    [
        (all_of("measured"), ("measured", "measured", "measured", "measured", "measured")),
        (all_of("measured", customer_value="benchmark"), ("measured", "measured", "benchmark", "measured", "benchmark")),
        (
            all_of("measured", loyalty_mollified="assumed", customer_value="benchmark"),
            ("measured", "assumed", "benchmark", "measured", "assumed"),
        ),
        (all_of("measured", service_share="benchmark"), ("measured", "measured", "measured", "benchmark", "benchmark")),
        (all_of("benchmark", mollified_share="assumed"), ("assumed", "benchmark", "benchmark", "benchmark", "assumed")),
    ],
)
def test_a_figure_inherits_the_weakest_basis_of_its_inputs(assumptions: Assumptions, expected: tuple[str, ...]) -> None:
    row = only(returned([interaction()], [], [cost("1")], assumptions))

    assert tuple(row[f"{name}_basis"] for name in ("shares", "loyalty", "customer_value", "service_share", "roi")) == expected


def test_measured_shares_do_not_inherit_the_basis_of_the_declared_ones() -> None:
    row = only(returned([interaction(csat_n=1, csat_satisfied=1)], [], [], all_of("benchmark", mollified_share="assumed"), small_sample=1))

    assert (row["shares_basis"], row["roi_basis"]) == ("measured", "benchmark")


def test_with_certain_inputs_the_bounds_are_the_figure() -> None:
    certain = {name: said(value) for name, value in zip(LOYALTIES, (0.9, 0.7, 0.4, 0.6), strict=True)}
    certain |= {name: said(value) for name, value in zip(SHARES, (0.5, 0.25, 0.25), strict=True)}
    certain |= {"customer_value": said(100), "service_share": said(0.25)}

    row = only(returned(ten_customers(), [order(service_role="attributed")], [cost("50")], certain))

    # .5·.9 + .25·.7 + .25·.4 − .6 = .125 for each of 10 customers worth 100; a quarter of a margin of 4
    assert (row["prevented_damage_amount"], row["new_margin_amount"], row["marketing_margin_amount"]) == (125, 1, 3)
    assert (row["roi"], row["roi_low"], row["roi_high"]) == (pytest.approx(1.52), pytest.approx(1.52), pytest.approx(1.52))


def test_a_month_whose_reversals_outweigh_its_cost_has_spent_nothing() -> None:
    row = only(returned([interaction()], [], [cost("-50")]))

    assert (row["roi"], row["roi_low"], row["roi_high"]) == (None, None, None)


def test_the_shares_of_service_and_marketing_add_up_to_the_attributed_margin() -> None:
    row = only(returned([], [order(service_role="attributed", margin_amount=Decimal("10.0001"))], []))

    assert row["new_margin_amount"] + row["marketing_margin_amount"] == Decimal("10.0001")


ends = st.tuples(*[st.integers(0, 100)] * 3).map(lambda drawn: [number / 100 for number in sorted(drawn)])


@st.composite
def declared(draw: st.DrawFn) -> dict[str, Assumption]:
    """Inputs with any spread in which the satisfied are at least as loyal as the mollified, and these as the dissatisfied."""
    columns = [sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)), reverse=True) for _ in range(3)]
    spread = {name: sorted(column[place] / 100 for column in columns) for place, name in enumerate(LOYALTIES[:3])}
    spread["loyalty_non_complainant"] = draw(ends)
    spread["customer_value"] = [end * 1_000 for end in draw(ends)]
    spread["service_share"] = draw(ends)
    return {name: said(value, low, high) for name, (low, value, high) in spread.items()}


@settings(max_examples=12)
@given(seed=st.integers(0, 10**9), assumptions=declared(), small_sample=st.sampled_from([1, 5, 30]))
def test_the_bounds_contain_the_figure(seed: int, assumptions: dict[str, Assumption], small_sample: int) -> None:
    made = company(seed)

    for row in returned(made.interactions, made.orders, made.costs, assumptions, small_sample).rows(named=True):
        assert row["prevented_damage_low_amount"] <= row["prevented_damage_amount"] <= row["prevented_damage_high_amount"]
        if row["roi"] is not None:
            assert row["roi_low"] - 1e-9 <= row["roi"] <= row["roi_high"] + 1e-9
