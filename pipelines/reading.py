"""What a refresh reads of a warehouse: in memory where it is little, else as the warehouse has it.

Polars plans a statement in a tenth of the time that the warehouse needs for one, which for a day of data is most of the time there is.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from threading import Lock

import narwhals as nw
import polars as pl
from polars.io.plugins import register_io_source

from assets.derivation import By, Derivation, During, Input, Period, Reference, sees
from assets.frames import Frame, Lazy
from assets.parameters import Parameters
from pipelines.warehouse.protocol import Warehouse
from schemas.projection import columns, layer, table_name
from schemas.table import Table

FEW_ROWS = 500_000
"""Frames that have no more rows together are taken into memory."""

SMALL_TABLE = 10_000
"""A table that has no more rows is read whole, which costs less than asking the warehouse for some of its rows."""

LARGE_TABLE = 1_000_000
"""Of a table that has more rows, the rows that are wanted are counted first, and only those columns of them are read that a plan needs."""

MOST_STRETCHES = 8
"""Unbroken rows of days, months or quarters that a table is asked for by where each begins and ends; more are looked up day by day."""

MANY_ROWS = 2_000_000
"""Rows that are no more together are read into memory too, but only those columns of them that a plan needs."""


def count(frame: Lazy) -> int:
    """How many rows a frame has."""
    number: int = frame.select(nw.len()).collect("polars").item()
    return number


def is_in_memory(frame: Lazy) -> bool:
    """Whether Polars has the frame; else the warehouse has."""
    return bool(frame.implementation.is_polars())


def in_memory(frames: Mapping[str, Lazy], beside: int = 0) -> dict[str, Lazy] | None:
    """The frames, taken into memory; None where they have more than `FEW_ROWS` rows, together and with those ``beside`` them."""
    taken: dict[str, Lazy] = {}
    left = FEW_ROWS - beside
    for name, frame in frames.items():
        rows = (frame if is_in_memory(frame) else frame.head(left + 1)).collect("polars")
        left -= len(rows)
        if left < 0:
            return None
        taken[name] = rows.lazy()
    return taken


class _Scan:
    """A table in memory, of which Polars gets the columns that a plan needs; each is read once."""

    def __init__(self, warehouse: Warehouse, one_at_a_time: Lock, contract: type[Table]) -> None:
        self._warehouse = warehouse
        self._one_at_a_time = one_at_a_time
        self._contract = contract
        self._names = [column.name for column in columns(contract)]
        self._known: dict[str, pl.Series] = {}

    def frame(self) -> Lazy:
        """The table as a lazy frame."""
        return _asked_for(self._contract, self._read)

    def _read(self, wanted: list[str]) -> pl.DataFrame:
        with self._one_at_a_time:  # Polars reads several tables at a time, and the warehouse answers once
            unknown = [name for name in wanted or self._names[:1] if name not in self._known]
            if unknown:
                # Of raw tables a join tells which rows are current, so two statements may give them in another order.
                unknown = self._names if layer(self._contract) == "raw" else unknown
                self._known |= self._warehouse.read(self._contract, unknown).to_dict()
        return pl.DataFrame({name: self._known[name] for name in wanted}, height=len(next(iter(self._known.values()))))


class _Chosen:
    """Some rows of a large table, of which Polars gets the columns that a plan needs."""

    def __init__(self, one_at_a_time: Lock, contract: type[Table], rows: Lazy) -> None:
        self._one_at_a_time = one_at_a_time
        self._contract = contract
        self._rows = rows
        self._known: list[pl.DataFrame] = []

    def frame(self) -> Lazy:
        """The rows as a lazy frame."""
        return _asked_for(self._contract, self._read)

    def _read(self, wanted: list[str]) -> pl.DataFrame:
        """All from one statement, since two may give the rows in another order."""
        with self._one_at_a_time:
            known = next((frame for frame in self._known if set(wanted) <= set(frame.columns)), None)
            if known is None:
                names = wanted or [columns(self._contract)[0].name]
                known = self._rows.select(*names).collect("polars").to_native()
                self._known.append(known)
        return known.select(wanted) if wanted else pl.DataFrame(height=known.height)


def _asked_for(contract: type[Table], read: Callable[[list[str]], pl.DataFrame]) -> Lazy:
    """A lazy frame of a contract's columns, which asks for those that a plan needs."""

    def rows(wanted: list[str] | None, condition: pl.Expr | None, limit: int | None, _batch_size: int | None) -> Iterator[pl.DataFrame]:
        found = read(list(schema) if wanted is None else wanted)
        found = found if limit is None else found.head(limit)
        yield found if condition is None else found.filter(condition)

    schema = {column.name: column.dtype for column in columns(contract)}
    frame: Lazy = nw.from_native(register_io_source(rows, schema=schema, is_pure=True))
    return frame


