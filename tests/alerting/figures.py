"""Headlines of literal values, for the tests of alerts."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from pipelines.alerting.judging import Judge, Judgement
from pipelines.alerting.settings import AlertSettings
from pipelines.headlines import FIGURES, Headline, Point, Target

FIRST = dt.date(2026, 1, 5)
"""A Monday, the first of all weeks."""

CSAT, NPS, COST, ROI, FCR = (
    next(figure for figure in FIGURES if figure.column == column)
    for column in ("csat_top2", "nps", "cost_per_sale_service_only", "roi", "fcr_net")
)


def week(number: int) -> dt.date:
    return FIRST + dt.timedelta(weeks=number)


def point(on: dt.date, value: float | None, n: int = 1000, reach: float | None = None, *, is_over: bool = True, **left_out: int) -> Point:
    """A period; its interval reaches this far to both sides, where it has one."""
    low, high = (None, None) if reach is None or value is None else (value - reach, value + reach)
    return Point(on, value, low, high, n, is_over, left_out)


def course(*values: float, reach: float | None = None, n: int = 1000) -> list[Point]:
    """One week after the other."""
    return [point(week(number), value, n, reach) for number, value in enumerate(values)]


def headline(figure: Any, weeks: Sequence[Point] = (), months: Sequence[Point] = (), target: Target | None = None) -> Headline:
    return Headline(figure, months, weeks, target, None)


def judge(newest_on: dt.date, onsets: dict[str, dt.date] | None = None, **settings: Any) -> Judge:
    return Judge(AlertSettings(**{"fewest_periods": 4, **settings}), newest_on, 30, "EUR", onsets or {})


def reason_of(judgement: Judgement) -> str:
    assert judgement.is_known
    return judgement.reason
