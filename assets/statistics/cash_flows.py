"""What a series of dated cash flows is worth: present value, every internal rate of return, modified rate, payback.

Years are actual days / 365 (act/365) from the first flow, as XNPV and XIRR of the spreadsheets count them.
"""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

Flows = Sequence[tuple[dt.date, float]]
"""Days and amounts, by day, each day once."""
Terms = Sequence[tuple[float, float]]
"""Exponents and factors of a sum of exponentials, by exponent; no factor is 0."""

DAYS_IN_YEAR = 365
MOST = 1_000_000.0
"""No rate above it is a rate: money that grows a million-fold in a year has been mistyped, or flowed back the next day."""
TOUCHING = 1e-12
"""Below this part of its terms a sum is 0: there it touches the axis without crossing it."""


def years(flows: Flows) -> list[float]:
    """Years from the first flow to each."""
    return [(day - flows[0][0]).days / DAYS_IN_YEAR for day, _ in flows]


def present_value(flows: Flows, rate: float) -> float:
    """Worth of the flows on the day of the first one: ``Σ amount / (1 + rate)^years``."""
    return math.fsum(_discounted(flows, rate))


def sign_changes(flows: Flows) -> int:
    """How often the flows turn from spent to earned or back; a day on which nothing is left does not count."""
    return _changes([amount for _, amount in flows if amount])


def internal_rates(flows: Flows) -> list[float]:
    """Every rate at which the flows are worth nothing, ascending: all of them, where a root finder returns any one.

    With ``x = 1 / (1 + rate) = e^u`` the worth is a sum of exponentials in u, which has at most as many zeros as its
    factors change sign (Descartes' rule of signs). Between two neighbouring zeros lies one of the derivative; taken
    after multiplying by e^(-τu), with τ between the terms of a sign change, the derivative has one sign change less. So the
    zeros are isolated from the inside out, down to a sum without a sign change, which has none.
    """
    terms = [(year, amount) for year, (_, amount) in zip(years(flows), flows, strict=True) if amount]
    return sorted(rate for u in _zeros(terms) if (rate := _rate(u)) <= MOST)


def modified_rate(flows: Flows, rate: float) -> float | None:
    """Modified internal rate: what is earned, reinvested at ``rate`` to the last day, over what is spent, financed at ``rate``.

    Null unless something is spent and something earned, on different days, and for a rate that is none.
    """
    spent = present_value([(day, min(amount, 0.0)) for day, amount in flows], rate)
    earned = present_value([(day, max(amount, 0.0)) for day, amount in flows], rate)
    span = years(flows)[-1]
    if not spent or not earned or not span:
        return None
    grown = _rate(-math.log(earned / -spent) / span - math.log1p(rate))
    return grown if grown <= MOST else None


def payback_years(flows: Flows, rate: float = 0.0) -> float | None:
    """Years until the running total, discounted at ``rate``, is never negative again; null when it ends negative or nothing is spent."""
    if all(amount >= 0 for _, amount in flows):
        return None
    paid_back: float | None = None
    for year, total in zip(years(flows), accumulate(_discounted(flows, rate)), strict=True):
        if total < -TOUCHING * max(abs(amount) for _, amount in flows):
            paid_back = None
        elif paid_back is None:
            paid_back = year
    return paid_back


def _discounted(flows: Flows, rate: float) -> Iterator[float]:
    return (amount * (1 + rate) ** -year for year, (_, amount) in zip(years(flows), flows, strict=True))


def _rate(u: float) -> float:
    return math.inf if u < -math.log1p(MOST) else math.expm1(-u)


def _changes(factors: Sequence[float]) -> int:
    return sum(one * other < 0 for one, other in pairwise(map(_sign, factors)))


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _zeros(terms: Terms) -> list[float]:
    """Every u at which ``Σ factor · e^(exponent · u)`` is 0, ascending."""
    from scipy.optimize import brentq  # noqa: PLC0415  # heavy, and needed here alone

    turns = [place for place, (one, other) in enumerate(pairwise(terms)) if one[1] * other[1] < 0]
    if not turns:
        return []
    tau = (terms[turns[0]][0] + terms[turns[0] + 1][0]) / 2
    low, high = _bounds(terms)
    turning = _zeros([(exponent - tau, factor * (exponent - tau)) for exponent, factor in terms])
    edges = [low, *(u for u in turning if low < u < high), high]
    signs = [_sign(_scaled(terms, u)) for u in edges]
    zeros = [u for u, sign in zip(edges, signs, strict=True) if sign == 0]
    for (left, right), (before, after) in zip(pairwise(edges), pairwise(signs), strict=True):
        if before * after < 0:
            zeros.append(float(brentq(lambda u: _scaled(terms, u), left, right, xtol=1e-13, maxiter=1_000)))
    return sorted(zeros)


def _bounds(terms: Terms) -> tuple[float, float]:
    """Ends beyond which the first and the last term outweigh all others, so that no zero lies there."""
    (first, first_factor), (last, last_factor) = terms[0], terms[-1]
    all_factors = math.fsum(abs(factor) for _, factor in terms)
    low = -math.log(max(all_factors / abs(first_factor) - 1, 1.0)) / (terms[1][0] - first)
    high = math.log(max(all_factors / abs(last_factor) - 1, 1.0)) / (last - terms[-2][0])
    return low - 1, high + 1


def _scaled(terms: Terms, u: float) -> float:
    """The sum over its largest term's exponential, so that nothing overflows; 0 where it is nothing but rounding."""
    largest = terms[-1][0] if u > 0 else terms[0][0]
    parts = [factor * math.exp((exponent - largest) * u) for exponent, factor in terms]
    total = math.fsum(parts)
    return total if abs(total) > TOUCHING * math.fsum(map(abs, parts)) else 0.0
