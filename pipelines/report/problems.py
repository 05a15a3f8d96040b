"""The problems that cost most, in the newest month that is over."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.published import query

SHOWN = 8


@dataclass(frozen=True)
class Problem:
    """A recurring problem with what it cost and what it puts at risk."""

    category: str
    case_count: int
    contact_cost: float | None
    damage: float | None
    damage_low: float | None
    damage_high: float | None
    cumulative_share: float | None
    is_vital: bool
    basis: str
    status: str


@dataclass(frozen=True)
class Problems:
    """The recurring problems of one month, the most expensive first."""

    month_on: dt.date
    shown: Sequence[Problem]
    total_count: int


def problems(published: Path) -> Problems | None:
    """The most expensive recurring problems of the newest month that is over; None where nothing recurs."""
    month = query(
        published, "SELECT max(month_on) FROM kpi.recurring_problems_monthly WHERE money_rank IS NOT NULL AND status <> 'immature'"
    ).item()
    if month is None:
        return None
    found = query(
        published,
        """
        SELECT category, case_count, contact_cost_amount::DOUBLE, damage_amount::DOUBLE, damage_low_amount::DOUBLE,
               damage_high_amount::DOUBLE, cumulative_share, is_vital, basis, status
        FROM kpi.recurring_problems_monthly WHERE month_on = ? AND money_rank IS NOT NULL ORDER BY money_rank
        """,
        [month],
    )
    return Problems(month, [Problem(*row) for row in found.head(SHOWN).rows()], found.height)
