"""How many survey invitations are answered, by day of sending and channel."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, share
from schemas.table import Table
from schemas.vocabulary import CHANNELS, ROW_STATUSES


class ResponseRateDaily(Table):
    """Who answers our surveys, and whom we do not hear.

    Cohort: invited_in. An invitation is answered when at least one question is. One that did not arrive is in no rate but
    `delivery`, and counted; one that was answered did arrive, whatever the source says. Where the source does not say, it is taken
    to have arrived (the minimum response rate, RR1, of AAPOR): `unknown_delivery_count` says by how many the rate may be too low.

    * `response_rate`: of the eligible, that is arrived and sent at least `response_window_days` before the data ends, the share
      answered within that window. What is younger is in `n_immature` and in no other figure of this rule.
    * `response_rate_in_month`: of all that arrived, the share answered before the calendar month of the invitation ended (Trengo
      counts invitations and answers of one reporting period; ours is the month). The later in the month, the less time an invitation
      has, and the current month still rises: a comparison figure only.
    * `completion`: of those answered within the window, the share that also reached the survey's end within it.
    * `resolved_invited` beside `resolved_answered`: share solved of the tickets that the eligible invitations ask about, of all and
      of those answered. If they lie apart, those we hear are not like those we do not.

    Opens, starts and drop-off inside the survey are not here: no export we read holds them for single invitations.
    """

    sent_on: dt.date = pa.Field(description="Business day on which the invitations were sent.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel of the invitation.")
    invite_count: int = count("Invitations sent.", "invitations")
    delivered_count: int = count("Of these, known to have arrived, or answered.", "invitations")
    undelivered_count: int = count("Of all, known not to have arrived.", "invitations")
    unknown_delivery_count: int = count("Of all, neither; taken to have arrived.", "invitations")
    delivery: float = share("Share that arrived, where known.", "delivered_count / (delivered_count + undelivered_count)")
    delivery_ci_low: float = bound("delivery", "low")
    delivery_ci_high: float = bound("delivery", "high")
    n_immature: int = count("Arrived, but the response window is still open.", "invitations")
    n_eligible: int = count("Arrived, and the response window is over.", "invitations")
    answered_count: int = count("Of the eligible, answered within the window.", "invitations")
    response_rate: float = share("Share answered within the window.", "answered_count / n_eligible")
    response_rate_ci_low: float = bound("response_rate", "low")
    response_rate_ci_high: float = bound("response_rate", "high")
    completed_count: int = count("Of those answered within the window, to the survey's end.", "invitations")
    completion: float = share("Share of the answered that reached the end.", "completed_count / answered_count")
    completion_ci_low: float = bound("completion", "low")
    completion_ci_high: float = bound("completion", "high")
    answered_in_month_count: int = count("Of all that arrived, answered in the month of the invitation.", "invitations")
    response_rate_in_month: float = share(
        "Share answered in the month of the invitation.", "answered_in_month_count / (delivered_count + unknown_delivery_count)"
    )
    response_rate_in_month_ci_low: float = bound("response_rate_in_month", "low")
    response_rate_in_month_ci_high: float = bound("response_rate_in_month", "high")
    invited_ticket_count: int = count("Of the eligible, about a known ticket.", "invitations")
    invited_resolved_count: int = count("Of these, the ticket is solved.", "invitations")
    resolved_invited: float = share("Share solved, of all asked about.", "invited_resolved_count / invited_ticket_count")
    resolved_invited_ci_low: float = bound("resolved_invited", "low")
    resolved_invited_ci_high: float = bound("resolved_invited", "high")
    answered_ticket_count: int = count("Of those answered within the window, about a known ticket.", "invitations")
    answered_resolved_count: int = count("Of these, the ticket is solved.", "invitations")
    resolved_answered: float = share("Share solved, of those answered.", "answered_resolved_count / answered_ticket_count")
    resolved_answered_ci_low: float = bound("resolved_answered", "low")
    resolved_answered_ci_high: float = bound("resolved_answered", "high")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on n_eligible.")

    class Config:
        name = "kpi.response_rate_daily"
        unique = ["sent_on", "channel"]
        metadata = {"cohort": "invited_in", "source": "Formbricks; Trengo; AAPOR RR1", "owner": "team:customer-insight"}
