"""How figures are declared: counts, ratios with their interval, amounts. Used by the KPI contracts alone."""

from typing import Any

import pandera.polars as pa


def count(description: str, unit: str) -> Any:
    """A number of things; never null, never negative."""
    return pa.Field(ge=0, description=description, metadata={"unit": unit})


def number(description: str, unit: str, method: str) -> Any:
    """A whole number whose sums over rows mean nothing, such as a place or a count that several rows repeat; null when not known."""
    return pa.Field(ge=0, nullable=True, description=description, metadata=_computed(unit, None, method))


def share(description: str, formula: str | None = None, *, method: str | None = None) -> Any:
    """A ratio from 0 to 1; null when its denominator is 0. ``formula`` and ``method`` as for `figure`."""
    return pa.Field(ge=0, le=1, nullable=True, description=description, metadata=_computed("ratio", formula, method))


def bound(of: str, end: str, method: str = "Wilson") -> Any:
    """One end of the 95 % interval of a share."""
    description = f"{end.capitalize()} end of the 95 % {method} interval of `{of}`; null when `{of}` is."
    return pa.Field(ge=0, le=1, nullable=True, description=description, metadata={"unit": "ratio"})


def figure(description: str, unit: str, formula: str | None = None, *, method: str | None = None) -> Any:
    """A computed figure of any sign; null when it is not defined.

    ``formula`` is SQL over the table's additive columns: it gives the figure of a row, and, over sums of those
    columns, of any set of rows. A figure that cannot be re-aggregated has a ``method`` in words instead.
    """
    return pa.Field(nullable=True, description=description, metadata=_computed(unit, formula, method))


def per(cost: str, things: str) -> str:
    """The formula of what one thing costs: null without a cost, since what nobody booked is not free."""
    return f"CASE WHEN {cost} <> 0 THEN {cost} / {things} END"


def amount(description: str, *, nullable: bool = False) -> Any:
    """Money in the reporting currency, exact; null, where it may be, when nobody knows it."""
    return pa.Field(nullable=nullable, description=description, metadata={"unit": "money"})


def _computed(unit: str, formula: str | None, method: str | None) -> dict[str, str]:
    said = {"unit": unit, "formula": formula, "method": method}
    return {name: text for name, text in said.items() if text is not None}
