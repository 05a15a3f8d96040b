"""How a table is derived from others: the declaration that a core or KPI function carries.

A derived table is cut into *units* (a record, a ticket, a customer, a day, a month). A change of an input
touches some units; a refresh computes exactly these again, from the rows of the inputs that belong to them,
and replaces exactly their rows. The functions know nothing of this: they see frames and give a frame.
"""

import datetime as dt
import hashlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import narwhals as nw

from assets.frames import Frame
from assets.parameters import Parameters
from schemas.projection import columns, ddl, grain, table_name
from schemas.table import Table

RECORD = ("source", "source_record_id")
"""What names a record in every raw table; changes of raw tables are noted by it."""

Function = Callable[..., Frame]


@dataclass(frozen=True)
class Period:
    """A unit that is the first day of the period in which a day of a row lies."""

    day: str
    """The column with that day."""
    step: str
    """How long a period lasts."""

    def first_day(self) -> nw.Expr:
        """The first day of a row's period."""
        return nw.col(self.day).dt.truncate(self.step).cast(nw.Date)


@dataclass(frozen=True)
class By:
    """An input whose rows each belong to one unit of the output.

    ``noted`` are its columns whose values are noted when a row changes; ``unit`` says, from these columns
    (for a raw input: from all of its columns), which unit the row belongs to. A null unit belongs nowhere.
    """

    contract: type[Table]
    noted: tuple[str, ...]
    unit: Mapping[str, nw.Expr]
    is_told_by_record: bool = False
    """Of a raw input, whether the columns noted are enough to tell the unit."""
    period: Period | None = None
    """The unit, where it is a period."""
    reads: tuple[str, ...] | None = None
    """See `sees`."""


@dataclass(frozen=True)
class Following:
    """That a row matters to nothing but what came before it, and not long before."""

    at: str
    """When the row is of."""
    carrier_at: str
    """When the row of the other input is of."""
    within: Callable[[Parameters], dt.timedelta]
    """The longest time between the two."""


@dataclass(frozen=True)
class Lookup:
    """An input that rows of another input look up: read whole; a change touches the units that refer to it.

    ``key`` is the column looked up (of a raw table the record's id), ``carrier`` the name of the `By` input that refers to it with column
    ``carrier_key``.
    """

    contract: type[Table]
    key: str
    carrier: str
    carrier_key: str
    following: Following | None = None
    """Which rows of the carrier see it, where time decides that too."""
    reads: tuple[str, ...] | None = None
    """See `sees`."""

    @property
    def noted(self) -> tuple[str, ...]:
        """Its columns whose values are noted when a row changes."""
        return (self.key, self.following.at) if self.following else (self.key,)


@dataclass(frozen=True)
class During:
    """An input whose rows each belong to a stretch of units of the output, which are days, months or quarters.

    A table computed for some units sees the rows that belong to any unit from the first of these to the last.
    """

    contract: type[Table]
    noted: tuple[str, ...]
    """Its columns whose values are noted when a row changes."""
    first: nw.Expr | Callable[[Parameters], nw.Expr]
    """The first day that a row belongs to, from these columns; settings may decide it. Null for a row that belongs nowhere."""
    last: nw.Expr | Callable[[Parameters], nw.Expr]
    """The last one, likewise, which may lie before the first for a row that belongs nowhere; null where there is no end."""
    step: str = "1d"
    """How long a unit lasts; a row belongs to those of its first and its last day, and to all between."""
    cut: tuple[str, str] | None = None
    """Two dates of a row, from which on and before which it is there, that are moved to where the units begin and end."""
    reads: tuple[str, ...] | None = None
    """See `sees`."""

    def days(self, parameters: Parameters) -> tuple[nw.Expr, nw.Expr]:
        """The first and the last day that a row belongs to, under these settings."""
        first, last = (end(parameters) if callable(end) else end for end in (self.first, self.last))
        return first, last


@dataclass(frozen=True)
class Reference:
    """An input made from the settings: it changes only with them, which rebuilds the table. Read whole where no period is named."""

    contract: type[Table]
    period: Period | None = None
    """For a function that asks its inputs which units it is to compute: a row is one of the days of the unit."""


@dataclass(frozen=True)
class Whole:
    """An input of a table that is computed whole whenever the input changes."""

    contract: type[Table]
    reads: tuple[str, ...] | None = None
    """See `sees`."""


Input = By | During | Lookup | Reference | Whole


def sees(given: Input) -> tuple[str, ...] | None:
    """The only columns of an input that the function is given: those noted and those it ``reads``; None for all.

    So a change of its other columns cannot touch the output, and a function that looks at another column fails.
    """
    if isinstance(given, Reference) or given.reads is None:
        return None
    noted = grain(given.contract) if isinstance(given, Whole) else given.noted
    return tuple(dict.fromkeys((*noted, *given.reads)))


@dataclass(frozen=True)
class AddsUp:
    """What a table must have in common with an input: the sum of a column equals a figure of the input's rows.

    Both sides are taken over the units being refreshed, before anything is written.
    """

    column: str
    input: str
    expected: nw.Expr
    """One aggregate over the input's rows."""
    tolerance: float = 0.0
    """For money that was spread over rows and rounded on each."""


