"""How much each of several things that go together has to do with another: shares of R² (Lindeman, Merenda, Gold 1980)."""

from collections.abc import Sequence
from math import factorial

MOST = 12
"""Above this many the subsets, which double with each, take too long."""


def shares_of_r_squared(covariances: Sequence[Sequence[float]]) -> list[float] | None:
    """LMG share of each predictor: what it adds to R², averaged over all orders of taking the predictors in.

    ``covariances`` is the matrix of the predictors and, last, of what they explain; any multiple of it will do. The shares add up
    to the R² of all predictors. This is the Shapley value of the game whose worth is R² (Grömping 2007). Predictors that
    do not vary or that others determine are fine. None where what is to be explained does not vary.
    """
    import numpy as np  # noqa: PLC0415  # heavy, and needed here alone

    matrix = np.asarray(covariances, dtype=float)
    if matrix[-1, -1] <= 0:
        return None
    spread = np.sqrt(np.diag(matrix))
    scaled = matrix / np.outer(*[np.where(spread > 0, spread, 1.0)] * 2)
    k = len(matrix) - 1
    explained = np.zeros(1 << k)
    for subset in range(1, 1 << k):
        members = [place for place in range(k) if subset >> place & 1]
        toward = scaled[members, -1]
        explained[subset] = toward @ np.linalg.pinv(scaled[np.ix_(members, members)], hermitian=True) @ toward
    weights = [factorial(size) * factorial(k - size - 1) / factorial(k) for size in range(k)]
    return [
        float(
            sum(
                weights[subset.bit_count()] * (explained[subset | 1 << place] - explained[subset])
                for subset in range(1 << k)
                if not subset >> place & 1
            )
        )
        for place in range(k)
    ]
