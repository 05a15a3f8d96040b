"""Which problems customers have, what these cost, and who stays."""

from typing import Final

from pipelines.superset.board import Board
from pipelines.superset.charts import MONTH, QUARTER, bars, listed, number, summed, trend
from schemas.kpi.churn_attribution import ChurnAttribution
from schemas.kpi.loyalty_by_experience import LoyaltyByExperience
from schemas.kpi.problem_experience_monthly import ProblemExperienceMonthly
from schemas.kpi.recurring_problems_monthly import RecurringProblemsMonthly
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from schemas.kpi.word_of_mouth import WordOfMouth

BOARD: Final = Board(
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
