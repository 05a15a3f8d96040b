"""What was open at the end of each business day."""

import narwhals as nw

from assets.core.business_day import LAST_DAY, ends_of_days
from assets.core.ticket_visits import observed
from assets.derivation import During, Reference, derive, with_as_of
from assets.expressions import ratio, row_status, seconds_between
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.calendar import Calendar
from schemas.core.ticket_visits import TicketVisits
from schemas.kpi.ticket_backlog_daily import TicketBacklogDaily
from schemas.projection import columns, grain
from schemas.vocabulary import OPEN_STATUSES, UNKNOWN

STAY = ("entered_on", "left_on")


@derive(
    TicketBacklogDaily,
    unit=("backlog_on",),
    uses=("small_sample",),
    matures_after=with_as_of,
    visits=During(TicketVisits, STAY, nw.col("entered_on"), nw.col("left_on").dt.offset_by("-1d").cast(nw.Date), cut=STAY),
    calendar=Reference(Calendar),
)
def ticket_backlog_daily(visits: Lazy, calendar: Lazy, parameters: Parameters) -> Lazy:
    """Count, at the end of every day, the visits of an open status that had begun and not ended."""
    visits = visits.with_columns(left_on=nw.coalesce("left_on", nw.lit(LAST_DAY)))
    is_open = nw.col("status").is_in((*OPEN_STATUSES, UNKNOWN)) & (nw.col("left_on") > nw.col("entered_on"))
    there = (nw.col("entered_on") <= nw.col("backlog_on")) & (nw.col("left_on") > nw.col("backlog_on"))
    return (
        visits.filter(is_open)
        .rename({"status": "ticket_status"})
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
    """The business days on which there are visits, and that had ended when the data ends or, where nobody says, with the last move."""
    stretch = visits.select(first_on=nw.col("entered_on").min(), end_on=nw.col("left_on").max())
    is_among = (nw.col("day") >= nw.col("first_on")) & (nw.col("day") < nw.col("end_on"))
    return (
        ends_of_days(calendar)
        .join(observed(visits, parameters.as_of), how="cross")
        .join(stretch, how="cross")
        .filter(is_among & (nw.col("ends_at") <= nw.col("known_until")))
        .select(backlog_on=nw.col("day"), ends_at=nw.col("ends_at"))
    )
