"""How long customers waited, by day of opening."""

import narwhals as nw

from assets.business_time import with_business_seconds
from assets.derivation import AddsUp, Reference, by_column, derive
from assets.expressions import count_where, ratio, row_status, seconds_between, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.channel_schedules import ChannelSchedules
from schemas.core.opening_hours import OpeningHours
from schemas.core.tickets import Tickets
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.projection import columns, grain

HOUR = 3600
TWO = 2
IN_BUSINESS_HOURS = {
    f"{rule}_{wait}_seconds": n
    for rule in ("business", "last_schedule")
    for wait, n in (
        ("first_reply", "scheduled_replied_count"),
        ("first_resolution", "scheduled_solved_count"),
        ("full_resolution", "scheduled_solved_count"),
    )
}
"""The waits in business hours by either rule, and what they are divided by."""
BUCKETS = {"0_1h": (0, 1), "1_4h": (1, 4), "4_8h": (4, 8), "8_24h": (8, 24)}


@derive(
    TicketTimesDaily,
    unit=("opened_on",),
    adds_up=(
        AddsUp("ticket_count", "tickets", count_where(nw.col("is_contact"))),
        AddsUp("solved_count", "tickets", count_where(nw.col("is_contact") & ~nw.col("first_solved_at").is_null())),
    ),
    tickets=by_column(
        Tickets,
        "opened_on",
        reads=(
            *("ticket_ref", "opened_at", "channel", "priority", "is_contact", "has_events"),
            *("first_replied_at", "first_solved_at", "last_solved_at", "reopen_count", "agent_reply_count"),
        ),
    ),
    schedules=Reference(ChannelSchedules),
    hours=Reference(OpeningHours),
)
def ticket_times_daily(tickets: Lazy, schedules: Lazy, hours: Lazy, parameters: Parameters) -> Lazy:
    """Measure each ticket's waits and summarise them; what has not happened is counted, not guessed."""
    reply = nw.col("first_reply_seconds")
    solved = ~nw.col("first_solved_at").is_null()
    touched = solved & ~nw.col("agent_reply_count").is_null()
    replies = nw.col("agent_reply_count")
    return (
        tickets.filter(nw.col("is_contact"))
        .with_columns(
            first_reply_seconds=seconds_between("opened_at", "first_replied_at"),
            first_resolution_seconds=seconds_between("opened_at", "first_solved_at"),
            full_resolution_seconds=seconds_between("opened_at", "last_solved_at"),
        )
        .pipe(with_business_seconds, "opened_at", "first_replied_at", "first_reply_seconds", schedules, hours)
        .pipe(with_business_seconds, "opened_at", "first_solved_at", "first_resolution_seconds", schedules, hours)
        .pipe(with_business_seconds, "opened_at", "last_solved_at", "full_resolution_seconds", schedules, hours)
        .group_by(*grain(TicketTimesDaily))
        .agg(
            ticket_count=nw.len().cast(nw.Int64),
            replied_count=count_where(~reply.is_null()),
            unreplied_count=count_where(reply.is_null()),
            **_waits("first_reply_seconds"),
            **{
                f"first_reply_{name}_count": count_where((reply >= low * HOUR) & (reply < high * HOUR))
                for name, (low, high) in BUCKETS.items()
            },
            first_reply_24h_up_count=count_where(reply >= 24 * HOUR),
            solved_count=count_where(solved),
            unsolved_count=count_where(~solved),
            **_waits("first_resolution_seconds"),
            **_waits("full_resolution_seconds"),
            without_history_count=count_where(~nw.col("has_events")),
            reopened_count=count_where(nw.col("reopen_count") > 0),
            reopen_count=nw.coalesce(nw.col("reopen_count"), nw.lit(0)).sum().cast(nw.Int64),
            reopen_unknown_count=count_where(nw.col("reopen_count").is_null()),
            reopen_lifetime_count=count_where(~nw.col("reopen_count").is_null() & ~nw.col("has_events")),
            touched_count=count_where(touched),
            zero_touch_count=count_where(touched & (replies == 0)),
            one_touch_count=count_where(touched & (replies == 1)),
            two_touch_count=count_where(touched & (replies == TWO)),
            multi_touch_count=count_where(touched & (replies > TWO)),
            scheduled_replied_count=count_where(~nw.col("business_first_reply_seconds").is_null()),
            scheduled_solved_count=count_where(~nw.col("business_first_resolution_seconds").is_null()),
            **{name: figure for wait in IN_BUSINESS_HOURS for name, figure in _waits(wait).items()},
        )
        .with_columns(
            first_reply_seconds_mean=ratio(nw.col("first_reply_seconds_sum"), nw.col("replied_count")),
            first_resolution_seconds_mean=ratio(nw.col("first_resolution_seconds_sum"), nw.col("solved_count")),
            full_resolution_seconds_mean=ratio(nw.col("full_resolution_seconds_sum"), nw.col("solved_count")),
            **{f"{wait}_mean": ratio(nw.col(f"{wait}_sum"), nw.col(n)) for wait, n in IN_BUSINESS_HOURS.items()},
            **share_with_interval("one_touch", "one_touch_count", "touched_count"),
            status=row_status("ticket_count", parameters.small_sample),
        )
        .select(*(column.name for column in columns(TicketTimesDaily)))
    )


def _waits(seconds: str) -> dict[str, nw.Expr]:
    """Sum, median and 90th percentile of a wait, over the tickets for which it has ended."""
    return {
        f"{seconds}_sum": nw.coalesce(nw.col(seconds), nw.lit(0)).sum().cast(nw.Int64),
        f"{seconds}_median": nw.col(seconds).cast(nw.Float64).median(),
        f"{seconds}_p90": nw.col(seconds).cast(nw.Float64).quantile(0.9, interpolation="linear"),
    }
