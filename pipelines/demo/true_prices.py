"""The truth about prices, by quarter and by how customers were served: who finds them unfair, and who stays at a higher one."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from pipelines.demo.clock import Clock
from pipelines.demo.company import PRICE_RISES
from pipelines.demo.relationship import Talk


def _tier(talk: Talk) -> str:
    if talk.problem == "no_problem":
        return "no_problem"
    if talk.complained != "yes":
        return "unheard"
    if talk.handling is None:
        return "unknown"
    return "recovered" if talk.handling > 3 else "not_recovered"


def price_sensitivity(clock: Clock, talks: list[Talk]) -> dict[str, dict[str, Any]]:
    """Of each tier the answers, the unfair ones and, by percent of a rise, who stays; of each quarter the ratio of unfair shares."""
    by_tier: dict[str, dict[str, list[Talk]]] = defaultdict(lambda: defaultdict(list))
    for talk in talks:
        if talk.problem:
            by_tier[clock.quarter(talk.at)][_tier(talk)].append(talk)
    result: dict[str, dict[str, Any]] = {}
    for quarter, tiers in sorted(by_tier.items()):
        troubled = [talk for tier, given in tiers.items() if tier != "no_problem" for talk in given]
        result[quarter] = {
            "price_problem_ratio": _ratio(troubled, tiers.get("no_problem", [])),
            "tiers": {
                tier: {
                    "answers": len(given),
                    "unfair": _unfair(given),
                    "stays": {str(rise): sum(talk.rise >= rise for talk in given) for rise in PRICE_RISES},
                }
                for tier, given in sorted(tiers.items())
            },
        }
    return result


def _unfair(talks: list[Talk]) -> int:
    return sum(talk.price <= 2 for talk in talks)


def _ratio(troubled: list[Talk], calm: list[Talk]) -> float | None:
    if not troubled or not _unfair(calm):
        return None
    return float(Fraction(_unfair(troubled), len(troubled)) / Fraction(_unfair(calm), len(calm)))
