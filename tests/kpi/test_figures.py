"""What every KPI promises alike, over random companies."""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import polars as pl
import pytest

from assets.kpi.cost_per_sale_monthly import cost_per_sale_monthly
from assets.kpi.customer_confidence_index_monthly import customer_confidence_index_monthly
from assets.kpi.employee_obstacles_monthly import employee_obstacles_monthly
from assets.kpi.employee_turnover_monthly import employee_turnover_monthly
from assets.kpi.first_contact_resolution_daily import first_contact_resolution_daily
from assets.kpi.identity_match_monthly import identity_match_monthly
from assets.kpi.reasons_for_choice import reasons_for_choice
from assets.kpi.satisfaction_daily import satisfaction_daily
from assets.kpi.satisfaction_drivers import satisfaction_drivers
from assets.kpi.service_roi_monthly import service_roi_monthly
from assets.kpi.text_classification_monthly import text_classification_monthly
from assets.kpi.ticket_times_daily import ticket_times_daily
from assets.parameters import Parameters
from schemas.catalogue import KPI
from schemas.core.answers import Answers
from schemas.core.calls import Calls
from schemas.core.costs import Costs
from schemas.core.employee_answers import EmployeeAnswers
from schemas.core.employees import Employees
from schemas.core.interactions import Interactions
from schemas.core.messages import Messages
from schemas.core.orders import Orders
from schemas.core.text_labels import TextLabels
from schemas.core.tickets import Tickets
from schemas.kpi.benchmark_comparison import BenchmarkComparison
from schemas.kpi.contact_history import ContactHistory
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.customer_confidence_index_monthly import CustomerConfidenceIndexMonthly
from schemas.kpi.employee_obstacles_monthly import EmployeeObstaclesMonthly
from schemas.kpi.employee_turnover_monthly import EmployeeTurnoverMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.identity_match_monthly import IdentityMatchMonthly
from schemas.kpi.metric_catalogue import MetricCatalogue
from schemas.kpi.reasons_for_choice import ReasonsForChoice
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.satisfaction_drivers import SatisfactionDrivers
from schemas.kpi.service_roi_monthly import ServiceRoiMonthly
from schemas.kpi.target_calibration import TargetCalibration
from schemas.kpi.text_classification_monthly import TextClassificationMonthly
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.projection import additive, columns
from schemas.table import Table
from tests.core.rows import lazy
from tests.kpi.company import START, Company, collapsed, company
from tests.kpi.rows import MARCH, MONDAY
from tests.kpi.stored import evaluated, stored

pytestmark = pytest.mark.slow

PARAMETERS = Parameters(small_sample=5, not_resolvable_categories=("y",), as_of=START.replace(day=31).replace(month=3))


def _satisfaction(made: Company) -> pl.DataFrame:
    return stored(SatisfactionDaily, satisfaction_daily(lazy(Answers, *made.answers), PARAMETERS))


def _resolution(made: Company) -> pl.DataFrame:
    return stored(FirstContactResolutionDaily, first_contact_resolution_daily(lazy(Interactions, *made.interactions), PARAMETERS))


def _times(made: Company) -> pl.DataFrame:
    return stored(TicketTimesDaily, ticket_times_daily(lazy(Tickets, *made.tickets), PARAMETERS))


def _money_frames(made: Company) -> tuple[Any, Any, Any]:
    return lazy(Interactions, *made.interactions), lazy(Orders, *made.orders), lazy(Costs, *made.costs)


def _cost_per_sale(made: Company) -> pl.DataFrame:
    return stored(CostPerSaleMonthly, cost_per_sale_monthly(*_money_frames(made), PARAMETERS))


def _roi(made: Company) -> pl.DataFrame:
    return stored(ServiceRoiMonthly, service_roi_monthly(*_money_frames(made), PARAMETERS))


def _classification(made: Company) -> pl.DataFrame:
    return stored(TextClassificationMonthly, text_classification_monthly(lazy(TextLabels, *made.labels), PARAMETERS))


def _matches(made: Company) -> pl.DataFrame:
    frames = lazy(Answers, *made.answers), lazy(Messages, *made.messages), lazy(Tickets, *made.tickets), lazy(Orders, *made.orders)
    return stored(IdentityMatchMonthly, identity_match_monthly(*frames, PARAMETERS))


def _confidence(made: Company) -> pl.DataFrame:
    return stored(CustomerConfidenceIndexMonthly, customer_confidence_index_monthly(lazy(Answers, *made.answers), PARAMETERS))


def _drivers(made: Company) -> pl.DataFrame:
    return stored(SatisfactionDrivers, satisfaction_drivers(lazy(Answers, *made.answers), PARAMETERS))


def _turnover(made: Company) -> pl.DataFrame:
    calls = ({"team": "north", "outcome": "answered", "ticket_ref": row["ticket_ref"]} for row in made.interactions)
    frames = lazy(Employees, *made.employees), lazy(Calls, *calls), lazy(Interactions, *made.interactions)
    return stored(EmployeeTurnoverMonthly, employee_turnover_monthly(*frames, PARAMETERS))


