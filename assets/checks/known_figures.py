"""Whether every target and every benchmark is one of a figure that there is."""

from collections.abc import Sequence

import dagster as dg

from schemas.catalogue import KPI
from schemas.projection import columns, grain, table_name

NAME = "known_figures"
SPEC_TEXT = "Every target and every benchmark names a published KPI and one of its figures, as `kpi.metric_catalogue` lists them."


def known_figures(named: Sequence[tuple[str, str, str]]) -> dg.AssetCheckResult:
    """Fail when a figure is named that no KPI has: nothing would ever be held against it, and nobody would notice.

    ``named`` holds, for each figure that is spoken of, what speaks of it (targets or benchmarks), the KPI and the figure.
    """
    unknown = sorted(f"{table}: {kpi}.{figure}" for table, kpi, figure in named if (kpi, figure) not in _figures())
    text = (
        f"No KPI has what is named by {', '.join(unknown)}; correct `kpi` and `figure` to a table and a figure of kpi.metric_catalogue."
        if unknown
        else "Every target and benchmark names a figure that there is."
    )
    return dg.AssetCheckResult(passed=not unknown, check_name=NAME, description=text, metadata={"unknown": dg.MetadataValue.json(unknown)})


def _figures() -> set[tuple[str, str]]:
    """Every KPI, by its table without the layer, with each of its figures: the columns that have a unit."""
    return {
        (table_name(contract).partition(".")[2], column.name)
        for contract in KPI
        for column in columns(contract)
        if column.unit and column.name not in grain(contract)
    }
