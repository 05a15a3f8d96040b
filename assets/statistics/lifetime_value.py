"""What customers are worth: their margin of a trailing window, how many of them come back, and the worth that follows.

``CLV = m · r / (1 + i − r)`` (Gupta and Lehmann 2003): m the yearly margin, r the share that stays a year, i the discount
rate, over an infinite horizon with the first margin at the end of the first year; with the first margin at once,
``m · (1 + i) / (1 + i − r)``. Existing customers cost nothing to acquire.
"""

import datetime as dt

import narwhals as nw

from assets.expressions import count_where, ratio, share_with_interval, sum_where
from assets.frames import Lazy
from assets.parameters import Assumption

DAYS_IN_YEAR = 365
ENDS = ("", "_ci_low", "_ci_high")


def last_known_day(orders: Lazy, calendar: Lazy, as_of: dt.datetime | None) -> Lazy:
    """One row with `known_on`: the last business day before ``as_of``; of the newest order, where nobody says as of when."""
    if as_of is None:
        return orders.select(known_on=nw.col("ordered_on").max())
    last = as_of - dt.timedelta(microseconds=1)
    day = nw.when(nw.col("turns_at") <= last).then(nw.col("after_on")).otherwise(nw.col("before_on"))
    return calendar.filter(nw.col("utc_on") == last.date()).select(known_on=day)


def activity(orders: Lazy, ends: Lazy, window_days: int) -> Lazy:
    """What each known customer bought in the window up to each `valued_on` of ``ends``, and in the window before it."""
    valued_on, is_now = nw.col("valued_on"), nw.col("ordered_on") > nw.col("window_on")
    windows = ends.with_columns(
        window_on=valued_on.dt.offset_by(f"-{window_days}d").cast(nw.Date),
        before_on=valued_on.dt.offset_by(f"-{2 * window_days}d").cast(nw.Date),
    )
    return (
        orders.filter(nw.col("is_sale") & ~nw.col("customer_key").is_null())
        .select("customer_key", "segment", "ordered_on", "margin_amount")
        .join(windows, how="cross")
        .filter((nw.col("ordered_on") <= valued_on) & (nw.col("ordered_on") > nw.col("before_on")))
        .group_by("valued_on", "customer_key", "segment")
        .agg(
            sale_count=count_where(is_now),
            margin_unknown_count=count_where(is_now & nw.col("margin_amount").is_null()),
            margin_amount=sum_where(nw.col("margin_amount"), is_now & ~nw.col("margin_amount").is_null()),
            sale_before_count=count_where(~is_now),
        )
    )


def of_segments(active: Lazy) -> Lazy:
    """By segment: what its customers bought in the window, how many they are, and how many of those of the window before came back."""
    is_active, was_active = nw.col("sale_count") > 0, nw.col("sale_before_count") > 0
    return active.group_by("valued_on", "segment").agg(
        active_count=count_where(is_active),
        margin_amount=nw.col("margin_amount").sum(),
        sale_count=nw.col("sale_count").sum().cast(nw.Int64),
        margin_unknown_count=nw.col("margin_unknown_count").sum().cast(nw.Int64),
        previous_count=count_where(was_active),
        retained_count=count_where(was_active & is_active),
    )


def activity_of_segments(orders: Lazy, ends: Lazy, window_days: int) -> Lazy:
    """What ``of_segments`` says of ``activity``, for many ends, without following each customer to each of them.

    A sale keeps its customer active for a window, or until the next one takes over. So at any time as many are active as sales have
    begun to count and have not ceased to; those of both windows are the active of either less those that are active in two windows.
    """
    sales = orders.filter(nw.col("is_sale") & ~nw.col("customer_key").is_null())
    days = (
        sales.select("customer_key", "segment", "ordered_on")
        .unique()
        .with_columns(next_on=nw.col("ordered_on").shift(-1).over("customer_key", order_by="ordered_on"))
    )
    margin = nw.col("margin_amount")
    sold = (
        sales.with_columns(day=nw.col("ordered_on"))
        .group_by("segment", "day")
        .agg(
            sale_count=nw.len().cast(nw.Int64),
            margin_unknown_count=count_where(margin.is_null()),
            margin_amount=sum_where(margin, ~margin.is_null()),
        )
    )
    changes = [
        _change(days, nw.col("ordered_on"), one=1, two=1),
        _change(days, _ceases(window_days), one=-1, two=0),
        _change(days, _ceases(2 * window_days), one=0, two=-1),
    ]
    moved = nw.concat(changes, how="vertical").group_by("segment", "day").agg(nw.col("one").sum(), nw.col("two").sum())
    valued_on, day = nw.col("valued_on"), nw.col("day")
    windows = ends.with_columns(window_on=valued_on.dt.offset_by(f"-{window_days}d").cast(nw.Date))
    is_before = day <= nw.col("window_on")
    return (
        moved.join(sold, on=["segment", "day"], how="left")
        .join(windows, how="cross")
        .filter(day <= valued_on)
        .group_by("valued_on", "segment")
        .agg(
            active_count=nw.col("one").sum().cast(nw.Int64),
            margin_amount=sum_where(margin, ~is_before & ~margin.is_null()),
            sale_count=sum_where(nw.col("sale_count"), ~is_before).cast(nw.Int64),
            margin_unknown_count=sum_where(nw.col("margin_unknown_count"), ~is_before).cast(nw.Int64),
            previous_count=sum_where(nw.col("one"), is_before).cast(nw.Int64),
            either_count=nw.col("two").sum().cast(nw.Int64),
        )
        .filter(nw.col("either_count") > 0)
        .with_columns(retained_count=nw.col("active_count") + nw.col("previous_count") - nw.col("either_count"))
        .drop("either_count")
    )


