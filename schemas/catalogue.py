"""Every contract there is. A new table is one line here."""

from collections.abc import Mapping
from typing import Final

from schemas.core.answers import Answers
from schemas.core.benchmarks import Benchmarks
from schemas.core.calendar import Calendar
from schemas.core.calls import Calls
from schemas.core.channel_schedules import ChannelSchedules
from schemas.core.costs import Costs
from schemas.core.customers import Customers
from schemas.core.employee_answers import EmployeeAnswers
from schemas.core.employees import Employees
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.experiences import Experiences
from schemas.core.identities import Identities
from schemas.core.interactions import Interactions
from schemas.core.invites import Invites
from schemas.core.message_parts import MessageParts
from schemas.core.messages import Messages
from schemas.core.opening_hours import OpeningHours
from schemas.core.orders import Orders
from schemas.core.programme_cash_flows import ProgrammeCashFlows
from schemas.core.refunds import Refunds
from schemas.core.replied_answers import RepliedAnswers
from schemas.core.self_service_sessions import SelfServiceSessions
from schemas.core.targets import Targets
from schemas.core.text_labels import TextLabels
from schemas.core.text_predictions import TextPredictions
from schemas.core.ticket_events import TicketEvents
from schemas.core.ticket_messages import TicketMessages
from schemas.core.ticket_visits import TicketVisits
from schemas.core.tickets import Tickets
from schemas.facts.answers import FactAnswers
from schemas.facts.calls import FactCalls
from schemas.facts.categories import FactCategories
from schemas.facts.channels import FactChannels
from schemas.facts.contacts import FactContacts
from schemas.facts.costs import FactCosts
from schemas.facts.customers import FactCustomers
from schemas.facts.dates import FactDates
from schemas.facts.invites import FactInvites
from schemas.facts.messages import FactMessages
from schemas.facts.orders import FactOrders
from schemas.facts.problems import FactProblems
from schemas.facts.segments import FactSegments
from schemas.facts.self_service_sessions import FactSelfServiceSessions
from schemas.facts.texts import FactTexts
from schemas.facts.tickets import FactTickets
from schemas.facts.touchpoints import FactTouchpoints
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
from schemas.ledger.deliveries import Deliveries
from schemas.ledger.notifications import Notifications
from schemas.ledger.pins import Pins
from schemas.ledger.quarantine import Quarantine
from schemas.ledger.refreshes import Refreshes
from schemas.ledger.sightings import Sightings
from schemas.ledger.versions import Versions
from schemas.ops.alerts import Alerts
from schemas.ops.freshness import Freshness
from schemas.ops.intake_daily import IntakeDaily
from schemas.ops.publication import Publication
from schemas.ops.refusals_daily import RefusalsDaily
from schemas.projection import table_name
from schemas.raw.answers import RawAnswers
from schemas.raw.benchmarks import RawBenchmarks
from schemas.raw.calls import RawCalls
from schemas.raw.costs import RawCosts
from schemas.raw.customers import RawCustomers
from schemas.raw.employee_answers import RawEmployeeAnswers
from schemas.raw.employees import RawEmployees
from schemas.raw.invites import RawInvites
from schemas.raw.message_parts import RawMessageParts
from schemas.raw.messages import RawMessages
from schemas.raw.orders import RawOrders
from schemas.raw.programme_cash_flows import RawProgrammeCashFlows
from schemas.raw.self_service_sessions import RawSelfServiceSessions
from schemas.raw.targets import RawTargets
from schemas.raw.ticket_events import RawTicketEvents
from schemas.raw.ticket_people import RawTicketPeople
from schemas.raw.tickets import RawTickets
from schemas.table import Table

RAW: Final = (
    RawAnswers,
    RawInvites,
    RawMessages,
    RawMessageParts,
    RawTickets,
    RawTicketEvents,
    RawTicketPeople,
    RawCustomers,
    RawOrders,
    RawCosts,
    RawCalls,
    RawSelfServiceSessions,
    RawEmployees,
    RawEmployeeAnswers,
    RawProgrammeCashFlows,
    RawBenchmarks,
    RawTargets,
)
CORE: Final = (
    Calendar,
    ExchangeRates,
    OpeningHours,
    ChannelSchedules,
    Identities,
    Customers,
    TicketMessages,
    MessageParts,
    Messages,
    RepliedAnswers,
    Answers,
    Invites,
    TextPredictions,
    TextLabels,
    TicketEvents,
    Tickets,
    TicketVisits,
    Interactions,
    Refunds,
    Orders,
    Experiences,
    Costs,
    Calls,
    SelfServiceSessions,
    Employees,
    EmployeeAnswers,
    ProgrammeCashFlows,
    Benchmarks,
    Targets,
)
KPI: Final = (
    SatisfactionDaily,
    FirstContactResolutionDaily,
    TicketTimesDaily,
    CostPerSaleMonthly,
    ServiceRoiMonthly,
    ServiceRoiSensitivity,
    ProgrammeReturns,
    CustomerLifetimeValue,
    SegmentLifetimeValueMonthly,
    LoyaltyByExperience,
    ProblemExperienceMonthly,
    RevenueAtRiskMonthly,
    ProblemPreventionRoi,
    CostOfPoorQualityMonthly,
    RecurringProblemsMonthly,
    BalanceMonthly,
    ServiceRecoveryRoi,
    TextClassificationMonthly,
    IdentityMatchMonthly,
    ResponseRateDaily,
    TicketBacklogDaily,
    NeglectDaily,
    AccessibilityDaily,
    FollowUpDaily,
    StageBottlenecks,
    ContactHistory,
    CustomerConfidenceIndexMonthly,
    SatisfactionDrivers,
    BenchmarkComparison,
    TargetCalibration,
    EmployeeTurnoverMonthly,
    EmployeeTurnoverLink,
    EmployeeObstaclesMonthly,
    ReasonsForChoice,
    WordOfMouth,
    PriceSensitivity,
    ChurnAttribution,
    MetricCatalogue,
)
LEDGER: Final = (Deliveries, Quarantine, Versions, Sightings, Refreshes, Pins, Notifications)

OPS: Final = (Publication, Freshness, IntakeDaily, RefusalsDaily, Alerts)
FACTS: Final = (
    FactAnswers,
    FactTexts,
    FactTickets,
    FactContacts,
    FactMessages,
    FactProblems,
    FactInvites,
    FactCalls,
    FactSelfServiceSessions,
    FactOrders,
    FactCosts,
    FactDates,
    FactCustomers,
    FactChannels,
    FactTouchpoints,
    FactSegments,
    FactCategories,
)
"""What to drill down into; made when it is published and stored nowhere else."""

PUBLISHED: Final = (*KPI, *OPS, *FACTS)
"""What BI tools and people read."""

STORED: Final = (*LEDGER, *RAW, *CORE, *KPI, *OPS)
"""What the warehouse holds."""

TABLES: Final[Mapping[str, type[Table]]] = {table_name(table): table for table in (*STORED, *FACTS)}
"""Every contract by the full name of its table."""
