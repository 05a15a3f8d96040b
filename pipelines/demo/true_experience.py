"""The truth about what a problem does: who has one by segment, and how loyal customers of each experience are."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.demo.assumptions import ASSUMPTIONS
from pipelines.demo.clock import DAY, Clock
from pipelines.demo.company import SMALL_SAMPLE
from pipelines.demo.identity import People
from pipelines.demo.orders import Order
from pipelines.demo.relationship import Talk
from pipelines.demo.true_intervals import wilson
from pipelines.demo.true_relationship import EXPERIENCES

HORIZON = 90 * DAY
SILENT = ("non_complainant", "blocked")
TOLD = ("satisfied", "mollified", "dissatisfied", "unrated")
_DECLARED = {
    "no_problem": "loyalty_no_problem", "non_complainant": "loyalty_non_complainant", "blocked": "loyalty_non_complainant",
    "satisfied": "loyalty_satisfied", "mollified": "loyalty_mollified", "dissatisfied": "loyalty_dissatisfied",
}  # fmt: skip


def problems_by_segment(clock: Clock, people: People, talks: list[Talk]) -> dict[str, dict[str, dict[str, dict[str, int]]]]:
    """By month, segment and problem: customers, and what became of them."""
    result: dict[str, Any] = defaultdict(lambda: defaultdict(dict))
    for talk in talks:
        if talk.problem:
            of_segment = result[clock.month(talk.at)][people.segment(talk.customer)]
            figures = of_segment.setdefault(talk.problem, {"customers": 0, **dict.fromkeys(EXPERIENCES, 0)})
            figures["customers"] += 1
            figures[talk.experience] += 1
    return dict(result)


@dataclass
class _Group:
    """Customers of one experience, and how loyal they are by either measure: (loyal, asked)."""

    customers: int = 0
    immature: int = 0
    said: tuple[int, int] = (0, 0)
    done: tuple[int, int] = (0, 0)

    def __add__(self, other: "_Group") -> "_Group":
        return _Group(
            self.customers + other.customers,
            self.immature + other.immature,
            (self.said[0] + other.said[0], self.said[1] + other.said[1]),
            (self.done[0] + other.done[0], self.done[1] + other.done[1]),
        )


def _groups(clock: Clock, people: People, talks: list[Talk], orders: list[Order]) -> dict[tuple[str, str, str], _Group]:
    """By quarter, segment and experience."""
    bought: dict[str, list[int]] = defaultdict(list)
    for order in orders:
        if order.status == "fulfilled" and order.buyer:
            bought[people.who(order.buyer)].append(order.at)
    result: dict[tuple[str, str, str], _Group] = defaultdict(_Group)
    for talk in talks:
        if not talk.problem:
            continue
        group = _Group(1)
        if talk.repurchase is not None:
            group.said = (talk.repurchase >= 4, 1)
        if talk.at + HORIZON > clock.end:
            group.immature = 1
        else:
            group.done = (any(talk.at < at <= talk.at + HORIZON for at in bought[people.who(talk.customer)]), 1)
        result[clock.quarter(talk.at), people.segment(talk.customer), talk.experience] += group
    return result


Lost = tuple[float, float, float]
"""Loyalty lost, and its low and its high end."""


def loyalty_by_segment(
    clock: Clock, people: People, talks: list[Talk], orders: list[Order]
) -> dict[str, dict[str, dict[str, dict[str, Any]]]]:
    """By quarter, segment and experience: who is loyal, and by what measure how much loyalty is lost."""
    groups = _groups(clock, people, talks, orders)
    result: dict[str, Any] = defaultdict(lambda: defaultdict(dict))
    for quarter, segment in sorted({(quarter, segment) for quarter, segment, _ in groups}):
        for experience in EXPERIENCES:
            own = groups.get((quarter, segment, experience), _Group())
            result[quarter][segment][experience] = {
                "customers": own.customers,
                "immature": own.immature,
                "said": own.said,
                "done": own.done,
                **_judged(groups, quarter, segment, experience),
            }
    return dict(result)


def _judged(groups: dict[tuple[str, str, str], _Group], quarter: str, segment: str, experience: str) -> dict[str, Any]:
    """The first measure by which the group and those without a problem are enough; else what is assumed."""
    for measure, is_pooled in (("done", False), ("said", False), ("done", True), ("said", True)):
        loyal, asked = _share(groups, quarter, None if is_pooled else segment, experience, measure)
        loyal_without, asked_without = _share(groups, quarter, None if is_pooled else segment, "no_problem", measure)
        if min(asked, asked_without) >= SMALL_SAMPLE:
            own = (loyal / asked, *wilson(loyal, asked))
            without = (loyal_without / asked_without, *wilson(loyal_without, asked_without))
            word = {"done": "observed", "said": "intent"}[measure]
            return {"measure": word, "pooled": is_pooled, "loyalty": own[0], "lost": _lost(experience, own, without), "basis": "measured"}
    if experience not in _DECLARED:
        return {"measure": None, "pooled": False, "loyalty": None, "lost": None, "basis": None}
    own, without = _assumed(_DECLARED[experience]), _assumed("loyalty_no_problem")
    return {"measure": "declared", "pooled": False, "loyalty": own[0], "lost": _lost(experience, own, without), "basis": "assumed"}


def _share(groups: dict[tuple[str, str, str], _Group], quarter: str, segment: str | None, experience: str, measure: str) -> tuple[int, int]:
    total = _Group()
    for (when, whose, what), group in groups.items():
        if (when, what) == (quarter, experience) and segment in {None, whose}:
            total += group
    return total.done if measure == "done" else total.said


def _assumed(name: str) -> tuple[float, float, float]:
    assumed = ASSUMPTIONS[name]
    return float(assumed.value), float(assumed.low), float(assumed.high)


def _lost(experience: str, own: tuple[float, float, float], without: tuple[float, float, float]) -> Lost:
    """Nobody without a problem has lost anything by having none."""
    if experience == "no_problem":
        return 0.0, 0.0, 0.0
    return without[0] - own[0], without[1] - own[2], without[2] - own[1]


def segment_sizes(people: People, months: list[str]) -> Iterator[tuple[str, Counter[str]]]:
    """By month: customers of each segment who were customers by its end."""
    known = list(people.everybody())
    for month in months:
        yield month, Counter(segment for segment, since in known if since[:7] <= month)
