"""Where tickets wait, by month and stage."""

import narwhals as nw

from assets.business_time import with_business_seconds
from assets.core.business_day import ends_of_days
from assets.core.ticket_visits import observed
from assets.derivation import During, Reference, derive, month_of, with_as_of
from assets.expressions import count_where, ratio, row_status, seconds_between, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.calendar import Calendar
from schemas.core.channel_schedules import ChannelSchedules
from schemas.core.opening_hours import OpeningHours
from schemas.core.ticket_visits import TicketVisits
from schemas.kpi.stage_bottlenecks import StageBottlenecks
from schemas.projection import columns, grain
from schemas.vocabulary import OPEN_STATUSES

DWELLS = ("dwell_seconds", "business_dwell_seconds")


STAY = ("entered_on", "left_on")


@derive(
    StageBottlenecks,
    unit=("month_on",),
    uses=("small_sample",),
    matures_after=with_as_of,
    # The month after the last one that a ticket is in the stage is told whether work in progress rises.
    visits=During(TicketVisits, STAY, nw.col("entered_on"), nw.col("left_on").dt.offset_by("1mo").cast(nw.Date), step="1mo"),
    calendar=Reference(Calendar),
    schedules=Reference(ChannelSchedules),
    hours=Reference(OpeningHours),
)
def stage_bottlenecks(visits: Lazy, calendar: Lazy, schedules: Lazy, hours: Lazy, parameters: Parameters) -> Lazy:
    """Measure the visits of each stage in each month that they touch, and compare the stages."""
    months = _months(visits, calendar, parameters)
    judged = row_status("visit_count", parameters.small_sample)
    waits = visits.filter(nw.col("status").is_in(OPEN_STATUSES)).pipe(
        with_business_seconds, "entered_at", "left_at", "dwell_seconds", schedules, hours, grain(TicketVisits)
    )
    return (
        _measured(waits, months)
        .with_columns(
            **share_with_interval("rework", "rework_count", "visit_count"),
            dwell_seconds_mean=ratio(nw.col("dwell_seconds_sum"), nw.col("visit_count")),
            business_dwell_seconds_mean=ratio(nw.col("business_dwell_seconds_sum"), nw.col("scheduled_visit_count")),
            dwell_share=ratio(nw.col("dwell_seconds_sum"), nw.col("dwell_seconds_sum").sum().over("month_on")),
            wip=ratio(nw.col("occupied_seconds_sum"), nw.col("month_seconds")),
            littles_law=ratio(nw.col("dwell_seconds_sum"), nw.col("occupied_seconds_sum")),
            status=nw.when(nw.col("is_over")).then(judged).otherwise(nw.lit("immature")),
        )
        .pipe(_with_bottleneck)
        .select(*(column.name for column in columns(StageBottlenecks)))
    )


def _months(visits: Lazy, calendar: Lazy, parameters: Parameters) -> Lazy:
    """The months from the first ticket's on until the data ends, the last one as far as it is known."""
    return (
        ends_of_days(calendar)
        .with_columns(month_on=month_of("day"))
        .group_by("month_on")
        .agg(starts_at=nw.col("starts_at").min(), month_ends_at=nw.col("ends_at").max())
        .join(observed(visits, parameters.as_of), how="cross")
        .filter((nw.col("month_ends_at") > nw.col("first_at")) & (nw.col("starts_at") < nw.col("known_until")))
        .with_columns(is_over=nw.col("month_ends_at") <= nw.col("known_until"))
        .with_columns(ends_at=nw.when(nw.col("is_over")).then(nw.col("month_ends_at")).otherwise(nw.col("known_until")))
        .with_columns(month_seconds=seconds_between("starts_at", "ends_at"))
        .select("month_on", "starts_at", "ends_at", "is_over", "month_seconds")
    )


