"""Why a rate moved: how much of the change each group accounts for, by its own rate and by its share of the whole.

Kitagawa, Components of a difference between two rates (JASA 1955). With w a group's share of the denominator and r its rate, the change of
the whole rate R is the sum over the groups of

    (r₁ − r₀) · (w₀ + w₁) / 2   the group does better or worse,
    (w₁ − w₀) · ((r₀ + r₁) / 2 − (R₀ + R₁) / 2)   more or fewer belong to a group that is better or worse than the whole.

It holds for any quotient of sums, such as a cost per sale or a return.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Counts(NamedTuple):
    """Numerator and denominator of a group in one period."""

    numerator: float
    denominator: float


class Contribution(NamedTuple):
    """A group's part of the change, in units of the rate."""

    by_rate: float
    by_share: float

    @property
    def total(self) -> float:
        """Both together; over all groups these add up to the change."""
        return self.by_rate + self.by_share


NOTHING = Counts(0.0, 0.0)


def contributions(before: Mapping[str, Counts], after: Mapping[str, Counts]) -> dict[str, Contribution]:
    """Each group's part of the change of the whole rate; none where one of the periods has no denominator at all.

    A group that is absent in a period is taken to have had the rate of the whole in it, so that it counts by its share alone.
    """
    whole_before, whole_after = _sum(before), _sum(after)
    if whole_before.denominator == 0 or whole_after.denominator == 0:
        return {}
    rates = whole_before.numerator / whole_before.denominator, whole_after.numerator / whole_after.denominator
    middle = sum(rates) / 2
    found = {}
    for group in dict.fromkeys([*before, *after]):
        old, new = before.get(group, NOTHING), after.get(group, NOTHING)
        shares = old.denominator / whole_before.denominator, new.denominator / whole_after.denominator
        own = tuple(one.numerator / one.denominator if one.denominator else rate for one, rate in zip((old, new), rates, strict=True))
        # A group without a denominator may still have a numerator, such as a cost without a sale: all of it counts by rate.
        loose = sum(
            sign * one.numerator / whole.denominator
            for sign, one, whole in ((-1, old, whole_before), (1, new, whole_after))
            if not one.denominator
        )
        by_rate = (own[1] - own[0]) * sum(shares) / 2 + loose
        found[group] = Contribution(by_rate, (shares[1] - shares[0]) * (sum(own) / 2 - middle))
    return found


def _sum(groups: Mapping[str, Counts]) -> Counts:
    return Counts(sum(one.numerator for one in groups.values()), sum(one.denominator for one in groups.values()))
