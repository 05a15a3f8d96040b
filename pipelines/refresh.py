"""Bringing a derived table up to date: which units changed, computing exactly these, replacing exactly their rows."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from assets.business_time import channel_schedules_rows, opening_hours_rows
from assets.core.business_day import calendar_rows
from assets.derivation import RECORD, By, Derivation, During, Lookup, Reference, Whole, sees
from assets.frames import Frame, Lazy
from assets.parameters import Parameters
from assets.schedules import Schedule
from pipelines.reading import Inputs, Reading, changed, count, in_memory, inputs, unbroken
from pipelines.warehouse.protocol import Refreshed, Warehouse
from schemas.core.calendar import Calendar
from schemas.core.channel_schedules import ChannelSchedules
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.opening_hours import OpeningHours
from schemas.projection import layer, table_name

EAGER_UNITS = 200_000
"""Units collected at a time for a function that needs collected frames."""


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
        if known.as_of != parameters.as_of or _is_noted(warehouse, derived, known):
            with warehouse.transaction():
                warehouse.mark_refreshed(derived.contract, version, parameters.as_of)
        return Refresh(units=0)
    try:
        with warehouse.transaction():
            reading = Reading(warehouse)
            units: Lazy | None = None
            number: int | None = None
            if known and not is_whole and derived.unit:
                units = _changed_units(reading, derived, parameters, known)
                number = count(units)
            done = Refresh(units=0) if number == 0 else _compute(reading, derived, parameters, units, number)
            warehouse.mark_refreshed(derived.contract, version, parameters.as_of)
            return done
    except _DoesNotAddUpError as fault:
        return fault.refresh


def _may_have_changed(warehouse: Warehouse, derived: Derivation, parameters: Parameters, known: Refreshed) -> bool:
    """Whether any input has changed, or time has passed that may have made a row mature."""
    inputs = (given for given in derived.inputs.values() if not isinstance(given, Reference))
    is_older = derived.matures_after is not None and parameters.as_of != known.as_of
    return is_older or any(warehouse.has_noted(given.contract, known.generation, sees(given)) for given in inputs)


def _is_noted(warehouse: Warehouse, derived: Derivation, known: Refreshed) -> bool:
    """Whether anything was noted that waits for this table to take it in, if only to find that nothing of it matters."""
    inputs = (given.contract for given in derived.inputs.values() if not isinstance(given, Reference))
    return any(warehouse.has_noted(contract, known.generation) for contract in inputs)


def _compute(reading: Reading, derived: Derivation, parameters: Parameters, units: Lazy | None, number: int | None) -> Refresh:
    warehouse = reading.warehouse
    given = inputs(reading, derived, units, parameters)
    replaced = warehouse.replace(derived.contract, _results(reading, derived, parameters, units, given), derived.unit, units)
    if discrepancies := tuple(_discrepancies(warehouse, derived, given.frames)):
        raise _DoesNotAddUpError(number, discrepancies)
    return Refresh(units=number, deleted=replaced.deleted, inserted=replaced.inserted)


def _results(reading: Reading, derived: Derivation, parameters: Parameters, units: Lazy | None, given: Inputs) -> Iterator[Frame]:
    """What the function gives; one that needs collected frames is called on bounded batches of units."""
    if not derived.is_eager:
        rows = derived.compute(given.frames, parameters)
        yield rows if units is None else reading.only_units(rows.lazy(), derived, units)
        return
    if given.are_few or not derived.unit:
        yield derived.compute(given.collected(), parameters)
        return
    wanted = _all_units(reading.warehouse, derived) if units is None else units
    for batch in _batches(wanted, derived, reading.warehouse):
        yield derived.compute(inputs(reading, derived, batch, parameters).collected(), parameters)


def _batches(units: Lazy, derived: Derivation, warehouse: Warehouse) -> Iterator[Lazy]:
    """Some units at a time, kept where the rows are: all of them may be more than memory holds.

    They come in order, so that the rows of a batch lie together as far as the rows of a table do.
    """
    place = "place among all units"
    placed = warehouse.hold(units.with_row_index(place, order_by=list(derived.unit)))
    for start in range(0, count(placed), EAGER_UNITS):
        of_batch = (nw.col(place) >= start) & (nw.col(place) < start + EAGER_UNITS)
        yield warehouse.hold(placed.filter(of_batch).drop(place))


def _all_units(warehouse: Warehouse, derived: Derivation) -> Lazy:
    parts = [_units_of(warehouse.table(given.contract), given, derived) for given in derived.inputs.values() if isinstance(given, By)]
    return nw.concat(parts, how="vertical").unique()


def _changed_units(reading: Reading, derived: Derivation, parameters: Parameters, known: Refreshed) -> Lazy:
    """The units that a change since the last refresh touches."""
    warehouse = reading.warehouse
    noted = {
        name: warehouse.noted(given.contract, known.generation, sees(given))
        for name, given in derived.inputs.items()
        if not isinstance(given, Reference | Whole) and warehouse.has_noted(given.contract, known.generation, sees(given))
    }
    parts: list[Lazy] = []
    for name, rows in (in_memory(noted) or noted).items():
        given = derived.inputs[name]
        if isinstance(given, Lookup):
            parts.append(_units_that_refer(reading, given, derived, rows, parameters))
        elif isinstance(given, During):
            parts.append(_units_during(rows, given, derived, parameters, known))
        elif isinstance(given, By) and layer(given.contract) == "raw" and not given.is_told_by_record:
            parts.extend(_units_of_records(reading, given, derived, rows))
        elif isinstance(given, By):
            parts.append(_units_of(rows, given, derived))
    parts.extend(_maturing(derived, parameters, known))
    if not parts:
        return nw.from_native(pl.LazyFrame(schema=derived.unit))
    return changed({str(number): part for number, part in enumerate(parts)}, warehouse)


def _units_of(rows: Lazy, given: By, derived: Derivation) -> Lazy:
    return rows.select(**{column: given.unit[column] for column in derived.unit})


def _units_that_refer(reading: Reading, given: Lookup, derived: Derivation, noted: Lazy, parameters: Parameters) -> Lazy:
    """Units that refer to changed rows of an input that is looked up."""
    carrier = derived.inputs[given.carrier]
    if not isinstance(carrier, By):
        raise TypeError(f"{derived.name}: the carrier {given.carrier!r} must be cut into units.")
    key = nw.col(given.key).alias(given.carrier_key)
    if not given.following:
        rows, keys = reading.with_keys(carrier.contract, noted.select(key))
        return _units_of(rows.join(keys, on=given.carrier_key, how="semi"), carrier, derived)
    rows, keys = reading.with_keys(carrier.contract, noted.select(key, changed_at=given.following.at))
    before, latest = nw.col(given.following.carrier_at), nw.col("changed_at")
    is_near = (before <= latest) & (before >= latest - given.following.within(parameters))
    return _units_of(rows.join(keys, on=given.carrier_key, how="inner").filter(is_near), carrier, derived)


def _units_during(noted: Lazy, given: During, derived: Derivation, parameters: Parameters, known: Refreshed) -> Lazy:
    """The units that changed rows belong to, or belonged to."""
    (unit,) = derived.unit
    begins, ends = given.days(parameters)
    stretches = noted.select(first=begins, last=ends).unique().collect("polars").to_native()
    newest = max((at.date() for at in (parameters.as_of, known.as_of) if at), default=stretches["first"].max())
    whole = stretches.with_columns(pl.col("first").dt.truncate(given.step), pl.col("last").fill_null(newest).dt.truncate(given.step))
    joined = unbroken(whole.filter(pl.col("first") <= pl.col("last")))
    units: Lazy = nw.from_native(joined.lazy().select(pl.date_ranges("first", "last", given.step).alias(unit)).explode(unit))
    return units


def _units_of_records(reading: Reading, given: By, derived: Derivation, noted: Lazy) -> Iterator[Lazy]:
    """Units that changed records belong to now, and those their stored rows belong to."""
    rows, records = reading.with_keys(given.contract, noted.select(*RECORD))
    yield _units_of(rows.join(records, on=list(RECORD), how="semi"), given, derived)
    stored, records = reading.with_keys(derived.contract, noted.select(*RECORD))
    yield stored.join(records, on=list(RECORD), how="semi").select(*derived.unit)


def _maturing(derived: Derivation, parameters: Parameters, known: Refreshed) -> Iterator[Lazy]:
    """Days that may have matured (or no longer be mature) because the data is now known up to another instant; or their months."""
    if derived.matures_after is None or parameters.as_of is None or known.as_of is None or parameters.as_of == known.as_of:
        return
    reach = derived.matures_after(parameters) + dt.timedelta(days=2)
    first, last = (min(known.as_of, parameters.as_of) - reach).date(), max(known.as_of, parameters.as_of).date()
    (unit,) = derived.unit
    step = next((given.step for given in derived.inputs.values() if isinstance(given, During)), "1d")
    yield nw.from_native(pl.LazyFrame().select(pl.date_range(first, last).dt.truncate(step).unique().alias(unit)))


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
