"""What moves satisfaction, by quarter and driver."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, number, share
from schemas.table import Table
from schemas.vocabulary import DRIVER_GAPS, QUADRANTS, ROW_STATUSES


class SatisfactionDrivers(Table):
    """Which aspects of what we do go with satisfaction most, and how well we do each.

    Cohort: answered_in; answers that no later response replaced. A *driver* is a question of the metric `driver`, by its key. Its
    *performance* is the share of its answers in the top boxes. Its *importance* is its share of R² in a regression of the CSAT of a
    response on the driver ratings of the same response: what it adds to R², averaged over all orders of taking the drivers in (LMG,
    the Shapley value; Lindeman, Merenda and Gold 1980; Grömping 2007). The importances of a quarter add up to `r_squared`.

    Ratings are places on their scale. A response is a case when it rates CSAT and every driver of the quarter; of several CSAT
    questions in it the mean counts. Importance needs ten cases a driver, at most twelve drivers, and a CSAT that varies;
    else it is null, and `gap_reason` says why. Drivers asked in different surveys have no case in common.

    Importance, correlation and r_squared cannot be re-aggregated. They are associations: what goes with satisfaction need not
    cause it. `quadrant` compares with the means of the quarter's drivers (Martilla and James 1977).
    """

    quarter_on: dt.date = pa.Field(description="First day of the quarter.")
    driver: str = pa.Field(description="The aspect rated, by its question's key.")
    answer_count: int = count("Ratings of the driver.", "answers")
    top_count: int = count("Of these, in the top boxes.", "answers")
    performance: float = share("Share of ratings in the top boxes.", "top_count / answer_count")
    performance_ci_low: float = bound("performance", "low")
    performance_ci_high: float = bound("performance", "high")
    case_count: int = number("Responses that rate CSAT and every driver.", "responses", method="the same for all drivers of the quarter")
    importance: float = share("Share of R² that the driver accounts for.", method="LMG (Shapley) over all complete cases")
    r_squared: float = share("Share of the variance of CSAT that all drivers account for.", method="sum of the importances")
    correlation: float = figure("Correlation of the rating with CSAT.", "-1 to 1", method="Pearson, over all complete cases")
    quadrant: str = pa.Field(
        nullable=True, isin=QUADRANTS, description="Importance and performance, each against the mean of the quarter's drivers."
    )
    gap_reason: str = pa.Field(nullable=True, isin=DRIVER_GAPS, description="Why there is no importance.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the performance may be read; judged on answer_count.")

    class Config:
        name = "kpi.satisfaction_drivers"
        unique = ["quarter_on", "driver"]
        metadata = {
            "cohort": "answered_in",
            "source": "Lindeman, Merenda, Gold 1980; Martilla, James 1977",
            "owner": "team:customer-insight",
        }
