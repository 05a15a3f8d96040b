"""Confidence indices: relative scores of statements, and the index over a set of them that may change (Michigan; BSE/CMIE)."""

import math
from collections.abc import Mapping, Sequence

Scores = Mapping[str, int]
"""Relative score of each statement of one period."""


def relative_score(favourable: int, unfavourable: int, n: int) -> int | None:
    """X = floor(100 + %favourable − %unfavourable + 0.5), from 0 to 200; neutral answers count in n. None without answers."""
    if n == 0:
        return None
    return math.floor(100 + 100 * (favourable - unfavourable) / n + 0.5)


def index(scores: Sequence[int], base_total: float, constant: float = 0.0) -> float:
    """100 · ΣX / ΣX(base), plus a constant that corrects for a change of the sample's design, as Michigan's 2.0 does."""
    return 100 * sum(scores) / base_total + constant


def chain(periods: Sequence[Scores], base: int) -> list[float | None]:
    """The index of every period, the base period being 100; from one period to the next over the statements that both have.

    While the statements stay the same this is ``index`` over the base period's total. Where they change, the periods are linked
    over the statements in common, so that the change itself moves nothing; where there is none in common, or the
    earlier total is 0, periods beyond the break cannot be compared and have none.
    """
    found: list[float | None] = [None] * len(periods)
    found[base] = 100.0
    for places in (range(base + 1, len(periods)), range(base - 1, -1, -1)):
        for place in places:
            known = place - 1 if place > base else place + 1
            found[place] = _linked(found[known], periods[known], periods[place])
    return found


def _linked(value: float | None, before: Scores, after: Scores) -> float | None:
    common = sorted(before.keys() & after.keys())
    total = sum(before[item] for item in common)
    if value is None or not total:
        return None
    return value * sum(after[item] for item in common) / total
