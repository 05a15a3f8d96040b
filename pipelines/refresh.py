"""Bringing a derived table up to date: which units changed, computing exactly these, replacing exactly their rows."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from assets.business_time import channel_schedules_rows, opening_hours_rows
from assets.core.business_day import calendar_rows
from assets.derivation import RECORD, By, Derivation, Lookup, Reference, Whole
from assets.frames import Frame, Lazy
from assets.parameters import Parameters
from assets.schedules import Schedule
from pipelines.warehouse.protocol import Refreshed, Warehouse
from schemas.core.calendar import Calendar
from schemas.core.channel_schedules import ChannelSchedules
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.opening_hours import OpeningHours
from schemas.projection import layer, table_name

EAGER_UNITS = 200_000
"""Units collected at a time for a function that needs collected frames."""

FEW_ROWS = 500_000
"""Inputs that have no more rows together are computed in memory by Polars, which plans a statement in a tenth of the warehouse's time."""


@dataclass(frozen=True)
class Discrepancy:
    """A table that does not add up to its input."""

    column: str
    computed: float
    expected: float


@dataclass(frozen=True)
class Refresh:
    """What a refresh did. With discrepancies nothing was written."""

    units: int | None
    """Units computed; None where the whole table was."""
    deleted: int = 0
    inserted: int = 0
    discrepancies: tuple[Discrepancy, ...] = ()


class _DoesNotAddUpError(Exception):
    def __init__(self, units: int | None, discrepancies: tuple[Discrepancy, ...]) -> None:
        super().__init__()
        self.refresh = Refresh(units=units, discrepancies=discrepancies)


def write_references(warehouse: Warehouse, time_zone: str, rates: Mapping[str, float], schedules: Mapping[str, Schedule]) -> None:
    """The tables that come from the settings: the business calendar, the exchange rates and the opening hours."""
    rate_rows = pl.DataFrame(sorted(rates.items()), schema={"currency": pl.String, "rate": pl.Float64}, orient="row")
    with warehouse.transaction():
        known = warehouse.refreshed(Calendar)
        if known is None or known.version != time_zone:
            rows = nw.from_native(calendar_rows(time_zone), eager_only=True)
            warehouse.replace(Calendar, [rows], (), None)
            warehouse.mark_refreshed(Calendar, time_zone, None)
        made_from = f"{time_zone} {schedules}"
        written = warehouse.refreshed(OpeningHours)
        if written is None or written.version != made_from:
            for contract, made in ((OpeningHours, opening_hours_rows), (ChannelSchedules, channel_schedules_rows)):
                warehouse.replace(contract, [nw.from_native(made(schedules, time_zone), eager_only=True)], (), None)
            warehouse.mark_refreshed(OpeningHours, made_from, None)
        warehouse.replace(ExchangeRates, [nw.from_native(rate_rows, eager_only=True)], (), None)


def refresh(warehouse: Warehouse, derived: Derivation, parameters: Parameters, references: str, *, rebuild: bool = False) -> Refresh:
    """Bring one table up to date in one transaction.

    ``references`` names the settings that the reference tables were made from. With another version of code or
    settings, or with ``rebuild``, the whole table is computed; rows that come out the same stay untouched.
    """
    version = derived.version(parameters, references)
    known = warehouse.refreshed(derived.contract)
    is_whole = rebuild or known is None or known.version != version or not derived.inputs
    if known and not is_whole and not _may_have_changed(warehouse, derived, parameters, known):
        if known.as_of != parameters.as_of:
            with warehouse.transaction():
                warehouse.mark_refreshed(derived.contract, version, parameters.as_of)
        return Refresh(units=0)
    try:
        with warehouse.transaction():
            units: Lazy | None = None
            count: int | None = None
            if known and not is_whole and derived.unit:
                units = _changed_units(warehouse, derived, parameters, known)
                count = _count(units)
            done = Refresh(units=0) if count == 0 else _compute(warehouse, derived, parameters, units, count)
            warehouse.mark_refreshed(derived.contract, version, parameters.as_of)
            return done
    except _DoesNotAddUpError as fault:
        return fault.refresh


def _may_have_changed(warehouse: Warehouse, derived: Derivation, parameters: Parameters, known: Refreshed) -> bool:
    """Whether any input has changed, or time has passed that may have made a row mature."""
    inputs = (given.contract for given in derived.inputs.values() if not isinstance(given, Reference))
    is_older = derived.matures_after is not None and parameters.as_of != known.as_of
    return is_older or any(warehouse.has_noted(contract, known.generation) for contract in inputs)


def _compute(warehouse: Warehouse, derived: Derivation, parameters: Parameters, units: Lazy | None, count: int | None) -> Refresh:
    given = _inputs(warehouse, derived, units)
    replaced = warehouse.replace(derived.contract, _results(warehouse, derived, parameters, units, given), derived.unit, units)
    if discrepancies := tuple(_discrepancies(warehouse, derived, given.frames)):
        raise _DoesNotAddUpError(count, discrepancies)
    return Refresh(units=count, deleted=replaced.deleted, inserted=replaced.inserted)


@dataclass(frozen=True)
class _Inputs:
    """The inputs of a function: in memory where they are few, else as the warehouse has them."""

    frames: dict[str, Lazy]
    are_few: bool

    def collected(self) -> dict[str, Frame]:
        return {name: frame.collect("polars") for name, frame in self.frames.items()}


