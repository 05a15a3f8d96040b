"""How satisfied customers are, and how long they wait."""

from typing import Final

from pipelines.superset.board import Board
from pipelines.superset.charts import DAY, WEEK, bars, number, summed, trend
from schemas.kpi.accessibility_daily import AccessibilityDaily
from schemas.kpi.response_rate_daily import ResponseRateDaily
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.ticket_backlog_daily import TicketBacklogDaily
from schemas.kpi.ticket_times_daily import TicketTimesDaily

BOARD: Final = Board(
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
