"""Time while somebody is there: schedules as frames of open time in UTC, and the open seconds between two instants.

Every schedule has one clock that runs while it is open. How long something took is then the difference of two readings, each found by
joining on the day of UTC, which every engine can do without time-zone arithmetic.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cache, lru_cache

import narwhals as nw
import polars as pl

from assets.core.business_day import FIRST_DAY, LAST_DAY, start_of_business_day
from assets.frames import Lazy
from assets.schedules import Schedule, versions
from schemas.vocabulary import CHANNELS

FIRST = dt.datetime.combine(FIRST_DAY, dt.time())
LAST = dt.datetime.combine(LAST_DAY, dt.time())
INSTANT = pl.Datetime("us")
_CLOCKS_KEPT = 16
HOURS = {
    "schedule": pl.String(),
    "utc_on": pl.Date(),
    "starts_at": INSTANT,
    "ends_at": INSTANT,
    "is_open": pl.Boolean(),
    "open_seconds_before": pl.Int64(),
}
IN_FORCE = {
    "channel": pl.String(),
    "valid_from_at": INSTANT,
    "valid_until_at": INSTANT,
    "schedule": pl.String(),
    "clock_shift_seconds": pl.Int64(),
}


def opening_hours_rows(schedules: Mapping[str, Schedule], time_zone: str) -> pl.DataFrame:
    """The rows of `core.opening_hours`: every schedule for all time, cut at each opening, closing and midnight of UTC."""
    clocks = {name: _clock_of(schedule.model_dump_json(), time_zone) for name, schedule in schedules.items()}
    parts = [clock.select(pl.lit(name).alias("schedule"), pl.all()) for name, clock in clocks.items()]
    return pl.concat(parts).select(pl.col(name).cast(dtype) for name, dtype in HOURS.items()) if parts else pl.DataFrame(schema=HOURS)


def channel_schedules_rows(schedules: Mapping[str, Schedule], time_zone: str) -> pl.DataFrame:
    """The rows of `core.channel_schedules`: which schedule is in force when, with the shift by which the channel's clock runs on."""
    clocks = {name: _clock_of(schedule.model_dump_json(), time_zone) for name, schedule in schedules.items()}
    rows: list[tuple[str, dt.datetime, dt.datetime, str, int]] = []
    for channel in CHANNELS:
        names = versions(schedules, channel)
        starts = [_in_force_from(schedules[name], time_zone) for name in names]
        shift = 0
        for place, (name, start) in enumerate(zip(names, starts, strict=True)):
            if place:
                shift += _reading(clocks[names[place - 1]], start) - _reading(clocks[name], start)
            rows.append((channel, start, (*starts, LAST)[place + 1], name, shift))
    return pl.DataFrame(rows, schema=IN_FORCE, orient="row")


def open_intervals(schedule: Schedule, time_zone: str) -> pl.DataFrame:
    """All intervals of UTC in which the wall clock of the schedule's zone shows an open minute.

    An hour that a clock change skips is not open, one that it repeats is open twice. A holiday is closed from midnight to midnight.
    """
    week = [(day, start, end) for day, intervals in schedule.week().items() for start, end in intervals]
    weekly = pl.DataFrame(week, schema={"weekday": pl.Int8, "start": pl.Int64, "end": pl.Int64}, orient="row")
    days = pl.select(day=pl.date_range(FIRST_DAY - dt.timedelta(days=1), LAST_DAY + dt.timedelta(days=1)))
    local = (
        days.filter(~pl.col("day").is_in(list(schedule.holidays)))
        .with_columns(weekday=pl.col("day").dt.weekday(), midnight=pl.col("day").cast(INSTANT))
        .join(weekly, on="weekday")
        .select(opens=pl.col("midnight") + pl.duration(minutes="start"), closes=pl.col("midnight") + pl.duration(minutes="end"))
        .sort("opens")
    )
    offsets = _offsets(schedule.time_zone or time_zone)
    return (
        local.join_where(
            offsets, pl.col("opens") < pl.col("until") + pl.col("offset"), pl.col("closes") > pl.col("since") + pl.col("offset")
        )
        .select(
            opens_at=pl.max_horizontal(pl.col("opens") - pl.col("offset"), pl.col("since")),
            closes_at=pl.min_horizontal(pl.col("closes") - pl.col("offset"), pl.col("until")),
        )
        .sort("opens_at")
    )


