"""What Superset computes of a published table: each column that can be taken together as one SQL aggregate, right over any rows.

A formula of a contract becomes a quotient of sums; its interval is computed of the same sums. What has a method instead of a formula
holds for its own row alone and is no metric. The SQL runs on DuckDB and on PostgreSQL.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from assets.expressions import Z
from schemas.projection import Column, additive, columns, quoted
from schemas.table import Table

_NAME: Final = re.compile(r"[a-z_][a-z_0-9]*")
_OPERAND: Final = re.compile(r"\s*(?P<call>[A-Z]*)\(")
_SHARE: Final = re.compile(r"(?:1 - )?(?:\w+|\([^()]*\)) / (?P<n>\w+|\([^()]*\))")
_ENDS: Final = ("low", "high")


@dataclass(frozen=True)
class Metric:
    """An aggregate over the rows of one table, under the name of the column that it gives for a single row."""

    name: str
    expression: str
    description: str
    unit: str | None


@cache
def metrics(table: type[Table]) -> Mapping[str, Metric]:
    """The metrics of a table by name, in the order of its columns."""
    sums = additive(table)
    by_name = {column.name: column for column in columns(table)}
    found = {}
    for column in by_name.values():
        expression = _expression(column, by_name, sums)
        if expression is not None:
            formula = f" = {column.formula}, over sums" if column.formula else ""
            found[column.name] = Metric(column.name, expression, f"{column.description.rstrip('.')}{formula}.", column.unit)
    return found


def aggregated(formula: str, sums: Collection[str]) -> str:
    """A formula over sums of its columns: null where it divides by 0."""
    text = _NAME.sub(lambda found: _sum(found[0]) if found[0] in sums else found[0], formula)
    for at in reversed([found.start() for found in re.finditer("/", text)]):
        start, end = _operand(text, at + 1)
        if end > start:
            text = f"{text[:start]}nullif({text[start:end]}, 0){text[end:]}"
    return text


def _expression(column: Column, by_name: dict[str, Column], sums: Collection[str]) -> str | None:
    if column.name in sums:
        return f"sum({quoted(column.name)})"
    if column.formula:
        return aggregated(column.formula, sums)
    for end in _ENDS:
        of = by_name.get(column.name.removesuffix(f"_ci_{end}"))
        if of is not None and of is not column and of.formula:
            if of.name == "nps":
                return _net_promoters(end, sums)
            return _wilson(of.formula, end, sums) if column.method is None else None
    return None


def _wilson(formula: str, end: str, sums: Collection[str]) -> str | None:
    """One end of the 95 % Wilson interval of a share; None where the formula is no share of a count. See `assets.expressions.wilson`."""
    share = _SHARE.fullmatch(formula)
    if share is None:
        return None
    p, n = f"({aggregated(formula, sums)})", f"({aggregated(share['n'], sums)})"
    half = f"{Z} * sqrt(({p} * (1 - {p}) + {Z * Z / 4} / nullif({n}, 0)) / nullif({n}, 0))"
    middle, widened = f"{p} + {Z * Z / 2} / nullif({n}, 0)", f"(1 + {Z * Z} / nullif({n}, 0))"
    if end == "low":
        return f"CASE WHEN {n} > 0 THEN greatest(({middle} - {half}) / {widened}, 0) END"
    return f"CASE WHEN {n} > 0 THEN least(({middle} + {half}) / {widened}, 1) END"


def _net_promoters(end: str, sums: Collection[str]) -> str:
    """One end of the adjusted Wald interval of NPS; see `assets.expressions.net_promoters`."""
    n = "(nps_n + 3.0)"
    p, d = f"((nps_promoters + 0.75) / {n})", f"((nps_detractors + 0.75) / {n})"
    half = f"{Z} * sqrt(({p} + {d} - ({p} - {d}) * ({p} - {d})) / {n})"
    clipped = f"greatest(100 * ({p} - {d} - {half}), -100)" if end == "low" else f"least(100 * ({p} - {d} + {half}), 100)"
    return aggregated(f"CASE WHEN nps_n > 0 THEN {clipped} END", sums)


def _sum(name: str) -> str:
    return f"CAST(sum({quoted(name)}) AS DOUBLE PRECISION)"


def _operand(text: str, start: int) -> tuple[int, int]:
    """Where the call or the group in parentheses that follows begins and ends; nothing where a number follows."""
    found = _OPERAND.match(text, start)
    if found is None:
        return start, start
    depth = 0
    for at in range(found.end() - 1, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return found.start("call"), at + 1
    raise ValueError(f"A parenthesis is not closed in the formula {text!r}.")
