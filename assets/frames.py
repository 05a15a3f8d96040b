"""The frames that core and KPI functions take and give, and how measures of several inputs come onto one row."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from assets.expressions import steady

Lazy = nw.LazyFrame[Any]
"""A lazy frame of whichever engine the warehouse runs on."""
Eager = nw.DataFrame[Any]
"""A collected frame."""
Frame = Lazy | Eager


def stacked(parts: Sequence[Lazy], grain: Sequence[str], *, counts: Sequence[str], amounts: Sequence[str]) -> Lazy:
    """One row per grain with the sums of every measure over the parts; a part that lacks a measure adds 0 to it.

    Summing a stack keeps a row that only one part has, which joining the parts would need outer joins for. Amounts are
    steadied, so that their sums do not depend on the order of the parts.
    """
    return (
        nw.concat([_complete(part, grain, counts, amounts) for part in parts], how="vertical")
        .group_by(*grain)
        .agg(
            **{name: nw.col(name).sum().cast(nw.Int64) for name in counts},
            **{name: nw.col(name).sum() for name in amounts},
        )
        .with_columns(steady(nw.col(name)).alias(name) for name in amounts)
    )


def _complete(part: Lazy, grain: Sequence[str], counts: Sequence[str], amounts: Sequence[str]) -> Lazy:
    present = part.collect_schema().names()

    def measure(name: str) -> nw.Expr:
        return nw.coalesce(nw.col(name), nw.lit(0)) if name in present else nw.lit(0)

    return part.select(
        *grain,
        *(measure(name).cast(nw.Int64).alias(name) for name in counts),
        *(measure(name).cast(nw.Float64).alias(name) for name in amounts),
    )
