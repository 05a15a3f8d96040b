"""Open seconds against a walk over the minutes of the wall clock."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assets.business_time import channel_schedules_rows, opening_hours_rows, with_business_seconds
from assets.schedules import Schedule, check_schedules
from schemas.vocabulary import WEEKDAYS
from tests.core.rows import polars

pytestmark = pytest.mark.slow

MINUTE, HOUR, DAY = 60, 3600, 86_400
BERLIN = "Europe/Berlin"
Declared = Mapping[str, Any]


def schedule(**declared: Any) -> Schedule:
    return Schedule.model_validate({"time_zone": BERLIN, **declared})


OFFICE = schedule(hours={day: ["09:00-17:00"] for day in WEEKDAYS[:5]})


def instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def passed(start: str | dt.datetime, end: str | dt.datetime, channel: str = "web", **schedules: Schedule) -> tuple[int | None, int | None]:
    """Business seconds, each part on its own schedule and all on the last, between two instants of UTC."""
    moments = [instant(moment) if isinstance(moment, str) else moment for moment in (start, end)]
    tickets = nw.from_native(pl.LazyFrame({"ticket_ref": ["1"], "channel": [channel], "start": moments[:1], "end": moments[1:]}))
    in_force, hours = (nw.from_native(rows(schedules, "UTC").lazy()) for rows in (channel_schedules_rows, opening_hours_rows))
    (row,) = polars(with_business_seconds(tickets, "start", "end", "wait", in_force, hours)).rows(named=True)
    return row["business_wait"], row["last_schedule_wait"]


def walked(start: dt.datetime, end: dt.datetime, declared: Schedule) -> int:
    """The same for one schedule, minute by minute, from what is declared and the clock on the wall."""
    zone = ZoneInfo(declared.time_zone or "UTC")
    seconds, moment = 0, start
    while moment < end:
        local = moment.replace(tzinfo=dt.UTC).astimezone(zone)
        seconds += MINUTE if _is_open(local, declared) else 0
        moment += dt.timedelta(minutes=1)
    return seconds


def _is_open(local: dt.datetime, declared: Schedule) -> bool:
    now = f"{local:%H:%M}"
    if local.date() in declared.holidays or any(start <= now < end for start, end in map(_ends, declared.breaks)):
        return False
    today = map(_ends, declared.hours.get(WEEKDAYS[local.weekday()], ()))
    yesterday = map(_ends, declared.hours.get(WEEKDAYS[local.weekday() - 1], ()))
    return any(start <= now and (now < end or end < start) for start, end in today) or any(
        end < start and now < end for start, end in yesterday
    )


def _ends(interval: str) -> tuple[str, str]:
    start, _, end = interval.partition("-")
    return start, end


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-02 08:00", "2026-03-02 16:00", 8),  # Monday 09:00 to 17:00 in Berlin
        ("2026-03-02 15:00", "2026-03-03 09:00", 2),  # over a night
        ("2026-03-06 15:00", "2026-03-09 09:00", 2),  # over a weekend
        ("2026-03-07 00:00", "2026-03-08 00:00", 0),  # a Saturday
        ("2026-03-27 15:00", "2026-03-30 08:00", 2),  # over the clock change: Monday begins at 07:00 UTC
        ("2026-03-03 09:00", "2026-03-02 09:00", 0),  # the end before the start
    ],
)
def test_only_open_time_counts(start: str, end: str, hours: int) -> None:
    assert passed(start, end, office=OFFICE) == (hours * HOUR, hours * HOUR)


def test_from_closing_to_the_next_opening_no_time_passes() -> None:
    closing, opening = "2026-03-06 16:00", "2026-03-09 08:00"

    assert passed("2026-03-06 15:00", closing, office=OFFICE) == passed("2026-03-06 15:00", opening, office=OFFICE) == (HOUR, HOUR)
    assert passed(closing, opening, office=OFFICE) == (0, 0)


def test_an_overnight_interval_goes_on_into_the_next_day_unless_that_is_a_holiday() -> None:
    night = schedule(hours={"sunday": ["22:00-06:00"]})

    assert passed("2026-03-01 12:00", "2026-03-02 12:00", night=night)[0] == 8 * HOUR
    holiday = night.model_copy(update={"holidays": (dt.date(2026, 3, 2),)})
    assert passed("2026-03-01 12:00", "2026-03-02 12:00", night=holiday)[0] == 2 * HOUR


def test_the_end_of_a_day_meets_the_beginning_of_the_next() -> None:
    always = schedule(hours={day: ["00:00-24:00"] for day in WEEKDAYS})

    assert passed("2026-03-01 00:00", "2026-05-01 00:00", always=always)[0] == 61 * DAY


def test_breaks_and_holidays_are_closed_and_overlapping_intervals_count_once() -> None:
    declared = schedule(
        hours={"monday": ["09:00-13:00", "12:00-17:00"]}, breaks=["12:00-12:30"], holidays=[dt.date(2026, 3, 9)], time_zone="UTC"
    )

    assert passed("2026-03-02 00:00", "2026-03-10 00:00", declared=declared)[0] == 7.5 * HOUR


def test_an_hour_that_the_clock_skips_is_not_open_and_one_that_it_repeats_is_open_twice() -> None:
    sunday = schedule(hours={"sunday": ["02:00-03:00"]})

    assert passed("2026-03-28 12:00", "2026-03-29 12:00", sunday=sunday)[0] == 0
    assert passed("2026-10-24 12:00", "2026-10-25 12:00", sunday=sunday)[0] == 2 * HOUR


def test_where_the_schedule_changes_each_part_counts_on_its_own_or_all_on_the_last() -> None:
    long = OFFICE.model_copy(update={"hours": dict.fromkeys(WEEKDAYS, ("08:00-20:00",)), "valid_from": dt.date(2026, 3, 4)})

    # Monday to Friday, noon in Berlin: 5 + 8 hours on the first, 12 + 12 + 4 on the second; 8 + 12 + 12 + 12 + 4 on the second alone
    assert passed("2026-03-02 11:00", "2026-03-06 11:00", old=OFFICE, new=long) == (41 * HOUR, 48 * HOUR)
    assert passed("2026-03-02 11:00", "2026-03-03 11:00", old=OFFICE, new=long) == (8 * HOUR, 8 * HOUR)


def test_a_schedule_applies_to_its_channels_and_one_that_names_none_to_the_others() -> None:
    phone = schedule(hours={"monday": ["09:00-10:00"]}, channels=["phone"])

    for channel, hours in (("phone", 1), ("web", 8)):
        assert passed("2026-03-02 00:00", "2026-03-03 00:00", channel, office=OFFICE, phone=phone)[0] == hours * HOUR
    assert passed("2026-03-02 00:00", "2026-03-03 00:00", phone=phone) == (None, None)


def test_before_the_first_schedule_is_in_force_nothing_is_known() -> None:
    later = OFFICE.model_copy(update={"valid_from": dt.date(2026, 3, 3)})

    assert passed("2026-03-02 12:00", "2026-03-03 12:00", later=later) == (None, None)


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"hours": {}}, "hours: no hour of the week is open"),
        ({"hours": {"monday": ["09:00-10:00"]}, "breaks": ["08:00-12:00"]}, "hours: no hour of the week is open"),
        ({"hours": {"monday": ["9-17"]}}, "'9-17' is no interval"),
        ({"hours": {"monday": ["24:00-06:00"]}}, "is no interval"),
        ({"hours": {"monday": ["09:00-09:00"]}}, "begins and ends at the same time"),
        ({"hours": {"monday": ["09:00-17:00"]}, "breaks": ["13:00-12:00"]}, "breaks: a break must end after it begins"),
        ({"hours": {"monday": ["09:00-17:00"]}, "time_zone": "Berlin"}, "no IANA time zone"),
    ],
)
def test_a_schedule_that_cannot_be_kept_is_an_error_that_names_the_setting(declared: Declared, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Schedule.model_validate(declared)


@pytest.mark.parametrize(("channels", "said"), [([], "every channel that none names"), (["web", "chat"], "chat")])
def test_two_schedules_from_one_date_on_are_an_error(channels: list[str], said: str) -> None:
    both = {name: schedule(hours={"monday": ["09:00-10:00"]}, channels=channels) for name in ("a", "b")}

    with pytest.raises(ValueError, match=rf"schedules\.b\.valid_from: {said} has the schedule 'a'"):
        check_schedules(both)


TIMES = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
INTERVALS = st.tuples(TIMES, st.one_of(TIMES, st.just("24:00"))).filter(lambda ends: ends[0] != ends[1]).map("-".join)


@settings(max_examples=15, deadline=None)
@given(
    hours=st.dictionaries(st.sampled_from(WEEKDAYS), st.lists(INTERVALS, min_size=1, max_size=3), min_size=1),
    zone=st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    around=st.sampled_from([dt.datetime(2026, 3, 7), dt.datetime(2026, 3, 28), dt.datetime(2026, 4, 4), dt.datetime(2026, 10, 24)]),
    start=st.integers(0, 2000),
    length=st.integers(0, 4000),
    is_holiday=st.booleans(),
)
def test_random_schedules_have_the_seconds_that_a_walk_over_the_minutes_finds(
    hours: dict[str, list[str]], zone: str, around: dt.datetime, start: int, length: int, *, is_holiday: bool
) -> None:
    holidays = [around.date() + dt.timedelta(days=1)] if is_holiday else []
    declared = Schedule.model_validate({"hours": hours, "time_zone": zone, "holidays": holidays})
    first = around + dt.timedelta(minutes=start)
    last = first + dt.timedelta(minutes=length)

    expected = walked(first, last, declared)

    assert passed(first, last, drawn=declared) == (expected, expected)
