"""The command `demo`: a company that does not exist, from its export files to its headline KPIs."""

import datetime as dt
import os
import shutil
import time
from pathlib import Path

from pipelines.cli.console import console, sparkline
from pipelines.cli.run_commands import backfill_days
from pipelines.demo import write_demo
from pipelines.demo.folder import MARKER
from pipelines.errors import PipelineError
from pipelines.headlines import Headline, headlines, written
from pipelines.inbox import Inbox
from pipelines.settings import KEY_VARIABLE, SETTINGS_NAME, Settings, load_settings

DEMO_KEY = "the demo company has no secrets"
"""The demo's identifiers are invented, so its key need not be secret; a real one comes from the environment."""
SHOWN_WEEKS = 16


def demo(folder: Path, days: int, *, run: bool) -> None:
    """See `app.demo`."""
    screen = console()
    started = time.monotonic()
    marker = folder / MARKER
    before = marker.read_bytes() if marker.exists() else None
    try:
        written = write_demo(folder, days=days)
    except ValueError as fault:
        raise PipelineError(str(fault)) from None
    if before is not None and marker.read_bytes() != before:
        # Another demo than the one that is loaded: what it left must not mix with this one.
        shutil.rmtree(folder / "warehouse", ignore_errors=True)
    settings = load_settings(folder / SETTINGS_NAME)
    arrivals = _arrivals(settings)
    screen.print(
        f"{written.records:,} records in {written.files:,} export files under {folder / 'inbox'}. {time.monotonic() - started:.1f} s."
    )
    if not run:
        load = f"kpis backfill {arrivals[0]} {arrivals[1]} --settings {folder / SETTINGS_NAME}"
        screen.print(f'Load them with: {KEY_VARIABLE}="{DEMO_KEY}" {load}', soft_wrap=True)
        return
    os.environ.setdefault(KEY_VARIABLE, DEMO_KEY)
    backfill_days(settings, arrivals[0], arrivals[1])
    _show(settings, headlines(settings.published_path), folder)


def _arrivals(settings: Settings) -> tuple[dt.date, dt.date]:
    days = Inbox(settings.inbox_url).arrival_days(settings.feeds)
    return days[0], days[-1]


def _show(settings: Settings, figures: list[Headline], folder: Path) -> None:
    from rich.table import Table

    table = Table(title="Headline KPIs", title_justify="left", title_style="bold", box=None, header_style="dim", pad_edge=False)
    for name, justify in (
        ("", "left"),
        ("month", "left"),
        ("value", "right"),
        ("95 % interval", "right"),
        ("n", "right"),
        ("course", "left"),
        ("", "left"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]  # rich wants its literal type
    for headline in figures:
        figure, now = headline.figure, headline.now
        course = sparkline(tuple(point.value for point in headline.weeks[-SHOWN_WEEKS:]))
        if now is None:
            table.add_row(figure.label, "", "-", "", "0", course, "")
            continue
        low, high = (written(end, figure.unit, settings.currency) for end in (now.low, now.high))
        interval = "" if now.low is None or figure.bounds else f"{low} … {high}"
        table.add_row(
            figure.label,
            f"{now.on:%Y-%m}",
            written(now.value, figure.unit, settings.currency),
            interval,
            f"{now.n:,}",
            course,
            headline.note,
        )
    screen = console()
    screen.print()
    screen.print(table)
    screen.print()
    screen.print(
        f"Published database: {settings.published_path / 'kpis.duckdb'} (Parquet beside it); planted truth: {folder / 'truth.json'}"
    )
    chosen = f"--settings {folder / SETTINGS_NAME}"
    screen.print(f"Next: kpis show satisfaction_daily --per month {chosen} · kpis quarantine {chosen} · make dev", soft_wrap=True)
