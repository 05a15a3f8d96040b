"""Writes a page for each KPI into `build/kpis/`, from its contract; the worked example is computed from the demo company, here and now.

Usage: python docs/kpi_pages.py [--days 120] [--out build/kpis]
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from assets.catalogue import DERIVED, KPI
from assets.derivation import Derivation, Reference
from assets.parameters import Parameters
from pipelines.cli.demo_command import DEMO_KEY
from pipelines.demo import write_demo
from pipelines.explaining import Explanation, chosen_rows, explain
from pipelines.inbox import Inbox
from pipelines.published import rows
from pipelines.runs import run_days
from pipelines.settings import KEY_VARIABLE, Settings, load_settings
from pipelines.warehouse.duckdb_store import open_warehouse
from pipelines.warehouse.protocol import Warehouse
from schemas.catalogue import STORED
from schemas.projection import columns, explanation, facts, grain, period_column, summary, table_name

FIGURES = 6
"""Figures shown in a worked example."""


def main() -> None:
    """Make the demo company, load it, and write the pages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "build" / "kpis")
    chosen = parser.parse_args()
    os.environ.setdefault(KEY_VARIABLE, DEMO_KEY)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_demo(Path(folder), chosen.days)
        write_pages(settings, chosen.out)


def load_demo(folder: Path, days: int) -> Settings:
    """The demo company, loaded and published."""
    write_demo(folder, days=days)
    settings = load_settings(folder / "kpis.toml")
    arrived = Inbox(settings.inbox_url).arrival_days(settings.feeds)
    run_days(settings, arrived[0], arrived[-1])
    return settings


def definition_pages() -> dict[str, str]:
    """A page for each KPI with what its contract says, and the list of them, by name."""
    listed = [f"* [{_short(derived)}]({_short(derived)}.md): {summary(derived.contract)}" for derived in KPI]
    return {
        "index": "\n".join(["# KPIs", "", *listed, ""]),
        **{_short(derived): "\n".join([*_definition(derived), ""]) for derived in KPI},
    }


def write_pages(settings: Settings, out: Path) -> None:
    """The same pages, each with its worked example."""
    out.mkdir(parents=True, exist_ok=True)
    pages = definition_pages()
    (out / "index.md").write_text(pages["index"])
    with open_warehouse(settings.warehouse_path, STORED, DERIVED) as warehouse:
        for derived in KPI:
            known = warehouse.refreshed(derived.contract)
            parameters = settings.parameters(known.as_of if known else None)
            example = _example(warehouse, settings.published_path, parameters, derived)
            (out / f"{_short(derived)}.md").write_text(pages[_short(derived)] + "\n".join([*_worked(example), ""]))


def _short(derived: Derivation) -> str:
    return derived.name.removeprefix("kpi.")


def _definition(derived: Derivation) -> Iterator[str]:
    said = facts(derived.contract)
    yield from (f"# {_short(derived)}", "", explanation(derived.contract), "")
    yield f"* **Grain**: {', '.join(f'`{name}`' for name in grain(derived.contract))}"
    yield from (f"* **{name.capitalize()}**: {said[name]}" for name in ("cohort", "source", "owner") if name in said)
    inputs = [f"`{table_name(given.contract)}`" for given in derived.inputs.values() if not isinstance(given, Reference)]
    yield f"* **Computed from**: {', '.join(inputs) or 'the contracts'}"
    unit = ", ".join(f"`{name}`" for name in derived.unit)
    yield f"* **Refreshed**: {f'each {unit} whose inputs changed' if unit else 'whole, whenever an input changed'}"
    yield from ("", "| column | type | unit | meaning | how it is computed |", "|---|---|---|---|---|")
    for column in columns(derived.contract):
        how = f"`{column.formula}`" if column.formula else column.method or ""
        cells = (f"`{column.name}`", column.sql_type, column.unit or "", column.description, how)
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _example(warehouse: Warehouse, folder: Path, parameters: Parameters, derived: Derivation) -> Explanation | None:
    """The period of the demo company in which the most figures are defined, the newest of these."""
    period = period_column(derived.contract)
    figures = [column.name for column in columns(derived.contract) if column.formula]
    if period is None or not figures:
        return None
    found = rows(folder, derived.contract).select(period, defined=pl.sum_horizontal(pl.col(figures).is_not_null())).sort("defined", period)
    if found.is_empty():
        return None
    chosen = chosen_rows(derived.contract, folder, found[period][-1], {})
    return explain(warehouse, folder, parameters, _short(derived), chosen, None, limit=0)


def _worked(example: Explanation | None) -> Iterator[str]:
    if example is None:
        return
    chosen = ", ".join(f"`{column}` {value}" for column, value in example.chosen.items())
    yield from ("", "## Worked example", "", f"The demo company, {chosen}, over {example.row_count:,} rows:", "")
    yield from ("| figure | numbers put in | value | 95 % interval |", "|---|---|---|---|")
    for figure in [figure for figure in example.figures if figure.value is not None and figure.put_in][:FIGURES]:
        interval = "" if figure.low is None or figure.high is None else f"{figure.low:.4f} to {figure.high:.4f}"
        yield f"| `{figure.name}` = `{figure.formula}` | `{figure.put_in}` | {figure.value:,.4f} {figure.unit or ''} | {interval} |"
    said = {"Left out, not yet mature, or unknown": example.left_out, "What inputs rest on": example.bases}
    for title, counts in said.items():
        if counts:
            yield from ("", f"{title}: {', '.join(f'`{name}` {value}' for name, value in counts.items())}.")
    if example.behind:
        inputs = ", ".join(f"{behind.count:,} rows of `{behind.table}`" for behind in example.behind)
        yield from ("", f"Behind it: {inputs}. `kpis explain` lists their keys.")


if __name__ == "__main__":
    main()
