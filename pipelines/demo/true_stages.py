"""The truth about where tickets wait: what was open at the end of each day, and how long tickets stayed in each status."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pipelines.demo.clock import ZONE, Clock
from pipelines.demo.contacts import Contact
from pipelines.demo.opening import Opening

STAGES = ("new", "open", "pending")
UNKNOWN = "unknown"


class _Stay(NamedTuple):
    """A ticket's time in a status; not left yet where `left` is None."""

    status: str
    entered: int
    left: int | None
    again: bool
    contact: Contact


def _stays(contacts: list[Contact]) -> Iterator[_Stay]:
    """Every time in a status that is work. When a deleted ticket was given up nobody knows, so its last one is left out."""
    for contact in contacts:
        if not contact.moves:
            if not contact.is_deleted and contact.first_solved != contact.at:
                yield _Stay(UNKNOWN, contact.at, contact.first_solved, again=False, contact=contact)
            continue
        been: set[str] = set()
        ends = [at for at, _ in contact.moves[1:]]
        for (entered, status), left in zip(contact.moves, [*ends, None], strict=True):
            if status in STAGES and not (left is None and contact.is_deleted):
                yield _Stay(status, entered, left, again=status in been, contact=contact)
            been.add(status)


def backlog(clock: Clock, contacts: list[Contact]) -> dict[str, dict[str, dict[str, dict[str, int]]]]:
    """By month, status and channel: tickets open at the ends of the month's days, added up, and their ages."""
    result: dict[str, Any] = defaultdict(lambda: defaultdict(lambda: defaultdict(lambda: {"tickets": 0, "age_seconds": 0})))
    for stay in _stays(contacts):
        last = clock.days if stay.left is None else clock.day(stay.left)
        for day in range(clock.day(stay.entered), min(last, clock.days)):
            figures = result[clock.months[day]][stay.status][stay.contact.channel]
            figures["tickets"] += 1
            figures["age_seconds"] += clock.midnights[day + 1] - stay.contact.at
    return dict(result)


def stages(clock: Clock, contacts: list[Contact], opening: Opening) -> dict[str, dict[str, dict[str, Any]]]:
    """By month and status: what was left in it, what was there, and which status held the tickets up."""
    bounds = _months(clock)
    result: dict[str, dict[str, dict[str, Any]]] = {month: {} for month in bounds}
    for stay in _stays(contacts):
        if stay.status == UNKNOWN:
            continue
        for month, (start, end) in bounds.items():
            if stay.entered >= end or (stay.left is not None and stay.left < start):
                continue
            names = ("left", "rework", "dwell_seconds", "business_dwell_seconds", "open", "oldest_seconds", "occupied_seconds")
            figures = result[month].setdefault(stay.status, dict.fromkeys(names, 0))
            is_left = stay.left is not None and stay.left < end
            until = stay.left if is_left and stay.left is not None else end
            figures["occupied_seconds"] += until - max(stay.entered, start)
            if is_left:
                figures["left"] += 1
                figures["rework"] += stay.again
                figures["dwell_seconds"] += until - stay.entered
                figures["business_dwell_seconds"] += opening.seconds(stay.contact.channel, stay.entered, until)
            else:
                figures["open"] += 1
                figures["oldest_seconds"] = max(figures["oldest_seconds"], end - stay.entered)
    _judge(result, bounds)
    return result


def _months(clock: Clock) -> dict[str, tuple[int, int]]:
    """First and last instant of each month; where the demo begins within one, the month still began on its first day."""
    result: dict[str, tuple[int, int]] = {}
    first = round(dt.datetime.combine(clock.dates[0].replace(day=1), dt.time(), ZoneInfo(ZONE)).timestamp())
    for day in range(clock.days):
        start, _ = result.get(clock.months[day], (first, 0))
        if clock.dates[day].day == 1:
            start = clock.midnights[day]
        result[clock.months[day]] = (start, clock.midnights[day + 1])
    return result


def _judge(result: dict[str, dict[str, dict[str, Any]]], bounds: dict[str, tuple[int, int]]) -> None:
    """Which status takes most of each month's dwell, and holds more than the month before."""
    before: dict[str, float] | None = None
    for month, (start, end) in bounds.items():
        wip = {status: figures["occupied_seconds"] / (end - start) for status, figures in result[month].items()}
        worst = max(result[month], key=lambda status: int(result[month][status]["dwell_seconds"]))
        for status, figures in result[month].items():
            figures["wip"] = wip[status]
            figures["is_bottleneck"] = before is not None and status == worst and wip[status] > before.get(status, 0.0)
        before = wip
