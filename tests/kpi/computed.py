"""Every KPI over the rows of a random company, as the warehouse would store it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import narwhals as nw
import polars as pl

from assets.kpi.accessibility_daily import accessibility_daily
from assets.kpi.balance_monthly import balance_monthly
from assets.kpi.churn_attribution import churn_attribution
from assets.kpi.cost_of_poor_quality_monthly import cost_of_poor_quality_monthly
from assets.kpi.cost_per_sale_monthly import cost_per_sale_monthly
from assets.kpi.customer_confidence_index_monthly import customer_confidence_index_monthly
from assets.kpi.customer_lifetime_value import customer_lifetime_value
from assets.kpi.employee_obstacles_monthly import employee_obstacles_monthly
from assets.kpi.employee_turnover_monthly import employee_turnover_monthly
from assets.kpi.first_contact_resolution_daily import first_contact_resolution_daily
from assets.kpi.follow_up_daily import follow_up_daily
from assets.kpi.identity_match_monthly import identity_match_monthly
from assets.kpi.loyalty_by_experience import loyalty_by_experience
from assets.kpi.neglect_daily import neglect_daily
from assets.kpi.price_sensitivity import price_sensitivity
from assets.kpi.problem_experience_monthly import problem_experience_monthly
from assets.kpi.problem_prevention_roi import problem_prevention_roi
from assets.kpi.programme_returns import programme_returns
from assets.kpi.reasons_for_choice import reasons_for_choice
from assets.kpi.recurring_problems_monthly import recurring_problems_monthly
from assets.kpi.response_rate_daily import response_rate_daily
from assets.kpi.satisfaction_daily import satisfaction_daily
from assets.kpi.satisfaction_drivers import satisfaction_drivers
from assets.kpi.segment_lifetime_value_monthly import segment_lifetime_value_monthly
from assets.kpi.service_recovery_roi import service_recovery_roi
from assets.kpi.service_roi_monthly import service_roi_monthly
from assets.kpi.service_roi_sensitivity import service_roi_sensitivity
from assets.kpi.stage_bottlenecks import stage_bottlenecks
from assets.kpi.text_classification_monthly import text_classification_monthly
from assets.kpi.ticket_backlog_daily import ticket_backlog_daily
from assets.kpi.ticket_times_daily import ticket_times_daily
from assets.kpi.word_of_mouth import word_of_mouth
from assets.parameters import Parameters
from assets.schedules import Schedule
from schemas.core.answers import Answers
from schemas.core.calls import Calls
from schemas.core.costs import Costs
from schemas.core.customers import Customers
from schemas.core.employee_answers import EmployeeAnswers
from schemas.core.employees import Employees
from schemas.core.experiences import Experiences
from schemas.core.interactions import Interactions
from schemas.core.invites import Invites
from schemas.core.messages import Messages
from schemas.core.orders import Orders
from schemas.core.programme_cash_flows import ProgrammeCashFlows
from schemas.core.refunds import Refunds
from schemas.core.self_service_sessions import SelfServiceSessions
from schemas.core.targets import Targets
from schemas.core.text_labels import TextLabels
from schemas.core.ticket_events import TicketEvents
from schemas.core.ticket_visits import TicketVisits
from schemas.core.tickets import Tickets
from schemas.kpi.accessibility_daily import AccessibilityDaily
from schemas.kpi.balance_monthly import BalanceMonthly
from schemas.kpi.churn_attribution import ChurnAttribution
from schemas.kpi.cost_of_poor_quality_monthly import CostOfPoorQualityMonthly
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.customer_confidence_index_monthly import CustomerConfidenceIndexMonthly
from schemas.kpi.customer_lifetime_value import CustomerLifetimeValue
from schemas.kpi.employee_obstacles_monthly import EmployeeObstaclesMonthly
from schemas.kpi.employee_turnover_monthly import EmployeeTurnoverMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.follow_up_daily import FollowUpDaily
from schemas.kpi.identity_match_monthly import IdentityMatchMonthly
from schemas.kpi.loyalty_by_experience import LoyaltyByExperience
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
from schemas.kpi.text_classification_monthly import TextClassificationMonthly
from schemas.kpi.ticket_backlog_daily import TicketBacklogDaily
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.kpi.word_of_mouth import WordOfMouth
from schemas.projection import columns
from schemas.table import Table
from tests.core.rows import calendar, eager, lazy, opening_hours
from tests.kpi.asked import Survey, clients
from tests.kpi.company import SEGMENTS, START, Company
from tests.kpi.rows import MARCH
from tests.kpi.stored import stored

PARAMETERS = Parameters(
    small_sample=5, not_resolvable_categories=("y",), loyalty_horizon_days=58, as_of=START.replace(day=31).replace(month=3)
)
FOLLOWED = PARAMETERS.model_copy(update={"churn_horizon_days": 20})
YEARLY = PARAMETERS.model_copy(update={"value_window_days": 120})


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


def _programmes(made: Company) -> pl.DataFrame:
    return stored(ProgrammeReturns, programme_returns(eager(ProgrammeCashFlows, *made.flows), PARAMETERS))


def _values(made: Company) -> pl.DataFrame:
    return stored(CustomerLifetimeValue, customer_lifetime_value(lazy(Orders, *made.purchases), calendar(), YEARLY))


def _segment_values(made: Company) -> pl.DataFrame:
    """Of one month: its window and another's overlap, so that their counts do not add up."""
    frame = segment_lifetime_value_monthly(lazy(Orders, *made.purchases), calendar(), calendar(), YEARLY)
    return stored(SegmentLifetimeValueMonthly, frame).filter(pl.col("month_on") == MARCH)


