"""The command `show`: a published KPI on the terminal."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import typer

from pipelines.cli.console import console
from pipelines.cli.tables import as_table
from pipelines.errors import PipelineError
from pipelines.published import kpi_table, rows
from pipelines.settings import load_settings
from schemas.catalogue import KPI
from schemas.projection import columns, grain, period_column, summary, table_name

PERIODS = ("week", "month", "quarter")


def list_kpis(*, as_json: bool) -> None:
    """Every KPI table, what it says, and what its rows are."""
    known = [{"kpi": table_name(table).partition(".")[2], "grain": ", ".join(grain(table)), "says": summary(table)} for table in KPI]
    if as_json:
        typer.echo(json.dumps(known, indent=2, ensure_ascii=False))
    else:
        console().print(as_table("KPIs", pl.DataFrame(known)))


def show(
    settings_file: Path | None, name: str, since: dt.date | None, by: Sequence[str], per: str | None, limit: int, *, as_json: bool
) -> None:
    """See `app.show`."""
    if per is not None and per not in PERIODS:
        raise PipelineError(f"--per takes {', '.join(PERIODS)}, not {per!r}.")
    settings = load_settings(settings_file)
    table = kpi_table(name)
    found = rows(settings.published_path, table, by=by, since=since, per=per).tail(limit)
    if as_json:
        typer.echo(json.dumps(found.to_dicts(), default=str, indent=2))
        return
    screen = console()
    if found.is_empty():
        screen.print(f"{table_name(table)} has no rows{f' since {since}' if since else ''}.")
        return
    screen.print(summary(table))
    formulas = [column.name for column in columns(table) if column.formula]
    first = [name for name in (period_column(table), *by) if name]
    counts = [name for name in found.columns if name not in formulas and name not in first][: max(2, 8 - len(formulas))]
    screen.print(as_table(table_name(table), found.select(*first, *counts, *formulas) if formulas else found.select(pl.all())))
