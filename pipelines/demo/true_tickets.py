"""The truth about tickets one by one: how long customers waited, in all and while somebody was there, and what was neglected."""

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise

from pipelines.demo.clock import DAY, Clock
from pipelines.demo.contacts import Contact
from pipelines.demo.opening import Opening
from pipelines.demo.true_intervals import median

SETTLED = frozenset({"solved", "closed"})
NEGLECT = 7 * DAY
Cells = dict[str, dict[str, dict[str, int]]]
"""Counts by month and channel."""


def _solutions(contact: Contact) -> list[int]:
    """When a ticket was solved, each time; the phone desk knows of one."""
    if not contact.moves:
        return [] if contact.first_solved is None else [contact.first_solved]
    before, solved = "", []
    for at, status in contact.moves:
        if status in SETTLED and before not in SETTLED:
            solved.append(at)
        before = status
    return solved


def _cells() -> Callable[[], dict[str, dict[str, int]]]:
    return lambda: defaultdict(lambda: defaultdict(int))


def waits(clock: Clock, contacts: list[Contact], opening: Opening) -> Cells:
    """By month and channel of opening: seconds to the first reply, to the first solution and to the last, and touches."""
    result: Cells = defaultdict(_cells())
    for contact in contacts:
        if not contact.counts:
            continue
        figures = result[clock.month(contact.at)][contact.channel]
        solved = _solutions(contact)
        figures["tickets"] += 1
        ends = {
            "first_reply": contact.replies[0] if contact.replies else None,
            "first_resolution": solved[0] if solved else None,
            "full_resolution": solved[-1] if solved else None,
        }
        for name, end in ends.items():
            if end is not None:
                figures[f"{name}_n"] += 1
                figures[f"{name}_seconds"] += end - contact.at
                figures[f"{name}_business_seconds"] += opening.seconds(contact.channel, contact.at, end)
                figures[f"{name}_last_schedule_seconds"] += opening.seconds_on_last(contact.channel, contact.at, end)
        if contact.moves:
            figures["reopens"] += _reopens(contact)
            if solved:
                touches = min(len(contact.replies), 3)
                figures[("zero_touch", "one_touch", "two_touch", "multi_touch")[touches]] += 1
    return result


def _reopens(contact: Contact) -> int:
    statuses = [status for _, status in contact.moves]
    return sum(before in SETTLED and after not in SETTLED for before, after in pairwise(statuses))


def neglect(clock: Clock, contacts: list[Contact]) -> Cells:
    """By month and channel of opening: contacts that can be judged, and those that nobody answered.

    Nothing answers by itself in this company, so who was answered was acknowledged by the same reply.
    """
    result: Cells = defaultdict(_cells())
    for contact in contacts:
        if not contact.counts:
            continue
        figures = result[clock.month(contact.at)][contact.channel]
        figures["contacts"] += 1
        if contact.channel == "phone":
            figures["live"] += 1
        elif not contact.moves:
            figures["without_history"] += 1
        elif contact.at + NEGLECT > clock.end:
            figures["immature"] += 1
        else:
            figures["judged"] += 1
            figures["unanswered"] += not contact.replies
            figures["closed_unanswered"] += not contact.replies and contact.first_solved is not None
            figures["answered"] += bool(contact.replies)
            figures["answered_seconds"] += contact.replies[0] - contact.at if contact.replies else 0
    return result


def first_reply_medians(clock: Clock, contacts: list[Contact]) -> dict[str, float | None]:
    """By month of opening, over all channels: the median wait for a first reply."""
    seconds: dict[str, list[int]] = defaultdict(list)
    for contact in contacts:
        if contact.counts and contact.replies:
            seconds[clock.month(contact.at)].append(contact.replies[0] - contact.at)
    return {month: median(each) for month, each in seconds.items()}
