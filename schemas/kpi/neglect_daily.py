"""Problems that were never acknowledged, never answered, or closed without a public reply, by day of report and channel."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import CHANNELS, ROW_STATUSES


class NeglectDaily(Table):
    """How many problems we neglected: never acknowledged, never answered, or closed without a word; and how fast we acknowledge.

    Cohort: opened_in. Contacts only (see first_contact_resolution_daily), each judged by what its whole history tells. A ticket is judged
    once it is `neglect_after_days` old when the data ends; "never" is until then and since: a late reply restates the day.

    * Acknowledged: anything public from us, also by a bot or an automatic reply.
    * Answered: a public reply by a person of ours. Whoever answered has acknowledged.
    * Closed without reply: solved or closed, and never answered; what a bot solved by itself is in it. A part of the never answered.

    Only a full history (`events`) tells that something did not happen: tickets without one are in `n_without_history` and in no rate.
    Tickets of the channels phone and in_person are in `n_live`: a person spoke to the customer, which no reply shows.
    """

    opened_on: dt.date = pa.Field(description="Business day on which the problems were reported.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel of the report.")
    contact_count: int = count("Tickets opened by customers.", "tickets")
    n_live: int = count("Of these, by phone or in person; not judged.", "tickets")
    n_without_history: int = count("Of the others, without a full history; not judged.", "tickets")
    n_immature: int = count("Of the rest, too young to be judged.", "tickets")
    n_eligible: int = count("Of the rest, judged.", "tickets")
    unacknowledged_count: int = count("Of the judged, never acknowledged.", "tickets")
    unacknowledged: float = share("Share never acknowledged.", "unacknowledged_count / n_eligible")
    unacknowledged_ci_low: float = bound("unacknowledged", "low")
    unacknowledged_ci_high: float = bound("unacknowledged", "high")
    unanswered_count: int = count("Of the judged, never answered by a person.", "tickets")
    unanswered: float = share("Share never answered by a person.", "unanswered_count / n_eligible")
    unanswered_ci_low: float = bound("unanswered", "low")
    unanswered_ci_high: float = bound("unanswered", "high")
    closed_unanswered_count: int = count("Of the unanswered, solved or closed.", "tickets")
    closed_unanswered: float = share("Share closed without a reply by a person.", "closed_unanswered_count / n_eligible")
    closed_unanswered_ci_low: float = bound("closed_unanswered", "low")
    closed_unanswered_ci_high: float = bound("closed_unanswered", "high")
    acknowledged_count: int = count("Of the judged, acknowledged.", "tickets")
    acknowledge_seconds_sum: int = count("Sum of their times from opened to acknowledged.", "seconds")
    acknowledge_seconds_mean: float = figure("Mean time to acknowledge.", "seconds", "acknowledge_seconds_sum / acknowledged_count")
    acknowledge_seconds_median: float = figure("Median.", "seconds", method="median over acknowledged tickets")
    acknowledge_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on n_eligible.")

    class Config:
        name = "kpi.neglect_daily"
        unique = ["opened_on", "channel"]
        metadata = {"cohort": "opened_in", "source": "ticket histories", "owner": "team:customer-service"}
