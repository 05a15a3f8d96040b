import datetime as dt
from collections.abc import Mapping
from statistics import mean, median, quantiles
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpi.ticket_times_daily import ticket_times_daily
from assets.parameters import Parameters
from assets.schedules import Schedule
from schemas.core.tickets import Tickets
from tests.core.rows import NOON, lazy, only, opening_hours, values
from tests.kpi.rows import MONDAY, Row, ticket

pytestmark = pytest.mark.slow

HOUR = 3600
BUCKETS = tuple(f"first_reply_{name}_count" for name in ("0_1h", "1_4h", "4_8h", "8_24h", "24h_up"))


def timed(*rows: Row, small_sample: int = 1, schedules: Mapping[str, Schedule] | None = None) -> Any:
    numbered = (dict(row, ticket_ref=f"s:{place}") for place, row in enumerate(rows))
    return ticket_times_daily(lazy(Tickets, *numbered), *opening_hours(schedules or {}), Parameters(small_sample=small_sample))


def after(seconds: int) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def replied(seconds: int) -> Row:
    return ticket(first_replied_at=after(seconds))


def solved(first: int, last: int | None = None, **given: Any) -> Row:
    return ticket(first_solved_at=after(first), last_solved_at=after(first if last is None else last), **given)


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [
        (0, 0),
        (HOUR - 1, 0),
        (HOUR, 1),
        (4 * HOUR - 1, 1),
        (4 * HOUR, 2),
        (8 * HOUR - 1, 2),
        (8 * HOUR, 3),
        (24 * HOUR - 1, 3),
        (24 * HOUR, 4),
        (99 * HOUR, 4),
    ],
)
def test_the_lower_bound_belongs_to_the_bucket(seconds: int, bucket: int) -> None:
    row = only(timed(replied(seconds)))

    assert [row[name] for name in BUCKETS] == [1 if place == bucket else 0 for place in range(5)]


def test_waits_have_sum_mean_median_and_ninetieth_percentile() -> None:
    row = only(timed(*(replied(seconds) for seconds in (100, 200, 300, 400, 1000))))

    names = ("sum", "mean", "median", "p90")
    assert [row[f"first_reply_seconds_{name}"] for name in names] == [2000, 400.0, 300.0, pytest.approx(760.0)]


def test_what_has_not_happened_is_counted_and_in_no_figure() -> None:
    row = only(timed(ticket(), ticket(), ticket(first_replied_at=after(60), first_solved_at=after(120), last_solved_at=after(180))))

    assert (row["ticket_count"], row["replied_count"], row["unreplied_count"]) == (3, 1, 2)
    assert (row["solved_count"], row["unsolved_count"]) == (1, 2)
    assert (row["first_reply_seconds_median"], row["first_resolution_seconds_median"], row["full_resolution_seconds_median"]) == (
        60,
        120,
        180,
    )


def test_a_day_on_which_nothing_was_replied_or_solved_has_no_figures() -> None:
    row = only(timed(ticket()))

    for wait in ("first_reply", "first_resolution", "full_resolution"):
        assert [row[f"{wait}_seconds_{name}"] for name in ("sum", "mean", "median", "p90")] == [0, None, None, None]
    assert (row["one_touch"], row["one_touch_ci_low"], row["one_touch_ci_high"]) == (None, None, None)


def test_first_and_full_resolution_differ_where_a_ticket_was_reopened() -> None:
    row = only(timed(solved(100), solved(300, 900, reopen_count=2)))

    assert (row["first_resolution_seconds_mean"], row["full_resolution_seconds_mean"]) == (200.0, 500.0)
    assert (row["reopened_count"], row["reopen_count"]) == (1, 2)


def test_one_touch_is_solved_with_exactly_one_public_agent_reply() -> None:
    touched = [solved(60, agent_reply_count=replies) for replies in (0, 1, 1, 2, 3, 9)]

    row = only(timed(*touched, ticket(agent_reply_count=1)))

    assert [row[f"{name}_touch_count"] for name in ("zero", "one", "two", "multi")] == [1, 2, 1, 2]
    assert (row["touched_count"], row["one_touch"]) == (6, pytest.approx(1 / 3))
    assert (row["one_touch_ci_low"], row["one_touch_ci_high"]) == pytest.approx((0.0968, 0.7000), abs=5e-5)


