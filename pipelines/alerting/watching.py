"""The two looks that a run takes: at what arrived, once it is loaded, and at the figures, before they are published.

Each judges the newest state, carries `ops.alerts` on in one transaction, and gives what it found for the asset's checks.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from pipelines.alerting.arrivals import growing_quarantines, late_feeds
from pipelines.alerting.judging import Judge, Judgement
from pipelines.alerting.register import Alert, carried_on, onsets, store, stored
from pipelines.headlines import Headline
from pipelines.settings import Settings
from pipelines.warehouse.duckdb_store import DuckDBWarehouse

Findings = Mapping[str, Sequence[Judgement]] | None
"""What was judged, by kind; None where the data is too old to say how things stand."""


def watch_arrivals(warehouse: DuckDBWarehouse, settings: Settings, day: dt.date) -> Findings:
    """Judge feeds and quarantine up to ``day``, the newest arrival day that was asked for, or a newer one that is loaded already."""
    newest = max(day, warehouse.last_arrival() or day)
    watched = [feed for feed in settings.feeds if feed not in settings.alerts.silenced]
    expected = [feed for feed in watched if settings.feeds[feed].expected]

    def judge(alerts: Sequence[Alert]) -> list[Judgement]:
        since, growth = onsets(alerts, "growing_quarantine"), settings.alerts.quarantine_growth
        return [
            *late_feeds(warehouse.query, expected, newest, settings.alerts.late_days),
            *growing_quarantines(warehouse.query, watched, newest, growth, settings.kpi.small_sample, since),
        ]

    return _watch(warehouse, settings, newest, ("late_feed", "growing_quarantine"), judge)


def watch_figures(warehouse: DuckDBWarehouse, settings: Settings, figures: Sequence[Headline]) -> Findings:
    """Judge the headline figures as they are about to be published."""
    newest = warehouse.last_arrival()

    def judge(alerts: Sequence[Alert]) -> list[Judgement]:
        since = onsets(alerts, "outside_limits")
        judging = Judge(settings.alerts, newest or dt.date.min, settings.kpi.small_sample, settings.currency, since)
        return judging.judged(figures)

    return _watch(warehouse, settings, newest, ("target_missed", "outside_limits"), judge)


def is_current(settings: Settings, newest: dt.date | None) -> bool:
    """Whether data up to this arrival day says how things stand; a backfill of old days into a new warehouse does not."""
    return newest is not None and (settings.today() - newest).days <= settings.alerts.current_days


def _watch(
    warehouse: DuckDBWarehouse,
    settings: Settings,
    newest: dt.date | None,
    kinds: Sequence[str],
    judge: Callable[[Sequence[Alert]], Sequence[Judgement]],
) -> Findings:
    if not is_current(settings, newest):
        return None
    alerts = stored(warehouse)
    judged = judge(alerts)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    with warehouse.transaction():
        store(warehouse, carried_on(alerts, judged, kinds, now))
    return {kind: [one for one in judged if one.kind == kind] for kind in kinds}