def _change(days: Lazy, day: nw.Expr, one: int, two: int) -> Lazy:
    """By how many customers of a segment more a window, and two windows, see from a day on."""
    return days.select("segment", day=day, one=nw.lit(one), two=nw.lit(two))


def _ceases(window_days: int) -> nw.Expr:
    """The day from which on a sale makes its customer active no more, or the next one does instead."""
    end = nw.col("ordered_on").dt.offset_by(f"{window_days}d").cast(nw.Date)
    return nw.when(nw.col("next_on") < end).then(nw.col("next_on")).otherwise(end)


def retained(by_segment: Lazy, small_sample: int, window_days: int) -> Lazy:
    """The yearly retention to reckon with in each segment, which is everybody's where the segment is small."""
    is_pooled = nw.col("previous_count") < small_sample
    return (
        by_segment.with_columns(
            is_pooled=is_pooled,
            pool_n=nw.when(is_pooled).then(nw.col("previous_count").sum().over("valued_on")).otherwise(nw.col("previous_count")),
            pool_retained=nw.when(is_pooled).then(nw.col("retained_count").sum().over("valued_on")).otherwise(nw.col("retained_count")),
        )
        .with_columns(
            **share_with_interval("retention", "retained_count", "previous_count"),
            **share_with_interval("applied_retention", "pool_retained", "pool_n"),
        )
        .with_columns(**{name: _a_year(nw.col(name), window_days) for name in (f"applied_retention{end}" for end in ENDS)})
    )


def yearly(amount: nw.Expr, window_days: int) -> nw.Expr:
    """An amount of a window as one of a year."""
    return amount.cast(nw.Float64) * (DAYS_IN_YEAR / window_days)


def lifetime_values(rate: Assumption) -> dict[str, nw.Expr]:
    """Both variants from `yearly_margin` and `applied_retention`, and what they are at the ends of its interval."""
    margin = nw.col("yearly_margin")
    values: dict[str, nw.Expr] = {}
    for name, first in (("clv", None), ("clv_immediate", 1 + rate.value)):
        middle, one, other = (_worth(margin, nw.col(f"applied_retention{end}"), rate.value, first) for end in ENDS)
        is_known = ~one.is_null() & ~other.is_null()
        values |= {
            name: middle,
            f"{name}_low": nw.when(is_known).then(nw.min_horizontal(one, other)),
            f"{name}_high": nw.when(is_known).then(nw.max_horizontal(one, other)),
        }
    return values


def unknown_value(buyers: str, rate: Assumption) -> nw.Expr:
    """Why there is no value, in a word; null where there is one. ``buyers`` counts who or what was active in the window."""
    endless = nw.when(nw.col("applied_retention") >= 1 + rate.value).then(nw.lit("never_ends")).otherwise(nw.lit(None, nw.String))
    no_retention = nw.when(nw.col("applied_retention").is_null()).then(nw.lit("no_retention")).otherwise(endless)
    has_no_margin = nw.col("margin_unknown_count") == nw.col("sale_count")
    no_margin = nw.when(has_no_margin).then(nw.lit("no_margin")).otherwise(no_retention)
    return nw.when(nw.col(buyers) == 0).then(nw.lit("inactive")).otherwise(no_margin)


def value_status(small_sample: int) -> nw.Expr:
    """How the value may be read, by the customers that its retention rests on."""
    small = nw.when(nw.col("pool_n") < small_sample).then(nw.lit("small_sample")).otherwise(nw.lit("ok"))
    return nw.when(nw.col("reason").is_null()).then(small).otherwise(nw.lit("no_data"))


def _a_year(share: nw.Expr, window_days: int) -> nw.Expr:
    """The share that stays a year, where this share stays a window."""
    return share if window_days == DAYS_IN_YEAR else share ** (DAYS_IN_YEAR / window_days)


def _worth(margin: nw.Expr, retention: nw.Expr, rate: float, first: float | None) -> nw.Expr:
    worth = ratio(margin * (retention if first is None else first), 1 + rate - retention)
    return nw.when((retention >= 0) & (retention < 1 + rate)).then(worth)
