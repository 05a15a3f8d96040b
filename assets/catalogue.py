"""Every derived table in an order in which each comes after its inputs. A new KPI is one line here."""

from typing import Final

from assets.core.answers import answers
from assets.core.benchmarks import benchmarks
from assets.core.calls import calls
from assets.core.costs import costs
from assets.core.customers import customers
from assets.core.employee_answers import employee_answers
from assets.core.employees import employees
from assets.core.experiences import experiences
from assets.core.identities import identities
from assets.core.interactions import interactions
from assets.core.invites import invites
from assets.core.message_parts import message_parts
from assets.core.messages import messages
from assets.core.orders import orders
from assets.core.programme_cash_flows import programme_cash_flows
from assets.core.refunds import refunds
from assets.core.replied_answers import replied_answers
from assets.core.self_service_sessions import self_service_sessions
from assets.core.targets import targets
from assets.core.text_labels import text_labels
from assets.core.text_predictions import text_predictions
from assets.core.ticket_events import ticket_events
from assets.core.ticket_messages import ticket_messages
from assets.core.ticket_visits import ticket_visits
from assets.core.tickets import tickets
from assets.derivation import Derivation, derivation
from assets.kpi.accessibility_daily import accessibility_daily
from assets.kpi.balance_monthly import balance_monthly
from assets.kpi.benchmark_comparison import benchmark_comparison
from assets.kpi.churn_attribution import churn_attribution
from assets.kpi.contact_history import contact_history
from assets.kpi.cost_of_poor_quality_monthly import cost_of_poor_quality_monthly
from assets.kpi.cost_per_sale_monthly import cost_per_sale_monthly
from assets.kpi.customer_confidence_index_monthly import customer_confidence_index_monthly
from assets.kpi.customer_lifetime_value import customer_lifetime_value
from assets.kpi.employee_obstacles_monthly import employee_obstacles_monthly
from assets.kpi.employee_turnover_link import employee_turnover_link
from assets.kpi.employee_turnover_monthly import employee_turnover_monthly
from assets.kpi.first_contact_resolution_daily import first_contact_resolution_daily
from assets.kpi.follow_up_daily import follow_up_daily
from assets.kpi.identity_match_monthly import identity_match_monthly
from assets.kpi.loyalty_by_experience import loyalty_by_experience
from assets.kpi.metric_catalogue import metric_catalogue
from assets.kpi.neglect_daily import neglect_daily
from assets.kpi.price_sensitivity import price_sensitivity
from assets.kpi.problem_experience_monthly import problem_experience_monthly
from assets.kpi.problem_prevention_roi import problem_prevention_roi
from assets.kpi.programme_returns import programme_returns
from assets.kpi.reasons_for_choice import reasons_for_choice
from assets.kpi.recurring_problems_monthly import recurring_problems_monthly
from assets.kpi.response_rate_daily import response_rate_daily
from assets.kpi.revenue_at_risk_monthly import revenue_at_risk_monthly
from assets.kpi.satisfaction_daily import satisfaction_daily
from assets.kpi.satisfaction_drivers import satisfaction_drivers
from assets.kpi.segment_lifetime_value_monthly import segment_lifetime_value_monthly
from assets.kpi.service_recovery_roi import service_recovery_roi
from assets.kpi.service_roi_monthly import service_roi_monthly
from assets.kpi.service_roi_sensitivity import service_roi_sensitivity
from assets.kpi.stage_bottlenecks import stage_bottlenecks
from assets.kpi.target_calibration import target_calibration
from assets.kpi.text_classification_monthly import text_classification_monthly
from assets.kpi.ticket_backlog_daily import ticket_backlog_daily
from assets.kpi.ticket_times_daily import ticket_times_daily
from assets.kpi.word_of_mouth import word_of_mouth

CORE: Final[tuple[Derivation, ...]] = tuple(
    derivation(function)
    for function in (
        identities,
        customers,
        ticket_messages,
        message_parts,
        messages,
        replied_answers,
        answers,
        invites,
        text_predictions,
        text_labels,
        ticket_events,
        tickets,
        ticket_visits,
        interactions,
        refunds,
        orders,
        experiences,
        costs,
        calls,
        self_service_sessions,
        employees,
        employee_answers,
        programme_cash_flows,
        benchmarks,
        targets,
    )
)
KPI: Final[tuple[Derivation, ...]] = tuple(
    derivation(function)
    for function in (
        satisfaction_daily,
        first_contact_resolution_daily,
        ticket_times_daily,
        cost_per_sale_monthly,
        service_roi_monthly,
        service_roi_sensitivity,
        programme_returns,
        customer_lifetime_value,
        segment_lifetime_value_monthly,
        loyalty_by_experience,
        problem_experience_monthly,
        revenue_at_risk_monthly,
        problem_prevention_roi,
        cost_of_poor_quality_monthly,
        recurring_problems_monthly,
        balance_monthly,
        service_recovery_roi,
        text_classification_monthly,
        identity_match_monthly,
        response_rate_daily,
        ticket_backlog_daily,
        neglect_daily,
        accessibility_daily,
        follow_up_daily,
        stage_bottlenecks,
        contact_history,
        customer_confidence_index_monthly,
        satisfaction_drivers,
        benchmark_comparison,
        target_calibration,
        employee_turnover_monthly,
        employee_turnover_link,
        employee_obstacles_monthly,
        reasons_for_choice,
        word_of_mouth,
        price_sensitivity,
        churn_attribution,
        metric_catalogue,
    )
)
DERIVED: Final = (*CORE, *KPI)
