"""Months are months of UTC here, so that the literal instants can be read."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpi.stage_bottlenecks import stage_bottlenecks
from assets.parameters import Parameters
from assets.schedules import Schedule
from schemas.core.ticket_visits import TicketVisits
from schemas.kpi.stage_bottlenecks import StageBottlenecks
from schemas.vocabulary import WEEKDAYS
from tests.core.rows import calendar, lazy, opening_hours
from tests.kpi.rows import Row, visit
from tests.kpi.stored import stored

HOUR, DAY = 3600, 86_400
FEBRUARY, MARCH, APRIL, MAY = (dt.date(2026, month, 1) for month in (2, 3, 4, 5))
END = dt.datetime(2026, 5, 1)


def on(month: int, day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour)


def stages(
    *rows: Row,
    as_of: dt.datetime | None = END,
    small_sample: int = 1,
    schedules: Mapping[str, Schedule] = {},
) -> pl.DataFrame:
    numbered = [{**row, "ticket_ref": f"s:{place}"} for place, row in enumerate(rows)]
    frames = lazy(TicketVisits, *numbered), calendar("UTC"), *opening_hours(schedules, "UTC")
    return stored(StageBottlenecks, stage_bottlenecks(*frames, Parameters(small_sample=small_sample, as_of=as_of))).sort(
        "month_on", "stage"
    )


def only(*rows: Row, **given: Any) -> dict[str, Any]:
    (row,) = stages(*rows, **given).rows(named=True)
    return row


def test_dwell_is_told_where_it_was_left_and_has_sum_mean_median_and_ninetieth_percentile() -> None:
    row = only(*(visit(on(3, 2), on(3, 2, hours)) for hours in (1, 2, 3, 4, 10)))

    names = ("sum", "mean", "median", "p90")
    assert [row[f"dwell_seconds_{name}"] for name in names] == [20 * HOUR, 4.0 * HOUR, 3.0 * HOUR, pytest.approx(7.6 * HOUR)]
    assert (row["month_on"], row["stage"], row["visit_count"], row["open_count"], row["status"]) == (MARCH, "open", 5, 0, "ok")


def test_a_visit_over_the_end_of_a_month_is_open_in_the_first_and_left_in_the_second() -> None:
    march, april = stages(visit(on(3, 31), on(4, 3))).rows(named=True)

    assert (march["visit_count"], march["open_count"], march["open_age_seconds_median"]) == (0, 1, DAY)
    assert (march["dwell_seconds_sum"], march["dwell_seconds_median"], march["occupied_seconds_sum"]) == (0, None, DAY)
    assert (march["status"], march["rework"], march["dwell_share"]) == ("no_data", None, None)
    assert (april["visit_count"], april["open_count"], april["dwell_seconds_sum"], april["occupied_seconds_sum"]) == (
        1,
        0,
        3 * DAY,
        2 * DAY,
    )
    assert (april["open_age_seconds_median"], april["open_age_seconds_oldest"]) == (None, None)


def test_the_last_month_is_immature_and_lasts_as_long_as_it_is_known() -> None:
    row = only(visit(on(4, 21)), as_of=on(5, 1, 0) - dt.timedelta(days=5))

    assert (row["month_on"], row["open_count"], row["open_age_seconds_oldest"], row["status"]) == (APRIL, 1, 5 * DAY, "immature")
    assert row["wip"] == pytest.approx(5 / 25)


def test_work_in_progress_is_the_time_spent_in_the_stage_by_the_length_of_the_month() -> None:
    row = only(visit(on(4, 1), on(4, 16)), visit(on(4, 1), on(4, 16)), as_of=END)

    assert (row["wip"], row["littles_law"]) == (1.0, 1.0)


def test_below_one_littles_law_says_that_work_piles_up() -> None:
    row = only(visit(on(4, 1), on(4, 11)), visit(on(4, 1)))

    assert row["littles_law"] == 0.25


def test_rework_is_the_share_of_visits_left_that_were_not_the_first() -> None:
    row = only(*(visit(on(3, 2), on(3, 3), is_rework=is_rework) for is_rework in (True, False, False, False)))

    assert (row["rework_count"], row["rework"]) == (1, 0.25)
    assert (row["rework_ci_low"], row["rework_ci_high"]) == pytest.approx((0.0456, 0.6994), abs=5e-5)


def test_finished_tickets_and_those_of_unknown_status_wait_in_no_stage() -> None:
    assert stages(*(visit(on(3, 2), on(3, 3), status=status) for status in ("solved", "closed", "deleted", "unknown"))).is_empty()


def test_the_bottleneck_has_the_largest_dwell_if_its_work_in_progress_rises() -> None:
    rows = [
        visit(on(2, 2), on(2, 3), status="open"),
        visit(on(2, 2), on(2, 20), status="pending"),
        visit(on(3, 2), on(3, 12), status="open"),
        visit(on(3, 2), on(3, 8), status="pending"),
        visit(on(4, 2), on(4, 4), status="open"),
        visit(on(4, 2), on(4, 3), status="pending"),
    ]

    frame = stages(*rows)

    # in February nothing is known of the month before; in April less lies in `open` than in March
    assert frame.filter("is_bottleneck").select("month_on", "stage").rows() == [(MARCH, "open")]
    assert frame.filter(pl.col("month_on") == MARCH)["dwell_share"].to_list() == [10 / 16, 6 / 16]


def test_of_equal_dwells_the_higher_ninetieth_percentile_is_the_bottleneck() -> None:
    rows = [
        visit(on(2, 2), on(2, 3), status="new"),
        visit(on(3, 2), on(3, 4), status="hold"),
        visit(on(3, 2), on(3, 4), status="hold"),
        visit(on(3, 2), on(3, 6), status="open"),
    ]

    assert stages(*rows).filter("is_bottleneck")["stage"].to_list() == ["open"]


def test_a_stage_that_was_empty_in_the_month_before_rises() -> None:
    rows = [visit(on(2, 2), on(2, 25)), visit(on(3, 2), on(3, 3), status="new"), visit(on(4, 2), on(4, 8))]

    assert stages(*rows).filter("is_bottleneck").select("month_on", "stage").rows() == [(MARCH, "new"), (APRIL, "open")]


def test_few_visits_are_flagged() -> None:
    assert only(visit(on(3, 2), on(3, 3)), small_sample=2)["status"] == "small_sample"


OFFICE = Schedule.model_validate({"hours": {day: ["09:00-17:00"] for day in WEEKDAYS[:5]}})
ALWAYS = Schedule.model_validate({"hours": {day: ["00:00-24:00"] for day in WEEKDAYS}})


def in_office(start: dt.datetime, end: dt.datetime) -> int:
    """Seconds of a stretch within office hours, day by day."""
    total = 0.0
    for number in range((end.date() - start.date()).days + 1):
        day = dt.datetime.combine(start.date() + dt.timedelta(days=number), dt.time())
        opens, closes = max(start, day + dt.timedelta(hours=9)), min(end, day + dt.timedelta(hours=17))
        total += max((closes - opens).total_seconds(), 0) if day.weekday() < 5 else 0
    return int(total)


def test_dwell_in_business_time_leaves_nights_and_weekends_out() -> None:
    # Friday 15:00 to Monday 10:00, Monday 9:00 to 12:00, and a Sunday
    rows = [visit(on(3, 6, 15), on(3, 9, 10)), visit(on(3, 9, 9), on(3, 9, 12)), visit(on(3, 8, 1), on(3, 8, 5))]

    row = only(*rows, schedules={"office": OFFICE})

    names = ("sum", "mean", "median", "p90")
    assert [row[f"business_dwell_seconds_{name}"] for name in names] == [6 * HOUR, 2.0 * HOUR, 3.0 * HOUR, 3.0 * HOUR]
    assert (row["dwell_seconds_sum"], row["visit_count"], row["scheduled_visit_count"]) == (74 * HOUR, 3, 3)


def test_visits_of_one_ticket_each_have_their_own_dwell_in_business_time() -> None:
    rows = [visit(on(3, 9, 9), on(3, 9, 10)), visit(on(3, 9, 16), on(3, 9, 20), visit_number=3)]

    frame = stage_bottlenecks(lazy(TicketVisits, *rows), calendar("UTC"), *opening_hours({"office": OFFICE}, "UTC"), Parameters(as_of=END))

    (row,) = stored(StageBottlenecks, frame).rows(named=True)
    assert (row["visit_count"], row["business_dwell_seconds_sum"], row["dwell_seconds_sum"]) == (2, 2 * HOUR, 5 * HOUR)


def test_a_visit_over_the_end_of_a_month_has_its_dwell_in_business_time_where_it_was_left() -> None:
    march, april = stages(visit(on(3, 31, 16), on(4, 1, 10)), schedules={"office": OFFICE}).rows(named=True)

    assert (march["scheduled_visit_count"], march["business_dwell_seconds_sum"], march["business_dwell_seconds_mean"]) == (0, 0, None)
    assert (april["scheduled_visit_count"], april["business_dwell_seconds_sum"], april["dwell_seconds_sum"]) == (1, 2 * HOUR, 18 * HOUR)


def test_visits_of_a_channel_without_a_schedule_have_no_dwell_in_business_time() -> None:
    phone = OFFICE.model_copy(update={"channels": ("phone",)})

    row = only(visit(on(3, 2, 9), on(3, 2, 10)), visit(on(3, 2, 9), on(3, 2, 11), channel="phone"), schedules={"phone": phone})

    assert (row["visit_count"], row["scheduled_visit_count"], row["business_dwell_seconds_sum"]) == (2, 1, 2 * HOUR)
    assert only(visit(on(3, 2), on(3, 3)))["business_dwell_seconds_median"] is None


@pytest.mark.slow
@settings(max_examples=20)
@given(spans=st.lists(st.tuples(st.integers(0, 60 * 24 * 60), st.integers(1, 20 * 24 * 60)), min_size=1, max_size=8))
def test_dwell_in_business_time_is_what_plain_python_counts_and_all_of_it_where_somebody_is_always_there(
    spans: list[tuple[int, int]],
) -> None:
    begun = [(on(2, 1) + dt.timedelta(minutes=begin), dt.timedelta(minutes=length)) for begin, length in spans]
    rows = [visit(start, start + length) for start, length in begun]

    office, always = stages(*rows, schedules={"office": OFFICE}), stages(*rows, schedules={"always": ALWAYS})

    assert office["business_dwell_seconds_sum"].sum() == sum(in_office(start, start + length) for start, length in begun)
    for name in ("sum", "mean", "median", "p90"):
        assert always[f"business_dwell_seconds_{name}"].to_list() == always[f"dwell_seconds_{name}"].to_list()


@pytest.mark.slow
@settings(max_examples=20)
@given(
    spans=st.lists(
        st.tuples(st.integers(0, 60 * 24), st.integers(1, 60 * 24), st.sampled_from(["open", "pending"])), min_size=1, max_size=10
    )
)
def test_over_all_months_what_was_spent_in_a_stage_is_what_its_visits_took(spans: list[tuple[int, int, str]]) -> None:
    start = on(1, 1)
    rows = [
        visit(start + dt.timedelta(hours=begin), start + dt.timedelta(hours=begin + length), status=stage) for begin, length, stage in spans
    ]

    frame = stages(*rows)

    for stage in {stage for _, _, stage in spans}:
        sums = (
            frame.filter(pl.col("stage") == stage).select(pl.col("occupied_seconds_sum", "dwell_seconds_sum", "visit_count").sum()).row(0)
        )
        took = [length * HOUR for _, length, of in spans if of == stage]
        assert sums == (sum(took), sum(took), len(took))
    shares = frame.group_by("month_on").agg(pl.col("dwell_share").sum(), pl.col("visit_count").sum(), pl.col("is_bottleneck").sum())
    for share, visits, bottlenecks in shares.select("dwell_share", "visit_count", "is_bottleneck").rows():
        assert share == pytest.approx(1.0 if visits else 0.0)
        assert bottlenecks <= 1


def test_after_a_month_without_any_ticket_nobody_can_tell_what_rises() -> None:
    found = stages(visit(on(2, 2), on(2, 3)), visit(on(4, 2), on(4, 20)))

    assert found.select("month_on", "is_bottleneck").rows() == [(FEBRUARY, False), (APRIL, False)]
