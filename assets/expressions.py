"""The guarded vocabulary: what engines disagree on, said once so that they agree.

Belongs here: an expression that two tables need and that an engine would otherwise answer differently.
"""

import narwhals as nw

Z = 1.959963984540054
"""Normal quantile of a two-sided 95 % interval."""


def count_where(condition: nw.Expr) -> nw.Expr:
    """Rows for which the condition holds; an unknown condition does not hold, no rows give 0."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).sum().cast(nw.Int64)


def sum_where(value: nw.Expr, condition: nw.Expr) -> nw.Expr:
    """Sum of an exact value over the rows for which the condition holds; 0 where there are none."""
    return nw.when(condition).then(value).otherwise(value - value).sum()


def ratio(numerator: nw.Expr, denominator: nw.Expr) -> nw.Expr:
    """Quotient as a double; null where the denominator is 0 or null."""
    return nw.when(denominator != 0).then(numerator.cast(nw.Float64) / denominator.cast(nw.Float64))


def wilson(successes: nw.Expr, n: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
    """Low and high end of the 95 % Wilson score interval of ``successes`` of ``n``; null where n is 0.

    centre = (p + z²/2n) / (1 + z²/n), half = z · √(p(1−p)/n + z²/4n²) / (1 + z²/n); Wilson 1927.
    The ends at p = 0 and p = 1 are set exactly, where rounding would leave them a hair outside 0…1.
    """
    count = n.cast(nw.Float64)
    p = ratio(successes, n)
    widened = 1 + ratio(nw.lit(Z * Z), count)
    centre = (p + ratio(nw.lit(Z * Z / 2), count)) / widened
    half = (ratio(p * (1 - p), count) + ratio(nw.lit(Z * Z / 4), count * count)).sqrt() * Z / widened
    low = nw.when(successes == 0).then(nw.lit(0.0)).otherwise(centre - half)
    high = nw.when(successes == n).then(nw.lit(1.0)).otherwise(centre + half)
    return nw.when(n > 0).then(low), nw.when(n > 0).then(high)


def share_with_interval(name: str, successes: str, n: str) -> dict[str, nw.Expr]:
    """A share and the ends of its interval, under the names that the contracts give them."""
    low, high = wilson(nw.col(successes), nw.col(n))
    return {name: ratio(nw.col(successes), nw.col(n)), f"{name}_ci_low": low, f"{name}_ci_high": high}


def seconds_between(start: str, end: str) -> nw.Expr:
    """Whole seconds from one instant to another; null where either is."""
    return (nw.col(end) - nw.col(start)).dt.total_seconds()


def row_status(n: str, small_sample: int, immature: str | None = None) -> nw.Expr:
    """How a KPI row may be read, by its n and, where given, its count of immature cases."""
    nothing = nw.lit("no_data") if immature is None else nw.when(nw.col(immature) > 0).then(nw.lit("immature")).otherwise(nw.lit("no_data"))
    small = nw.when(nw.col(n) < small_sample).then(nw.lit("small_sample")).otherwise(nw.lit("ok"))
    return nw.when(nw.col(n) == 0).then(nothing).otherwise(small)
