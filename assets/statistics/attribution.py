"""How much of an outcome goes with an exposure: fourfold tables, crude and over strata. Association, never cause.

``RD = R1 − R0``, ``RR = R1 / R0``, share of the exposed ``AF = (RR − 1) / RR``, share of all (Levin 1953)
``PAF = p·(RR − 1) / (1 + p·(RR − 1))`` with p the exposed share. Over strata the weights are Mantel and Haenszel's (1959), for
differences as Greenland and Robins (1985) give them. Intervals are Newcombe's (1998, method 10), carried over strata by MOVER
(Zou and Donner 2008).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw

from assets.expressions import ratio, wilson
from assets.frames import Eager
from assets.statistics.differences import squared_reach


@dataclass(frozen=True)
class Fourfold:
    """The columns with the cases and the number of the exposed, and of the others."""

    exposed_cases: str
    exposed: str
    other_cases: str
    others: str

    @property
    def columns(self) -> tuple[str, str, str, str]:
        """All four."""
        return self.exposed_cases, self.exposed, self.other_cases, self.others

    def numbers(self) -> tuple[nw.Expr, nw.Expr, nw.Expr, nw.Expr]:
        """All four as doubles."""
        cases, exposed, other_cases, others = (nw.col(name).cast(nw.Float64) for name in self.columns)
        return cases, exposed, other_cases, others


def risk_ratio(table: Fourfold) -> nw.Expr:
    """RR; null where any of the four cells is empty, so that a ratio means nothing."""
    cases, exposed, other_cases, others = table.numbers()
    least = nw.min_horizontal(cases, exposed - cases, other_cases, others - other_cases)
    return nw.when(least > 0).then(ratio(ratio(cases, exposed), ratio(other_cases, others)))


def attributable_share(risk: nw.Expr) -> nw.Expr:
    """AF: share of the exposed's cases beyond what the others' risk would give."""
    return ratio(risk - 1.0, risk)


def population_attributable_share(risk: nw.Expr, exposed_share: nw.Expr) -> nw.Expr:
    """PAF: likewise, of all cases."""
    return ratio(exposed_share * (risk - 1.0), exposed_share * (risk - 1.0) + 1.0)


def risk_difference(name: str, table: Fourfold) -> dict[str, nw.Expr]:
    """RD and the ends of Newcombe's interval; null where there is nobody on one of the sides."""
    difference, below, above = _difference(table)
    return {name: difference, f"{name}_ci_low": difference - below.sqrt(), f"{name}_ci_high": difference + above.sqrt()}


def adjusted(strata: Eager, table: Fourfold, by: Sequence[str], prefix: str = "adjusted_") -> Eager:
    """RR and RD over the strata of each group, with the interval of RD.

    A stratum with nobody on one of the sides compares nothing and has no weight. RR is null where the strata that compare have no cases
    on one of the sides. ``low = RD − √Σ w²·((p1 − l1)² + (u0 − p0)²)``, high with the other ends: l and u are the ends of each risk's
    Wilson interval, w the weights, whose sum is 1. One stratum alone gives Newcombe's interval. The strata are put in order first: sums of
    doubles are the same to the last digit only in the same order.
    """
    cases, exposed, other_cases, others = table.numbers()
    difference, below, above = _difference(table)
    weight = ratio(exposed * others, exposed + others)
    sums = (
        strata.filter((nw.col(table.exposed) > 0) & (nw.col(table.others) > 0))
        .sort(*strata.columns)
        .with_columns(
            weight=weight,
            expected=ratio(exposed * other_cases, exposed + others),
            found=ratio(others * cases, exposed + others),
            difference=weight * difference,
            below=weight * weight * below,
            above=weight * weight * above,
        )
        .group_by(*by)
        .agg(*(nw.col(name).sum() for name in ("weight", "expected", "found", "difference", "below", "above")))
    )
    middle, total = ratio(nw.col("difference"), nw.col("weight")), nw.col("weight")
    return sums.select(
        *by,
        nw.when(nw.col("found") > 0).then(ratio(nw.col("found"), nw.col("expected"))).alias(f"{prefix}risk_ratio"),
        middle.alias(f"{prefix}risk_difference"),
        (middle - ratio(nw.col("below").sqrt(), total)).alias(f"{prefix}risk_difference_ci_low"),
        (middle + ratio(nw.col("above").sqrt(), total)).alias(f"{prefix}risk_difference_ci_high"),
    )


def _difference(table: Fourfold) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
    """RD, and the squares of how far its interval reaches below and above it."""
    (one, one_low, one_high), (other, other_low, other_high) = (
        (ratio(nw.col(k), nw.col(n)), *wilson(nw.col(k), nw.col(n)))
        for k, n in ((table.exposed_cases, table.exposed), (table.other_cases, table.others))
    )
    return one - other, *squared_reach((one, one_low, one_high), (other, other_low, other_high))
