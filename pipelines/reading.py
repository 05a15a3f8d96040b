"""What a refresh reads of a warehouse: in memory where it is little, else as the warehouse has it.

Polars plans a statement in a tenth of the time that the warehouse needs for one, which for a day of data is most of the time there is.
"""

import datetime as dt
from collections.abc import Mapping

import narwhals as nw

from assets.derivation import By, Derivation, During
from assets.frames import Frame, Lazy
from pipelines.warehouse.protocol import Warehouse
from schemas.projection import table_name
from schemas.table import Table

FEW_ROWS = 500_000
"""Frames that have no more rows together are taken into memory."""

SMALL_TABLE = 10_000
"""A table that has no more rows is read whole, which costs less than asking the warehouse for some of its rows."""


def is_in_memory(frame: Lazy) -> bool:
    """Whether Polars has the frame; else the warehouse has."""
    return bool(frame.implementation.is_polars())


def in_memory(frames: Mapping[str, Lazy]) -> dict[str, Lazy] | None:
    """The frames, taken into memory; None where they have more than `FEW_ROWS` rows together."""
    taken: dict[str, Lazy] = {}
    left = FEW_ROWS
    for name, frame in frames.items():
        rows = (frame if is_in_memory(frame) else frame.head(left + 1)).collect("polars")
        left -= len(rows)
        if left < 0:
            return None
        taken[name] = rows.lazy()
    return taken


class Reading:
    """The tables of a warehouse during one refresh: small ones are read once and kept, the others are left where they are."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self._counts: dict[str, int] = {}
        self._rows: dict[str, Lazy] = {}

    def count(self, contract: type[Table]) -> int:
        """How many rows a table has stored."""
        name = table_name(contract)
        if name not in self._counts:
            self._counts |= self.warehouse.row_counts([contract])
        return self._counts[name]

    def rows(self, contract: type[Table]) -> Lazy:
        """The rows of a table."""
        name = table_name(contract)
        if name not in self._rows:
            rows = self.warehouse.table(contract)
            self._rows[name] = rows.collect("polars").lazy() if self.count(contract) <= SMALL_TABLE else rows
        return self._rows[name]

    def with_keys(self, contract: type[Table], keys: Lazy) -> tuple[Lazy, Lazy]:
        """The rows of a table, and the keys where the rows are, so that the two can be joined."""
        if not is_in_memory(keys):
            return self.warehouse.table(contract), keys
        rows = self.rows(contract)
        return rows, keys if is_in_memory(rows) else self.warehouse.hold(keys)

    def of_units(self, given: By, derived: Derivation, units: Lazy) -> Lazy:
        """The rows of an input that belong to the units of a table."""
        rows, wanted = self.with_keys(given.contract, units)
        own = {f"unit_{column}": given.unit[column] for column in derived.unit}
        renamed = wanted.rename({column: f"unit_{column}" for column in derived.unit})
        return rows.with_columns(**own).join(renamed, on=list(own), how="semi").drop(*own)

    def during_units(self, given: During, derived: Derivation, units: Lazy) -> Lazy:
        """The rows of an input that belong to some of these days, as they were from the first to the last of them."""
        (day,) = derived.unit
        first, last = units.select(first=nw.col(day).min(), last=nw.col(day).max()).collect("polars").row(0)
        starts, ends, begin, end = nw.col(given.first), nw.col(given.end), nw.lit(first), nw.lit(last + dt.timedelta(days=1))
        there = self.rows(given.contract).filter((starts < end) & (ends.is_null() | (ends > begin)))
        return there.with_columns(
            nw.max_horizontal(starts, begin).alias(given.first), nw.when(ends < end).then(ends).otherwise(end).alias(given.end)
        )

    def only_units(self, rows: Lazy, derived: Derivation, units: Lazy) -> Lazy:
        """Of computed rows those of these units, where an input may have led to others too."""
        if not any(isinstance(given, During) for given in derived.inputs.values()):
            return rows
        if is_in_memory(rows):
            return rows.join(units.collect("polars").lazy(), on=list(derived.unit), how="semi")
        return rows.join(self.warehouse.hold(units) if is_in_memory(units) else units, on=list(derived.unit), how="semi")


class Inputs:
    """The inputs of a function."""

    def __init__(self, frames: dict[str, Lazy], *, are_few: bool) -> None:
        self.frames = frames
        self.are_few = are_few
        """Whether they are in memory."""

    def collected(self) -> dict[str, Frame]:
        """All of them in memory."""
        return {name: frame.collect("polars") for name, frame in self.frames.items()}


def inputs(reading: Reading, derived: Derivation, units: Lazy | None) -> Inputs:
    """Every input of a table; those cut into units restricted to the given ones."""
    warehouse = reading.warehouse
    cut: dict[str, Lazy] = {}
    if units is not None:
        for name, given in derived.inputs.items():
            if isinstance(given, By):
                cut[name] = reading.of_units(given, derived, units)
            elif isinstance(given, During):
                cut[name] = reading.during_units(given, derived, units)
    whole = {name: given.contract for name, given in derived.inputs.items() if name not in cut}
    if sum(map(reading.count, set(whole.values()))) <= FEW_ROWS:
        few = in_memory({**{name: reading.rows(contract) for name, contract in whole.items()}, **cut})
        if few is not None:
            return Inputs({name: few[name] for name in derived.inputs}, are_few=True)
    # Several parts of a lazy function may read an input that is cut; what Polars has must go where the rest is.
    held = {name: warehouse.hold(frame) for name, frame in cut.items() if is_in_memory(frame) or not derived.is_eager}
    tables = {name: warehouse.table(contract) for name, contract in whole.items()}
    return Inputs({name: {**tables, **cut, **held}[name] for name in derived.inputs}, are_few=False)


def changed(frames: Mapping[str, Lazy], warehouse: Warehouse) -> Lazy:
    """Rows of several frames that have no null, each once: in memory where they are few, else kept in the warehouse."""
    few = in_memory(frames)
    parts = list(few.values()) if few is not None else [warehouse.hold(part) for part in frames.values()]
    distinct = nw.concat(parts, how="vertical").drop_nulls().unique()
    return distinct.collect("polars").lazy() if few is not None else warehouse.hold(distinct)
