"""What keeps employees from serving well."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, number, share
from schemas.table import Table


class EmployeeObstaclesMonthly(Table):
    """Which obstacles employees name when asked what keeps them from serving well.

    Cohort: answered_in; answers of the topic `obstacle`, by the obstacle named. Who answered is not known: one person may name
    several. An obstacle that fewer than five answers of the month name is `is_withheld`: its row shows that it was named, and no number.
    So that nobody can work such a number out from the others, shares and ranks are among the obstacles shown, and no total is
    given; that is also why no column adds up, and no row holds a team.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    obstacle: str = pa.Field(description="What was named.")
    answer_count: int = number("Answers that name it; null when withheld.", "answers", method="null below five")
    share_of_shown: float = share("Share of it in the answers shown; null when withheld.", method="of all answers shown")
    share_of_shown_ci_low: float = bound("share_of_shown", "low")
    share_of_shown_ci_high: float = bound("share_of_shown", "high")
    rank: int = number("Place among the obstacles shown, the one named most first.", "obstacles", method="ties share a place")
    is_withheld: bool = pa.Field(description="Named by fewer than five answers.")
    status: str = pa.Field(
        isin=("ok", "small_sample", "no_data"), description="How the row may be read; judged on all answers shown, no_data when withheld."
    )

    class Config:
        name = "kpi.employee_obstacles_monthly"
        unique = ["month_on", "obstacle"]
        metadata = {"cohort": "answered_in", "source": "Pareto of obstacles named", "owner": "team:people"}
