"""From where on customers notice: the first band of a measure in which fewer are satisfied (zone of tolerance, Parasuraman et al. 1991)."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from assets.statistics.attribution import Fourfold, risk_difference

FLAT = Fourfold("flat_satisfied", "flat_n", "satisfied", "n")


@dataclass(frozen=True)
class Drop:
    """The band in which satisfaction first drops, and the satisfied share before it and in it."""

    band: int
    before: float
    within: float


def first_drop(bands: Sequence[tuple[int, int]], fewest: int) -> Drop | None:
    """The first band in which significantly fewer are satisfied than in all bands before it together; None where there is none.

    A band is answers and satisfied ones, the best band first. Significant is a difference whose 95 % interval (Newcombe) lies above 0.
    Bands with fewer than ``fewest`` answers, or with fewer than that before them, are not judged; they count among those before the next.
    """
    known = (
        nw.from_native(pl.DataFrame(bands, schema={"n": pl.Int64, "satisfied": pl.Int64}, orient="row"), eager_only=True)
        .with_columns(flat_n=nw.col("n").cum_sum() - nw.col("n"), flat_satisfied=nw.col("satisfied").cum_sum() - nw.col("satisfied"))
        .with_columns(**risk_difference("drop", FLAT))
    )
    for place, row in enumerate(known.iter_rows(named=True)):
        if min(row["n"], row["flat_n"]) >= fewest and row["drop_ci_low"] is not None and row["drop_ci_low"] > 0:
            return Drop(place, row["flat_satisfied"] / row["flat_n"], row["satisfied"] / row["n"])
    return None


def is_judged(bands: Sequence[tuple[int, int]], fewest: int) -> bool:
    """Whether there are two bands at least that can be held against each other."""
    before = 0
    for n, _ in bands:
        if min(n, before) >= max(fewest, 1):
            return True
        before += n
    return False
