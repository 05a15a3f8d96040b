"""Whether rows keep their contract, told in one pass over them where that can be; what exactly breaks it, pandera tells."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import pandera.errors
import polars as pl

from schemas.table import Table


def _has_length(value: pl.Expr, given: Mapping[str, Any]) -> pl.Expr:
    exact = given.get("exact_value")
    least, most = given.get("min_value", exact), given.get("max_value", exact)
    length = value.str.len_chars()
    return length.is_between(least or 0, length if most is None else most)


_PROMISES: Final[Mapping[str, Callable[[pl.Expr, Mapping[str, Any]], pl.Expr]]] = {
    "greater_than": lambda value, given: value > given["min_value"],
    "greater_than_or_equal_to": lambda value, given: value >= given["min_value"],
    "less_than_or_equal_to": lambda value, given: value <= given["max_value"],
    "isin": lambda value, given: value.is_in(list(given["allowed_values"])),
    "str_length": _has_length,
}
"""The checks that contracts use most, as pandera defines them: a null passes."""


def is_sound(contract: type[Table], rows: pl.DataFrame) -> bool:
    """Whether the rows surely keep the contract.

    False says that a row breaks it or that the contract promises something that only pandera can tell; validate then.
    Pandera evaluates check by check and column by column, which for many small tables is most of their cost.
    """
    told = _told_at_once(contract)
    if told is None or rows.schema != told[0]:
        return False
    if not rows.select(pl.all_horizontal(told[1])).item():
        return False
    kept = pl.collect_all(check(rows.lazy()).check_passed for check in contract.to_schema().checks)
    return all(is_kept.item() is True for is_kept in kept)


def faults(contract: type[Table], rows: pl.DataFrame) -> pl.DataFrame | None:
    """What breaks the contract, as pandera's failure cases (`column`, `check`, `index` and more); None where nothing does."""
    if is_sound(contract, rows):
        return None
    try:
        contract.validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases: pl.DataFrame = errors.failure_cases
        return cases
    return None


@cache
def _told_at_once(contract: type[Table]) -> tuple[pl.Schema, list[pl.Expr]] | None:
    """The columns, and one expression a column's promise that gives whether all rows keep it; None where a promise has no expression.

    Promises of whole rows are expressions already, which pandera asks once.
    """
    schema = contract.to_schema()
    checks = [check for column in schema.columns.values() for check in column.checks]
    if any(check.name not in _PROMISES or not check.ignore_na for check in checks):
        return None
    promises = [pl.lit(value=True)]
    for name, column in schema.columns.items():
        value = pl.col(name)
        if not column.nullable:
            promises.append(value.is_not_null().all())
            if column.dtype.type in {pl.Float32, pl.Float64}:
                promises.append(value.is_not_nan().all())
        promises.extend(_PROMISES[check.name](value, check.statistics or {}).all() for check in column.checks)
    if schema.unique:
        promises.append(pl.struct(schema.unique).is_unique().all())
    return pl.Schema({name: column.dtype.type for name, column in schema.columns.items()}), promises
