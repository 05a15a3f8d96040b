import datetime as dt
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.core.business_day import calendar_rows, on_business_day, start_of_business_day
from tests.core.rows import calendar, values

SECOND = dt.timedelta(seconds=1)


def day_of(instant: str, time_zone: str) -> dt.date:
    frame = nw.from_native(pl.LazyFrame({"at": [dt.datetime.fromisoformat(instant)]}, schema={"at": pl.Datetime("us")}))
    (day,) = values(on_business_day(frame, "at", "on", calendar(time_zone)), "on")
    assert isinstance(day, dt.date)
    return day


def midnight(day: str, time_zone: str) -> str:
    """First instant of a business date, UTC, and proof that the instant before lies on an earlier date."""
    start = start_of_business_day(dt.date.fromisoformat(day), time_zone)
    assert day_of(start.isoformat(), time_zone) == dt.date.fromisoformat(day)
    assert day_of((start - SECOND).isoformat(), time_zone) < dt.date.fromisoformat(day)
    return start.isoformat(sep=" ", timespec="minutes")


@pytest.mark.parametrize(
    ("time_zone", "day", "start"),
    [
        ("UTC", "2026-03-02", "2026-03-02 00:00"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28 23:00"),
        ("Europe/Berlin", "2026-03-30", "2026-03-29 22:00"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24 22:00"),
        ("Europe/Berlin", "2026-10-26", "2026-10-25 23:00"),
        ("America/New_York", "2026-03-08", "2026-03-08 05:00"),
        ("America/New_York", "2026-03-09", "2026-03-09 04:00"),
        ("Asia/Kolkata", "2026-03-02", "2026-03-01 18:30"),
        ("Asia/Kathmandu", "2026-03-02", "2026-03-01 18:15"),
        ("Pacific/Kiritimati", "2026-03-02", "2026-03-01 10:00"),
    ],
)
def test_a_business_date_begins_at_local_midnight_on_days_with_and_without_a_clock_change(time_zone: str, day: str, start: str) -> None:
    assert midnight(day, time_zone) == start


@pytest.mark.parametrize(
    ("time_zone", "day", "start"),
    [
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28 22:00"),
        ("Africa/Cairo", "2026-04-24", "2026-04-23 22:00"),
        ("America/Havana", "2026-03-08", "2026-03-08 05:00"),
    ],
)
def test_where_the_clock_skips_midnight_the_date_begins_with_the_first_instant_that_exists(time_zone: str, day: str, start: str) -> None:
    assert midnight(day, time_zone) == start


def test_where_midnight_happens_twice_the_date_begins_with_the_first() -> None:
    assert midnight("2026-11-01", "America/Havana") == "2026-11-01 04:00"


def test_a_date_that_a_zone_skipped_has_no_instant() -> None:
    assert day_of("2011-12-30 09:59:59", "Pacific/Apia") == dt.date(2011, 12, 29)
    assert day_of("2011-12-30 10:00:00", "Pacific/Apia") == dt.date(2011, 12, 31)


def test_the_calendar_has_every_day_of_utc_once() -> None:
    days = calendar_rows("Europe/Berlin")

    assert (days.height, days["utc_on"].n_unique(), days.null_count().sum_horizontal().item()) == (40178, 40178, 0)


ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "Asia/Beirut",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
)
near_a_change = st.tuples(st.integers(1990, 2037), st.integers(1, 12), st.integers(1, 28), st.integers(0, 24 * 3600 - 1))
instants = st.lists(
    near_a_change.map(lambda parts: dt.datetime(*parts[:3]) + parts[3] * SECOND),
    min_size=1,
    max_size=50,
)


@settings(max_examples=30)
@given(time_zone=st.sampled_from(ZONES), instants=instants)
def test_random_instants_have_the_date_that_a_clock_on_the_wall_shows(time_zone: str, instants: list[dt.datetime]) -> None:
    frame = nw.from_native(pl.LazyFrame({"at": instants}, schema={"at": pl.Datetime("us")}))

    found = dict(values(on_business_day(frame, "at", "on", calendar(time_zone)), "at", "on"))

    assert found == {instant: instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(time_zone)).date() for instant in instants}


@settings(max_examples=30)
@given(time_zone=st.sampled_from(ZONES), day=st.dates(dt.date(1990, 1, 2), dt.date(2037, 12, 30)))
def test_the_seconds_around_a_days_first_instant_lie_on_either_side_of_it(time_zone: str, day: dt.date) -> None:
    start = start_of_business_day(day, time_zone).replace(tzinfo=dt.UTC)

    if (time_zone, day) != ("Pacific/Apia", dt.date(2011, 12, 30)):
        assert start.astimezone(ZoneInfo(time_zone)).date() == day
        assert (start - SECOND).astimezone(ZoneInfo(time_zone)).date() < day
