"""The business date of an instant, by the business calendar. The calendar's rows are made here too."""

import datetime as dt
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl

from assets.frames import Lazy

FIRST_DAY = dt.date(1990, 1, 1)
LAST_DAY = dt.date(2100, 1, 1)


def on_business_day(frame: Lazy, instant: str, day: str, calendar: Lazy) -> Lazy:
    """``frame`` with the business date of ``instant`` in column ``day``."""
    return (
        frame.with_columns(utc_on=nw.col(instant).dt.truncate("1d").cast(nw.Date))
        .join(calendar, on="utc_on", how="left")
        .with_columns(nw.when(nw.col(instant) < nw.col("turns_at")).then(nw.col("before_on")).otherwise(nw.col("after_on")).alias(day))
        .drop("utc_on", "turns_at", "before_on", "after_on")
    )


def ends_of_days(calendar: Lazy) -> Lazy:
    """Every business date of the calendar in column `day`, with the instants at which it starts and ends; the last date is cut off."""
    return (
        calendar.group_by("after_on")
        .agg(starts_at=nw.col("turns_at").min())
        .rename({"after_on": "day"})
        .with_columns(once=nw.lit(1))
        .with_columns(ends_at=nw.col("starts_at").shift(-1).over("once", order_by="day"))
        .filter(~nw.col("ends_at").is_null())
        .select("day", "starts_at", "ends_at")
    )


def calendar_rows(time_zone: str) -> pl.DataFrame:
    """The business calendar of a zone, from 1990 to 2100.

    A day of UTC holds at most one change of business date that does not fall on its first instant. Where a
    clock change skips midnight, the business date begins with the first instant that does exist.
    """
    first, last = pl.col("utc_on").cast(pl.Datetime("us")), pl.col("utc_on").cast(pl.Datetime("us")) + pl.duration(days=1, microseconds=-1)
    days = pl.select(utc_on=pl.date_range(FIRST_DAY, LAST_DAY)).with_columns(
        before_on=first.dt.replace_time_zone("UTC").dt.convert_time_zone(time_zone).dt.date(),
        after_on=last.dt.replace_time_zone("UTC").dt.convert_time_zone(time_zone).dt.date(),
    )
    midnight = pl.col("after_on").cast(pl.Datetime("us")).dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    turn = (
        pl.when(pl.col("before_on") == pl.col("after_on"))
        .then(first)
        .otherwise(midnight.dt.convert_time_zone("UTC").dt.replace_time_zone(None))
    )
    days = days.with_columns(turns_at=turn)
    skipped = days.filter(pl.col("turns_at").is_null())["after_on"].to_list()
    starts = pl.DataFrame(
        {"after_on": skipped, "start": [start_of_business_day(day, time_zone) for day in skipped]},
        schema={"after_on": pl.Date, "start": pl.Datetime("us")},
    )
    turns_at = pl.coalesce("turns_at", "start")
    return days.join(starts, on="after_on", how="left").select("utc_on", turns_at, "before_on", "after_on").sort("utc_on")


def start_of_business_day(day: dt.date, time_zone: str) -> dt.datetime:
    """First instant of a business date, as naive UTC."""
    zone = ZoneInfo(time_zone)
    guess = dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC).replace(tzinfo=None)
    for shift in (-60, -30, 0, 30, 60):
        instant = guess + dt.timedelta(minutes=shift)
        if _local(instant, zone) == day and _local(instant - dt.timedelta(microseconds=1), zone) < day:
            return instant
    return guess


def _local(instant: dt.datetime, zone: ZoneInfo) -> dt.date:
    return instant.replace(tzinfo=dt.UTC).astimezone(zone).date()
