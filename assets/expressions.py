"""The guarded vocabulary: what engines disagree on, said once so that they agree.

Belongs here: an expression that two tables need and that an engine would otherwise answer differently.
"""

from collections.abc import Mapping

import narwhals as nw

Z = 1.959963984540054
"""Normal quantile of a two-sided 95 % interval."""


def count_where(condition: nw.Expr) -> nw.Expr:
    """Rows for which the condition holds; an unknown condition does not hold, no rows give 0."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).sum().cast(nw.Int64)


def sum_where(value: nw.Expr, condition: nw.Expr) -> nw.Expr:
    """Sum of an exact value over the rows for which the condition holds; 0 where there are none."""
    return nw.when(condition).then(value).otherwise(value - value).sum()


def steady(value: nw.Expr) -> nw.Expr:
    """A double at whole millionths: finer than what is stored, so that it rounds as before, and the same however it was summed."""
    return _at_whole(value, 1_000_000)


def steady_sum(value: nw.Expr) -> nw.Expr:
    """Sum of doubles to a billionth; the same in whatever order an engine takes the rows, which a sum of doubles is not."""
    return (value * 1_000_000_000 + 0.5).floor().cast(nw.Int64).sum().cast(nw.Float64) / 1_000_000_000


def by_word(column: str, constants: Mapping[str, str] | Mapping[str, float], dtype: type[nw.Float64 | nw.String]) -> nw.Expr:
    """The constant of each word of a coded column; null for a word that has none."""
    chosen = nw.lit(None, dtype=dtype)
    for word, constant in constants.items():
        chosen = nw.when(nw.col(column) == word).then(nw.lit(constant)).otherwise(chosen)
    return chosen


def ratio(numerator: nw.Expr, denominator: nw.Expr) -> nw.Expr:
    """Quotient as a double; null where the denominator is 0 or null."""
    return nw.when(denominator != 0).then(numerator.cast(nw.Float64) / denominator.cast(nw.Float64))


def return_on(gain: nw.Expr, cost: nw.Expr) -> nw.Expr:
    """(gain − cost) / cost; null where nothing was spent on balance."""
    return nw.when(cost > 0).then(ratio(gain - cost, cost))


def cost_per(thing: nw.Expr, cost: nw.Expr) -> nw.Expr:
    """What one thing costs; null without a cost, since nothing booked is not free."""
    return nw.when(cost != 0).then(ratio(cost, thing))


def wilson(successes: nw.Expr, n: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
    """Low and high end of the 95 % Wilson score interval of ``successes`` (k) of ``n``; null where n is 0.

    centre = (k + z²/2) / (n + z²), half = z · √(k(n−k)/n + z²/4) / (n + z²); Wilson 1927. At k = 0 and k = n the
    ends are 0 and 1 exactly, where rounding would leave them a hair outside.
    """
    k, count = successes.cast(nw.Float64), n.cast(nw.Float64)
    spread = (ratio(k * (count - k), count) + Z * Z / 4).sqrt() * Z
    middle, widened = k + Z * Z / 2, count + Z * Z
    edge = ratio(k, count)
    low = nw.when(k == 0.0).then(edge).otherwise((middle - spread) / widened)
    high = nw.when(k == count).then(edge).otherwise((middle + spread) / widened)
    return low, high


def share_with_interval(name: str, successes: str, n: str) -> dict[str, nw.Expr]:
    """A share and the ends of its interval, under the names that the contracts give them."""
    low, high = wilson(nw.col(successes), nw.col(n))
    return {name: ratio(nw.col(successes), nw.col(n)), f"{name}_ci_low": low, f"{name}_ci_high": high}


def ratio_with_interval(name: str, group: tuple[str, str], others: tuple[str, str]) -> dict[str, nw.Expr]:
    """The share of a group over that of others, each given as successes and n, and its 95 % interval of the log ratio.

    ratio · exp(± z · √(1/a − 1/n1 + 1/b − 1/n0)); Katz, Baptista, Azen, Pike 1978. Null where b or an n is 0; the interval where a is, too.
    """
    (a, n1), (b, n0) = ((nw.col(k).cast(nw.Float64), nw.col(n).cast(nw.Float64)) for k, n in (group, others))
    one = nw.lit(1.0)
    quotient = ratio(ratio(a, n1), ratio(b, n0))
    half = (ratio(one, a) - ratio(one, n1) + ratio(one, b) - ratio(one, n0)).sqrt() * Z
    return {name: quotient, f"{name}_ci_low": quotient * (0.0 - half).exp(), f"{name}_ci_high": quotient * half.exp()}


def net_promoters() -> dict[str, nw.Expr]:
    """NPS with its adjusted Wald interval: n' = n + 3, ¾ more promoters and ¾ more detractors, clamped to ±100."""
    n, promoters, detractors = nw.col("nps_n"), nw.col("nps_promoters"), nw.col("nps_detractors")
    adjusted_n = n.cast(nw.Float64) + 3.0
    p, d = (promoters.cast(nw.Float64) + 0.75) / adjusted_n, (detractors.cast(nw.Float64) + 0.75) / adjusted_n
    half = ((p + d - (p - d) * (p - d)) / adjusted_n).sqrt() * Z
    asked = n > 0
    return {
        "nps": ratio((promoters - detractors) * 100, n),
        "nps_ci_low": nw.when(asked).then(((p - d - half) * 100).clip(-100.0, 100.0)),
        "nps_ci_high": nw.when(asked).then(((p - d + half) * 100).clip(-100.0, 100.0)),
    }


def seconds_between(start: str, end: str) -> nw.Expr:
    """Whole seconds from one instant to another; null where either is, 0 where clocks put the end before the start."""
    seconds = (nw.col(end) - nw.col(start)).dt.total_seconds()
    return nw.when(seconds < 0).then(nw.lit(0)).otherwise(seconds)


def to_money(amount: nw.Expr) -> nw.Expr:
    """An amount at whole ten-thousandths, half up: as it is stored, so that figures rest on what is stored."""
    return _at_whole(amount, 10_000)


def _at_whole(value: nw.Expr, parts: int) -> nw.Expr:
    """The nearest whole part, half up."""
    return (value * parts + 0.5).floor() / parts


def row_status(n: str, small_sample: int, immature: str | None = None) -> nw.Expr:
    """How a KPI row may be read, by its n and, where given, its count of immature cases."""
    nothing = nw.lit("no_data") if immature is None else nw.when(nw.col(immature) > 0).then(nw.lit("immature")).otherwise(nw.lit("no_data"))
    small = nw.when(nw.col(n) < small_sample).then(nw.lit("small_sample")).otherwise(nw.lit("ok"))
    return nw.when(nw.col(n) == 0).then(nothing).otherwise(small)
