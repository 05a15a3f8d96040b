"""What was open at the end of each business day."""

import datetime as dt

import narwhals as nw

from assets.core.business_day import ends_of_days
from assets.derivation import Reference, Whole, derive
from assets.expressions import ratio, row_status, seconds_between
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.calendar import Calendar
from schemas.core.ticket_visits import TicketVisits
from schemas.kpi.ticket_backlog_daily import TicketBacklogDaily
from schemas.projection import columns, grain
from schemas.vocabulary import OPEN_STATUSES, UNKNOWN


def _each_day(_: Parameters) -> dt.timedelta:
    return dt.timedelta(0)


@derive(TicketBacklogDaily, uses=("small_sample",), matures_after=_each_day, visits=Whole(TicketVisits), calendar=Reference(Calendar))
def ticket_backlog_daily(visits: Lazy, calendar: Lazy, parameters: Parameters) -> Lazy:
    """Count, at the end of every day, the visits of an open status that had begun and not ended."""
    overnight = nw.col("left_on").is_null() | (nw.col("left_on") > nw.col("entered_on"))
    open_visits = visits.filter(nw.col("status").is_in((*OPEN_STATUSES, UNKNOWN)) & overnight)
    there = (nw.col("entered_on") <= nw.col("backlog_on")) & (nw.col("left_on").is_null() | (nw.col("left_on") > nw.col("backlog_on")))
    return (
        open_visits.rename({"status": "ticket_status"})
        .join(_days(visits, calendar, parameters), how="cross")
        .filter(there)
        .with_columns(age_seconds=seconds_between("opened_at", "ends_at"))
        .group_by(*grain(TicketBacklogDaily))
        .agg(
            ticket_count=nw.len().cast(nw.Int64),
            age_seconds_sum=nw.col("age_seconds").sum().cast(nw.Int64),
            age_seconds_median=nw.col("age_seconds").cast(nw.Float64).median(),
            age_seconds_oldest=nw.col("age_seconds").cast(nw.Float64).max(),
        )
        .with_columns(
            age_seconds_mean=ratio(nw.col("age_seconds_sum"), nw.col("ticket_count")),
            status=row_status("ticket_count", parameters.small_sample),
        )
        .select(*(column.name for column in columns(TicketBacklogDaily)))
    )


def _days(visits: Lazy, calendar: Lazy, parameters: Parameters) -> Lazy:
    """The business days from the first ticket's on that had ended when the data ends, or, where nobody says, with the last move."""
    bounds = visits.select(first_at=nw.col("entered_at").min(), last_at=nw.max_horizontal(nw.col("entered_at"), nw.col("left_at")).max())
    has_ended = nw.col("ends_at") <= (nw.lit(parameters.as_of) if parameters.as_of else nw.col("last_at"))
    return (
        ends_of_days(calendar)
        .join(bounds, how="cross")
        .filter((nw.col("ends_at") > nw.col("first_at")) & has_ended)
        .select(backlog_on=nw.col("day"), ends_at=nw.col("ends_at"))
    )
