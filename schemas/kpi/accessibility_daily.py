"""Whether customers could reach us: calls, self-service and what they say of it, by day and channel."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import CHANNELS, ROW_STATUSES


class AccessibilityDaily(Table):
    """Could customers reach us, and did self-service serve them.

    Cohort: contacted_in: calls and sessions by the day they started, survey answers by the day they were given. Outbound calls are not
    here. Offered to people are answered and abandoned calls; of the others each outcome has its count.

    * Short abandons: hung up before `short_abandon_seconds`. They are no attempt to wait, so they are in neither side of any rate
      (Talkdesk, Bright Pattern formula 4). One whose wait is unknown counts as abandoned in earnest.
    * `abandon_rate` = abandoned / (answered + abandoned); `service_level` = answered within `service_level_seconds` / (answered +
      abandoned), answered calls of unknown wait on neither side; mean, median and 90th percentile of the wait are over answered calls of
      known wait (ASA).
    * `blocked_rate` = blocked / all inbound attempts, short abandons among them.
    * Self-service: completion and escalation among the sessions whose source says so.
    * `access_top`: of those asked how easily they could reach somebody, the share in the top boxes (metric `access`).

    Asynchronous channels have no queue: how many tickets were replied to within an hour is in ticket_times_daily.
    """

    contacted_on: dt.date = pa.Field(description="Business day on which customers tried to reach us, or said how easily they had.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel of the calls, sessions or answers.")
    attempt_count: int = count("Inbound calls, however they ended.", "calls")
    answered_count: int = count("Of these, answered by a person.", "calls")
    abandoned_count: int = count("Of these, hung up after waiting; short abandons are not among them.", "calls")
    short_abandoned_count: int = count("Of these, hung up at once.", "calls")
    blocked_count: int = count("Of these, turned away before the queue.", "calls")
    self_served_count: int = count("Of these, served by the machine.", "calls")
    callback_count: int = count("Of these, asked to be called back.", "calls")
    voicemail_count: int = count("Of these, left a message.", "calls")
    abandoned_wait_unknown_count: int = count("Of the abandoned, without a known wait.", "calls")
    abandon_rate: float = share("Share of offered calls that were abandoned.", "abandoned_count / (answered_count + abandoned_count)")
    abandon_rate_ci_low: float = bound("abandon_rate", "low")
    abandon_rate_ci_high: float = bound("abandon_rate", "high")
    answered_wait_unknown_count: int = count("Of the answered, without a known wait.", "calls")
    answered_in_time_count: int = count("Of the answered, within the seconds of the service level.", "calls")
    service_level: float = share(
        "Share of offered calls answered in time.",
        "answered_in_time_count / (answered_count - answered_wait_unknown_count + abandoned_count)",
    )
    service_level_ci_low: float = bound("service_level", "low")
    service_level_ci_high: float = bound("service_level", "high")
    wait_seconds_sum: int = count("Sum of the waits of answered calls.", "seconds")
    wait_seconds_mean: float = figure(
        "Mean wait until answered.", "seconds", "wait_seconds_sum / (answered_count - answered_wait_unknown_count)"
    )
    wait_seconds_median: float = figure("Median.", "seconds", method="median over answered calls")
    wait_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    blocked_rate: float = share("Share of attempts that were turned away.", "blocked_count / attempt_count")
    blocked_rate_ci_low: float = bound("blocked_rate", "low")
    blocked_rate_ci_high: float = bound("blocked_rate", "high")
    session_count: int = count("Self-service sessions.", "sessions")
    completion_known_count: int = count("Of these, known whether the customer got what they came for.", "sessions")
    completed_count: int = count("Of these, they did.", "sessions")
    completion: float = share("Share of sessions that served the customer.", "completed_count / completion_known_count")
    completion_ci_low: float = bound("completion", "low")
    completion_ci_high: float = bound("completion", "high")
    escalation_known_count: int = count("Of all sessions, known whether the customer went on to a person.", "sessions")
    escalated_count: int = count("Of these, they did.", "sessions")
    escalation: float = share("Share of sessions that went on to a person.", "escalated_count / escalation_known_count")
    escalation_ci_low: float = bound("escalation", "low")
    escalation_ci_high: float = bound("escalation", "high")
    access_n: int = count("Answers to how easily somebody could be reached.", "answers")
    access_easy_count: int = count("Of these, in the top boxes.", "answers")
    access_top: float = share("Share who could reach somebody easily.", "access_easy_count / access_n")
    access_top_ci_low: float = bound("access_top", "low")
    access_top_ci_high: float = bound("access_top", "high")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on calls and sessions together.")

    class Config:
        name = "kpi.accessibility_daily"
        unique = ["contacted_on", "channel"]
        metadata = {"cohort": "contacted_in", "source": "Talkdesk, Bright Pattern", "owner": "team:customer-service"}
