"""What a customer of each segment is worth, as margin, by month."""

import narwhals as nw

from assets.derivation import During, Period, Reference, derive, month_of, with_as_of
from assets.expressions import ratio
from assets.frames import Lazy
from assets.parameters import Parameters, weakest
from assets.statistics.lifetime_value import (
    activity_of_segments,
    last_known_day,
    lifetime_values,
    retained,
    unknown_value,
    value_status,
    yearly,
)
from schemas.core.calendar import Calendar
from schemas.core.orders import Orders
from schemas.kpi.segment_lifetime_value_monthly import SegmentLifetimeValueMonthly
from schemas.projection import columns


def _end_of_windows(parameters: Parameters) -> nw.Expr:
    """An order counts in the window after its own too."""
    return nw.col("ordered_on").dt.offset_by(f"{2 * parameters.value_window_days}d").cast(nw.Date)


@derive(
    SegmentLifetimeValueMonthly,
    unit=("month_on",),
    uses=("small_sample", "value_window_days", "assumptions"),
    matures_after=with_as_of,
    orders=During(Orders, ("ordered_on",), nw.col("ordered_on"), _end_of_windows, step="1mo"),
    days=Reference(Calendar, Period("after_on", "1mo")),
    calendar=Reference(Calendar),
)
def segment_lifetime_value_monthly(orders: Lazy, days: Lazy, calendar: Lazy, parameters: Parameters) -> Lazy:
    """Value the average active customer of each segment at the end of each month that has some of these days."""
    window, rate = parameters.value_window_days, parameters.assumption("discount_rate")
    ends = _months(orders, days, last_known_day(orders, calendar, parameters.as_of))
    by_segment = retained(activity_of_segments(orders, ends.select("valued_on"), window), parameters.small_sample, window)
    known_margin = nw.when(nw.col("margin_unknown_count") < nw.col("sale_count")).then(nw.col("margin_amount"))
    return (
        by_segment.join(ends, on="valued_on", how="inner")
        .with_columns(reason=unknown_value("active_count", rate), yearly_margin=ratio(yearly(known_margin, window), nw.col("active_count")))
        .with_columns(**lifetime_values(rate), basis=nw.lit(weakest("measured", rate.basis)), judged=value_status(parameters.small_sample))
        .with_columns(
            status=nw.when((nw.col("judged") != "no_data") & ~nw.col("is_over")).then(nw.lit("immature")).otherwise(nw.col("judged"))
        )
        .select(*(column.name for column in columns(SegmentLifetimeValueMonthly)))
    )


def _months(orders: Lazy, days: Lazy, known: Lazy) -> Lazy:
    """The months of these days with a sale, and the day each is valued on: its last, or the last one known."""
    last_on, known_on = nw.col("last_on"), nw.col("known_on")
    return (
        orders.filter(nw.col("is_sale"))
        .select(month_on=month_of("ordered_on"))
        .unique()
        .join(days.select(month_on=month_of("after_on")).unique(), on="month_on", how="semi")
        .with_columns(last_on=nw.col("month_on").dt.offset_by("1mo").dt.offset_by("-1d").cast(nw.Date))
        .join(known, how="cross")
        .filter(nw.col("month_on") <= known_on)
        .with_columns(valued_on=nw.when(known_on < last_on).then(known_on).otherwise(last_on), is_over=last_on <= known_on)
        .drop("last_on", "known_on")
    )
