"""What every KPI promises alike, over random companies."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import polars as pl
import pytest

from assets.kpi.accessibility_daily import accessibility_daily
from assets.kpi.cost_per_sale_monthly import cost_per_sale_monthly
from assets.kpi.first_contact_resolution_daily import first_contact_resolution_daily
from assets.kpi.follow_up_daily import follow_up_daily
from assets.kpi.identity_match_monthly import identity_match_monthly
from assets.kpi.neglect_daily import neglect_daily
from assets.kpi.response_rate_daily import response_rate_daily
from assets.kpi.satisfaction_daily import satisfaction_daily
from assets.kpi.service_roi_monthly import service_roi_monthly
from assets.kpi.stage_bottlenecks import stage_bottlenecks
from assets.kpi.text_classification_monthly import text_classification_monthly
from assets.kpi.ticket_backlog_daily import ticket_backlog_daily
from assets.kpi.ticket_times_daily import ticket_times_daily
from assets.parameters import Parameters
from assets.schedules import Schedule
from schemas.catalogue import KPI
from schemas.core.answers import Answers
from schemas.core.calls import Calls
from schemas.core.costs import Costs
from schemas.core.interactions import Interactions
from schemas.core.invites import Invites
from schemas.core.messages import Messages
from schemas.core.orders import Orders
from schemas.core.self_service_sessions import SelfServiceSessions
from schemas.core.text_labels import TextLabels
from schemas.core.ticket_events import TicketEvents
from schemas.core.ticket_visits import TicketVisits
from schemas.core.tickets import Tickets
from schemas.kpi.accessibility_daily import AccessibilityDaily
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.follow_up_daily import FollowUpDaily
from schemas.kpi.identity_match_monthly import IdentityMatchMonthly
from schemas.kpi.metric_catalogue import MetricCatalogue
from schemas.kpi.neglect_daily import NeglectDaily
from schemas.kpi.response_rate_daily import ResponseRateDaily
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.service_roi_monthly import ServiceRoiMonthly
from schemas.kpi.stage_bottlenecks import StageBottlenecks
from schemas.kpi.text_classification_monthly import TextClassificationMonthly
from schemas.kpi.ticket_backlog_daily import TicketBacklogDaily
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.projection import additive, columns
from schemas.table import Table
from tests.core.rows import calendar, lazy, opening_hours
from tests.kpi.company import START, Company, collapsed, company
from tests.kpi.rows import MARCH, MONDAY, visit
from tests.kpi.stored import evaluated, stored

pytestmark = pytest.mark.slow

PARAMETERS = Parameters(small_sample=5, not_resolvable_categories=("y",), as_of=START.replace(day=31).replace(month=3))


OFFICE = Schedule.model_validate({"hours": {"monday": ["09:00-17:00"], "thursday": ["22:00-06:00"]}, "channels": ["web"]})


def _satisfaction(made: Company) -> pl.DataFrame:
    return stored(SatisfactionDaily, satisfaction_daily(lazy(Answers, *made.answers), PARAMETERS))


def _resolution(made: Company) -> pl.DataFrame:
    return stored(FirstContactResolutionDaily, first_contact_resolution_daily(lazy(Interactions, *made.interactions), PARAMETERS))


def _times(made: Company) -> pl.DataFrame:
    return stored(TicketTimesDaily, ticket_times_daily(lazy(Tickets, *made.tickets), *opening_hours({"office": OFFICE}), PARAMETERS))


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


def _response(made: Company) -> pl.DataFrame:
    return stored(ResponseRateDaily, response_rate_daily(lazy(Invites, *made.invites), lazy(Tickets, *made.tickets), PARAMETERS))


def _backlog(made: Company) -> pl.DataFrame:
    return stored(TicketBacklogDaily, ticket_backlog_daily(lazy(TicketVisits, *made.visits), calendar("UTC"), PARAMETERS))


def _neglect(made: Company) -> pl.DataFrame:
    return stored(NeglectDaily, neglect_daily(lazy(Tickets, *made.tickets), PARAMETERS))


def _accessibility(made: Company) -> pl.DataFrame:
    frames = lazy(Calls, *made.calls), lazy(SelfServiceSessions, *made.sessions), lazy(Answers, *made.answers)
    return stored(AccessibilityDaily, accessibility_daily(*frames, PARAMETERS))


def _follow_up(made: Company) -> pl.DataFrame:
    frames = lazy(Answers, *made.answers), lazy(TicketEvents), lazy(Messages, *made.messages), lazy(Calls, *made.calls)
    return stored(FollowUpDaily, follow_up_daily(*frames, PARAMETERS))


def _stages(made: Company) -> pl.DataFrame:
    return stored(StageBottlenecks, stage_bottlenecks(lazy(TicketVisits, *made.visits), calendar("UTC"), PARAMETERS))


COMPUTED: dict[type[Table], Callable[[Company], pl.DataFrame]] = {
    SatisfactionDaily: _satisfaction,
    FirstContactResolutionDaily: _resolution,
    TicketTimesDaily: _times,
    CostPerSaleMonthly: _cost_per_sale,
    ServiceRoiMonthly: _roi,
    TextClassificationMonthly: _classification,
    IdentityMatchMonthly: _matches,
    ResponseRateDaily: _response,
    TicketBacklogDaily: _backlog,
    NeglectDaily: _neglect,
    StageBottlenecks: _stages,
    FollowUpDaily: _follow_up,
    AccessibilityDaily: _accessibility,
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
    StageBottlenecks: {"rework_count": "visit_count", "open_age_seconds_median": "open_age_seconds_oldest"},
    TicketBacklogDaily: {"age_seconds_median": "age_seconds_oldest", "age_seconds_mean": "age_seconds_oldest + 1e-6"},
}
"""Of each table: what may never exceed what."""

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
    assert {*COMPUTED, MetricCatalogue} == set(KPI)


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
    if contract in {NeglectDaily, TicketTimesDaily}:
        made.tickets = collapsed(made.tickets, channel="web")
    if contract is IdentityMatchMonthly:
        made.answers, made.messages, made.orders = [], [], []
    if contract in {TicketBacklogDaily, StageBottlenecks}:
        one_night = visit(dt.datetime(2026, 3, 29, 9), dt.datetime(2026, 3, 30, 9))
        staged = [row for row in made.visits if row["status"] != "unknown"]
        made.visits = collapsed(staged, **{name: one_night[name] for name in ("entered_at", "entered_on", "left_at", "left_on")})
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