def _sensitivity(made: Company) -> pl.DataFrame:
    """Of one input: a row of the others says the same of them."""
    frame = service_roi_sensitivity(nw.from_native(_roi(made).lazy()), PARAMETERS)
    return stored(ServiceRoiSensitivity, frame).filter(pl.col("assumption") == "customer_value")


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
    return stored(
        StageBottlenecks,
        stage_bottlenecks(lazy(TicketVisits, *made.visits), calendar("UTC"), *opening_hours({"office": OFFICE}), PARAMETERS),
    )


def _loyalty(made: Company) -> pl.DataFrame:
    rows = stored(LoyaltyByExperience, loyalty_by_experience(lazy(Experiences, *made.experiences), PARAMETERS))
    return rows.filter(pl.col("response_count") > 0)


def _problems(made: Company) -> pl.DataFrame:
    return stored(ProblemExperienceMonthly, problem_experience_monthly(lazy(Experiences, *made.experiences), PARAMETERS))


def _at_risk(made: Company) -> pl.DataFrame:
    return Survey(list(made.experiences), pl.concat([clients(40), clients(60, "silver")])).at_risk(PARAMETERS)


def _prevention(made: Company) -> pl.DataFrame:
    frames = (nw.from_native(frame.lazy()) for frame in (_at_risk(made), _cost_per_sale(made)))
    return stored(ProblemPreventionRoi, problem_prevention_roi(*frames, PARAMETERS))


def _poor_quality(made: Company) -> pl.DataFrame:
    resolution, costs, at_risk = (nw.from_native(frame.lazy()) for frame in (_resolution(made), _cost_per_sale(made), _at_risk(made)))
    frames = lazy(Interactions, *made.interactions), resolution, costs, lazy(Refunds), at_risk
    return stored(CostOfPoorQualityMonthly, cost_of_poor_quality_monthly(*frames, PARAMETERS))


def _recurring(made: Company) -> pl.DataFrame:
    frames = (nw.from_native(frame.lazy()) for frame in (_resolution(made), _cost_per_sale(made), _at_risk(made)))
    return stored(RecurringProblemsMonthly, recurring_problems_monthly(*frames, calendar("UTC"), PARAMETERS))


def _confidence(made: Company) -> pl.DataFrame:
    return stored(CustomerConfidenceIndexMonthly, customer_confidence_index_monthly(lazy(Answers, *made.answers), PARAMETERS))


def _drivers(made: Company) -> pl.DataFrame:
    return stored(SatisfactionDrivers, satisfaction_drivers(lazy(Answers, *made.answers), PARAMETERS))


def _balance(made: Company) -> pl.DataFrame:
    computed_before = (nw.from_native(frame.lazy()) for frame in (_cost_per_sale(made), _satisfaction(made), _resolution(made)))
    return stored(BalanceMonthly, balance_monthly(*computed_before, lazy(Tickets, *made.tickets), lazy(Targets), PARAMETERS))


