"""What moved a headline from one month to the next: the groups that account for most of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.statistics.contributions import Contribution, Counts, contributions
from pipelines.headlines import Figure, Headline, Point
from pipelines.published import kpi_table, rows
from schemas.projection import period_column


@dataclass(frozen=True)
class Part:
    """A group's part of a change, in units of the figure."""

    group: str
    contribution: Contribution
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Change:
    """A change of a headline between two months, taken apart by one column of its grain."""

    figure: Figure
    before: Point
    after: Point
    by: str
    parts: Sequence[Part]
    """All of them, the weightiest first; they add up to the change."""

    @property
    def total(self) -> float:
        """The change itself."""
        return (self.after.value or 0.0) - (self.before.value or 0.0)


def changes(published: Path, headline: Headline) -> list[Change]:
    """The headline's last change taken apart in each way that its table allows; empty without a month before."""
    before, after = headline.before, headline.now
    if before is None or after is None:
        return []
    figure = headline.figure
    table = kpi_table(figure.table)
    period = period_column(table) or ""
    found = []
    for by in figure.by:
        summed = rows(published, table, by=(by,), since=before.on, per="month")
        old, new = (_counted(summed.filter(pl.col(period) == point.on), figure, by) for point in (before, after))
        parts = [
            Part(group, contribution, _rate(old.get(group)), _rate(new.get(group)))
            for group, contribution in contributions(old, new).items()
        ]
        if len(parts) > 1:
            found.append(Change(figure, before, after, by, sorted(parts, key=lambda part: -abs(part.contribution.total))))
    return found


def _counted(summed: pl.DataFrame, figure: Figure, by: str) -> dict[str, Counts]:
    counted = summed.select(
        pl.col(by),
        (figure.numerator.cast(pl.Float64) * figure.scale).alias("up"),
        pl.col(figure.denominator).cast(pl.Float64).alias("down"),
    )
    return {group: Counts(up, down) for group, up, down in counted.iter_rows()}


def _rate(counts: Counts | None) -> float | None:
    return counts.numerator / counts.denominator if counts and counts.denominator else None
