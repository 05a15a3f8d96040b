"""Whether a feed is late, and whether its quarantine grows: judged on the ledger, before any KPI is computed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

import narwhals as nw
import polars as pl

from assets.expressions import share_with_interval
from pipelines.alerting.judging import Judgement
from pipelines.published import Ask

BASELINE_DAYS: Final = 28
"""Arrival days with records that a feed's newest one is held against."""

_NEWEST = "SELECT feed, max(arrived_on) AS newest_on FROM ledger.deliveries WHERE status = 'loaded' AND arrived_on <= ? GROUP BY feed"
_REFUSED = """
    SELECT feed, arrived_on, sum(records_quarantined)::BIGINT AS refused_count, sum(records_read)::BIGINT AS read_count
    FROM ledger.deliveries WHERE status = 'loaded' AND arrived_on <= ? GROUP BY ALL HAVING read_count > 0 ORDER BY feed, arrived_on
"""


def late_feeds(ask: Ask, expected: Sequence[str], day: dt.date, late_days: int) -> list[Judgement]:
    """What is found of each feed that is expected daily: late when it has missed more than ``late_days`` arrival days up to ``day``."""
    newest: dict[str, dt.date] = dict(ask(_NEWEST, [day]).iter_rows())
    return [_lateness(feed, newest.get(feed), day, late_days) for feed in expected]


def growing_quarantines(
    ask: Ask, feeds: Sequence[str], day: dt.date, growth: float, small_sample: int, onsets: Mapping[str, dt.date]
) -> list[Judgement]:
    """What is found of each feed that has brought records up to ``day``.

    Its newest arrival days are judged together, as many as make up ``small_sample`` records. The quarantine grows when the share refused of
    them, even at the low end of its interval, exceeds that of the arrival days before by more than ``growth``. While an alert is open,
    ``onsets`` says since which day, and the days before that one count: what lasts is not taken for usual.
    """
    refused = ask(_REFUSED, [day])
    return [_growth(feed, refused.filter(feed=feed), growth, small_sample, onsets.get(feed)) for feed in feeds]


def _lateness(feed: str, newest: dt.date | None, day: dt.date, late_days: int) -> Judgement:
    if newest is None:
        return Judgement("late_feed", feed, f"The feed {feed} is expected daily and has never brought a file that could be read.")
    days = (day - newest).days
    if days <= late_days:
        return Judgement("late_feed", feed)
    said = f"The feed {feed} has brought nothing readable for {days} {'day' if days == 1 else 'days'}, since {newest:%-d %B %Y}."
    return Judgement("late_feed", feed, said, newest, float(days), float(late_days))


def _growth(feed: str, days: pl.DataFrame, growth: float, small_sample: int, onset: dt.date | None) -> Judgement:
    kind = "growing_quarantine"
    read = pl.col("read_count")
    newest = days.filter(read.cum_sum(reverse=True) - read < small_sample)
    summed = newest.select(pl.col("arrived_on").min(), pl.col("refused_count", "read_count").sum())
    since, count = summed["arrived_on"].item(), int(summed["read_count"].item())
    if since is None or count < small_sample:
        return Judgement(kind, feed, is_known=False)
    before = days.filter(pl.col("arrived_on") < (onset or since)).tail(BASELINE_DAYS)
    usual = int(before["refused_count"].sum()) / int(before["read_count"].sum()) if before.height else 0.0
    ends = nw.from_native(summed, eager_only=True).select(**share_with_interval("share", "refused_count", "read_count"))
    share, low = float(ends["share"].item()), float(ends["share_ci_low"].item())
    limit = usual + growth
    if low <= limit:
        return Judgement(kind, feed)
    against = f"after {_percent(usual)} on the {before.height} arrival days before" if before.height else "the first that it brought"
    said = f"Of the {count:,} records that the feed {feed} brought since {since:%-d %B %Y}, {_percent(share)} were refused, {against}."
    return Judgement(kind, feed, said, since, share, limit)


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"
