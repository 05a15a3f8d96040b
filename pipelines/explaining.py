"""How a published figure came about: its formula and the numbers put in, what was left out, what it rests on, the rows behind it."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import polars as pl

from assets.catalogue import KPI
from assets.derivation import By, Derivation, Input, Reference
from assets.expressions import share_with_interval
from assets.parameters import Assumption, Parameters, weakest
from pipelines.errors import PipelineError
from pipelines.published import kpi_table, query, rows
from pipelines.warehouse.protocol import Warehouse
from schemas.projection import Column, additive, columns, grain, period_column, quoted, table_name
from schemas.table import Table
from schemas.vocabulary import BASES

_NAME: Final = re.compile(r"[a-z_][a-z_0-9]*")
_SHARE: Final = re.compile(r"(?P<misses>1 - )?(?P<successes>[a-z_0-9]+) / (?P<n>[a-z_0-9]+)")
_LEFT_OUT: Final = re.compile(r"n_(?!eligible$)\w+|\w*(immature|excluded|unknown|without)\w*_count")


@dataclass(frozen=True)
class Figure:
    """One figure over the chosen rows."""

    name: str
    description: str
    unit: str | None
    formula: str | None
    """SQL over the table's additive columns; None where the figure cannot be re-aggregated."""
    method: str | None
    put_in: str | None
    """The formula with the numbers in it."""
    value: float | None
    """None where it is not defined, or where several rows have one each and no formula joins them."""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Behind:
    """An input, and its rows that belong to the chosen ones."""

    table: str
    count: int
    keys: pl.DataFrame
    """The first of their keys."""


@dataclass(frozen=True)
class Published:
    """What a KPI's chosen rows say of themselves, in the publication."""

    table: type[Table]
    chosen: Mapping[str, object]
    row_count: int
    figures: Sequence[Figure]
    left_out: Mapping[str, int]
    """What was excluded, is not mature, or is unknown, by column."""
    bases: Mapping[str, str]
    """What inputs rest on, by column: the weakest of the rows."""
    statuses: Mapping[str, int]
    """Rows by how they may be read."""


@dataclass(frozen=True)
class Explanation(Published):
    """All that is known of a KPI's chosen rows."""

    assumptions: Mapping[str, Assumption]
    """The declared inputs that the table asks for."""
    behind: Sequence[Behind]


def chosen_rows(table: type[Table], folder: Path, day: dt.date | None, where: Mapping[str, str]) -> dict[str, object]:
    """The grain columns that are held fixed: those asked for, and the period in which the day lies, the newest unless given."""
    period = period_column(table)
    if period is None:
        return dict(where)
    if day is None:
        day = query(folder, f"SELECT max({quoted(period)}) FROM {quoted(table_name(table))}").item()
    return {period: _start(period, day), **where} if day is not None else dict(where)


def explain(
    warehouse: Warehouse, folder: Path, parameters: Parameters, name: str, chosen: Mapping[str, object], figure: str | None, limit: int
) -> Explanation:
    """Explain the published rows of a KPI that have the chosen values; ``limit`` keys are given of each input.

    Raises PipelineError when there is no such KPI, figure or row.
    """
    table = kpi_table(name)
    said = published(folder, table, chosen, figure)
    (derived,) = (derived for derived in KPI if derived.contract is table)
    return Explanation(
        **vars(said),
        assumptions=_assumptions(warehouse, derived, parameters),
        behind=[_behind(warehouse, derived, given, chosen, limit) for given in derived.inputs.values() if not isinstance(given, Reference)],
    )


def published(folder: Path, table: type[Table], chosen: Mapping[str, object], figure: str | None = None) -> Published:
    """What the published rows with the chosen values say; of one figure, or of all. Raises PipelineError as `explain` does."""
    known = [column for column in columns(table) if column.formula or column.method]
    wanted = [column for column in known if figure in (None, column.name)]
    if not wanted and figure is not None:
        raise PipelineError(f"{table_name(table)} has no figure {figure!r}; there are {', '.join(column.name for column in known)}.")
    summed = rows(folder, table, where=chosen)
    stored = _stored(folder, table, chosen)
    if stored.is_empty():
        said = ", ".join(f"{column} {value}" for column, value in chosen.items())
        name = table_name(table)
        raise PipelineError(
            f"{name} has no rows{f' with {said}' if said else ''}; see `kpis show {name.partition('.')[2]}` for those it has."
        )
    return Published(
        table=table,
        chosen=chosen,
        row_count=stored.height,
        figures=[_figure(column, table, summed.row(0, named=True), stored) for column in wanted],
        left_out={name: int(stored[name].sum()) for name in additive(table) if _LEFT_OUT.fullmatch(name)},
        bases={name: weakest(*given) for name in stored.columns if (given := set(stored[name].drop_nulls())) and given <= set(BASES)},
        statuses=dict(stored["status"].value_counts(sort=True).iter_rows()) if "status" in stored.columns else {},
    )


