"""The commands that look into the ledger: `status` and `quarantine`."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import typer

from assets.catalogue import DERIVED
from pipelines.cli.console import FAILED, console
from pipelines.cli.tables import as_table
from pipelines.inbox import Inbox
from pipelines.publishing.publish import DATABASE_NAME
from pipelines.settings import Settings, load_settings
from pipelines.warehouse.duckdb_store import DuckDBWarehouse, open_warehouse
from schemas.catalogue import STORED
from schemas.vocabulary import REFUSALS

FEEDS_SQL = """
    SELECT feed, count(*) AS files, max(arrived_on) AS newest, sum(records_read)::BIGINT AS read, sum(records_accepted)::BIGINT AS accepted,
           sum(records_quarantined)::BIGINT AS quarantined, sum(records_duplicate)::BIGINT AS duplicate,
           count(*) FILTER (WHERE status = 'unreadable') AS unreadable
    FROM ledger.deliveries GROUP BY feed ORDER BY feed
"""
UNREADABLE_SQL = "SELECT feed, arrived_on, file, error FROM ledger.deliveries WHERE status = 'unreadable' ORDER BY arrived_on, feed, file"
TABLES_SQL = "SELECT table_name, as_of FROM ledger.refreshes ORDER BY table_name"
QUARANTINE_SQL = """
    SELECT feed, arrived_on, file, record_number, "column", reason, original
    FROM ledger.quarantine JOIN ledger.deliveries USING (delivery_id)
    WHERE ($feed IS NULL OR feed = $feed) AND ($day IS NULL OR arrived_on = $day)
    ORDER BY arrived_on, feed, file, record_number, "column", reason
"""


def status(settings_file: Path | None, *, as_json: bool) -> None:
    """See `app.status`."""
    settings = load_settings(settings_file)
    with _opened(settings) as warehouse:
        feeds = warehouse.query(FEEDS_SQL)
        unreadable = warehouse.query(UNREADABLE_SQL)
        tables = warehouse.query(TABLES_SQL)
        counts = warehouse.row_counts(STORED)
        waiting = _waiting(warehouse, settings)
    published = settings.published_path / DATABASE_NAME
    published_at = dt.datetime.fromtimestamp(published.stat().st_mtime, dt.UTC) if published.exists() else None
    if as_json:
        said = {
            "feeds": feeds.to_dicts(),
            "unreadable": unreadable.to_dicts(),
            "tables": [{**row, "rows": counts.get(row["table_name"])} for row in tables.to_dicts()],
            "waiting": waiting,
            "published_at": published_at,
        }
        typer.echo(json.dumps(said, default=str, indent=2))
        return
    screen = console()
    screen.print(as_table("Feeds", feeds))
    screen.print(as_table("Tables", tables.with_columns(rows=pl.col("table_name").replace_strict(dict(counts), return_dtype=pl.Int64))))
    if unreadable.height:
        screen.print(as_table("Files that could not be read", unreadable))
    if waiting:
        screen.print(
            f"{sum(waiting.values()):,} files on {len(waiting)} arrival days are new or changed: "
            f"kpis backfill {min(waiting)} {max(waiting)}"
        )
    screen.print(f"Published {published_at:%Y-%m-%d %H:%M} UTC in {published}" if published_at else "Nothing is published yet.")


def quarantine(settings_file: Path | None, feed: str | None, day: dt.date | None, limit: int, *, as_json: bool) -> None:
    """See `app.quarantine`."""
    settings = load_settings(settings_file)
    with _opened(settings) as warehouse:
        refused = warehouse.query(QUARANTINE_SQL, {"feed": feed, "day": day})
    refused = refused.with_columns(why=pl.col("reason").replace_strict(REFUSALS, return_dtype=pl.String))
    if as_json:
        typer.echo(json.dumps(refused.head(limit).to_dicts(), default=str, indent=2))
    elif refused.is_empty():
        console().print("Nothing is in quarantine.")
    else:
        screen = console()
        reasons = (
            refused.group_by("feed", "reason", "why").len("reasons").sort("reasons", "feed", "reason", descending=[True, False, False])
        )
        screen.print(as_table("Why", reasons))
        shown = refused.head(limit).with_columns(pl.col("original").str.slice(0, 60).str.replace_all(r"\s+", " "))
        screen.print(as_table("What", shown.drop("why")))
        more = refused.height - limit
        screen.print(f"and {more:,} more; see --limit" if more > 0 else "Mend the file or the feed's settings, then run the day again.")
    if not refused.is_empty():
        raise typer.Exit(FAILED)


@contextmanager
def _opened(settings: Settings) -> Iterator[DuckDBWarehouse]:
    with open_warehouse(settings.warehouse_path, STORED, DERIVED, wait_seconds=2) as warehouse:
        yield warehouse


def _waiting(warehouse: DuckDBWarehouse, settings: Settings) -> dict[str, int]:
    """Files in the inbox that are not loaded in their present size, by arrival day."""
    known = set(warehouse.query("SELECT feed, arrived_on, file, size_bytes FROM ledger.deliveries").iter_rows())
    inbox = Inbox(settings.inbox_url)
    waiting: dict[str, int] = {}
    for day in inbox.arrival_days(settings.feeds):
        for feed in settings.feeds:
            for file in inbox.files(feed, day):
                if (feed, day, file.name, file.size_bytes) not in known:
                    waiting[day.isoformat()] = waiting.get(day.isoformat(), 0) + 1
    return waiting
