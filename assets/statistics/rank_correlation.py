"""Whether two things rise and fall together: Spearman's ρ with its permutation test."""

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 3
RESAMPLES = 9_999
SEED = 20_261_031


@dataclass(frozen=True)
class Correlation:
    """ρ, how often chance pairs as closely, or why neither is known."""

    rho: float | None
    p: float | None
    gap: str | None


def spearman(pairs: Sequence[tuple[float, float]]) -> Correlation:
    """Spearman's ρ, ties sharing their mean rank, and its two-sided p by permutation of one side (Good 2005).

    ``p = share of pairings whose |ρ| is at least as large``: over all pairings where there are no more than ten thousand, else over 9,999
    drawn ones and the one found. Drawn by a fixed seed: the same pairs in the same order give the same p.
    """
    if len(pairs) < FEWEST:
        return Correlation(None, None, "too_few_pairs")
    import numpy as np  # noqa: PLC0415  # heavy, and needed here alone
    from scipy.stats import permutation_test, rankdata  # noqa: PLC0415  # likewise

    one, other = (rankdata(side) for side in zip(*pairs, strict=True))
    one, other = one - one.mean(), other - other.mean()
    spread = float(np.sqrt((one @ one) * (other @ other)))
    if spread == 0:
        return Correlation(None, None, "no_variation")

    def closeness(shuffled: "np.ndarray", axis: int = -1) -> "np.ndarray":
        return np.asarray(np.abs(np.sum(shuffled * other, axis=axis)) / spread)

    test = permutation_test(
        (one,), closeness, permutation_type="pairings", alternative="greater", n_resamples=RESAMPLES, batch=500, vectorized=True, rng=SEED
    )
    rho = float(one @ other) / spread
    return Correlation(max(-1.0, min(1.0, rho)), float(test.pvalue), None)
