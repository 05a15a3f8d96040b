"""The commands that run the daily job: `run`, `backfill`, `publish`, `dev`."""

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path

import typer

from assets.catalogue import DERIVED
from pipelines.cli.console import FAILED, console
from pipelines.cli.progress import Bar
from pipelines.runs import RunResult, instance_home, run_days, run_publication
from pipelines.settings import SETTINGS_NAME, SETTINGS_VARIABLE, Settings, load_settings


def run(settings_file: Path | None, day: dt.date | None, *, rebuild: bool) -> None:
    """See `app.run`."""
    settings = load_settings(settings_file)
    backfill_days(settings, day or settings.today() - dt.timedelta(days=1), None, rebuild=rebuild)


def backfill(settings_file: Path | None, first: dt.date, last: dt.date, *, rebuild: bool) -> None:
    """See `app.backfill`."""
    backfill_days(load_settings(settings_file), first, last, rebuild=rebuild)


def backfill_days(settings: Settings, first: dt.date, last: dt.date | None, *, rebuild: bool = False) -> None:
    """Run the job over the days, with a progress bar on a terminal, and say what it did; exits 1 when it failed."""
    days = ((last or first) - first).days + 1
    started = time.monotonic()
    with Bar(console(), days, len(DERIVED)) as progress:
        result = run_days(settings, first, last or first, rebuild=rebuild, progress=progress)
    _report(result, f"{first}" if days == 1 else f"{first} to {last}", time.monotonic() - started)


def publish(settings_file: Path | None) -> None:
    """See `app.publish`."""
    started = time.monotonic()
    _report(run_publication(load_settings(settings_file)), "publication", time.monotonic() - started)


def dev(settings_file: Path | None, port: int) -> None:
    """See `app.dev`."""
    settings = load_settings(settings_file)
    chosen = settings_file or Path(os.environ.get(SETTINGS_VARIABLE) or SETTINGS_NAME)
    environment = {**os.environ, SETTINGS_VARIABLE: str(chosen.resolve()), "DAGSTER_HOME": str(instance_home(settings))}
    command = [sys.executable, "-m", "dagster", "dev", "-m", "pipelines.definitions", "-a", "defs", "-h", "127.0.0.1", "-p", str(port)]
    console().print(f"Dagster on http://127.0.0.1:{port} (stop with Ctrl-C)")
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603  # our own interpreter, no shell


def _report(result: RunResult, what: str, seconds: float) -> None:
    screen = console()
    loaded = result.metadata.get("ledger/deliveries")
    if loaded:
        screen.print(
            f"{what}: {loaded['deliveries']:,} files read, {loaded['unchanged']:,} unchanged, {loaded['unreadable']:,} unreadable, "
            f"{loaded['withdrawn']:,} withdrawn; {loaded['records_read']:,} records = {loaded['records_accepted']:,} accepted + "
            f"{loaded['records_quarantined']:,} quarantined + {loaded['records_duplicate']:,} duplicate."
        )
    changed = sum(
        made.get("rows_inserted", 0) + made.get("rows_deleted", 0) for name, made in result.metadata.items() if name.startswith("kpi/")
    )
    published = result.metadata.get("published/kpis")
    if published:
        screen.print(f"{changed:,} KPI rows changed; published in {published['database']}. {seconds:.1f} s.")
    for kept in result.metadata.get("published/postgresql", {}).get("kept", ()):
        screen.print(f"! published/postgresql: {kept}; the next publication tries again.", style="yellow", markup=False)
    for finding in result.findings:
        screen.print(f"! {finding}", style="yellow", markup=False)
    if not result.succeeded:
        screen.print(f"The run {result.run_id} failed; what had been published before is still there.", style="red")
        raise typer.Exit(FAILED)
