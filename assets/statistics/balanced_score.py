"""One score over several figures, each by where it lies between a worst and a best value (MetricNet's balanced scorecard)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assets.parameters import weakest

Row = Mapping[str, Any]


def position(value: float | None, worst: float | None, best: float | None) -> float | None:
    """(value − worst) / (best − worst), clamped to 0 and 1; None where one of them is not known or worst and best are the same."""
    if value is None or worst is None or best is None or worst == best:
        return None
    return min(max((value - worst) / (best - worst), 0.0), 1.0)


def balanced(scores: Sequence[tuple[float, float]]) -> float | None:
    """Σ w·score / Σ w of pairs of score and weight; None without any weight."""
    total = sum(weight for _, weight in scores)
    return min(sum(score * weight for score, weight in scores) / total, 1.0) if total else None


def with_balanced_score(rows: Sequence[Row], weights: Mapping[str, float]) -> list[dict[str, Any]]:
    """The rows, each with the balanced score of its month, of how many figures it is, and its basis.

    A figure weighs what the weights say under ``<kpi>.<figure>``, else 1; where several benchmarks score it, they share its weight. What is
    immature, or has no weight, does not enter.
    """
    scored: defaultdict[object, list[Row]] = defaultdict(list)
    for row in rows:
        if row["score"] is not None and row["status"] != "immature" and weights.get(_key(row), 1.0) > 0:
            scored[row["month_on"]].append(row)
    months = {}
    for month, entering in scored.items():
        times = Counter(_key(row) for row in entering)
        pairs = [(row["score"], weights.get(_key(row), 1.0) / times[_key(row)]) for row in entering]
        months[month] = (balanced(pairs), len(times), weakest(*(row["basis"] for row in entering)))
    names = ("balanced_score", "balanced_figure_count", "balanced_basis")
    return [{**row, **dict(zip(names, months.get(row["month_on"], (None, 0, None)), strict=True))} for row in rows]


def _key(row: Row) -> str:
    return f"{row['kpi']}.{row['figure']}"
