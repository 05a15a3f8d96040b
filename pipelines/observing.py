"""What the publication says of itself: as of when it is, how fresh each feed is, what arrived and what was refused of it."""

import datetime as dt

import narwhals as nw
import polars as pl

from pipelines.settings import Settings
from pipelines.warehouse.duckdb_store import DuckDBWarehouse
from schemas.ops.freshness import Freshness
from schemas.ops.intake_daily import IntakeDaily
from schemas.ops.publication import Publication
from schemas.ops.refusals_daily import RefusalsDaily
from schemas.vocabulary import REFUSALS

_SUMMED = {
    "file_count": "count(*)",
    "unreadable_count": "count(*) FILTER (WHERE status = 'unreadable')",
    "read_count": "sum(records_read)",
    "accepted_count": "sum(records_accepted)",
    "refused_count": "sum(records_quarantined)",
    "duplicate_count": "sum(records_duplicate)",
}
_SUMS = ", ".join(f"{sql} AS {name}" for name, sql in _SUMMED.items())
_INTAKE = f"SELECT arrived_on, feed, {_SUMS} FROM ledger.deliveries GROUP BY arrived_on, feed"
_REFUSALS = """
    WITH words AS (SELECT unnest($reasons) AS reason, unnest($explanations) AS explanation)
    SELECT arrived_on, feed, "column", reason, words.explanation, count(DISTINCT (delivery_id, record_number)) AS record_count
    FROM ledger.quarantine JOIN ledger.deliveries USING (delivery_id) JOIN words USING (reason) GROUP BY ALL
"""
_FRESHNESS = f"""
    WITH brought AS (
        SELECT feed, max(arrived_on) FILTER (WHERE status = 'loaded') AS newest_arrived_on, {_SUMS} FROM ledger.deliveries GROUP BY feed
    ), known AS (SELECT unnest($feeds) AS feed, unnest($expected) AS is_expected)
    SELECT known.feed, known.is_expected, newest_arrived_on,
           (SELECT max(newest_arrived_on) FROM brought) - newest_arrived_on AS days_behind,
           {", ".join(f"coalesce({name}, 0) AS {name}" for name in _SUMMED)}
    FROM known LEFT JOIN brought USING (feed)
"""


def observe(warehouse: DuckDBWarehouse, settings: Settings, as_of: dt.datetime | None) -> None:
    """Bring the tables about the data itself up to date, in one transaction; ``as_of`` is until when the data is known."""
    said = {"currency": settings.currency, "time_zone": settings.time_zone, "as_of": as_of, "newest_arrived_on": warehouse.last_arrival()}
    publication = pl.DataFrame([said], schema_overrides={"as_of": pl.Datetime("us"), "newest_arrived_on": pl.Date})
    feeds = {"feeds": list(settings.feeds), "expected": [feed.expected for feed in settings.feeds.values()]}
    made = {
        Publication: publication,
        IntakeDaily: warehouse.query(_INTAKE),
        RefusalsDaily: warehouse.query(_REFUSALS, {"reasons": list(REFUSALS), "explanations": list(REFUSALS.values())}),
        Freshness: warehouse.query(_FRESHNESS, feeds),
    }
    with warehouse.transaction():
        for contract, rows in made.items():
            warehouse.replace(contract, [nw.from_native(rows, eager_only=True)], (), None)
