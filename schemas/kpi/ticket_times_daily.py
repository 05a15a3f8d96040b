"""How long customers waited, by day of opening, channel and priority."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import CHANNELS, PRIORITIES, ROW_STATUSES, UNKNOWN

BUCKETS = ("0_1h", "1_4h", "4_8h", "8_24h", "24h_up")
"""Waiting-time buckets; the lower bound belongs to the bucket (Chatwoot)."""


class TicketTimesDaily(Table):
    """First reply and resolution in calendar time, reopens and touches, of the tickets opened on a day.

    Cohort: opened_in; later replies and solutions restate the day of opening. Contacts only (see
    first_contact_resolution_daily). First reply: opened → first public agent reply. First resolution: opened →
    first solved or closed; full resolution: → last. What has not happened yet is in no median: it is counted
    (`unreplied_count`, `unsolved_count`), so a fresh day's medians rest on the quick ones alone. Touches and
    reopens come from the ticket's history; tickets of a source without one are in `without_history_count`. Of these,
    a source may give a total of reopens (`reopen_lifetime_count`); where it does not, nobody says that there was none
    (`reopen_unknown_count`).
    One touch: solved with exactly one public agent reply (Zendesk).

    Business hours count only the time in which the schedule of the ticket's channel is open (`[schedules.<name>]` of the settings). Where
    a schedule changed meanwhile, `business_` counts each part on the schedule then in force (Fivetran), `last_schedule_` all of it on the
    one in force at the end (Zendesk). Tickets of a channel without a schedule are in neither.

    Medians and percentiles cannot be re-aggregated; the sums and counts can.
    """

    opened_on: dt.date = pa.Field(description="Business day on which the tickets were opened.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel of the first contact.")
    priority: str = pa.Field(isin=(*PRIORITIES, UNKNOWN), description="Urgency.")
    ticket_count: int = count("Tickets opened by customers.", "tickets")
    replied_count: int = count("Of these, with a known first reply.", "tickets")
    unreplied_count: int = count("Of these, without one so far, or none known.", "tickets")
    first_reply_seconds_sum: int = count("Sum of the first reply times.", "seconds")
    first_reply_seconds_median: float = figure("Median first reply time.", "seconds", method="median over replied tickets")
    first_reply_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    first_reply_seconds_mean: float = figure("Mean.", "seconds", "first_reply_seconds_sum / replied_count")
    first_reply_0_1h_count: int = count("First reply within an hour.", "tickets")
    first_reply_1_4h_count: int = count("From one to below four hours.", "tickets")
    first_reply_4_8h_count: int = count("From four to below eight hours.", "tickets")
    first_reply_8_24h_count: int = count("From eight to below 24 hours.", "tickets")
    first_reply_24h_up_count: int = count("24 hours or more.", "tickets")
    solved_count: int = count("Of all, solved so far.", "tickets")
    unsolved_count: int = count("Of all, without a known solution so far.", "tickets")
    first_resolution_seconds_sum: int = count("Sum of the first resolution times.", "seconds")
    first_resolution_seconds_median: float = figure("Median first resolution time.", "seconds", method="median over solved tickets")
    first_resolution_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    first_resolution_seconds_mean: float = figure("Mean.", "seconds", "first_resolution_seconds_sum / solved_count")
    full_resolution_seconds_sum: int = count("Sum of the full resolution times.", "seconds")
    full_resolution_seconds_median: float = figure("Median full resolution time.", "seconds", method="median over solved tickets")
    full_resolution_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    full_resolution_seconds_mean: float = figure("Mean.", "seconds", "full_resolution_seconds_sum / solved_count")
    without_history_count: int = count("Tickets whose source gives no history.", "tickets")
    reopened_count: int = count("Tickets reopened at least once.", "tickets")
    reopen_count: int = count("Reopens.", "reopens")
    reopen_unknown_count: int = count("Tickets of whose reopens nothing is known.", "tickets")
    reopen_lifetime_count: int = count("Tickets whose reopens are known as a total alone.", "tickets")
    touched_count: int = count("Solved tickets whose history tells of replies; denominator of one_touch.", "tickets")
    zero_touch_count: int = count("Of these, no public agent reply.", "tickets")
    one_touch_count: int = count("Of these, exactly one.", "tickets")
    two_touch_count: int = count("Of these, two.", "tickets")
    multi_touch_count: int = count("Of these, three or more.", "tickets")
    one_touch: float = share("Share solved with one reply.", "one_touch_count / touched_count")
    one_touch_ci_low: float = bound("one_touch", "low")
    one_touch_ci_high: float = bound("one_touch", "high")
    scheduled_replied_count: int = count("Replied tickets of a channel that has a schedule; denominator in business hours.", "tickets")
    scheduled_solved_count: int = count("Solved tickets of a channel that has a schedule, likewise.", "tickets")
    business_first_reply_seconds_sum: int = count("Sum of the first reply times in business hours.", "seconds")
    business_first_reply_seconds_median: float = figure("Median.", "seconds", method="median over replied tickets with a schedule")
    business_first_reply_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    business_first_reply_seconds_mean: float = figure("Mean.", "seconds", "business_first_reply_seconds_sum / scheduled_replied_count")
    last_schedule_first_reply_seconds_sum: int = count("Likewise, all of it on the schedule in force at its end.", "seconds")
    last_schedule_first_reply_seconds_median: float = figure("Median.", "seconds", method="median over replied tickets with a schedule")
    last_schedule_first_reply_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    last_schedule_first_reply_seconds_mean: float = figure(
        "Mean.", "seconds", "last_schedule_first_reply_seconds_sum / scheduled_replied_count"
    )
    business_first_resolution_seconds_sum: int = count("Sum of the first resolution times in business hours.", "seconds")
    business_first_resolution_seconds_median: float = figure("Median.", "seconds", method="median over solved tickets with a schedule")
    business_first_resolution_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    business_first_resolution_seconds_mean: float = figure(
        "Mean.", "seconds", "business_first_resolution_seconds_sum / scheduled_solved_count"
    )
    last_schedule_first_resolution_seconds_sum: int = count("Likewise, all of it on the schedule in force at its end.", "seconds")
    last_schedule_first_resolution_seconds_median: float = figure("Median.", "seconds", method="median over solved tickets with a schedule")
    last_schedule_first_resolution_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    last_schedule_first_resolution_seconds_mean: float = figure(
        "Mean.", "seconds", "last_schedule_first_resolution_seconds_sum / scheduled_solved_count"
    )
    business_full_resolution_seconds_sum: int = count("Sum of the full resolution times in business hours.", "seconds")
    business_full_resolution_seconds_median: float = figure("Median.", "seconds", method="median over solved tickets with a schedule")
    business_full_resolution_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    business_full_resolution_seconds_mean: float = figure(
        "Mean.", "seconds", "business_full_resolution_seconds_sum / scheduled_solved_count"
    )
    last_schedule_full_resolution_seconds_sum: int = count("Likewise, all of it on the schedule in force at its end.", "seconds")
    last_schedule_full_resolution_seconds_median: float = figure("Median.", "seconds", method="median over solved tickets with a schedule")
    last_schedule_full_resolution_seconds_p90: float = figure("90th percentile.", "seconds", method="quantile 0.9, linear")
    last_schedule_full_resolution_seconds_mean: float = figure(
        "Mean.", "seconds", "last_schedule_full_resolution_seconds_sum / scheduled_solved_count"
    )
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on ticket_count.")

    class Config:
        name = "kpi.ticket_times_daily"
        unique = ["opened_on", "channel", "priority"]
        metadata = {"cohort": "opened_in", "source": "Zendesk ticket metrics; Chatwoot buckets", "owner": "team:customer-service"}
