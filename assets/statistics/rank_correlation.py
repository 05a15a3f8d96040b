"""Whether two things rise and fall together: Spearman's ρ with its permutation test."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import numpy as np

FEWEST = 3
MOST_PAIRINGS = 10_000
BATCH = 500
SEED = 20_261_031
ROUNDING = 1e-12
"""Below this two values of ρ are the same."""


@dataclass(frozen=True)
class Correlation:
    """ρ, how often chance pairs as closely, or why neither is known."""

    rho: float | None
    p: float | None
    gap: str | None


def spearman(pairs: Sequence[tuple[float, float]]) -> Correlation:
    """Spearman's ρ, ties sharing their mean rank, and its two-sided p by permutation of one side (Good 2005).

    Computed here, since importing SciPy's statistics takes longer than all of a day's correlations.
    ``p = share of pairings whose |ρ| is at least as large``: over all pairings where there are no more than ten thousand, else over 9,999
    drawn ones and the one found. Drawn by a fixed seed: the same pairs in the same order give the same p.
    """
    if len(pairs) < FEWEST:
        return Correlation(None, None, "too_few_pairs")
    import numpy as np  # noqa: PLC0415  # heavy, and needed here alone

    one, other = (np.asarray(pl.Series(side).rank("average")) for side in zip(*pairs, strict=True))
    one, other = one - one.mean(), other - other.mean()
    spread = float(np.sqrt((one @ one) * (other @ other)))
    if spread == 0:
        return Correlation(None, None, "no_variation")
    rho = float(one @ other) / spread
    as_close = [int(np.sum(np.abs(shuffled @ other) / spread >= abs(rho) - ROUNDING)) for shuffled in _pairings(one)]
    every = factorial(len(pairs))
    p = sum(as_close) / every if every <= MOST_PAIRINGS else (sum(as_close) + 1) / MOST_PAIRINGS
    return Correlation(max(-1.0, min(1.0, rho)), p, None)


def _pairings(ranks: "np.ndarray") -> Iterator["np.ndarray"]:
    """One side in other orders, some hundred at a time: in each there is where they are few, else in drawn ones."""
    import numpy as np  # noqa: PLC0415  # likewise

    if factorial(len(ranks)) <= MOST_PAIRINGS:
        yield np.array(list(permutations(ranks)))
        return
    draw = np.random.default_rng(SEED)
    for start in range(1, MOST_PAIRINGS, BATCH):
        yield draw.permuted(np.tile(ranks, (min(BATCH, MOST_PAIRINGS - start), 1)), axis=1)
