"""What service costs and what it returns."""

from typing import Final

from pipelines.superset.board import Board
from pipelines.superset.charts import MONTH, bars, number, summed, trend
from schemas.kpi.cost_of_poor_quality_monthly import CostOfPoorQualityMonthly
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.service_roi_monthly import ServiceRoiMonthly

BOARD: Final = Board(
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
