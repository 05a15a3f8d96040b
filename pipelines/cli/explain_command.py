"""The command `explain`: how a published figure came about, on the terminal."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console

from assets.catalogue import DERIVED
from pipelines.cli.console import console
from pipelines.cli.tables import as_table
from pipelines.errors import PipelineError
from pipelines.explaining import Explanation, Figure, chosen_rows
from pipelines.explaining import explain as explained
from pipelines.published import kpi_table
from pipelines.settings import load_settings
from pipelines.warehouse.duckdb_store import open_warehouse
from schemas.catalogue import STORED
from schemas.projection import explanation, facts, table_name


def explain(
    settings_file: Path | None, name: str, day: dt.date | None, figure: str | None, where: Sequence[str], limit: int, *, as_json: bool
) -> None:
    """See `app.explain`."""
    settings = load_settings(settings_file)
    table = kpi_table(name)
    chosen = chosen_rows(table, settings.published_path, day, dict(map(_condition, where)))
    with open_warehouse(settings.warehouse_path, STORED, DERIVED, wait_seconds=2) as warehouse:
        known_until = warehouse.refreshed(table)
        parameters = settings.parameters(known_until.as_of if known_until else None)
        found = explained(warehouse, settings.published_path, parameters, name, chosen, figure, limit)
    if as_json:
        typer.echo(json.dumps(_told(found), default=str, indent=2))
    else:
        _print(console(), found)


def _condition(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals:
        raise PipelineError(f"--where takes a column and its value, such as channel=web, not {text!r}.")
    return column.strip(), value.strip()


def _told(found: Explanation) -> dict[str, object]:
    return {
        "table": table_name(found.table),
        "chosen": dict(found.chosen),
        "rows": found.row_count,
        "figures": [vars(figure) for figure in found.figures],
        "left_out": dict(found.left_out),
        "bases": dict(found.bases),
        "statuses": dict(found.statuses),
        "assumptions": {name: assumption.model_dump() for name, assumption in found.assumptions.items()},
        "behind": [{"table": behind.table, "rows": behind.count, "keys": behind.keys.to_dicts()} for behind in found.behind],
        **{name: value for name, value in facts(found.table).items() if name in {"cohort", "source", "owner"}},
    }


def _print(screen: Console, found: Explanation) -> None:
    chosen = ", ".join(f"{column} {value}" for column, value in found.chosen.items())
    screen.print(f"{table_name(found.table)}, {chosen or 'all rows'}: {found.row_count:,} rows", style="bold", markup=False)
    screen.print(explanation(found.table), markup=False)
    for figure in found.figures:
        _print_figure(screen, figure)
    for title, said in {
        "How the rows may be read": {status: f"{count:,} rows" for status, count in found.statuses.items()},
        "Left out, not yet mature, or unknown": {name: f"{count:,}" for name, count in found.left_out.items()},
        "What inputs rest on, at their weakest": found.bases,
        "Declared inputs it may use": {
            name: f"{given.value:g} ({given.low:g} to {given.high:g}), {given.basis}: {given.source}"
            for name, given in found.assumptions.items()
        },
    }.items():
        if said:
            screen.print(f"\n{title}", style="bold")
            for name, text in said.items():
                screen.print(f"  {name}: {text}", markup=False)
    for behind in found.behind:
        more = f"; the first {behind.keys.height:,} of their keys" if behind.count > behind.keys.height else ""
        screen.print(f"\nBehind it: {behind.count:,} rows of {behind.table}{more}", style="bold")
        if behind.keys.height:
            screen.print(as_table("", behind.keys))


def _print_figure(screen: Console, figure: Figure) -> None:
    unit = f" {figure.unit}" if figure.unit else ""
    value = "not defined here" if figure.value is None else f"{figure.value:,.4f}{unit}"
    interval = "" if figure.low is None or figure.high is None else f", 95 % interval {figure.low:,.4f} to {figure.high:,.4f}"
    screen.print(f"\n{figure.name} = {value}{interval}", style="bold", markup=False)
    screen.print(f"  {figure.description}", markup=False)
    if figure.formula:
        screen.print(f"  = {figure.formula}\n  = {figure.put_in}", markup=False)
    elif figure.method:
        screen.print(f"  {figure.method}", markup=False)
