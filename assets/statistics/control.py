"""Control limits: between which values a figure stays while nothing but its usual variation is at work.

For values as they come, the individuals chart (XmR: Shewhart 1931; Wheeler and Chambers, Understanding Statistical Process Control, 1992;
NIST/SEMATECH e-Handbook 6.3.2.2). For shares, the p′ chart (Laney, Improved control charts for attributes, Quality Engineering 14:531,
2002): with large n a p chart's limits are so narrow that nearly every period lies outside, because shares vary from period to
period by more than the chance of who answers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

D2: Final = 1.128
"""Mean range of two values of a normal distribution, in standard deviations."""
SIGMAS: Final = 3.0


@dataclass(frozen=True)
class Limits:
    """The centre line, and the limits below and above it."""

    centre: float
    low: float
    high: float

    def hold(self, value: float) -> bool:
        """Whether the value lies within; on a limit is within."""
        return self.low <= value <= self.high


def individuals(values: Sequence[float]) -> Limits | None:
    """Limits of the individuals chart: mean ± 3 · (mean moving range / 1.128).

    ``values`` are the periods of the baseline in order, two at least. None where they do not vary: then there is nothing to judge by.
    """
    centre = sum(values) / len(values)
    reach = SIGMAS * _moving_sigma(values)
    return Limits(centre, centre - reach, centre + reach) if reach else None


def shares(baseline: Sequence[tuple[int, int]], n: int) -> Limits | None:
    """Limits of Laney's p′ chart for the share of a period with this n: p̄ ± 3 · √(p̄(1 − p̄)/n) · σ_z, cut to 0 and 1.

    ``baseline`` holds successes and n of each period in order, two at least, none without n. σ_z is the mean moving range of the periods'
    z-scores / 1.128: above 1 where they vary by more than chance, below 1 where by less. None where nothing varies.
    """
    centre = sum(successes for successes, _ in baseline) / sum(size for _, size in baseline)
    spread = centre * (1 - centre)
    if spread <= 0:
        return None
    scores = [(successes / size - centre) / math.sqrt(spread / size) for successes, size in baseline]
    reach = SIGMAS * math.sqrt(spread / n) * _moving_sigma(scores)
    return Limits(centre, max(0.0, centre - reach), min(1.0, centre + reach)) if reach else None


def _moving_sigma(values: Sequence[float]) -> float:
    """The standard deviation by the moving ranges, which a lasting shift hardly widens."""
    ranges = [abs(after - before) for before, after in pairwise(values)]
    return sum(ranges) / len(ranges) / D2
