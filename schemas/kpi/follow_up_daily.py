"""Whether unhappy answers were followed up, and how fast, by day of the answer and channel."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import CHANNELS, ROW_STATUSES


class FollowUpDaily(Table):
    """How many unhappy answers were followed up, and how fast: whether the loop with the customer is closed.

    Cohort: answered_in. A response is unhappy when an answer of it to a CSAT, NPS or CES question lies in the bottom boxes (see
    core.answers) and was not replaced by a later response; it counts once however many do. One that names neither a ticket nor a known
    customer cannot be followed up: it is in `n_excluded`, as is one after which somebody commented on its ticket of whom no delivery
    says whether it was a person of ours, unless a follow-up came before. A response is judged once `follow_up_days` have passed since;
    what is younger is in `n_immature`, even when it was followed up already.

    A follow-up is the first of these after the response and within `follow_up_days`: a public reply by a person of ours on the ticket
    it names; a message to its customer that asks for no rating; an answered call of ours to its customer. What a message says is not
    read, so mass mailings that are recorded as messages flatter the figure; one without a time of its own follows nothing.
    """

    answered_on: dt.date = pa.Field(description="Business day on which the customers answered.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel of the answers.")
    unhappy_count: int = count("Unhappy responses.", "responses")
    n_excluded: int = count("Of these, by nobody known about nothing known, or with a comment by nobody knows whom.", "responses")
    n_immature: int = count("Of the others, still within the time for a follow-up.", "responses")
    n_eligible: int = count("Of the others, judged.", "responses")
    followed_up_count: int = count("Of the judged, followed up in time.", "responses")
    replied_count: int = count("Of the judged, by a reply on the ticket; one response may be followed up in several ways.", "responses")
    messaged_count: int = count("Of the judged, by a message.", "responses")
    called_count: int = count("Of the judged, by a call.", "responses")
    follow_up: float = share("Share followed up in time.", "followed_up_count / n_eligible")
    follow_up_ci_low: float = bound("follow_up", "low")
    follow_up_ci_high: float = bound("follow_up", "high")
    follow_up_seconds_sum: int = count("Sum of the times from the response to its first follow-up.", "seconds")
    follow_up_seconds_mean: float = figure("Mean.", "seconds", "follow_up_seconds_sum / followed_up_count")
    follow_up_seconds_median: float = figure("Median.", "seconds", method="median over followed-up responses")
    follow_up_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on n_eligible.")

    class Config:
        name = "kpi.follow_up_daily"
        unique = ["answered_on", "channel"]
        metadata = {"cohort": "answered_in", "source": "closed-loop practice", "owner": "team:customer-insight"}
