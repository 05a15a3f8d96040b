"""Which dashboards there are, and what stands on each: chosen for who opens it, and in the order in which they would ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipelines.superset.charts import DAY, MONTH, QUARTER, WEEK, Chart, bars, listed, number, summed, trend
from schemas.kpi.accessibility_daily import AccessibilityDaily
from schemas.kpi.churn_attribution import ChurnAttribution
from schemas.kpi.cost_of_poor_quality_monthly import CostOfPoorQualityMonthly
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.loyalty_by_experience import LoyaltyByExperience
from schemas.kpi.problem_experience_monthly import ProblemExperienceMonthly
from schemas.kpi.recurring_problems_monthly import RecurringProblemsMonthly
from schemas.kpi.response_rate_daily import ResponseRateDaily
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.service_roi_monthly import ServiceRoiMonthly
from schemas.kpi.ticket_backlog_daily import TicketBacklogDaily
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.kpi.word_of_mouth import WordOfMouth


@dataclass(frozen=True)
class Board:
    """One dashboard: rows of charts, each row twelve columns wide."""

    title: str
    name: str
    about: str
    """What to know before reading it; Markdown."""
    rows: Sequence[Sequence[Chart]]


_SERVICE: Final = Board(
    "Service quality",
    "service-quality",
    "How satisfied customers are, and how long they wait. Large figures are over all days of the filter. "
    "Bands are 95 % intervals: where two overlap, do not read a difference into them. The newest week may not be over.",
    (
        (
            number("CSAT", SatisfactionDaily, "csat_top2"),
            number("NPS", SatisfactionDaily, "nps"),
            number("CES", SatisfactionDaily, "ces_top"),
            number("Response rate", ResponseRateDaily, "response_rate"),
        ),
        (
            trend("CSAT by week", SatisfactionDaily, {"CSAT": "csat_top2"}, per=WEEK),
            trend("NPS by week", SatisfactionDaily, {"NPS": "nps"}, per=WEEK),
        ),
        (
            summed(
                "Satisfaction by touchpoint",
                SatisfactionDaily,
                ["touchpoint"],
                ["csat_n", "csat_top2", "csat_top2_ci_low", "csat_top2_ci_high", "nps", "ces_top"],
                order="csat_n",
                width=8,
                height=40,
            ),
            bars("Answers by channel", SatisfactionDaily, {"Answers": "csat_n"}, per=WEEK, by=["channel"], width=4, height=40),
        ),
        (
            trend(
                "Calls answered in time, and abandoned",
                AccessibilityDaily,
                {"Answered in time": "service_level", "Abandoned": "abandon_rate"},
                per=WEEK,
            ),
            bars("Open tickets at the end of the day", TicketBacklogDaily, {"Tickets": "ticket_count"}, per=DAY, by=["ticket_status"]),
        ),
        (
            summed(
                "Waiting by channel",
                TicketTimesDaily,
                ["channel"],
                [
                    "ticket_count",
                    "unreplied_count",
                    "first_reply_seconds_mean",
                    "business_first_reply_seconds_mean",
                    "full_resolution_seconds_mean",
                    "one_touch",
                ],
                order="ticket_count",
                width=12,
                height=36,
            ),
        ),
    ),
)

_FIRST_CONTACT: Final = Board(
    "First contact",
    "first-contact",
    "Whether matters were resolved the first time, told in four ways. A contact counts once the repeat window after it has passed; "
    "what is too young, without a customer or without a history is in no rate, and stands below by week.",
    (
        (
            number("FCR gross", FirstContactResolutionDaily, "fcr_gross"),
            number("FCR net", FirstContactResolutionDaily, "fcr_net"),
            number("Repeat-window FCR", FirstContactResolutionDaily, "fcr_repeat"),
            number("FCR by survey", FirstContactResolutionDaily, "fcr_survey"),
        ),
        (
            trend("FCR gross and net by week", FirstContactResolutionDaily, {"Gross": "fcr_gross", "Net": "fcr_net"}, per=WEEK),
            trend(
                "FCR by repeat window and by survey",
                FirstContactResolutionDaily,
                {"Repeat window": "fcr_repeat", "Survey": "fcr_survey"},
                per=WEEK,
            ),
        ),
        (
            summed(
                "FCR by category",
                FirstContactResolutionDaily,
                ["category"],
                ["contact_count", "fcr_gross", "fcr_gross_ci_low", "fcr_gross_ci_high", "fcr_repeat", "fcr_survey"],
                order="contact_count",
                height=48,
            ),
            summed(
                "FCR by channel",
                FirstContactResolutionDaily,
                ["channel"],
                ["contact_count", "fcr_gross", "fcr_gross_ci_low", "fcr_gross_ci_high", "fcr_repeat", "fcr_survey"],
                order="contact_count",
                height=48,
            ),
        ),
        (
            bars(
                "Contacts in no rate",
                FirstContactResolutionDaily,
                {"Not mature": "n_immature", "Without a history": "n_without_history", "Without a customer": "n_excluded"},
                per=WEEK,
            ),
            bars("Contacts by channel", FirstContactResolutionDaily, {"Contacts": "contact_count"}, per=WEEK, by=["channel"]),
        ),
    ),
)

_MONEY: Final = Board(
    "Money",
    "money",
    "What service costs and what it returns. Months are named by their first day: choose whole ones. What was booked and what is expected "
    "to be lost are never one number. Low and high are bounds, every input at its worst or at its best end at once.",
    (
        (
            number("Cost per sale", CostPerSaleMonthly, "cost_per_sale_service_only"),
            number("Cost per contact", CostPerSaleMonthly, "cost_per_contact"),
            number("Cost per resolution", CostPerSaleMonthly, "cost_per_resolution"),
            number("Service ROI", ServiceRoiMonthly, "roi"),
        ),
        (
            trend(
                "Cost per sale by month",
                CostPerSaleMonthly,
                {"Service only": "cost_per_sale_service_only", "Service and selling": "cost_per_sale_service_plus_selling"},
                per=MONTH,
            ),
            trend("Damage that service prevents", ServiceRoiMonthly, {"Prevented": "prevented_damage_amount"}, per=MONTH),
        ),
        (
            bars(
                "Booked cost of poor quality",
                CostOfPoorQualityMonthly,
                {
                    "Repeats": "repeat_amount",
                    "Escalated": "escalated_amount",
                    "Reopened": "reopened_amount",
                    "Remediation": "remediation_amount",
                },
                per=MONTH,
            ),
            trend("Expected loss by poor quality", CostOfPoorQualityMonthly, {"Expected": "expected_margin_amount"}, per=MONTH),
        ),
        (
            summed(
                "Return by touchpoint",
                ServiceRoiMonthly,
                ["touchpoint"],
                [
                    "service_cost_amount",
                    "prevented_damage_low_amount",
                    "prevented_damage_amount",
                    "prevented_damage_high_amount",
                    "recovered_margin_amount",
                    "new_margin_amount",
                    "roi",
                ],
                order="service_cost_amount",
                width=12,
                height=36,
            ),
        ),
        (
            summed(
                "Cost by channel",
                CostPerSaleMonthly,
                ["channel"],
                [
                    "contact_count",
                    "service_cost_amount",
                    "cost_per_contact",
                    "cost_per_resolution",
                    "sale_count",
                    "cost_per_sale_service_only",
                    "cost_per_sale_service_plus_selling",
                ],
                order="service_cost_amount",
                width=12,
                height=44,
            ),
        ),
    ),
)

_LOYALTY: Final = Board(
    "Loyalty and damage",
    "loyalty-and-damage",
    "Which problems customers have, what these are expected to cost, and who stays. Nothing here says what causes what: the figures go "
    "together with the experience. Rows with `basis` `assumed` rest on declared inputs.",
    (
        (
            number("Yearly margin at risk", RevenueAtRiskMonthly, "margin_at_risk_amount"),
            number("Never told us", ProblemExperienceMonthly, "non_complaint_rate"),
            number("Multiplier", ProblemExperienceMonthly, "multiplier"),
            number("Effect of talk", WordOfMouth, "sales_effect_amount"),
        ),
        (
            bars(
                "Margin at risk by problem",
                RevenueAtRiskMonthly,
                {"Yearly margin": "margin_at_risk_amount"},
                per=MONTH,
                by=["problem_type"],
            ),
            trend("Customers of whom we never hear", ProblemExperienceMonthly, {"Silent or blocked": "non_complaint_rate"}, per=MONTH),
        ),
        (
            listed(
                "The problems that cost most",
                RecurringProblemsMonthly,
                [
                    "month_on",
                    "money_rank",
                    "category",
                    "known_amount",
                    "contact_cost_amount",
                    "damage_amount",
                    "cumulative_share",
                    "is_vital",
                    "count_rank",
                    "case_count",
                    "gap",
                    "basis",
                ],
                {"month_on": False, "money_rank": True},
                height=56,
            ),
        ),
        (
            summed(
                "Loyalty by experience",
                LoyaltyByExperience,
                ["experience"],
                [
                    "intent_n",
                    "intent_loyalty",
                    "intent_loyalty_ci_low",
                    "intent_loyalty_ci_high",
                    "observed_n",
                    "observed_loyalty",
                    "observed_loyalty_ci_low",
                    "observed_loyalty_ci_high",
                ],
                order="intent_n",
                width=12,
                height=44,
            ),
        ),
        (
            bars("Talk by experience", WordOfMouth, {"Yearly margin": "sales_effect_amount"}, per=QUARTER, by=["experience"]),
            summed(
                "Churn of customers served badly, and of the others",
                ChurnAttribution,
                ["segment"],
                ["exposed_count", "exposed_churn", "unexposed_churn", "risk_difference"],
                order="exposed_count",
            ),
        ),
    ),
)

BOARDS: Final = (_SERVICE, _FIRST_CONTACT, _MONEY, _LOYALTY)
