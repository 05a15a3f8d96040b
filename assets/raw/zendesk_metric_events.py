"""Zendesk's ticket metric events to rows of `raw.ticket_events`: when the clocks of a ticket started, paused and stopped."""

from collections.abc import Mapping
from typing import Final

from assets.raw.declared_rows import Rows
from assets.raw.event_rows import NOTHING_WE_COUNT, Happening, Json, Told, event_rows, moment_of, required
from assets.raw.feed import Feed

_EVENT_OF: Final[Mapping[tuple[str, str], str]] = {
    ("agent_work_time", "activate"): "work_started",
    ("agent_work_time", "pause"): "work_paused",
    ("agent_work_time", "fulfill"): "work_finished",
    ("requester_wait_time", "activate"): "wait_started",
    ("requester_wait_time", "pause"): "wait_paused",
    ("requester_wait_time", "fulfill"): "wait_finished",
    ("reply_time", "activate"): "reply_awaited",
    ("reply_time", "fulfill"): "reply_given",
}
_BREACH: Final = "breach"


def metric_event_rows(events: Mapping[int, Json], feed: Feed) -> Rows:
    """Give a row for each metric event; a clock that is only measured, or a target that is set, is nothing we count."""
    return event_rows(events, feed, _told)


def _told(number: int, event: Json) -> Told:  # noqa: ARG001  # as every teller is called
    own_id, ticket = required(event, "id"), required(event, "ticket_id")
    metric, kind = required(event, "metric"), required(event, "type")
    happened_at = moment_of(event.get("time"))
    return Told(own_id, ticket, happened_at, [Happening(0, _event(metric, kind, event), "system")])


def _event(metric: str, kind: str, event: Json) -> str:
    if kind == _BREACH:
        # A breach that an earlier reply or a later change of the target took back stays in the export, marked.
        return NOTHING_WE_COUNT if event.get("deleted") is True else "sla_breached"
    return _EVENT_OF.get((metric, kind), NOTHING_WE_COUNT)
