"""The command `alerts`: what is out of its bounds and since when; telling people of it; a message to try the channels."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import polars as pl
import typer

from assets.catalogue import DERIVED
from pipelines.alerting.register import stored
from pipelines.alerting.telling import tell, tell_test
from pipelines.cli.console import FAILED, console
from pipelines.cli.tables import as_table
from pipelines.connectors.protocol import ConnectorError
from pipelines.errors import PipelineError
from pipelines.settings import Settings, load_settings
from pipelines.warehouse.duckdb_store import open_warehouse
from schemas.catalogue import TABLES

_SHOWN = ("kind", "subject", "opened_at", "notified_at", "reason")


def alerts(settings_file: Path | None, *, as_json: bool) -> None:
    """See `app.alerts`."""
    settings = load_settings(settings_file)
    with open_warehouse(settings.warehouse_path, tuple(TABLES.values()), DERIVED, wait_seconds=2) as warehouse:
        found = [alert for alert in stored(warehouse) if alert.is_open]
    if as_json:
        typer.echo(json.dumps([asdict(alert) for alert in found], default=str, indent=2))
    elif not found:
        console().print("Nothing is under alert.")
    else:
        rows = [[getattr(alert, name) for name in _SHOWN] for alert in found]
        console().print(
            as_table("Open alerts, times in UTC", pl.DataFrame(rows, schema=list(_SHOWN), orient="row", infer_schema_length=None))
        )
    if found:
        raise typer.Exit(FAILED)


def send(settings_file: Path | None) -> None:
    """See `app.alerts_send`."""
    settings = _with_channels(settings_file)
    try:
        with open_warehouse(settings.warehouse_path, tuple(TABLES.values()), DERIVED, wait_seconds=60) as warehouse:
            taken = tell(warehouse, settings)
    except ConnectorError as fault:
        _fail(fault)
    for name, count in taken.items():
        console().print(f"{name}: {count:,} messages sent.")


def test(settings_file: Path | None) -> None:
    """See `app.alerts_test`."""
    settings = _with_channels(settings_file)
    faults = []
    for name in settings.alert_channels:
        try:
            tell_test(settings, name)
        except PipelineError as fault:
            faults.append(fault)
        else:
            console().print(f"{name}: took the test message.")
    if faults:
        _fail(*faults)


def _with_channels(settings_file: Path | None) -> Settings:
    settings = load_settings(settings_file)
    if not settings.alert_channels:
        raise PipelineError("alerts: no channel is set up; declare `[mail]` or `[alerts.webhook]`.")
    return settings


def _fail(*faults: PipelineError) -> None:
    for fault in faults:
        sys.stderr.write(f"kpis: {fault}\n")
    raise typer.Exit(FAILED)
