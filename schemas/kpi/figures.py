"""How figures are declared: counts, ratios with their interval, amounts. Used by the KPI contracts alone."""

from typing import Any

import pandera.polars as pa


def count(description: str, unit: str) -> Any:
    """A number of things; never null, never negative."""
    return pa.Field(ge=0, description=description, metadata={"unit": unit})


def share(description: str, formula: str) -> Any:
    """A ratio from 0 to 1; null when its denominator is 0."""
    return pa.Field(ge=0, le=1, nullable=True, description=description, metadata={"unit": "ratio", "formula": formula})


def bound(of: str, end: str, method: str = "Wilson") -> Any:
    """One end of the 95 % interval of a share."""
    description = f"{end.capitalize()} end of the 95 % {method} interval of `{of}`; null when `{of}` is."
    return pa.Field(ge=0, le=1, nullable=True, description=description, metadata={"unit": "ratio"})


def figure(description: str, unit: str, formula: str) -> Any:
    """A computed figure of any sign; null when it is not defined."""
    return pa.Field(nullable=True, description=description, metadata={"unit": unit, "formula": formula})


def amount(description: str) -> Any:
    """Money in the reporting currency, exact."""
    return pa.Field(description=description, metadata={"unit": "money"})
