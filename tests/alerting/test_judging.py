"""When a figure is out of its bounds, and when it only looks like that."""

import datetime as dt

import pytest

from pipelines.headlines import Target
from tests.alerting.figures import COST, CSAT, FCR, NPS, ROI, course, headline, judge, point, reason_of, week

MAY, APRIL = dt.date(2026, 5, 1), dt.date(2026, 4, 1)
END = dt.date(2026, 6, 3)
STEADY = (0.70, 0.72, 0.69, 0.71, 0.70, 0.72)


def test_a_month_whose_interval_does_not_reach_the_target_misses_it() -> None:
    csat = headline(CSAT, months=[point(MAY, 0.62, 400, 0.05)], target=Target(0.7, is_floor=True))

    found = judge(END).against_target(csat)

    assert (
        found.reason == "CSAT, satisfied customers was 62.0 % in May 2026 (57.0 % to 67.0 %, n = 400), which misses the target of 70.0 %."
    )
    assert (found.kind, found.subject, found.period_on) == ("target_missed", "satisfaction_daily.csat_top2", MAY)
    assert (found.value, found.limit) == (0.62, 0.7)


@pytest.mark.parametrize(
    ("value", "reach", "target", "is_missed"),
    [
        (0.62, 0.09, Target(0.7, is_floor=True), False),
        (0.72, 0.01, Target(0.7, is_floor=True), False),
        (0.62, None, Target(0.7, is_floor=True), True),
        (3.6, None, Target(3.5, is_floor=False), True),
        (3.6, 0.2, Target(3.5, is_floor=False), False),
        (3.4, None, Target(3.5, is_floor=False), False),
    ],
)
def test_a_target_is_missed_on_its_bad_side_and_beyond_the_interval_alone(
    value: float, reach: float | None, target: Target, is_missed: bool
) -> None:
    found = judge(END).against_target(headline(COST, months=[point(MAY, value, 400, reach)], target=target))

    assert found.is_out is is_missed


def test_the_newest_month_that_is_over_mature_and_large_enough_is_the_one_that_is_judged() -> None:
    months = [
        point(dt.date(2026, 3, 1), 0.5),
        point(APRIL, 0.9),
        point(MAY, 0.1, n_immature=3),
        point(dt.date(2026, 6, 1), 0.1, is_over=False),
        point(dt.date(2026, 7, 1), 0.1, n=29),
        point(dt.date(2026, 8, 1), None, n=0),
    ]

    found = judge(END).against_target(headline(FCR, months=months, target=Target(0.7, is_floor=True)))

    assert (found.is_out, found.is_known) == (False, True)


@pytest.mark.parametrize("months", [[], [point(MAY, 0.1, n=29)], [point(dt.date(2026, 1, 1), 0.1)]], ids=["none", "small", "long ago"])
def test_without_a_recent_period_to_judge_by_nobody_can_tell(months: list[object]) -> None:
    judging = judge(END)
    csat = headline(CSAT, months=months, weeks=months, target=Target(0.7, is_floor=True))  # type: ignore[arg-type]  # points

    assert [(one.is_known, one.is_out) for one in judging.judged([csat])] == [(False, False), (False, False)]


def test_without_a_target_none_is_missed() -> None:
    found = judge(END).against_target(headline(CSAT, months=[point(MAY, 0.1)]))

    assert (found.is_out, found.is_known) == (False, True)


def test_a_share_far_below_its_past_is_outside_its_control_limits() -> None:
    csat = headline(CSAT, course(*STEADY, 0.50, reach=0.03))

    found = judge(week(8)).against_limits(csat)

    assert reason_of(found) == (
        "CSAT, satisfied customers was 50.0 % in the week from 16 February 2026 (47.0 % to 53.0 %, n = 1,000), below its control limits of "
        "65.3 % to 76.0 % around 70.7 % (6 weeks before), for the worse."
    )
    # p̄ = 4240/6000; moving ranges .02 .03 .02 .01 .02, mean .02: with one n throughout 3 · .02 / 1.128 to either side.
    assert found.value == 0.50
    assert found.limit == pytest.approx(4240 / 6000 - 3 * 0.02 / 1.128)


def test_a_deviation_within_the_interval_of_the_figure_is_no_alert() -> None:
    assert not judge(week(8)).against_limits(headline(NPS, course(10, 12, 11, 10, 12, 30, reach=25))).is_out
    assert judge(week(8)).against_limits(headline(NPS, course(10, 12, 11, 10, 12, 30, reach=10))).is_out


def test_bounds_of_assumptions_are_no_interval() -> None:
    assert judge(week(8)).against_limits(headline(ROI, course(0.10, 0.12, 0.11, 0.10, 0.12, 0.90, reach=2))).is_out


def test_a_cost_above_its_limits_is_for_the_worse_and_below_them_for_the_better() -> None:
    judging = judge(week(8))
    usual = (3.50, 3.60, 3.55, 3.50, 3.60)

    assert reason_of(judging.against_limits(headline(COST, course(*usual, 9.0)))).endswith("(5 weeks before), for the worse.")
    assert reason_of(judging.against_limits(headline(COST, course(*usual, 0.5)))).endswith("(5 weeks before), for the better.")


def test_too_short_a_past_has_no_control_limits() -> None:
    assert not judge(week(8), fewest_periods=7).against_limits(headline(CSAT, course(*STEADY, 0.1))).is_out


def test_while_an_alert_is_open_the_limits_stay_those_before_its_onset() -> None:
    lasting = headline(CSAT, course(*STEADY, 0.5, 0.5, 0.52, 0.5, 0.51, 0.5, 0.52, 0.5, reach=0.03))
    past = {"satisfaction_daily.csat_top2": week(6)}

    assert not judge(week(14), baseline_periods=6).against_limits(lasting).is_out, "the new level, taken for usual"
    assert judge(week(14), past, baseline_periods=6).against_limits(lasting).is_out


def test_a_declared_day_begins_the_past_anew() -> None:
    lasting = headline(CSAT, course(*STEADY, 0.5, 0.5, 0.52, 0.5, 0.51, 0.5, reach=0.03))
    past = {"satisfaction_daily.csat_top2": week(6)}
    since = {"satisfaction_daily.csat_top2": week(7)}

    assert not judge(week(14), past, baseline_from=since).against_limits(lasting).is_out


def test_only_watched_figures_that_nobody_silenced_are_judged() -> None:
    figures = [headline(CSAT), headline(NPS), headline(COST)]
    watched = ("satisfaction_daily.csat_top2", "satisfaction_daily.nps")

    judged = judge(END, figures=watched, silenced=("satisfaction_daily.nps",)).judged(figures)

    assert {one.subject for one in judged} == {"satisfaction_daily.csat_top2"}