def _obstacles(made: Company) -> pl.DataFrame:
    return stored(EmployeeObstaclesMonthly, employee_obstacles_monthly(lazy(EmployeeAnswers, *made.employee_answers), PARAMETERS))


def _reasons(made: Company) -> pl.DataFrame:
    return stored(ReasonsForChoice, reasons_for_choice(lazy(Answers, *made.answers), lazy(Orders, *made.orders), PARAMETERS))


COMPUTED: dict[type[Table], Callable[[Company], pl.DataFrame]] = {
    SatisfactionDaily: _satisfaction,
    FirstContactResolutionDaily: _resolution,
    TicketTimesDaily: _times,
    CostPerSaleMonthly: _cost_per_sale,
    ServiceRoiMonthly: _roi,
    TextClassificationMonthly: _classification,
    IdentityMatchMonthly: _matches,
    CustomerConfidenceIndexMonthly: _confidence,
    SatisfactionDrivers: _drivers,
    EmployeeTurnoverMonthly: _turnover,
    EmployeeObstaclesMonthly: _obstacles,
    ReasonsForChoice: _reasons,
}

AT_MOST = {
    SatisfactionDaily: {
        "csat_satisfied + csat_dissatisfied": "csat_n",
        "csat_score_points": "10000 * csat_n",
        "nps_promoters + nps_detractors": "nps_n",
        "ces_easy": "ces_n",
        "ces_score_points": "10000 * ces_n",
    },
    FirstContactResolutionDaily: {
        "n_excluded + n_immature + n_eligible": "contact_count",
        "contact_count": "n_excluded + n_immature + n_eligible",
        "resolved_count": "n_eligible",
        "resolvable_resolved_count": "resolvable_count",
        "resolvable_count": "n_eligible",
        "anchor_count": "n_eligible",
        "anchor_repeated_same_channel_count": "anchor_repeated_count",
        "anchor_repeated_count": "anchor_count",
        "sliding_repeated_same_channel_count": "sliding_repeated_count",
        "sliding_repeated_count": "sliding_anchor_count",
        "survey_yes_count": "survey_n",
        "judged_count + n_without_history": "n_eligible",
        "n_marked_only": "judged_count",
        "both_resolved_count + repeat_only_resolved_count + survey_only_resolved_count + neither_resolved_count": "anchor_count",
        "abs(agreement_kappa)": "1 + 1e-12",
    },
    TicketTimesDaily: {
        "replied_count + unreplied_count": "ticket_count",
        "solved_count + unsolved_count": "ticket_count",
        "zero_touch_count + one_touch_count + two_touch_count + multi_touch_count": "touched_count",
        "touched_count": "solved_count",
        "reopened_count": "reopen_count",
        "reopen_unknown_count + reopen_lifetime_count": "ticket_count",
        "first_resolution_seconds_sum": "full_resolution_seconds_sum",
    },
    CostPerSaleMonthly: {"resolution_count": "contact_count", "returned_order_count": "sale_count", "margin_unknown_count": "sale_count"},
    ServiceRoiMonthly: {
        "rated_satisfied + rated_dissatisfied": "rated_n",
        "prevented_damage_low_amount": "prevented_damage_amount",
        "prevented_damage_amount": "prevented_damage_high_amount",
        "coalesce(roi_low, 0)": "coalesce(roi, 0)",
        "coalesce(roi, 0)": "coalesce(roi_high, 0)",
    },
    TextClassificationMonthly: {
        "by_rule_count + by_model_count + unclassified_count": "text_count",
        "text_count": "by_rule_count + by_model_count + unclassified_count",
    },
    IdentityMatchMonthly: {"matched_count": "identified_count", "identified_count": "record_count"},
    CustomerConfidenceIndexMonthly: {"favourable_count + unfavourable_count": "answer_count"},
    SatisfactionDrivers: {"top_count": "answer_count", "importance": "r_squared"},
    EmployeeTurnoverMonthly: {
        "opening_count + hire_count": "closing_count + separation_count",
        "closing_count + separation_count": "opening_count + hire_count",
        "voluntary_count": "separation_count",
        "new_hire_separation_count": "separation_count",
    },
    EmployeeObstaclesMonthly: {"5": "answer_count"},
    ReasonsForChoice: {"answer_count": "respondent_count"},
}
"""Of each table: what may never exceed what."""

LISTINGS = {BenchmarkComparison, ContactHistory, MetricCatalogue, TargetCalibration}
"""Tables without a figure that could be summed."""

each_kpi = pytest.mark.parametrize("contract", COMPUTED, ids=lambda contract: contract.__name__)


@cache
def computed(contract: type[Table], seed: int) -> pl.DataFrame:
    return COMPUTED[contract](company(seed))


some_companies = pytest.mark.parametrize("seed", range(2))


def close(found: Sequence[Any], expected: Sequence[Any], tolerance: float) -> bool:
    """Whether two columns agree, nulls with nulls alone."""
    return all(
        one is other is None or (one is not None and other is not None and math.isclose(one, other, rel_tol=tolerance, abs_tol=1e-15))
        for one, other in zip(found, expected, strict=True)
    )


