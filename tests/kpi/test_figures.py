"""What every KPI promises alike, over random companies."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
import pytest

from assets.catalogue import KPI as DERIVED_KPI
from assets.derivation import Derivation
from schemas.catalogue import KPI
from schemas.kpi.accessibility_daily import AccessibilityDaily
from schemas.kpi.balance_monthly import BalanceMonthly
from schemas.kpi.benchmark_comparison import BenchmarkComparison
from schemas.kpi.churn_attribution import ChurnAttribution
from schemas.kpi.contact_history import ContactHistory
from schemas.kpi.cost_of_poor_quality_monthly import CostOfPoorQualityMonthly
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.customer_confidence_index_monthly import CustomerConfidenceIndexMonthly
from schemas.kpi.customer_lifetime_value import CustomerLifetimeValue
from schemas.kpi.employee_obstacles_monthly import EmployeeObstaclesMonthly
from schemas.kpi.employee_turnover_link import EmployeeTurnoverLink
from schemas.kpi.employee_turnover_monthly import EmployeeTurnoverMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.follow_up_daily import FollowUpDaily
from schemas.kpi.identity_match_monthly import IdentityMatchMonthly
from schemas.kpi.loyalty_by_experience import LoyaltyByExperience
from schemas.kpi.metric_catalogue import MetricCatalogue
from schemas.kpi.neglect_daily import NeglectDaily
from schemas.kpi.price_sensitivity import PriceSensitivity
from schemas.kpi.problem_experience_monthly import ProblemExperienceMonthly
from schemas.kpi.problem_prevention_roi import ProblemPreventionRoi
from schemas.kpi.programme_returns import ProgrammeReturns
from schemas.kpi.reasons_for_choice import ReasonsForChoice
from schemas.kpi.recurring_problems_monthly import RecurringProblemsMonthly
from schemas.kpi.response_rate_daily import ResponseRateDaily
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.satisfaction_drivers import SatisfactionDrivers
from schemas.kpi.segment_lifetime_value_monthly import SegmentLifetimeValueMonthly
from schemas.kpi.service_recovery_roi import ServiceRecoveryRoi
from schemas.kpi.service_roi_monthly import ServiceRoiMonthly
from schemas.kpi.service_roi_sensitivity import ServiceRoiSensitivity
from schemas.kpi.stage_bottlenecks import StageBottlenecks
from schemas.kpi.target_calibration import TargetCalibration
from schemas.kpi.text_classification_monthly import TextClassificationMonthly
from schemas.kpi.ticket_backlog_daily import TicketBacklogDaily
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.kpi.word_of_mouth import WordOfMouth
from schemas.projection import additive, columns, explanation
from schemas.table import Table
from tests.kpi.company import Company, collapsed, company
from tests.kpi.computed import COMPUTED
from tests.kpi.rows import MARCH, MONDAY, visit
from tests.kpi.stored import evaluated

pytestmark = pytest.mark.slow

VALUES = {
    "clv_low": "clv",
    "clv": "clv_high",
    "clv_immediate_low": "clv_immediate",
    "clv_immediate": "clv_immediate_high",
    "margin_unknown_count": "sale_count",
}
AT_MOST: dict[type[Table], dict[str, str]] = {
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
        "scheduled_replied_count": "replied_count",
        "scheduled_solved_count": "solved_count",
        "business_first_reply_seconds_sum": "first_reply_seconds_sum",
        "business_full_resolution_seconds_sum": "full_resolution_seconds_sum",
        "business_first_resolution_seconds_sum": "business_full_resolution_seconds_sum",
        "reopen_unknown_count + reopen_lifetime_count": "ticket_count",
        "first_resolution_seconds_sum": "full_resolution_seconds_sum",
    },
    CostPerSaleMonthly: {
        "resolution_count": "contact_count",
        "judged_count": "contact_count",
        "resolved_at_once_count": "judged_count",
        "returned_order_count": "sale_count",
        "margin_unknown_count": "sale_count",
    },
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
    LoyaltyByExperience: {
        "intent_loyal": "intent_n",
        "intent_n": "response_count",
        "observed_loyal": "observed_n",
        "observed_n + immature_count": "response_count",
        "loyalty_low": "loyalty",
        "loyalty": "loyalty_high",
        "loyalty_lost_low": "loyalty_lost",
        "loyalty_lost": "loyalty_lost_high",
    },
    ProblemExperienceMonthly: {
        "complained_count + silent_count + blocked_count + unsaid_count": "customer_count",
        "satisfied_count + mollified_count + dissatisfied_count + unrated_count": "complained_count",
        "customer_count": "asked_n",
    },
    RevenueAtRiskMonthly: {
        "customers_at_risk_low": "customers_at_risk",
        "customers_at_risk": "customers_at_risk_high",
        "margin_at_risk_low_amount": "margin_at_risk_amount",
        "margin_at_risk_amount": "margin_at_risk_high_amount",
    },
    ProblemPreventionRoi: {"coalesce(roi_low, 0)": "coalesce(roi, 0)", "coalesce(roi, 0)": "coalesce(roi_high, 0)"},
    CostOfPoorQualityMonthly: {
        "repeat_count + escalated_count + reopened_count": "contact_count",
        "repeat_amount + escalated_amount + reopened_amount": "service_cost_amount + 0.0003",
        "booked_low_amount": "booked_amount",
        "booked_amount": "booked_high_amount",
        "expected_margin_low_amount": "expected_margin_amount",
        "expected_margin_amount": "expected_margin_high_amount",
    },
    RecurringProblemsMonthly: {
        "case_count + repeat_count": "contact_count",
        "contact_count": "case_count + repeat_count",
        "damage_low_amount": "damage_amount",
        "damage_amount": "damage_high_amount",
        "money_share": "cumulative_share",
    },
    ServiceRecoveryRoi: {
        "rated_n": "complained_count",
        "complaining_customers": "problem_customers",
        "recovery_net_low_amount": "recovered_margin_amount - recovery_cost_amount",
        "recovered_margin_amount - recovery_cost_amount": "recovery_net_high_amount",
        "solicitation_net_low_amount": "solicited_margin_amount - solicited_contact_amount",
        "solicited_margin_amount - solicited_contact_amount": "solicitation_net_high_amount",
    },
    IdentityMatchMonthly: {"matched_count": "identified_count", "identified_count": "record_count"},
    ProgrammeReturns: {
        "npv_low": "npv",
        "npv": "npv_high",
        "coalesce(payback_years, discounted_payback_years)": "discounted_payback_years",
    },
    ServiceRoiSensitivity: {"value_low": "value", "value": "value_high"},
    BalanceMonthly: {"csat_satisfied": "csat_n", "anchor_repeated_same_channel_count": "anchor_count"},
    CustomerLifetimeValue: VALUES,
    SegmentLifetimeValueMonthly: VALUES | {"retained_count": "least(active_count, previous_count)", "active_count": "sale_count"},
    ResponseRateDaily: {
        "delivered_count + undelivered_count + unknown_delivery_count": "invite_count",
        "n_immature + n_eligible + undelivered_count": "invite_count",
        "invite_count": "n_immature + n_eligible + undelivered_count",
        "answered_count": "n_eligible",
        "completed_count": "answered_count",
        "answered_in_month_count": "delivered_count",
        "invited_resolved_count": "invited_ticket_count",
        "answered_ticket_count": "invited_ticket_count",
        "answered_resolved_count": "answered_ticket_count",
    },
    NeglectDaily: {
        "n_live + n_without_history + n_immature + n_eligible": "contact_count",
        "contact_count": "n_live + n_without_history + n_immature + n_eligible",
        "unacknowledged_count + acknowledged_count": "n_eligible",
        "closed_unanswered_count": "unanswered_count",
        "unanswered_count": "n_eligible",
    },
    AccessibilityDaily: {
        "answered_count + abandoned_count + short_abandoned_count + blocked_count + self_served_count + callback_count + voicemail_count": "attempt_count",
        "answered_in_time_count": "answered_count - answered_wait_unknown_count",
        "abandoned_wait_unknown_count": "abandoned_count",
        "completion_known_count": "session_count",
        "completed_count": "completion_known_count",
        "escalated_count": "escalation_known_count",
        "access_easy_count": "access_n",
    },
    FollowUpDaily: {
        "n_excluded + n_immature + n_eligible": "unhappy_count",
        "unhappy_count": "n_excluded + n_immature + n_eligible",
        "replied_count + messaged_count + called_count": "3 * followed_up_count",
        "followed_up_count": "n_eligible",
    },
    StageBottlenecks: {
        "rework_count": "visit_count",
        "open_age_seconds_median": "open_age_seconds_oldest",
        "scheduled_visit_count": "visit_count",
        "business_dwell_seconds_sum": "dwell_seconds_sum",
    },
    TicketBacklogDaily: {"age_seconds_median": "age_seconds_oldest", "age_seconds_mean": "age_seconds_oldest + 1e-6"},
    CustomerConfidenceIndexMonthly: {"favourable_count + unfavourable_count": "answer_count"},
    SatisfactionDrivers: {"top_count": "answer_count", "importance": "r_squared"},
    EmployeeTurnoverMonthly: {
        "opening_count + hire_count": "closing_count + separation_count",
        "closing_count + separation_count": "opening_count + hire_count",
        "voluntary_count": "separation_count",
        "new_hire_separation_count": "separation_count",
        "resolved_count": "judged_count",
        "turnover_cost_low_amount": "turnover_cost_amount",
        "turnover_cost_amount": "turnover_cost_high_amount",
    },
    EmployeeObstaclesMonthly: {"5": "answer_count"},
    ReasonsForChoice: {"answer_count": "respondent_count"},
    PriceSensitivity: {
        "price_n": "response_count",
        "unfair_count": "price_n",
        "price_rise_n": "response_count",
        "accept_count": "price_rise_n",
        "revenue_index": "1 + price_rise",
    },
    WordOfMouth: {
        "told_n": "response_count",
        "teller_count": "least(told_n, told_count)",
        "response_count": "asked_n",
        "tell_rate_low": "tell_rate",
        "tell_rate": "tell_rate_high",
        "told_per_teller_low": "told_per_teller",
        "told_per_teller": "told_per_teller_high",
        "people_reached_low": "people_reached",
        "people_reached": "people_reached_high",
        "potential_reached": "people_reached",
        "customers_won + customers_lost": "potential_reached",
        "net_customers_low": "net_customers",
        "net_customers": "net_customers_high",
        "sales_effect_low_amount": "sales_effect_amount",
        "sales_effect_amount": "sales_effect_high_amount",
    },
    ChurnAttribution: {
        "exposed_count + unexposed_count + immature_count": "customer_count",
        "customer_count": "exposed_count + unexposed_count + immature_count",
        "exposed_churned_count": "exposed_count",
        "unexposed_churned_count": "unexposed_count",
        "greatest(unresolved_count, low_csat_count, repeated_count)": "exposed_count",
        "exposed_count ": "unresolved_count + low_csat_count + repeated_count",
    },
}
"""Of each table: what may never exceed what."""

LISTINGS = {BenchmarkComparison, ContactHistory, EmployeeTurnoverLink, MetricCatalogue, TargetCalibration}
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
    ProgrammeReturns: {"flows": {"programme": "chat"}},
    ServiceRoiSensitivity: {
        "orders": {"ordered_on": MARCH, "touchpoint": "field"},
        "costs": {"costed_on": MARCH, "touchpoint": "field"},
        "interactions": {"contacted_on": MARCH, "touchpoint": "field"},
    },
    BalanceMonthly: {
        "answers": {"answered_on": MARCH},
        "interactions": {"contacted_on": MARCH},
        "orders": {"ordered_on": MARCH},
        "costs": {"costed_on": MARCH},
        "tickets": {"opened_on": MARCH},
    },
    CustomerLifetimeValue: {"purchases": {"customer_key": "a", "segment": "gold"}},
    SegmentLifetimeValueMonthly: {"purchases": {"segment": "gold"}},
    ResponseRateDaily: {"invites": {"sent_on": MARCH.replace(month=2), "channel": "email"}, "tickets": {}},
    NeglectDaily: {"tickets": {"opened_on": MONDAY, "channel": "web"}},
    AccessibilityDaily: {
        "calls": {"started_on": MONDAY, "channel": "web"},
        "sessions": {"started_on": MONDAY},
        "answers": {"answered_on": MONDAY, "channel": "web"},
    },
    FollowUpDaily: {"answers": {"answered_on": MONDAY, "channel": "web"}, "messages": {}, "calls": {}},
    StageBottlenecks: {"visits": {"status": "open"}},
    TicketBacklogDaily: {"visits": {"status": "open", "channel": "web"}},
    ProblemExperienceMonthly: {"experiences": {"answered_on": MARCH, "problem_type": "late", "segment": "gold"}},
    LoyaltyByExperience: {"experiences": {"answered_on": MARCH, "experience": "satisfied", "segment": "gold"}},
    CustomerConfidenceIndexMonthly: {"answers": {"answered_on": MARCH, "segment": "gold"}},
    SatisfactionDrivers: {"answers": {}},
    ReasonsForChoice: {"answers": {"customer_key": None, "choice": "price"}},
    ChurnAttribution: {"purchases": {"segment": "gold"}, "interactions": {}},
    EmployeeTurnoverMonthly: {"employees": {"team": "north"}, "interactions": {}},
    EmployeeObstaclesMonthly: {"employee_answers": {"answered_on": MARCH, "item": "tools"}},
    PriceSensitivity: {"experiences": {"answered_on": MARCH, "experience": "satisfied", "problem_type": "late"}},
}
"""What the rows must have in common to become one row of the table. Not here are tables that are estimated from others' shares: their
amounts add up, but an estimate from all cases together is another one."""


def _staged(made: Company) -> dict[str, Any]:
    one_night = visit(dt.datetime(2026, 3, 29, 9), dt.datetime(2026, 3, 30, 9))
    staged = [row for row in made.visits if row["status"] != "unknown"]
    return {"visits": collapsed(staged, **{name: one_night[name] for name in ("entered_at", "entered_on", "left_at", "left_on")})}


ALIKE: dict[type[Table], Callable[[Company], dict[str, Any]]] = {
    FirstContactResolutionDaily: lambda made: {"interactions": collapsed(made.interactions, category="x")},
    ServiceRoiMonthly: lambda _: {"interactions": []},
    TicketTimesDaily: lambda made: {"tickets": collapsed(made.tickets, channel="web")},
    NeglectDaily: lambda made: {"tickets": collapsed(made.tickets, channel="web")},
    IdentityMatchMonthly: lambda _: {"answers": [], "messages": [], "orders": []},
    TicketBacklogDaily: _staged,
    StageBottlenecks: _staged,
    ProblemExperienceMonthly: lambda made: {"experiences": [row for row in made.experiences if row["problem_type"] != "no_problem"]},
    LoyaltyByExperience: lambda made: {"experiences": [row for row in made.experiences if row["experience"] is not None]},
    SatisfactionDrivers: lambda made: {"answers": [row for row in made.answers if row["question"] != "tone"]},
    ReasonsForChoice: lambda made: {"answers": [row for row in made.answers if row["choice"] == "price"]},
    EmployeeTurnoverMonthly: lambda made: {
        "employees": collapsed(made.employees, hired_on=MARCH),
        "interactions": collapsed(made.interactions, contacted_on=MARCH),
    },
}
"""What must be so before rows can be compared that fall apart and rows that fall together."""


@pytest.mark.parametrize("contract", SAME, ids=lambda contract: contract.__name__)
@some_companies
def test_a_formula_over_the_sums_of_all_rows_gives_the_figure_of_all_that_is_in_them(contract: type[Table], seed: int) -> None:
    drawn = company(seed)
    made = replace(drawn, **ALIKE[contract](drawn)) if contract in ALIKE else drawn
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


@pytest.mark.parametrize("derived", [derived for derived in DERIVED_KPI if not derived.unit], ids=lambda derived: derived.name)
def test_a_table_that_is_computed_whole_says_so(derived: Derivation) -> None:
    assert "computed whole" in " ".join(explanation(derived.contract).lower().split())