def _recovery(made: Company) -> pl.DataFrame:
    at_risk, costs = (nw.from_native(frame.lazy()) for frame in (_at_risk(made), _cost_per_sale(made)))
    return stored(ServiceRecoveryRoi, service_recovery_roi(at_risk, lazy(Experiences, *made.experiences), costs, PARAMETERS))


def _turnover(made: Company) -> pl.DataFrame:
    calls = (
        {"team": "north", "outcome": "answered", "ticket_ref": row["ticket_ref"], "started_on": MARCH, "handled_seconds": 90}
        for row in made.interactions
    )
    frames = lazy(Employees, *made.employees), lazy(Calls, *calls), lazy(Interactions, *made.interactions)
    return stored(EmployeeTurnoverMonthly, employee_turnover_monthly(*frames, PARAMETERS))


def _obstacles(made: Company) -> pl.DataFrame:
    return stored(EmployeeObstaclesMonthly, employee_obstacles_monthly(lazy(EmployeeAnswers, *made.employee_answers), PARAMETERS))


def _reasons(made: Company) -> pl.DataFrame:
    return stored(ReasonsForChoice, reasons_for_choice(lazy(Answers, *made.answers), lazy(Orders, *made.orders), PARAMETERS))


def _word_of_mouth(made: Company) -> pl.DataFrame:
    customers = nw.from_native(clients(100).select(column.name for column in columns(Customers)).lazy())
    return stored(WordOfMouth, word_of_mouth(lazy(Experiences, *made.experiences), customers, PARAMETERS))


def _prices(made: Company) -> pl.DataFrame:
    """At one rise: the rows of another count the same customers again."""
    rows = stored(PriceSensitivity, price_sensitivity(lazy(Experiences, *made.experiences), PARAMETERS))
    return rows.filter(pl.col("price_rise") == 0.05)


def _churn(made: Company) -> pl.DataFrame:
    """Of one quarter, whose customers are those of the next one too, with contacts of these customers all along."""
    customers = (f"{SEGMENTS[place % 2]}{place % 8}" for place in range(len(made.interactions)))
    days = (START.date() - dt.timedelta(days=29 + 7 * (place % 13)) for place in range(len(made.interactions)))
    contacts = (
        {**row, "customer_key": customer, "contacted_on": day}
        for row, customer, day in zip(made.interactions, customers, days, strict=True)
    )
    frames = lazy(Orders, *made.purchases), lazy(Interactions, *contacts), lazy(Customers), calendar(), calendar()
    rows = stored(ChurnAttribution, churn_attribution(*frames, FOLLOWED))
    return rows.filter(pl.col("quarter_on") == dt.date(2025, 10, 1))


COMPUTED: dict[type[Table], Callable[[Company], pl.DataFrame]] = {
    SatisfactionDaily: _satisfaction,
    FirstContactResolutionDaily: _resolution,
    TicketTimesDaily: _times,
    CostPerSaleMonthly: _cost_per_sale,
    ServiceRoiMonthly: _roi,
    TextClassificationMonthly: _classification,
    IdentityMatchMonthly: _matches,
    ProgrammeReturns: _programmes,
    BalanceMonthly: _balance,
    ServiceRoiSensitivity: _sensitivity,
    CustomerLifetimeValue: _values,
    SegmentLifetimeValueMonthly: _segment_values,
    ResponseRateDaily: _response,
    TicketBacklogDaily: _backlog,
    NeglectDaily: _neglect,
    StageBottlenecks: _stages,
    FollowUpDaily: _follow_up,
    AccessibilityDaily: _accessibility,
    LoyaltyByExperience: _loyalty,
    ServiceRecoveryRoi: _recovery,
    ProblemPreventionRoi: _prevention,
    CostOfPoorQualityMonthly: _poor_quality,
    RecurringProblemsMonthly: _recurring,
    RevenueAtRiskMonthly: _at_risk,
    ProblemExperienceMonthly: _problems,
    CustomerConfidenceIndexMonthly: _confidence,
    SatisfactionDrivers: _drivers,
    EmployeeTurnoverMonthly: _turnover,
    EmployeeObstaclesMonthly: _obstacles,
    ReasonsForChoice: _reasons,
    WordOfMouth: _word_of_mouth,
    PriceSensitivity: _prices,
    ChurnAttribution: _churn,
}
