from decimal import Decimal
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from assets.kpi.service_recovery_roi import service_recovery_roi
from assets.parameters import Assumption, Parameters
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.service_recovery_roi import ServiceRecoveryRoi
from tests.core.rows import lazy
from tests.kpi.asked import WORTH_1000, Survey, certain, had, untroubled
from tests.kpi.rows import MARCH, Row
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

EXAMPLE = [*had("late", *["non_complainant"] * 3, "unrated"), *untroubled(6)]
"""p = .4; all else as declared, which is the published worked example."""
FREE = {"cost_per_contact": certain(0)}


def improved(rows: list[Row], assumptions: dict[str, Assumption] | None = None, small_sample: int = 30) -> pl.DataFrame:
    parameters = Parameters(assumptions={**WORTH_1000, **(assumptions or {})}, small_sample=small_sample)
    survey = Survey(rows)
    at_risk = nw.from_native(survey.at_risk(parameters).lazy())
    return stored(ServiceRecoveryRoi, service_recovery_roi(at_risk, survey.experiences, lazy(CostPerSaleMonthly), parameters))


def only(frame: pl.DataFrame) -> dict[str, Any]:
    (row,) = frame.rows(named=True)
    return row


def test_in_the_worked_example_better_handling_keeps_480_customers_and_asking_for_complaints_loses_48() -> None:
    row = only(improved(EXAMPLE, {"recovery_cost": certain(240_000), **FREE}))

    assert (row["touchpoint"], row["from_on"], row["to_on"], row["complained_count"], row["rated_n"]) == ("unknown", MARCH, MARCH, 1, 0)
    assert (row["problem_customers"], row["complaining_customers"]) == (pytest.approx(40_000), pytest.approx(10_000))
    assert (row["recovered_customers"], row["recovered_margin_amount"]) == (pytest.approx(480), 480_000)
    assert (row["recovery_roi"], row["basis"], row["status"]) == (pytest.approx(1), "assumed", "small_sample")
    assert (row["solicited_customers"], row["solicited_margin_amount"]) == (pytest.approx(-48), -48_000)
    assert row["solicitation_roi"] is None


def test_easier_access_costs_the_contacts_that_it_brings() -> None:
    row = only(improved(EXAMPLE, {"cost_per_contact": certain(6)}))

    # 40,000 · .10 contacts at 6; −48,000 of margin
    assert row["solicited_contact_amount"] == Decimal(24_000)
    assert row["solicitation_roi"] == pytest.approx(-3)


def test_asking_pays_where_complaints_are_handled_well() -> None:
    shares = {"satisfied_share": certain(0.9), "mollified_share": certain(0.1), "dissatisfied_share": certain(0)}

    row = only(improved(EXAMPLE, shares | FREE))

    # .9·.88 + .1·.72 − .70 = .164; nobody is dissatisfied, so nobody can be moved
    assert row["solicited_customers"] == pytest.approx(40_000 * 0.1 * 0.164)
    assert (row["recovered_customers"], row["recovered_margin_amount"]) == (0, 0)


def test_while_no_cost_is_declared_there_is_no_return_on_it() -> None:
    row = only(improved(EXAMPLE))

    assert (row["recovery_cost_amount"], row["recovery_roi"]) == (0, None)


def test_problems_are_split_as_the_complainants_name_their_touchpoints_and_add_up() -> None:
    rows = had("late", "satisfied", "satisfied", "mollified", touchpoint="field") + had("late", "dissatisfied", touchpoint="service_center")

    result = improved([*rows, *untroubled(6)], small_sample=2)

    shares = ("touchpoint", "complained_count", "satisfied_share", "mollified_share", "dissatisfied_share")
    field, center = result.sort("touchpoint").select(shares).rows()
    assert field == ("field", 3, pytest.approx(2 / 3), pytest.approx(1 / 3), 0)
    assert center == ("service_center", 1, 0.5, 0.25, 0.25)
    assert result["problem_customers"].sum() == pytest.approx(40_000)
    assert result.sort("touchpoint")["problem_customers"].to_list() == [pytest.approx(30_000), pytest.approx(10_000)]


def test_the_bounds_contain_what_is_left_after_cost() -> None:
    row = only(improved(EXAMPLE, {"recovery_cost": certain(1000)}))

    net = row["recovered_margin_amount"] - row["recovery_cost_amount"]
    assert row["recovery_net_low_amount"] < net < row["recovery_net_high_amount"]
    net = row["solicited_margin_amount"] - row["solicited_contact_amount"]
    assert row["solicitation_net_low_amount"] < net < row["solicitation_net_high_amount"]


def test_without_complaints_no_touchpoint_can_be_named() -> None:
    assert improved([*had("late", "blocked"), *untroubled(3)]).is_empty()
