"""What to bear in mind: what is not yet final, how complete the data is, and what was refused."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.published import query
from schemas.catalogue import KPI
from schemas.projection import columns, period_column, summary, table_name

RECENT_DAYS = 30
"""Arrival days that the quality of the data is judged on."""


@dataclass(frozen=True)
class Unfinished:
    """A table whose newest periods may still change."""

    table: str
    question: str
    since: dt.date
    row_count: int


@dataclass(frozen=True)
class Quality:
    """How complete the data of the last arrival days is."""

    newest_arrived_on: dt.date | None
    time_zone: str
    currency: str
    feeds: pl.DataFrame
    """Every feed with its newest arrival day and how far it is behind, and its records of the last days."""
    refusals: pl.DataFrame
    """Feed, column, reason and explanation with the records refused, the most first."""

    @property
    def late(self) -> Sequence[str]:
        """Feeds that are expected every day and did not come on the newest one."""
        return self.feeds.filter(pl.col("is_expected") & (pl.col("days_behind").fill_null(1) > 0))["feed"].to_list()


def unfinished(published: Path) -> list[Unfinished]:
    """Tables with rows that are marked immature, and from which period on."""
    found = []
    for table in KPI:
        period = period_column(table)
        if period is None or "status" not in {column.name for column in columns(table)}:
            continue
        sql = f"SELECT min({period}) AS since, count(*) AS row_count FROM {table_name(table)} WHERE status = 'immature'"
        since, row_count = query(published, sql).row(0)
        if row_count:
            found.append(Unfinished(table_name(table).removeprefix("kpi."), summary(table).replace("`", ""), since, row_count))
    return found


def quality(published: Path) -> Quality:
    """What arrived over the last days, and what of it was refused."""
    currency, time_zone, newest = query(published, "SELECT currency, time_zone, newest_arrived_on FROM ops.publication").row(0)
    since = (newest or dt.date.max) - dt.timedelta(days=RECENT_DAYS - 1)
    feeds = query(
        published,
        """
        SELECT feed, is_expected, newest_arrived_on, days_behind, coalesce(sum(recent.read_count), 0)::BIGINT AS read_count,
               coalesce(sum(recent.refused_count), 0)::BIGINT AS refused_count,
               coalesce(sum(recent.unreadable_count), 0)::BIGINT AS unreadable_count
        FROM ops.freshness LEFT JOIN (FROM ops.intake_daily WHERE arrived_on >= ?) AS recent USING (feed)
        GROUP BY ALL ORDER BY feed
        """,
        [since],
    )
    refusals = query(
        published,
        """
        SELECT feed, "column", reason, explanation, sum(record_count)::BIGINT AS record_count FROM ops.refusals_daily WHERE arrived_on >= ?
        GROUP BY ALL ORDER BY record_count DESC, feed, "column", reason
        """,
        [since],
    )
    return Quality(newest, time_zone, currency, feeds, refusals)
