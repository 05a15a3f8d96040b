"""The truth about programmes, benchmarks and targets: flows and what they return, and how our figures lie to others' and to our aims."""

import datetime as dt
import math
from collections import defaultdict
from itertools import accumulate, pairwise
from statistics import median
from typing import Any

from pipelines.demo.assumptions import ASSUMPTIONS
from pipelines.demo.plans import Flow
from pipelines.demo.true_costs import amount_text, euros
from pipelines.demo.true_intervals import wilson

YEAR = 365
CALIBRATION = 6
"""Months that a target must be held against before anything can be said of it."""
MET_OFTEN, MET_RARELY = 0.8, 0.2
"""From which share of months on a target is met nearly always, and up to which hardly ever; both by their intervals."""


def programmes(flows: list[Flow]) -> dict[str, list[dict[str, str]]]:
    """By programme: day, amount and basis of each flow."""
    result: dict[str, list[dict[str, str]]] = defaultdict(list)
    for flow in sorted(flows, key=lambda each: each.on):
        result[flow.programme].append({"on": str(flow.on), "amount": amount_text(euros(flow.amount, flow.currency)), "basis": flow.basis})
    return result


def programme_returns(planted: dict[str, list[dict[str, str]]]) -> dict[str, dict[str, Any]]:
    """By programme: what its flows are worth, every rate at which they are worth nothing, and when the money is back."""
    rate = float(ASSUMPTIONS["discount_rate"].value)
    result: dict[str, dict[str, Any]] = {}
    for programme, flows in planted.items():
        days = [dt.date.fromisoformat(flow["on"]) for flow in flows]
        series = [((day - days[0]).days / YEAR, float(flow["amount"])) for day, flow in zip(days, flows, strict=True)]
        rates = _rates(series)
        signs = [amount > 0 for _, amount in series if amount]
        turns = sum(one != other for one, other in pairwise(signs))
        result[programme] = {
            "npv": _worth(series, rate),
            "rates": rates,
            "irr": rates[0] if turns == 1 else None,
            "reason": None if turns == 1 else "multiple_irr" if turns else "no_irr",
            "mirr": _modified(series, rate),
            "payback": _payback(series),
            "basis": "assumed" if any(flow["basis"] == "assumed" for flow in flows) else "measured",
        }
    return result


def _worth(series: list[tuple[float, float]], rate: float) -> float:
    return sum(amount * math.exp(-year * math.log1p(rate)) for year, amount in series)


def _rates(series: list[tuple[float, float]]) -> list[float]:
    """Looked for between losing everything and earning it ten times over, in steps of a thousandth."""
    found: list[float] = []
    steps = [-0.99 + n / 1000 for n in range(11_000)]
    for low, high in pairwise(steps):
        one, other = low, high
        if _worth(series, one) * _worth(series, other) < 0:
            for _ in range(60):
                middle = (one + other) / 2
                one, other = (middle, other) if _worth(series, one) * _worth(series, middle) > 0 else (one, middle)
            found.append(one)
    return found


def _modified(series: list[tuple[float, float]], rate: float) -> float | None:
    """What has been earned by the end, each amount with interest, over what was spent, as a rate a year."""
    end = series[-1][0]
    earned = sum(amount * (1 + rate) ** (end - year) for year, amount in series if amount > 0)
    spent = -sum(amount / (1 + rate) ** year for year, amount in series if amount < 0)
    return None if not earned or not spent else float((earned / spent) ** (1 / end)) - 1


def _payback(series: list[tuple[float, float]]) -> float | None:
    """From when on the money is back and stays so."""
    totals = list(accumulate(amount for _, amount in series))
    back = [year for place, (year, _) in enumerate(series) if min(totals[place:]) >= 0]
    return back[0] if back else None


def verdicts(shares: dict[str, tuple[int, int]], benchmark: float) -> dict[str, str]:
    """By month: on which side of a benchmark a share of ours lies for sure."""
    result: dict[str, str] = {}
    for month, (k, n) in shares.items():
        low, high = wilson(k, n)
        result[month] = "above" if low > benchmark else "below" if high < benchmark else "not_distinguishable"
    return result


def calibration(values: list[float], target: float, *, more_is_better: bool) -> dict[str, Any]:
    """Of the figure's months: how many reached a target, and what that says of it. Nobody else's figure is comparable."""
    met = sum(value >= target if more_is_better else value <= target for value in values)
    return {"months": len(values), "met": met, "verdict": _judged(values, met, target, more_is_better=more_is_better)}


def _judged(values: list[float], met: int, target: float, *, more_is_better: bool) -> str:
    """Too low where nearly every month reaches it and half do better, too high where hardly one does and the best tenth does not."""
    if len(values) < CALIBRATION:
        return "insufficient_data"
    low, high = wilson(met, len(values))
    better = [value if more_is_better else -value for value in sorted(values, reverse=not more_is_better)]
    aim = target if more_is_better else -target
    before, share = divmod(0.9 * (len(better) - 1), 1)
    best_tenth = better[int(before)] * (1 - share) + better[min(int(before) + 1, len(better) - 1)] * share
    if low >= MET_OFTEN and median(better) > aim:
        return "too_low"
    return "too_high" if high <= MET_RARELY and aim > best_tenth else "realistic"
