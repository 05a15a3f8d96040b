"""Where tickets wait: dwell, rework and work in progress of each stage, by month."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import OPEN_STATUSES, ROW_STATUSES


class StageBottlenecks(Table):
    """Where tickets wait, how often they come back, and how much lies there.

    Cohort: left_in. A stage is an open status of core.ticket_visits; `pending` waits for the customer. Dwell is the time of a visit
    from entering to leaving the stage, told in the month in which it was left. Tickets without a history of their status are not here:
    nobody knows where they waited. All tickets are work, whoever opened them.

    * Business dwell: the part of it in which the schedule of the ticket's channel was open, each stretch on the schedule then in force; of
      visits with a schedule alone (`scheduled_visit_count`). Without `[schedules]` there is none. What waits overnight has a long dwell
      and a short business dwell: nobody could have worked on it. Shares and the bottleneck go by calendar time, as customers wait.
    * `dwell_share`: the stage's part of the dwell of all stages of the month. `rework`: visits of a ticket that had been there before.
    * Open visits are censored: in no dwell, but counted at the end of the month (of the data, in the last one), with their age so far.
    * `wip`: tickets in the stage on average, that is the time spent in it in the month by length of the month. Little's law says that
      work in progress is throughput times mean dwell; `littles_law` is the second by the first, dwell of the visits left by time spent
      in the stage: 1 in balance, below it work piles up that has not been left yet.
    * `is_bottleneck`: the stage with the largest part of the month's dwell (of equal ones that with the higher 90th percentile), if its
      work in progress is higher than in the month before. A month may have none; the first has none, nor has one that follows a month
      in which no ticket was in any stage.

    A month that has not ended when the data ends is `immature`. Sums over months are meaningful for visits left, not for open ones.
    Computed again for every month that a moved ticket is in its stage, and for the month after.
    """

    month_on: dt.date = pa.Field(description="First day of the month in which the visits were left.")
    stage: str = pa.Field(isin=OPEN_STATUSES, description="The status in which the tickets waited.")
    visit_count: int = count("Visits left in the month.", "visits")
    rework_count: int = count("Of these, of tickets that had been in the stage before.", "visits")
    rework: float = share("Share that had been there before.", "rework_count / visit_count")
    rework_ci_low: float = bound("rework", "low")
    rework_ci_high: float = bound("rework", "high")
    dwell_seconds_sum: int = count("Sum of the dwell of the visits left.", "seconds")
    dwell_seconds_mean: float = figure("Mean dwell.", "seconds", "dwell_seconds_sum / visit_count")
    dwell_seconds_median: float = figure("Median dwell.", "seconds", method="median over visits left")
    dwell_seconds_p90: float = figure("90th percentile of the dwell.", "seconds", method="quantile 0.9, linear")
    scheduled_visit_count: int = count("Of the visits left, those of a channel with a schedule in force.", "visits")
    business_dwell_seconds_sum: int = count("Sum of their dwell in business time.", "seconds")
    business_dwell_seconds_mean: float = figure("Mean of it.", "seconds", "business_dwell_seconds_sum / scheduled_visit_count")
    business_dwell_seconds_median: float = figure("Median of it.", "seconds", method="median over visits left")
    business_dwell_seconds_p90: float = figure("90th percentile of it.", "seconds", method="quantile 0.9, linear")
    dwell_share: float = share("Part of the dwell of all stages of the month.", method="dwell_seconds_sum by its sum over the month")
    open_count: int = count("Visits not left at the end of the month.", "visits")
    open_age_seconds_median: float = figure("Median of their time in the stage so far.", "seconds", method="median over open visits")
    open_age_seconds_oldest: float = figure("The longest of these.", "seconds", method="maximum over open visits")
    occupied_seconds_sum: int = count("Time that tickets spent in the stage in the month.", "seconds")
    wip: float = figure("Tickets in the stage, on average.", "tickets", method="occupied_seconds_sum by the seconds of the month")
    littles_law: float = figure("Throughput times mean dwell, by work in progress.", "ratio", "dwell_seconds_sum / occupied_seconds_sum")
    is_bottleneck: bool = pa.Field(description="Whether it is the month's bottleneck.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on visit_count.")

    class Config:
        name = "kpi.stage_bottlenecks"
        unique = ["month_on", "stage"]
        metadata = {"cohort": "left_in", "source": "status history; Little 1961", "owner": "team:customer-service"}