def with_business_seconds(
    frame: Lazy, start: str, end: str, name: str, schedules: Lazy, hours: Lazy, key: tuple[str, ...] = ("ticket_ref",)
) -> Lazy:
    """``frame`` with the open seconds between two instants of each row; null where either is, or where no schedule was in force.

    ``key`` names a row, of tickets unless given; the row's ``channel`` says which schedules apply.

    ``business_<name>`` counts each part on the schedule then in force (Fivetran), ``last_schedule_<name>`` all of it on the one in
    force at the end (Zendesk). Where the end lies before the start, nothing was open in between.
    """
    known = frame.select(*key, "channel", start, end).filter(~nw.col(start).is_null() & ~nw.col(end).is_null())
    read = (
        known.pipe(_with_schedule, end, "end", schedules)
        .pipe(_with_schedule, start, "start", schedules)
        .pipe(_with_reading, end, "end_schedule", "end_reading", hours)
        .pipe(_with_reading, start, "start_schedule", "start_reading", hours)
        .pipe(_with_reading, start, "end_schedule", "start_on_last_reading", hours)
        .with_columns(
            part_by_part=nw.col("end_reading") + nw.col("end_shift") - nw.col("start_reading") - nw.col("start_shift"),
            on_last=nw.col("end_reading") - nw.col("start_on_last_reading"),
        )
        .select(
            *key,
            nw.max_horizontal(nw.col("part_by_part"), nw.lit(0)).alias(f"business_{name}"),
            nw.max_horizontal(nw.col("on_last"), nw.lit(0)).alias(f"last_schedule_{name}"),
        )
    )
    return frame.join(read, on=list(key), how="left")


def _with_schedule(frame: Lazy, instant: str, name: str, schedules: Lazy) -> Lazy:
    """The schedule of the channel at an instant, and the shift of its clock."""
    in_force = (nw.col("valid_from_at") <= nw.col(instant)) & (nw.col(instant) < nw.col("valid_until_at"))
    return (
        frame.join(schedules, on="channel", how="inner")
        .filter(in_force)
        .rename({"schedule": f"{name}_schedule", "clock_shift_seconds": f"{name}_shift"})
        .drop("valid_from_at", "valid_until_at")
    )


def _with_reading(frame: Lazy, instant: str, schedule: str, name: str, hours: Lazy) -> Lazy:
    """How long a schedule had been open at an instant, since the beginning of its clock."""
    ran = nw.when(nw.col("is_open")).then((nw.col(instant) - nw.col("starts_at")).dt.total_seconds()).otherwise(nw.lit(0))
    return (
        frame.with_columns(utc_on=nw.col(instant).dt.truncate("1d").cast(nw.Date))
        .join(hours.rename({"schedule": schedule}), on=[schedule, "utc_on"], how="inner")
        .filter((nw.col("starts_at") <= nw.col(instant)) & (nw.col(instant) < nw.col("ends_at")))
        .with_columns((nw.col("open_seconds_before") + ran).alias(name))
        .drop("utc_on", "starts_at", "ends_at", "is_open", "open_seconds_before")
    )


@lru_cache(maxsize=_CLOCKS_KEPT)
def _clock_of(declared: str, time_zone: str) -> pl.DataFrame:
    """The clock of a schedule, by its settings: both tables are made of it."""
    return _clock(open_intervals(Schedule.model_validate_json(declared), time_zone))


def _clock(intervals: pl.DataFrame) -> pl.DataFrame:
    """Every stretch of open or closed time within one day of UTC, with the open seconds before it."""
    midnights = pl.select(at=pl.datetime_range(FIRST, LAST, "1d", time_unit="us"), change=pl.lit(0))
    opened = intervals.select(at=pl.col("opens_at"), change=pl.lit(1))
    closed = intervals.select(at=pl.col("closes_at"), change=pl.lit(-1))
    seconds = pl.when("is_open").then((pl.col("ends_at") - pl.col("starts_at")).dt.total_seconds()).otherwise(0)
    return (
        pl.concat([midnights, opened, closed])
        .group_by("at")
        .agg(pl.col("change").sum())
        .sort("at")
        .select(starts_at=pl.col("at"), ends_at=pl.col("at").shift(-1), is_open=pl.col("change").cum_sum() > 0)
        .drop_nulls("ends_at")
        .with_columns(seconds=seconds)
        .select(
            "starts_at",
            "ends_at",
            "is_open",
            utc_on=pl.col("starts_at").dt.date(),
            open_seconds_before=pl.col("seconds").cum_sum() - pl.col("seconds"),
        )
    )


def _reading(clock: pl.DataFrame, instant: dt.datetime) -> int:
    row = clock.filter((pl.col("starts_at") <= instant) & (pl.col("ends_at") > instant)).row(0, named=True)
    ran = int((instant - row["starts_at"]).total_seconds()) if row["is_open"] else 0
    before: int = row["open_seconds_before"]
    return before + ran


def _in_force_from(schedule: Schedule, time_zone: str) -> dt.datetime:
    return start_of_business_day(schedule.valid_from, schedule.time_zone or time_zone) if schedule.valid_from else FIRST


@cache
def _offsets(time_zone: str) -> pl.DataFrame:
    """The stretches of UTC in which the zone's clocks keep their distance to it; clocks change on half hours of UTC."""
    instants = pl.select(at=pl.datetime_range(FIRST, LAST, "30m", closed="left", time_unit="us"))
    local = pl.col("at").dt.replace_time_zone("UTC").dt.convert_time_zone(time_zone).dt.replace_time_zone(None)
    return (
        instants.with_columns(offset=local - pl.col("at"))
        .filter((pl.col("offset") != pl.col("offset").shift(1)).fill_null(value=True))
        .select(since=pl.col("at"), until=pl.col("at").shift(-1).fill_null(LAST), offset=pl.col("offset"))
    )