class Reading:
    """The tables of a warehouse during one refresh: small ones are read once and kept, the others are left where they are."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self._counts: dict[str, int] = {}
        self._scans: dict[str, _Scan] = {}
        self._one_at_a_time = Lock()

    def count(self, contract: type[Table]) -> int:
        """How many rows a table has stored."""
        name = table_name(contract)
        if name not in self._counts:
            self._counts |= self.warehouse.row_counts([contract])
        return self._counts[name]

    def rows(self, contract: type[Table]) -> Lazy:
        """The rows of a table: in memory where it is small, else where they are."""
        return self.scanned(contract) if self.count(contract) <= SMALL_TABLE else self.warehouse.table(contract)

    def scanned(self, contract: type[Table]) -> Lazy:
        """The rows of a table in memory, as far as their columns are needed."""
        return self._scans.setdefault(table_name(contract), _Scan(self.warehouse, self._one_at_a_time, contract)).frame()

    def few(self, cut: Mapping[str, Lazy], derived: Derivation, beside: int) -> dict[str, Lazy] | None:
        """Rows of inputs, in memory or got when they are asked for; None where there are too many of them and those ``beside`` them."""
        # A function that needs collected frames needs all of their columns.
        asked = {} if derived.is_eager else {name: rows for name, rows in cut.items() if self._is_large(derived.inputs[name], rows)}
        others = {name: rows for name, rows in cut.items() if name not in asked}
        beside += sum(map(count, asked.values()))
        taken = in_memory(others, beside) if beside <= FEW_ROWS else None
        if taken is None and (derived.is_eager or beside + sum(map(count, others.values())) > MANY_ROWS):
            return None
        chosen = {
            name: rows if is_in_memory(rows) else _Chosen(self._one_at_a_time, derived.inputs[name].contract, rows).frame()
            for name, rows in (cut if taken is None else asked).items()
        }
        return {**chosen, **(taken or {})}

    def _is_large(self, given: Input, rows: Lazy) -> bool:
        return not is_in_memory(rows) and self.count(given.contract) > LARGE_TABLE

    def with_keys(self, contract: type[Table], keys: Lazy) -> tuple[Lazy, Lazy]:
        """The rows of a table, and the keys where the rows are, so that the two can be joined."""
        if not is_in_memory(keys):
            return self.warehouse.table(contract), keys
        rows = self.rows(contract)
        return rows, keys if is_in_memory(rows) else self.warehouse.hold(keys)

    def of_units(self, given: By, derived: Derivation, units: Lazy) -> Lazy:
        """The rows of an input that belong to the units of a table."""
        if given.period and (rows := self._of_stretches(given.contract, given.period, units)) is not None:
            return rows
        return self._looked_up(given.contract, {column: given.unit[column] for column in derived.unit}, units)

    def of_periods(self, contract: type[Table], period: Period, derived: Derivation, units: Lazy) -> Lazy:
        """The rows of a table with a day in the periods that are the units of another."""
        (unit,) = derived.unit
        rows = self._of_stretches(contract, period, units)
        return self._looked_up(contract, {unit: period.first_day()}, units) if rows is None else rows

    def _of_stretches(self, contract: type[Table], period: Period, units: Lazy) -> Lazy | None:
        """The rows, asked for by where stretches of periods begin and end; None where that would be too many to name."""
        if not is_in_memory(units) or not (stretches := _stretches(units, period.step)):
            return None
        day = nw.col(period.day)
        of_any = [(day >= nw.lit(first)) & (day < nw.lit(end)) for first, end in stretches]
        return self.rows(contract).filter(nw.any_horizontal(*of_any, ignore_nulls=True))

    def _looked_up(self, contract: type[Table], unit: Mapping[str, nw.Expr], units: Lazy) -> Lazy:
        rows, wanted = self.with_keys(contract, units)
        own = {f"unit_{column}": value for column, value in unit.items()}
        renamed = wanted.rename({column: f"unit_{column}" for column in unit})
        return rows.with_columns(**own).join(renamed, on=list(own), how="semi").drop(*own)

    def during_units(self, given: During, derived: Derivation, units: Lazy, parameters: Parameters) -> Lazy:
        """The rows of an input that belong to a unit of a table, or to one between them."""
        (unit,) = derived.unit
        first, last = units.select(first=nw.col(unit).min(), last=nw.col(unit).max()).collect("polars").row(0)
        until = nw.lit(_end_of(last, given.step))
        begins, ends = given.days(parameters)
        there = self.rows(given.contract).filter((begins < until) & (ends.is_null() | (ends >= nw.lit(first))))
        if not given.cut:
            return there
        start, end = given.cut
        return there.with_columns(
            nw.max_horizontal(nw.col(start), nw.lit(first)).alias(start),
            nw.when(nw.col(end) < until).then(nw.col(end)).otherwise(until).alias(end),
        )

    def only_units(self, rows: Lazy, derived: Derivation, units: Lazy) -> Lazy:
        """Of computed rows those of these units, where an input may have led to others too."""
        if not any(isinstance(given, During) for given in derived.inputs.values()):
            return rows
        if is_in_memory(rows):
            return rows.join(units.collect("polars").lazy(), on=list(derived.unit), how="semi")
        return rows.join(self.warehouse.hold(units) if is_in_memory(units) else units, on=list(derived.unit), how="semi")


def _end_of(first: dt.date, step: str) -> dt.date:
    """The day behind the last one of a period."""
    end: dt.date = pl.select(pl.lit(first).dt.offset_by(step)).item()
    return end


def _stretches(units: Lazy, step: str) -> list[tuple[dt.date, dt.date]]:
    """The first day of each unbroken row of periods, and the day behind its last one; none where there are too many to be asked for so."""
    found: pl.DataFrame = units.collect("polars").to_native()
    first = pl.col(found.columns[0])
    joined = unbroken(found.select(first=first, last=first.dt.offset_by(step)))
    return joined.select("first", "last").rows() if joined.height <= MOST_STRETCHES else []


def unbroken(stretches: pl.DataFrame) -> pl.DataFrame:
    """Stretches from `first` to `last` in order, those put together that meet."""
    follows_a_gap = pl.col("first") > pl.col("last").shift(1)
    return (
        stretches.sort("first")
        .with_columns(pl.col("last").cum_max())
        .with_columns(stretch=follows_a_gap.cum_sum().fill_null(0))
        .group_by("stretch")
        .agg(pl.col("first").min(), pl.col("last").max())
        .sort("first")
    )


class Inputs:
    """The inputs of a function."""

    def __init__(self, frames: dict[str, Lazy], *, are_few: bool) -> None:
        self.frames = frames
        self.are_few = are_few
        """Whether they are in memory."""

    def collected(self) -> dict[str, Frame]:
        """All of them in memory."""
        return {name: frame.collect("polars") for name, frame in self.frames.items()}


def inputs(reading: Reading, derived: Derivation, units: Lazy | None, parameters: Parameters) -> Inputs:
    """Every input of a table; those cut into units restricted to the given ones."""
    warehouse = reading.warehouse
    cut: dict[str, Lazy] = {}
    if units is not None:
        for name, given in derived.inputs.items():
            if isinstance(given, By):
                cut[name] = reading.of_units(given, derived, units)
            elif isinstance(given, During):
                cut[name] = reading.during_units(given, derived, units, parameters)
            elif isinstance(given, Reference) and given.period:
                cut[name] = reading.of_periods(given.contract, given.period, derived, units)
    whole = {name: given.contract for name, given in derived.inputs.items() if name not in cut}
    rows = sum(map(reading.count, set(whole.values())))
    if rows <= FEW_ROWS and (few := reading.few(cut, derived, beside=rows)) is not None:
        scanned = {name: reading.scanned(contract) for name, contract in whole.items()}
        return Inputs({name: _seen(given, {**scanned, **few}[name]) for name, given in derived.inputs.items()}, are_few=True)
    # Several parts of a lazy function may read an input; what takes a join is looked for once. What Polars has must go where the rest is.
    is_joined = {name: not derived.is_eager and isinstance(derived.inputs[name], By) for name in cut}
    tables = {name: warehouse.table(contract) for name, contract in whole.items()}
    frames = {name: _seen(given, {**tables, **cut}[name]) for name, given in derived.inputs.items()}
    held = {name: warehouse.hold(frames[name]) for name, frame in cut.items() if is_in_memory(frame) or is_joined[name]}
    return Inputs({**frames, **held}, are_few=False)


def _seen(given: Input, frame: Lazy) -> Lazy:
    """What the function is to see of an input."""
    names = sees(given)
    return frame if names is None else frame.select(*names)


def changed(frames: Mapping[str, Lazy], warehouse: Warehouse) -> Lazy:
    """Rows of several frames that have no null, each once: in memory where they are few, else kept in the warehouse."""
    few = in_memory(frames)
    parts = list(few.values()) if few is not None else [warehouse.hold(part) for part in frames.values()]
    distinct = nw.concat(parts, how="vertical").drop_nulls().unique()
    return distinct.collect("polars").lazy() if few is not None else warehouse.hold(distinct)
