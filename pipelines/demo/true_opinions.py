"""The truth about what customers think of the company: how confident they are, what they rate how, and why which of them choose it."""

import math
from collections import Counter, defaultdict
from typing import Any

from pipelines.demo.clock import Clock
from pipelines.demo.company import SMALL_SAMPLE
from pipelines.demo.identity import UNKNOWN, People
from pipelines.demo.relationship import CONFIDENCE, DRIVERS, Talk

_Count = dict[str, dict[str, Counter[str]]]
"""By month and statement: good, bad and all answers."""


def _score(count: Counter[str]) -> int:
    return math.floor(100 + 100 * (count["good"] - count["bad"]) / count["all"] + 0.5)


def _counted(clock: Clock, talks: list[Talk]) -> _Count:
    result: _Count = defaultdict(lambda: defaultdict(Counter))
    for talk in talks:
        for statement, value in zip(CONFIDENCE, talk.confidence, strict=True):
            if value is not None:
                result[clock.month(talk.at)][statement].update({"all": 1, "good": value > 3, "bad": value < 3})
    return result


def _indices(count: _Count, base: str | None) -> dict[str, float | None]:
    """Against the base month; none for a month in which some statement has no answer."""
    totals = {
        month: sum(map(_score, statements.values())) if len(statements) == len(CONFIDENCE) else None for month, statements in count.items()
    }
    against = totals.get(base or "")
    return {month: 100 * total / against if total is not None and against else None for month, total in totals.items()}


def confidence_indices(clock: Clock, people: People, talks: list[Talk]) -> dict[str, dict[str, Any]]:
    """By month: the index over all, and by segment answers and index. It is 100 in the first month in which all statements are enough."""
    whole = _counted(clock, talks)
    full = (month for month, statements in sorted(whole.items()) if min(n["all"] for n in statements.values()) >= SMALL_SAMPLE)
    base = next(full, None)
    result: dict[str, dict[str, Any]] = {month: {"all": index} for month, index in _indices(whole, base).items()}
    for segment in sorted({people.segment(talk.customer) for talk in talks}):
        count = _counted(clock, [talk for talk in talks if people.segment(talk.customer) == segment])
        for month, index in _indices(count, base).items():
            answers = sum(count[month].values(), Counter[str]())
            result[month][segment] = {"index": index, **{name: answers[name] for name in ("all", "good", "bad")}}
    return result


def drivers(clock: Clock, talks: list[Talk]) -> dict[str, dict[str, Any]]:
    """By quarter: ratings of each driver and the good ones of them, and responses that rate satisfaction too."""
    result: dict[str, dict[str, Any]] = {}
    for talk in talks:
        quarter = result.setdefault(clock.quarter(talk.at), {"cases": 0, "good": dict.fromkeys(DRIVERS, 0), "rated": 0})
        quarter["rated"] += 1
        quarter["cases"] += talk.csat is not None
        for driver, value in zip(DRIVERS, talk.drivers, strict=True):
            quarter["good"][driver] += value >= 4
    return result


def reasons_by_tier(clock: Clock, people: People, talks: list[Talk], tiers: dict[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    """By quarter and by what customers are worth: who gave any reason, and who gave which."""
    result: dict[str, Any] = defaultdict(lambda: defaultdict(Counter))
    for talk in talks:
        if talk.reasons:
            quarter = clock.quarter(talk.at)
            tier = tiers.get(quarter, {}).get(people.who(talk.customer), UNKNOWN)
            result[quarter][tier].update({"asked": 1, **dict.fromkeys(talk.reasons, 1)})
    return dict(result)
