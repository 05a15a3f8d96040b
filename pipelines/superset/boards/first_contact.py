"""Whether matters were resolved the first time."""

from typing import Final

from pipelines.superset.board import Board
from pipelines.superset.charts import WEEK, bars, number, summed, trend
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily

BOARD: Final = Board(
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