def test_tickets_without_a_history_are_counted_and_in_no_share() -> None:
    row = only(timed(solved(60, has_events=False, agent_reply_count=None, reopen_count=None), solved(60, agent_reply_count=1)))

    assert (row["without_history_count"], row["touched_count"], row["one_touch"], row["reopened_count"]) == (1, 1, 1.0, 0)


def test_a_history_that_tells_of_no_replies_gives_no_touches() -> None:
    row = only(timed(solved(60, history="status_events", agent_reply_count=None, reopen_count=1)))

    assert (row["without_history_count"], row["touched_count"], row["zero_touch_count"], row["reopened_count"]) == (0, 0, 0, 1)


def test_reopens_known_as_a_total_alone_or_not_at_all_are_counted_apart() -> None:
    row = only(timed(ticket(), ticket(has_events=False, reopen_count=2), ticket(has_events=False, reopen_count=None)))

    assert (row["reopen_unknown_count"], row["reopen_lifetime_count"], row["reopen_count"]) == (1, 1, 2)


def test_what_is_no_contact_is_not_counted() -> None:
    assert values(timed(ticket(), ticket(is_contact=False)), "ticket_count") == [1]


def test_the_status_is_judged_on_the_tickets() -> None:
    assert only(timed(ticket(), ticket(), small_sample=3))["status"] == "small_sample"
    assert only(timed(ticket(), ticket(), small_sample=2))["status"] == "ok"


def test_days_channels_and_priorities_are_rows_of_their_own() -> None:
    tuesday = NOON + dt.timedelta(days=1)

    frame = timed(ticket(), ticket(tuesday), ticket(channel="sms"), ticket(priority="urgent"))

    assert values(frame, "opened_on", "channel", "priority", "ticket_count") == [
        (MONDAY, "sms", "normal", 1),
        (MONDAY, "web", "normal", 1),
        (MONDAY, "web", "urgent", 1),
        (tuesday.date(), "web", "normal", 1),
    ]


SHORT_DAYS = Schedule.model_validate({"hours": {"monday": ["09:00-14:00"], "tuesday": ["09:00-14:00"]}})
LONG_DAYS = Schedule.model_validate({"hours": {"tuesday": ["08:00-18:00"]}, "valid_from": "2026-03-03"})


def test_business_hours_count_each_part_on_its_own_schedule_or_all_of_it_on_the_last() -> None:
    # opened on Monday at 13:00 in Berlin; replied to and solved on Tuesday at 10:00
    row = only(timed(solved(21 * HOUR, first_replied_at=after(21 * HOUR)), schedules={"a": SHORT_DAYS, "b": LONG_DAYS}))

    for wait in ("first_reply", "first_resolution", "full_resolution"):
        assert row[f"{wait}_seconds_sum"] == 21 * HOUR
        names = ("sum", "median", "p90", "mean")
        assert [row[f"business_{wait}_seconds_{name}"] for name in names] == [3 * HOUR] * 4
        assert [row[f"last_schedule_{wait}_seconds_{name}"] for name in names] == [2 * HOUR] * 4
    assert (row["scheduled_replied_count"], row["scheduled_solved_count"]) == (1, 1)


def test_without_a_schedule_of_its_channel_a_ticket_is_in_no_figure_of_business_hours() -> None:
    phone = SHORT_DAYS.model_copy(update={"channels": ("phone",)})
    row = only(timed(replied(60), schedules={"a": phone}))

    assert (row["replied_count"], row["scheduled_replied_count"], row["business_first_reply_seconds_sum"]) == (1, 0, 0)
    assert (row["business_first_reply_seconds_mean"], row["last_schedule_first_reply_seconds_median"]) == (None, None)


@settings(max_examples=40)
@given(waits=st.lists(st.integers(0, 10**6), min_size=2, max_size=30))
def test_random_waits_have_the_figures_of_the_standard_library_and_fall_into_one_bucket_each(waits: list[int]) -> None:
    row = only(timed(*(replied(seconds) for seconds in waits)))

    assert row["first_reply_seconds_median"] == pytest.approx(median(waits))
    assert row["first_reply_seconds_p90"] == pytest.approx(quantiles(waits, n=10, method="inclusive")[-1])
    assert row["first_reply_seconds_mean"] == pytest.approx(mean(waits))
    assert sum(row[name] for name in BUCKETS) == row["replied_count"] == len(waits)
