"""The truth's own shares and the ranges in which they lie."""

import math
from collections.abc import Sequence

_Z = 1.959963984540054


def wilson(k: int, n: int) -> tuple[float, float]:
    """Both ends of the 95 % score interval: the roots p of (k/n − p)² = z²·p(1 − p)/n."""
    a, b, c = n + _Z**2, -(2 * k + _Z**2), k * k / n
    root = math.sqrt(b * b - 4 * a * c)
    return max((-b - root) / (2 * a), 0.0), min((-b + root) / (2 * a), 1.0)


def median(values: Sequence[int]) -> float | None:
    """The middle one, or the mean of the two in the middle; none of nothing."""
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    return float(ordered[half]) if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
