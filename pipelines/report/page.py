"""The page itself: what is gathered for it, and the template that it is put into."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jinja2
from markupsafe import Markup

from assets.statistics.differences import difference_interval
from pipelines.durability import flush
from pipelines.headlines import PERCENT, Headline, Point, headlines, written
from pipelines.report import charts
from pipelines.report.changes import Change, changes
from pipelines.report.problems import Problems, problems
from pipelines.report.reservations import RECENT_DAYS, Quality, Unfinished, quality, unfinished
from pipelines.report.under_alert import UnderAlert, under_alert

EXPLAINED: Final = ("csat_top2", "fcr_net", "cost_per_sale_service_only", "roi")
"""Headlines whose last change is taken apart."""


@dataclass(frozen=True)
class Standing:
    """A headline as the page shows it."""

    headline: Headline
    chart: Markup
    said: str
    """The change since the month before, in words."""
    verdict: str
    """`better`, `worse` or `unclear`; empty without a month before."""


@dataclass(frozen=True)
class Explained:
    """A change with the charts of what it is made of."""

    standing: Standing
    changes: Sequence[tuple[Change, Markup]]


@dataclass(frozen=True)
class Report:
    """All that stands on the page."""

    alerts: Sequence[UnderAlert]
    standings: Sequence[Standing]
    explained: Sequence[Explained]
    problems: Problems | None
    problems_chart: Markup
    unfinished: Sequence[Unfinished]
    quality: Quality

    @property
    def month_on(self) -> dt.date | None:
        """The month that most of the headlines speak of."""
        months = [now.on for standing in self.standings if (now := standing.headline.now)]
        return max(months, default=None)


def gathered(published: Path) -> Report:
    """Everything the page says, read from the published tables. Raises PipelineError when nothing is published."""
    state = quality(published)
    currency = state.currency
    worst = problems(published)
    standings = [Standing(one, charts.course(one, currency), *_change(one, currency)) for one in headlines(published)]
    return Report(
        alerts=under_alert(published),
        standings=standings,
        explained=[
            Explained(one, [(change, charts.parts(change, currency)) for change in changes(published, one.headline)])
            for one in standings
            if one.headline.figure.column in EXPLAINED and one.headline.before
        ],
        problems=worst,
        problems_chart=charts.costs(worst, currency) if worst else Markup(),
        unfinished=unfinished(published),
        quality=state,
    )


def rendered(report: Report) -> str:
    """The page as one HTML text that needs nothing else."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipelines.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"month": _month, "day": _day}
    currency = report.quality.currency
    return environment.get_template("report.html.j2").render(
        report=report,
        recent_days=RECENT_DAYS,
        written=lambda value, unit: written(value, unit, currency),
        changed=lambda value, unit: _changed(value, unit, currency),
    )


def write_report(published: Path, target: Path) -> int:
    """Write the page of the published tables, in place of an older one by one rename; its size in bytes."""
    page = rendered(gathered(published)).encode()
    building = target.with_name(f".{target.name}.building")
    building.write_bytes(page)
    flush(building)
    building.replace(target)
    return len(page)


def _change(headline: Headline, currency: str) -> tuple[str, str]:
    """What became of a figure since the month before, and whether that may be chance."""
    now, before = headline.now, headline.before
    if now is None or before is None or now.value is None or before.value is None:
        return "no month before to compare with", ""
    figure = headline.figure
    change = now.value - before.value
    words = f"{_changed(change, figure.unit, currency)} since {_month(before.on)}"
    if figure.bounds or now.low is None:
        return f"{words}; how much of that is chance is not known", "unclear"
    low, high = difference_interval(_ends(now), _ends(before))
    if low <= 0 <= high:
        return f"{words}: within what chance explains", "unclear"
    return f"{words}: more than chance explains", _better(change, grows_better=figure.grows_better)


def _ends(point: Point) -> tuple[float, float, float]:
    if point.value is None or point.low is None or point.high is None:
        raise ValueError(f"the figure of {point.on} has no interval")
    return point.value, point.low, point.high


def _better(change: float, *, grows_better: bool) -> str:
    return "" if change == 0 else "better" if (change > 0) == grows_better else "worse"


def _changed(value: float, unit: str, currency: str) -> str:
    """A difference: of shares in points of a hundred, which are not percent of anything."""
    if unit == PERCENT:
        return f"{value * 100:+.1f} points"
    text = written(abs(value), unit, currency).removeprefix("+")
    return f"{'-' if value < 0 else '+'}{text}"


def _month(on: dt.date) -> str:
    return f"{on:%B %Y}"


def _day(on: dt.date | None) -> str:
    return f"{on:%-d %B %Y}" if on else "never"