@dataclass(frozen=True)
class Derivation:
    """A derived table: its contract, its function, its inputs, and the unit by which it is refreshed."""

    contract: type[Table]
    function: Function
    inputs: Mapping[str, Input]
    unit: tuple[str, ...]
    """Columns of the contract that name a unit; empty for a table that is always computed whole."""
    takes_parameters: bool
    uses: tuple[str, ...]
    """Parameters that its rows depend on; all of them where none is named."""
    is_eager: bool
    """Whether the function needs collected frames; it is then given bounded batches of units."""
    matures_after: Callable[[Parameters], dt.timedelta] | None
    """How long after its unit (a day) a row may still change without any new input."""
    adds_up: tuple["AddsUp", ...]

    @property
    def name(self) -> str:
        """Full name of the table."""
        return table_name(self.contract)

    def version(self, parameters: Parameters, settings: str) -> str:
        """Hash of everything but the rows that the table is computed from: code, contract, settings."""
        parts = [ddl(self.contract), _code(self.function.__module__), settings]
        if self.takes_parameters:
            parts.append(parameters.model_dump_json(include=set(self.uses) or None))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def compute(self, frames: Mapping[str, Frame], parameters: Parameters) -> Frame:
        """The function, called on its inputs."""
        if self.takes_parameters:
            return self.function(**frames, parameters=parameters)
        return self.function(**frames)


@cache
def _code(module: str) -> str:
    """The source of a module of ours and of every module of ours that it takes something from."""
    seen: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen[name] = inspect.getsource(sys.modules[name])
            named = (getattr(value, "__module__", None) for value in vars(sys.modules[name]).values())
            waiting.extend(used for used in named if isinstance(used, str) and used.split(".")[0] == "assets")
    return "".join(seen[name] for name in sorted(seen))


_DERIVATIONS: dict[Function, Derivation] = {}


def derive(
    contract: type[Table],
    *,
    unit: tuple[str, ...] = (),
    is_eager: bool = False,
    uses: tuple[str, ...] = (),
    matures_after: Callable[[Parameters], dt.timedelta] | None = None,
    adds_up: tuple[AddsUp, ...] = (),
    **inputs: Input,
) -> Callable[[Function], Function]:
    """Bind a plain function to the contract it fulfils; the function itself is left as it is.

    The names of ``inputs`` are the function's parameters. A function with a parameter ``parameters`` is also
    given the settings, and its table is rebuilt when they change; ``uses`` names the only ones it looks at.
    """

    def bind(function: Function) -> Function:
        names = set(inspect.signature(function).parameters)
        if names - {"parameters"} != set(inputs):
            raise TypeError(f"{table_name(contract)}: the function takes {sorted(names)}, the declared inputs are {sorted(inputs)}.")
        _DERIVATIONS[function] = Derivation(
            contract=contract,
            function=function,
            inputs=inputs,
            unit=unit,
            takes_parameters="parameters" in names,
            uses=uses,
            is_eager=is_eager,
            matures_after=matures_after,
            adds_up=adds_up,
        )
        return function

    return bind


def derivation(function: Function) -> Derivation:
    """The declaration that a bound function carries."""
    return _DERIVATIONS[function]


def with_as_of(parameters: Parameters) -> dt.timedelta:  # noqa: ARG001  # every maturity is asked of the settings
    """The maturity of a table that is computed whole, and anew whenever the data is known up to another instant."""
    return dt.timedelta()


def by_record(contract: type[Table]) -> By:
    """A raw input whose record is the unit."""
    return By(contract, noted=RECORD, unit={column: nw.col(column) for column in RECORD}, is_told_by_record=True)


def by_column(contract: type[Table], column: str, unit: str | None = None, *, reads: tuple[str, ...] | None = None) -> By:
    """An input whose unit is the value of one of its columns, under the output's name for it."""
    is_day = any(known.name == column and known.sql_type == "DATE" for known in columns(contract))
    period = Period(column, "1d") if is_day else None
    return By(contract, noted=(column,), unit={unit or column: nw.col(column)}, period=period, reads=reads)


def by_month(contract: type[Table], day: str, unit: str = "month_on", *, reads: tuple[str, ...] | None = None) -> By:
    """An input with a business date, for a monthly table."""
    return _by_period(contract, unit, Period(day, "1mo"), reads)


def month_of(day: str) -> nw.Expr:
    """First day of the month of a business date."""
    return Period(day, "1mo").first_day()


def by_quarter(contract: type[Table], day: str, unit: str = "quarter_on", *, reads: tuple[str, ...] | None = None) -> By:
    """An input with a business date, for a quarterly table."""
    return _by_period(contract, unit, Period(day, "1q"), reads)


def quarter_of(day: str) -> nw.Expr:
    """First day of the quarter of a business date."""
    return Period(day, "1q").first_day()


def _by_period(contract: type[Table], unit: str, period: Period, reads: tuple[str, ...] | None) -> By:
    return By(contract, noted=(period.day,), unit={unit: period.first_day()}, period=period, reads=reads)