def test_every_kpi_is_tested_here() -> None:
    assert {*COMPUTED, *LISTINGS} == set(KPI)


@each_kpi
@some_companies
def test_a_formula_over_a_rows_own_columns_gives_the_rows_figure(contract: type[Table], seed: int) -> None:
    rows = computed(contract, seed)

    for column in columns(contract):
        if column.formula:
            known = rows.drop_nulls(column.name)
            assert close(evaluated(known, column.formula), known[column.name].to_list(), 1e-12), column.name


@each_kpi
def test_where_a_figure_is_not_defined_its_formula_gives_nothing_finite_so_that_a_reader_can_tell(contract: type[Table]) -> None:
    rows = computed(contract, 0)

    for column in columns(contract):
        if column.formula:
            unknown = rows.filter(pl.col(column.name).is_null())
            guarded = f"CASE WHEN isfinite(CAST(({column.formula}) AS DOUBLE)) THEN {column.formula} END"
            assert set(evaluated(unknown, guarded)) <= {None}, f"{column.name} = {column.formula}"


@each_kpi
@some_companies
def test_no_part_exceeds_its_whole_and_no_interval_misses_its_figure(contract: type[Table], seed: int) -> None:
    rows = computed(contract, seed)

    names = set(rows.columns) - {"nps"}  # an adjusted Wald interval may miss its figure: of few answers 100 is not believed
    intervals = {f"{name}_ci_low": name for name in names if f"{name}_ci_low" in names}
    intervals |= {name: f"{name}_ci_high" for name in names if f"{name}_ci_high" in names}
    for less, more in (AT_MOST[contract] | intervals).items():
        assert not any(held is False for held in evaluated(rows, f"{less} <= {more}")), f"{less} exceeds {more}"


SAME: dict[type[Table], dict[str, dict[str, object]]] = {
    SatisfactionDaily: {"answers": {"answered_on": MONDAY, "channel": "web", "touchpoint": "field", "segment": "gold"}},
    FirstContactResolutionDaily: {"interactions": {"contacted_on": MONDAY, "channel": "web", "category": "x", "touchpoint": "field"}},
    TicketTimesDaily: {"tickets": {"opened_on": MONDAY, "channel": "web", "priority": "low"}},
    CostPerSaleMonthly: {
        "interactions": {"contacted_on": MARCH, "channel": "web", "segment": "gold"},
        "orders": {"ordered_on": MARCH, "channel": "web", "segment": "gold"},
        "costs": {"costed_on": MARCH, "channel": "web"},
    },
    ServiceRoiMonthly: {
        "orders": {"ordered_on": MARCH, "touchpoint": "field"},
        "costs": {"costed_on": MARCH, "touchpoint": "field"},
        "interactions": {},
    },
    TextClassificationMonthly: {"labels": {"written_on": MARCH, "kind": "ticket", "channel": "web", "language": "en"}},
    IdentityMatchMonthly: {"tickets": {"opened_on": MARCH}},
    CustomerConfidenceIndexMonthly: {"answers": {"answered_on": MARCH, "segment": "gold"}},
    SatisfactionDrivers: {"answers": {}},
    ReasonsForChoice: {"answers": {"customer_key": None, "choice": "price"}},
    EmployeeTurnoverMonthly: {"employees": {"team": "north"}, "interactions": {}},
    EmployeeObstaclesMonthly: {"employee_answers": {"answered_on": MARCH, "item": "tools"}},
}
"""What the rows must have in common to become one row of the table."""


@each_kpi
@some_companies
def test_a_formula_over_the_sums_of_all_rows_gives_the_figure_of_all_that_is_in_them(contract: type[Table], seed: int) -> None:
    made = company(seed)
    if contract is FirstContactResolutionDaily:
        made.interactions = collapsed(made.interactions, category="x")
    if contract is ServiceRoiMonthly:
        made.interactions = []
    if contract is IdentityMatchMonthly:
        made.answers, made.messages, made.orders = [], [], []
    if contract is SatisfactionDrivers:
        made.answers = [row for row in made.answers if row["question"] != "tone"]
    if contract is ReasonsForChoice:
        made.answers = [row for row in made.answers if row["choice"] == "price"]
    if contract is EmployeeTurnoverMonthly:
        made.employees = collapsed(made.employees, hired_on=MARCH)
        made.interactions = collapsed(made.interactions, contacted_on=MARCH)
    apart = COMPUTED[contract](made)
    together = Company(**{name: collapsed(getattr(made, name), **same) for name, same in SAME[contract].items()})

    direct = COMPUTED[contract](together)

    sums = apart.select(pl.col(additive(contract)).sum())
    assert direct.height == 1
    for name in additive(contract):
        rounding = 0.0 if sums[name].dtype == pl.Int64 else 0.0001 * apart.height
        assert float(direct[name].item()) == pytest.approx(float(sums[name].item()), abs=rounding), name
    for column in columns(contract):
        if column.formula:
            assert close(evaluated(sums, column.formula), direct[column.name].to_list(), 1e-4), column.name
