"""The interval of a difference, from the intervals of what is subtracted (MOVER; Zou and Donner 2008)."""

Ends = tuple[float, float, float]
"""Value, low and high end."""


def difference_interval(one: Ends, other: Ends) -> tuple[float, float]:
    """Low and high end of ``one − other``; Newcombe's (1998, method 10) where both are shares with Wilson intervals.

    ``low = d − √((p₁ − l₁)² + (u₀ − p₀)²)``, ``high = d + √((u₁ − p₁)² + (p₀ − l₀)²)``.
    """
    (value, low, high), (other_value, other_low, other_high) = one, other
    below = ((value - low) ** 2 + (other_high - other_value) ** 2) ** 0.5
    above = ((high - value) ** 2 + (other_value - other_low) ** 2) ** 0.5
    return value - other_value - below, value - other_value + above
