"""The interval of a difference, from the intervals of what is subtracted (MOVER; Zou and Donner 2008).

Newcombe's (1998, method 10) where both are shares with Wilson intervals.
"""

from typing import TypeVar

import narwhals as nw

Number = TypeVar("Number", float, nw.Expr)


def squared_reach(one: tuple[Number, Number, Number], other: tuple[Number, Number, Number]) -> tuple[Number, Number]:
    """How far the interval of ``one − other`` reaches below and above it, squared; each given as value, low and high end.

    ``(p₁ − l₁)² + (u₀ − p₀)²`` and ``(u₁ − p₁)² + (p₀ − l₀)²``.
    """
    (value, low, high), (other_value, other_low, other_high) = one, other
    below = (value - low) * (value - low) + (other_high - other_value) * (other_high - other_value)
    above = (high - value) * (high - value) + (other_value - other_low) * (other_value - other_low)
    return below, above


def difference_interval(one: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float]:
    """Low and high end of ``one − other``."""
    below, above = squared_reach(one, other)
    difference = one[0] - other[0]
    return difference - below**0.5, difference + above**0.5