def _inputs(warehouse: Warehouse, derived: Derivation, units: Lazy | None) -> _Inputs:
    """Every input; those cut into units restricted to the given ones."""
    rows = {name: warehouse.table(given.contract) for name, given in derived.inputs.items()}
    cut: dict[str, Lazy] = {}
    if units is not None:
        cut = {name: _of_units(rows[name], given, derived, units) for name, given in derived.inputs.items() if isinstance(given, By)}
    whole = [given.contract for name, given in derived.inputs.items() if name not in cut]
    if sum(warehouse.row_counts(whole).values()) <= FEW_ROWS and (few := _in_memory(rows | cut)) is not None:
        return _Inputs(few, are_few=True)
    if not derived.is_eager:  # several parts of a lazy function may read them
        cut = {name: warehouse.hold(frame) for name, frame in cut.items()}
    return _Inputs(rows | cut, are_few=False)


def _in_memory(frames: Mapping[str, Lazy]) -> dict[str, Lazy] | None:
    """The frames collected, or None where they have too many rows together."""
    collected: dict[str, Lazy] = {}
    left = FEW_ROWS
    for name, frame in frames.items():
        rows = frame.head(left + 1).collect("polars")
        left -= len(rows)
        if left < 0:
            return None
        collected[name] = rows.lazy()
    return collected


def _of_units(rows: Lazy, given: By, derived: Derivation, units: Lazy) -> Lazy:
    own = {f"unit_{column}": given.unit[column] for column in derived.unit}
    wanted = units.rename({column: f"unit_{column}" for column in derived.unit})
    return rows.with_columns(**own).join(wanted, on=list(own), how="semi").drop(*own)


def _results(warehouse: Warehouse, derived: Derivation, parameters: Parameters, units: Lazy | None, given: _Inputs) -> Iterator[Frame]:
    """What the function gives; one that needs collected frames is called on bounded batches of units."""
    if not derived.is_eager:
        yield derived.compute(given.frames, parameters)
        return
    if given.are_few or not derived.unit:
        yield derived.compute(given.collected(), parameters)
        return
    wanted = _all_units(warehouse, derived) if units is None else units
    listed = wanted.collect("polars").to_native().sort(derived.unit)
    for start in range(0, listed.height, EAGER_UNITS):
        batch = warehouse.hold(listed.slice(start, EAGER_UNITS))
        yield derived.compute(_inputs(warehouse, derived, batch).collected(), parameters)


def _all_units(warehouse: Warehouse, derived: Derivation) -> Lazy:
    parts = [_units_of(warehouse.table(given.contract), given, derived) for given in derived.inputs.values() if isinstance(given, By)]
    return nw.concat(parts, how="vertical").unique()


def _changed_units(warehouse: Warehouse, derived: Derivation, parameters: Parameters, known: Refreshed) -> Lazy:
    """The units that a change since the last refresh touches."""
    parts: list[Lazy] = []
    for given in derived.inputs.values():
        if isinstance(given, Reference | Whole):
            continue
        noted = warehouse.noted(given.contract, known.generation)
        if isinstance(given, Lookup):
            carrier = derived.inputs[given.carrier]
            if not isinstance(carrier, By):
                raise TypeError(f"{derived.name}: the carrier {given.carrier!r} must be cut into units.")
            changed = noted.select(nw.col(given.key).alias(given.carrier_key))
            referring = warehouse.table(carrier.contract).join(changed, on=given.carrier_key, how="semi")
            parts.append(_units_of(referring, carrier, derived))
        elif layer(given.contract) == "raw":
            parts.extend(_units_of_records(warehouse, given, derived, noted))
        else:
            parts.append(_units_of(noted, given, derived))
    parts.extend(_maturing(warehouse, derived, parameters, known))
    return warehouse.hold(nw.concat(parts, how="vertical").drop_nulls().unique())


def _units_of(rows: Lazy, given: By, derived: Derivation) -> Lazy:
    return rows.select(**{column: given.unit[column] for column in derived.unit})


def _units_of_records(warehouse: Warehouse, given: By, derived: Derivation, noted: Lazy) -> Iterator[Lazy]:
    """Units that changed records belong to now, and those their stored rows belong to."""
    records = noted.select(*RECORD)
    yield _units_of(warehouse.table(given.contract).join(records, on=list(RECORD), how="semi"), given, derived)
    yield warehouse.table(derived.contract).join(records, on=list(RECORD), how="semi").select(*derived.unit)


def _maturing(warehouse: Warehouse, derived: Derivation, parameters: Parameters, known: Refreshed) -> Iterator[Lazy]:
    """Days that may have matured (or no longer be mature) because the data is now known up to another instant."""
    if derived.matures_after is None or parameters.as_of is None or known.as_of is None or parameters.as_of == known.as_of:
        return
    reach = derived.matures_after(parameters) + dt.timedelta(days=2)
    first, last = (min(known.as_of, parameters.as_of) - reach).date(), max(known.as_of, parameters.as_of).date()
    (day,) = derived.unit
    yield warehouse.hold(pl.select(pl.date_range(first, last).alias(day)))


def _discrepancies(warehouse: Warehouse, derived: Derivation, frames: Mapping[str, Lazy]) -> Iterator[Discrepancy]:
    """Where the computed rows do not add up to the input they were computed from."""
    if not derived.adds_up:
        return
    sums = {rule.column: nw.col(rule.column).sum() for rule in derived.adds_up}
    computed = warehouse.computed().select(**sums).collect("polars").rows(named=True)[0]
    for name in dict.fromkeys(rule.input for rule in derived.adds_up):
        rules = [rule for rule in derived.adds_up if rule.input == name]
        expected = frames[name].select(**{rule.column: rule.expected for rule in rules}).collect("polars").rows(named=True)[0]
        for rule in rules:
            have, want = float(computed[rule.column] or 0), float(expected[rule.column] or 0)
            if abs(have - want) > rule.tolerance:
                yield Discrepancy(f"{table_name(derived.contract)}.{rule.column}", have, want)


def _count(frame: Lazy) -> int:
    count: int = frame.select(nw.len()).collect("polars").item()
    return count
