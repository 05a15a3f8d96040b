"""Days are days of UTC here, so that the literal instants can be read."""

import datetime as dt
from statistics import median
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.core.business_day import ends_of_days
from assets.kpi.ticket_backlog_daily import ticket_backlog_daily
from assets.parameters import Parameters
from schemas.core.ticket_visits import TicketVisits
from schemas.kpi.ticket_backlog_daily import TicketBacklogDaily
from tests.core.rows import NOON, at, calendar, lazy, values
from tests.kpi.rows import MONDAY, Row, visit
from tests.kpi.stored import stored

HOUR = 3600
DAY = dt.timedelta(days=1)
FRIDAY = at("06 00:00")


def backlog(*rows: Row, as_of: dt.datetime | None = FRIDAY, zone: str = "UTC", small_sample: int = 1) -> pl.DataFrame:
    numbered = [dict(row, ticket_ref=f"s:{place}") for place, row in enumerate(rows)]
    parameters = Parameters(small_sample=small_sample, as_of=as_of)
    return stored(TicketBacklogDaily, ticket_backlog_daily(lazy(TicketVisits, *numbered), calendar(zone), parameters)).sort(
        "backlog_on", "ticket_status", "channel"
    )


def counted(*rows: Row, **given: Any) -> list[Any]:
    return backlog(*rows, **given).select("backlog_on", "ticket_status", "ticket_count").rows()


def day(number: int) -> dt.date:
    return at(f"{number:02} 00:00").date()


def test_a_ticket_is_open_at_the_end_of_every_day_from_entering_to_leaving_and_no_longer() -> None:
    assert counted(visit(NOON, at("04 09:00"))) == [(day(2), "open", 1), (day(3), "open", 1)]


def test_what_was_left_on_the_day_it_was_entered_is_in_no_backlog() -> None:
    assert counted(visit(NOON, at("02 13:00"))) == []


def test_what_is_left_at_the_last_instant_of_a_day_was_open_at_its_end() -> None:
    assert counted(visit(NOON, at("03 00:00"))) == [(day(2), "open", 1)]
    assert counted(visit(at("03 00:00"), at("03 00:01"))) == []


def test_an_open_visit_lasts_until_the_data_ends_and_unfinished_days_have_no_row() -> None:
    assert [row[0] for row in counted(visit(NOON), as_of=at("04 23:59"))] == [day(2), day(3)]
    assert [row[0] for row in counted(visit(NOON), as_of=at("05 00:00"))] == [day(2), day(3), day(4)]


def test_where_nobody_says_when_the_data_ends_it_ends_with_the_last_move() -> None:
    assert [row[0] for row in counted(visit(NOON), visit(NOON, at("04 01:00")), as_of=None)] == [day(2), day(3)]


def test_finished_tickets_are_not_open_and_unknown_ones_are() -> None:
    rows = [visit(status=status) for status in ("new", "open", "pending", "hold", "solved", "closed", "deleted", "unknown")]

    assert [row[1] for row in counted(*rows, as_of=at("03 00:00"))] == ["hold", "new", "open", "pending", "unknown"]


def test_the_age_counts_from_the_opening_to_the_end_of_the_day() -> None:
    rows = [visit(NOON, opened_at=opened) for opened in (at("02 11:00"), at("02 00:00"), at("01 00:00"))]

    (row,) = backlog(*rows, as_of=at("03 00:00")).rows(named=True)

    assert (row["ticket_count"], row["age_seconds_sum"], row["age_seconds_mean"]) == (3, (13 + 24 + 48) * HOUR, 85 * HOUR / 3)
    assert (row["age_seconds_median"], row["age_seconds_oldest"]) == (24 * HOUR, 48 * HOUR)


def test_the_day_ends_with_the_business_day() -> None:
    (row,) = backlog(visit(at("02 22:00"), opened_at=at("02 22:00")), as_of=at("02 23:00"), zone="Europe/Berlin").rows(named=True)

    assert (row["backlog_on"], row["age_seconds_sum"]) == (MONDAY, HOUR)


def test_channels_are_rows_of_their_own_and_small_ones_are_flagged() -> None:
    frame = backlog(visit(), visit(channel="sms"), as_of=at("03 00:00"), small_sample=2)

    assert frame.select("channel", "ticket_count", "status").rows() == [("sms", 1, "small_sample"), ("web", 1, "small_sample")]


@pytest.mark.parametrize(("zone", "spring", "hours"), [("Europe/Berlin", dt.date(2026, 3, 29), 23), ("UTC", dt.date(2026, 3, 29), 24)])
def test_a_business_day_starts_where_the_one_before_ends_and_clock_changes_make_it_shorter(zone: str, spring: dt.date, hours: int) -> None:
    days = {name: (start, end) for name, start, end in values(ends_of_days(calendar(zone)), "day", "starts_at", "ends_at")}

    assert days[spring][1] - days[spring][0] == dt.timedelta(hours=hours)
    assert days[spring][1] == days[spring + DAY][0]


def test_a_date_that_a_zone_skipped_is_no_day() -> None:
    days = dict(values(ends_of_days(calendar("Pacific/Apia")), "day", "ends_at"))

    assert dt.date(2011, 12, 30) not in days
    assert days[dt.date(2011, 12, 29)] == dt.datetime(2011, 12, 30, 10)


@pytest.mark.slow
@settings(max_examples=20)
@given(spans=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 90) | st.none()), min_size=1, max_size=12))
def test_a_random_backlog_is_what_a_walk_over_the_days_finds(spans: list[tuple[int, int | None]]) -> None:
    start = at("01 00:30")
    stays = [
        (start + dt.timedelta(hours=begin), None if length is None else start + dt.timedelta(hours=begin + length))
        for begin, length in spans
    ]

    frame = backlog(*(visit(entered, left) for entered, left in stays), as_of=at("08 00:00"))

    expected = []
    for number in range(1, 8):
        end = at(f"{number + 1:02} 00:00")
        ages = [int((end - entered).total_seconds()) for entered, left in stays if entered < end and (left is None or left >= end)]
        if ages:
            expected.append((day(number), len(ages), sum(ages), median(ages), max(ages)))
    names = ("backlog_on", "ticket_count", "age_seconds_sum", "age_seconds_median", "age_seconds_oldest")
    assert frame.select(names).rows() == expected