def belonging(
    found: nw.LazyFrame[Any], contract: type[Table], derived: Derivation, given: Input, chosen: Mapping[str, object]
) -> nw.LazyFrame[Any]:
    """Of an input, or of the facts that show it, the rows that were counted into the chosen rows, as far as their columns tell."""
    unit = given.unit if isinstance(given, By) else {}
    own = [column.name for column in columns(contract)]
    for column, value in chosen.items():
        if column in unit:
            found = found.filter(unit[column] == value)
        elif column in own and column not in derived.unit:
            found = found.filter(nw.col(column) == value)
    return found


def _start(period: str, day: dt.date) -> dt.date:
    """First day of the period of a table's date column, which names it."""
    if period.startswith("month"):
        return day.replace(day=1)
    if period.startswith("quarter"):
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return day


def _stored(folder: Path, table: type[Table], chosen: Mapping[str, object]) -> pl.DataFrame:
    conditions = " AND ".join(f"{quoted(column)} = ?" for column in chosen) or "true"
    return query(folder, f"SELECT * FROM {quoted(table_name(table))} WHERE {conditions}", list(chosen.values()))


def _figure(column: Column, table: type[Table], summed: Mapping[str, Any], stored: pl.DataFrame) -> Figure:
    put_in = None
    if column.formula:
        numbers = {name: summed[name] for name in additive(table) if name in summed}
        put_in = _NAME.sub(lambda found: f"{numbers[found[0]]:,}" if found[0] in numbers else found[0], column.formula)
    value = summed[column.name] if column.formula else stored[column.name].item() if stored.height == 1 else None
    low, high = _ends(column, summed, stored)
    return Figure(column.name, column.description, column.unit, column.formula, column.method, put_in, value, low, high)


def _ends(column: Column, summed: Mapping[str, Any], stored: pl.DataFrame) -> tuple[float | None, float | None]:
    """The 95 % interval: as it is stored with a single row, else of the summed counts where the figure is a share of them."""
    ends = [f"{column.name}_ci_{end}" for end in ("low", "high")]
    if not set(ends) <= set(stored.columns):
        return None, None
    if stored.height == 1:
        return stored[ends[0]].item(), stored[ends[1]].item()
    share = _SHARE.fullmatch(column.formula or "")
    if share is None:
        return None, None
    n = int(summed[share["n"]])
    successes = n - int(summed[share["successes"]]) if share["misses"] else int(summed[share["successes"]])
    counts = nw.from_native(pl.DataFrame({"successes": [successes], "n": [n]}), eager_only=True)
    found = counts.select(**share_with_interval("share", "successes", "n"))
    return found["share_ci_low"].item(), found["share_ci_high"].item()


def _assumptions(warehouse: Warehouse, derived: Derivation, parameters: Parameters) -> dict[str, Assumption]:
    """The declared inputs of a KPI: those that it asks for when it is called, on no rows at all."""
    if not derived.takes_parameters:
        return {}
    asked: dict[str, Assumption] = {}

    class Noting(Parameters):
        def assumption(self, name: str) -> Assumption:
            return asked.setdefault(name, super().assumption(name))

    frames = {name: warehouse.table(given.contract).head(0) for name, given in derived.inputs.items()}
    derived.compute(
        {name: frame.collect("polars") for name, frame in frames.items()} if derived.is_eager else frames,
        Noting.model_construct(**dict(parameters)),
    )
    return asked


def _behind(warehouse: Warehouse, derived: Derivation, given: Input, chosen: Mapping[str, object], limit: int) -> Behind:
    contract = given.contract
    found = belonging(warehouse.table(contract), contract, derived, given, chosen)
    keys = list(grain(contract))
    count = found.select(nw.len()).collect("polars").item()
    first: pl.DataFrame = found.select(*keys).sort(*keys).head(limit).collect("polars").to_native()
    return Behind(table_name(contract), int(count), first)
