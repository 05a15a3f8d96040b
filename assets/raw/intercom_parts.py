"""Parts of Intercom conversations to rows of `raw.ticket_events`: who wrote, and what became of the conversation."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from assets.raw.event_rows import NOTHING_WE_COUNT, Happening, Json, RefusedError, Told, event_rows, moment_of, required
from assets.raw.feed import Feed
from assets.raw.inner_records import Inner
from assets.raw.json_values import TOO_DEEP, json_text, text_of
from assets.raw.reading import Limits

_STATUS_AFTER: Final[Mapping[str, str]] = {
    "close": "closed",
    "open": "open",
    "assign_and_reopen": "open",
    "note_and_reopen": "open",
    "snoozed": "hold",
    "unsnoozed": "open",
    "timer_unsnooze": "open",
    "assign_and_unsnooze": "open",
}
_NOTES: Final = frozenset({"note", "note_and_reopen"})
_ASSIGNMENTS: Final = frozenset(
    {"assignment", "assign_and_reopen", "assign_and_unsnooze", "away_mode_assignment", "default_assignment", "message_strategy_assignment"}
)
_MESSAGES: Final = frozenset({"comment", "close", "open", "assignment", "assign_and_reopen", "snoozed", "unsnoozed", "assign_and_unsnooze"})
"""Parts whose text, where they have one, both sides can read."""

_ACTOR_OF_TYPE: Final[Mapping[str, str]] = {
    "user": "customer",
    "lead": "customer",
    "contact": "customer",
    "admin": "agent",
    "team": "agent",
    "bot": "bot",
    "fin": "bot",
    "operator": "bot",
}


_CREATED: Final = "conversation_created"


class Part(NamedTuple):
    """A part, and the conversation that it is of."""

    conversation: str | None
    content: object


def parts_of(conversation: Json) -> list[object] | None:
    """Give a conversation's parts; None where the page does not hold them."""
    parts = conversation.get("conversation_parts")
    listed = parts.get("conversation_parts") if isinstance(parts, dict) else parts
    return listed if isinstance(listed, list) else None


def lacks_parts(conversation: Json) -> bool:
    """Tell whether the page holds some of a conversation's parts and not all: Intercom gives the last 500."""
    parts, listed = conversation.get("conversation_parts"), parts_of(conversation)
    total = parts.get("total_count") if isinstance(parts, dict) else None
    return listed is not None and isinstance(total, int) and total > len(listed)


def history_of(conversation: Json) -> list[Part]:
    """Give the parts of a conversation, behind its beginning: without a part, all is known of it too."""
    listed, own_id = parts_of(conversation), text_of(conversation.get("id"))
    if listed is None:
        return []
    parts = [Part(own_id, part) for part in listed]
    if own_id and not lacks_parts(conversation):
        source = conversation.get("source")
        author = source.get("author") if isinstance(source, dict) else None
        begun = {"id": f"created:{own_id}", "part_type": _CREATED, "created_at": conversation.get("created_at"), "author": author}
        return [Part(own_id, begun), *parts]
    return parts


def part_events(parts: Sequence[Part], feed: Feed, limits: Limits) -> Inner:
    """Give a record for each part: its rows, or why it is refused."""
    records = {number: {"part": part.content, "conversation": part.conversation} for number, part in enumerate(parts, 1)}
    rows, refusals = event_rows(records, feed, _told)
    return Inner(rows, [_original(part.content, limits) for part in parts], refusals)


def actor_of(author: object) -> str | None:
    """Tell who an author is; None where nobody says."""
    return _ACTOR_OF_TYPE.get(text_of(author.get("type")) or "") if isinstance(author, dict) else None


def _told(number: int, record: Json) -> Told:  # noqa: ARG001  # as every teller is called
    part = record["part"]
    if not isinstance(part, dict):
        raise RefusedError(None, "wrong_shape")
    own_id, conversation = required(part, "id"), required(record, "conversation")
    kind = required(part, "part_type")
    happened_at = moment_of(part.get("created_at"))
    return Told(own_id, conversation, happened_at, list(_happenings(part, kind)) or [Happening(0, NOTHING_WE_COUNT, _actor(part))])


def _happenings(part: Json, kind: str) -> Iterator[Happening]:
    actor = _actor(part)
    position = 0
    if kind == _CREATED:
        yield Happening(position, "created", actor, status_to="open")
    if kind in _NOTES:
        yield Happening(position, "private_note", actor)
        position += 1
    elif kind in _MESSAGES and text_of(part.get("body")):
        yield Happening(position, "customer_reply" if actor == "customer" else "public_reply", actor)
        position += 1
    if kind in _STATUS_AFTER:
        yield Happening(position, "status", actor, status_to=_STATUS_AFTER[kind])
        position += 1
    if kind in _ASSIGNMENTS:
        yield Happening(position, "assigned", actor)


def _actor(part: Json) -> str:
    return actor_of(part.get("author")) or "system"


def _original(part: object, limits: Limits) -> str:
    return (json_text(part) or TOO_DEEP)[: limits.original_chars]
