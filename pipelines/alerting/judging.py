"""Whether a figure is out of its bounds now: against its target, and against the control limits of its own past.

Only the newest period that is mature and large enough is judged, whatever was loaded: a backfill of old days changes nothing by itself.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assets.statistics.control import Limits, individuals, shares
from pipelines.alerting.settings import AlertSettings
from pipelines.headlines import Headline, Point, Target, written

STALE_DAYS: Final = 92
"""A period that began longer than that before the end of the data says nothing of how things stand."""


@dataclass(frozen=True)
class Judgement:
    """What was found of one subject. ``reason`` says what is out of its bounds; empty when nothing is, or nobody can tell."""

    kind: str
    subject: str
    reason: str = ""
    period_on: dt.date | None = None
    value: float | None = None
    limit: float | None = None
    is_known: bool = True
    """Whether there was anything to judge by."""

    @property
    def is_out(self) -> bool:
        """Whether it is out of its bounds."""
        return bool(self.reason)


@dataclass(frozen=True)
class Judge:
    """Judges headlines under these settings.

    ``newest_on`` is the newest arrival day; ``onsets`` says, for each figure out of its control limits, since which period.
    """

    settings: AlertSettings
    newest_on: dt.date
    small_sample: int
    currency: str
    onsets: Mapping[str, dt.date]

    def judged(self, headlines: Sequence[Headline]) -> list[Judgement]:
        """What is found of each watched figure, twice over: target and control limits."""
        chosen = [one for one in headlines if name_of(one) in self.settings.watched]
        return [found for one in chosen for found in (self.against_target(one), self.against_limits(one))]

    def against_target(self, headline: Headline) -> Judgement:
        """The newest month against the target: missed where not even the figure's interval reaches it."""
        kind, name, target = "target_missed", name_of(headline), headline.target
        if target is None:
            return Judgement(kind, name)
        months = self._judgeable(headline.months)
        if not self._is_news(months):
            return Judgement(kind, name, is_known=False)
        now = months[-1]
        value = _value(now)
        if target.is_met_by(value) or _reaches(now, target):
            return Judgement(kind, name)
        said = f"{self._told(headline, now, f'in {now.on:%B %Y}')}, which misses the target of {self._written(headline, target.value)}."
        return Judgement(kind, name, said, now.on, value, target.value)

    def against_limits(self, headline: Headline) -> Judgement:
        """The newest week (or month) against the control limits of those before it.

        While an alert is open they are those before its onset: what lasts is not taken for usual. A deviation from the centre line
        within the figure's interval is none; bounds that come of assumptions are no interval, since those are the same in every period.
        """
        kind, name = "outside_limits", name_of(headline)
        course = self._judgeable(headline.weeks)
        if not self._is_news(course):
            return Judgement(kind, name, is_known=False)
        now = course[-1]
        baseline = self._baseline(name, course)
        limits = _limits(headline, baseline, now) if len(baseline) >= self.settings.fewest_periods else None
        value = _value(now)
        if limits is None or limits.hold(value) or (not headline.figure.bounds and _holds(now, limits.centre)):
            return Judgement(kind, name)
        is_low = value < limits.low
        unit = "month" if headline.weeks is headline.months else "week"
        when = f"in {now.on:%B %Y}" if unit == "month" else f"in the week from {_day(now.on)}"
        low, centre, high = (self._written(headline, one) for one in (limits.low, limits.centre, limits.high))
        said = (
            f"{self._told(headline, now, when)}, {'below' if is_low else 'above'} its control limits of {low} to {high} around "
            f"{centre} ({len(baseline)} {unit}s before), for the {'worse' if is_low == headline.figure.grows_better else 'better'}."
        )
        return Judgement(kind, name, said, now.on, value, limits.low if is_low else limits.high)

    def _judgeable(self, points: Sequence[Point]) -> list[Point]:
        return [point for point in points if point.value is not None and point.is_mature and point.n >= self.small_sample]

    def _is_news(self, judgeable: Sequence[Point]) -> bool:
        return bool(judgeable) and (self.newest_on - judgeable[-1].on).days <= STALE_DAYS

    def _baseline(self, name: str, course: Sequence[Point]) -> list[Point]:
        since = self.settings.baseline_from.get(name, dt.date.min)
        onset = self.onsets.get(name)
        end = course[-1].on if onset is None or onset < since else onset
        return [point for point in course if since <= point.on < end][-self.settings.baseline_periods :]

    def _told(self, headline: Headline, point: Point, when: str) -> str:
        figure = headline.figure
        ends = f"{self._written(headline, point.low)} to {self._written(headline, point.high)}, " if point.low is not None else ""
        return f"{figure.label} was {self._written(headline, point.value)} {when} ({ends}n = {point.n:,})"

    def _written(self, headline: Headline, value: float | None) -> str:
        return written(value, headline.figure.unit, self.currency)


def name_of(headline: Headline) -> str:
    """The figure, as targets and settings name it."""
    return f"{headline.figure.table}.{headline.figure.column}"


def _limits(headline: Headline, baseline: Sequence[Point], now: Point) -> Limits | None:
    if headline.figure.is_share:
        # A share times its n is the whole number that it was divided from.
        return shares([(round(_value(point) * point.n), point.n) for point in baseline], now.n)
    return individuals([_value(point) for point in baseline])


def _reaches(point: Point, target: Target) -> bool:
    best = point.high if target.is_floor else point.low
    return best is not None and target.is_met_by(best)


def _holds(point: Point, value: float) -> bool:
    return point.low is not None and point.high is not None and point.low <= value <= point.high


def _value(point: Point) -> float:
    if point.value is None:
        raise ValueError(f"the period of {point.on} has no value")
    return point.value


def _day(on: dt.date) -> str:
    return f"{on:%-d %B %Y}"