def _measured(visits: Lazy, months: Lazy) -> Lazy:
    """Dwell of what was left in a month, age of what was not, and the time that either spent there in it."""
    touches = (nw.col("entered_at") < nw.col("ends_at")) & (nw.col("left_at").is_null() | (nw.col("left_at") >= nw.col("starts_at")))
    left = nw.coalesce(nw.col("left_at") < nw.col("ends_at"), nw.lit(value=False))
    return (
        visits.rename({"status": "stage"})
        .join(months, how="cross")
        .filter(touches)
        .with_columns(
            is_left=left,
            here_from=nw.max_horizontal(nw.col("entered_at"), nw.col("starts_at")),
            here_until=nw.when(left).then(nw.col("left_at")).otherwise(nw.col("ends_at")),
        )
        .with_columns(
            dwell_seconds=nw.when(nw.col("is_left")).then(seconds_between("entered_at", "left_at")),
            business_dwell_seconds=nw.when(nw.col("is_left")).then(nw.col("business_dwell_seconds")),
            open_age_seconds=nw.when(~nw.col("is_left")).then(seconds_between("entered_at", "ends_at")),
            occupied_seconds=seconds_between("here_from", "here_until"),
        )
        .group_by(*grain(StageBottlenecks), "is_over", "month_seconds")
        .agg(
            visit_count=count_where(nw.col("is_left")),
            rework_count=count_where(nw.col("is_left") & nw.col("is_rework")),
            scheduled_visit_count=count_where(~nw.col("business_dwell_seconds").is_null()),
            **{name: figure for dwell in DWELLS for name, figure in _dwell(dwell).items()},
            open_count=count_where(~nw.col("is_left")),
            open_age_seconds_median=nw.col("open_age_seconds").cast(nw.Float64).median(),
            open_age_seconds_oldest=nw.col("open_age_seconds").cast(nw.Float64).max(),
            occupied_seconds_sum=nw.col("occupied_seconds").sum().cast(nw.Int64),
        )
    )


def _dwell(seconds: str) -> dict[str, nw.Expr]:
    """Sum, median and 90th percentile over the visits left."""
    return {
        f"{seconds}_sum": nw.coalesce(nw.col(seconds), nw.lit(0)).sum().cast(nw.Int64),
        f"{seconds}_median": nw.col(seconds).cast(nw.Float64).median(),
        f"{seconds}_p90": nw.col(seconds).cast(nw.Float64).quantile(0.9, interpolation="linear"),
    }


def _with_bottleneck(stages: Lazy) -> Lazy:
    """Whether each stage has the largest dwell of its month and more work in progress than in the month before."""
    next_month = nw.col("month_on").dt.offset_by("1mo").cast(nw.Date)
    last = nw.col("month_on").shift(1).over("stage", order_by="month_on").dt.offset_by("1mo").cast(nw.Date)
    wip_last_row = nw.col("wip").shift(1).over("stage", order_by="month_on")
    order = ("dwell_falling", "p90_falling", "stage")
    follows = stages.select(month_on=next_month, has_month_before=nw.lit(value=True)).unique()
    return (
        stages.join(follows, on="month_on", how="left")
        .with_columns(
            once=nw.lit(1),
            next_month_on=last,
            wip_last_row=wip_last_row,
            dwell_falling=-nw.col("dwell_seconds_sum"),
            p90_falling=-nw.coalesce(nw.col("dwell_seconds_p90"), nw.lit(0.0)),
        )
        .with_columns(
            place=nw.col("once").cum_sum().over("month_on", order_by=order),
            wip_before=nw.when(nw.col("next_month_on") == nw.col("month_on")).then(nw.col("wip_last_row")).otherwise(nw.lit(0.0)),
        )
        .with_columns(
            is_bottleneck=(nw.col("place") == 1)
            & (nw.col("dwell_seconds_sum") > 0)
            & (nw.col("wip") > nw.col("wip_before"))
            & ~nw.col("has_month_before").is_null()
        )
    )
