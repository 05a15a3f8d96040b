"""Zendesk audits to rows of `raw.ticket_events`: what each change did to its ticket, and who made it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from assets.raw.declared_rows import Rows
from assets.raw.event_rows import NOTHING_WE_COUNT, Happening, Json, RefusedError, Told, event_rows, moment_of, required
from assets.raw.feed import Feed
from assets.raw.json_values import text_of
from schemas.vocabulary import TICKET_STATUSES

_ACTOR_OF_ROLE: Final = {
    "end-user": "customer",
    "end_user": "customer",
    "agent": "agent",
    "admin": "agent",
    "bot": "bot",
    "system": "system",
}
_COMMENTS: Final = frozenset({"Comment", "VoiceComment"})
_AUTOMATIC_VIA: Final = frozenset({"rule", "system"})
_MERGED: Final = "closed_by_merge"


class AuditPage:
    """Audits and what their page says of the people in them."""

    def __init__(self, page: Json, audits: Mapping[int, Json], feed: Feed) -> None:
        self._audits = audits
        self._feed = feed
        self._statuses = {status: status for status in TICKET_STATUSES} | {
            theirs.strip().lower(): ours for theirs, ours in feed.values.get("status", {}).items()
        }
        users = page.get("users")
        self._actors = {
            text_of(user.get("id")): _actor_of(user) for user in (users if isinstance(users, list) else []) if isinstance(user, dict)
        }
        self._openers: dict[str | None, str | None] = {}
        self._events = {number: _events(audit) for number, audit in audits.items()}
        for number, audit in audits.items():
            if any(event.get("type") == "Create" for event in self._events[number]):
                self._openers.setdefault(text_of(audit.get("ticket_id")), text_of(audit.get("author_id")))

    def rows(self) -> Rows:
        """Give a row for each thing that happened, and the audits that cannot be read."""
        return event_rows(self._audits, self._feed, self._told)

    def _told(self, number: int, audit: Json) -> Told:
        own_id, ticket = required(audit, "id"), required(audit, "ticket_id")
        _must_have_events(audit)
        moment = moment_of(audit.get("created_at"))
        happenings = list(self._happenings(audit, self._events[number], ticket))
        return Told(own_id, ticket, moment, happenings or [Happening(0, NOTHING_WE_COUNT, self._actor(audit, audit, ticket))], _mail(audit))

    def _happenings(self, audit: Json, events: Sequence[Json], ticket: str) -> Iterator[Happening]:
        creations = [position for position, event in enumerate(events) if event.get("type") == "Create"]
        if creations:
            of_status = [position for position in creations if events[position].get("field_name") == "status"]
            status = self._status(events[of_status[0]].get("value")) if of_status else None
            place = (of_status or creations)[0]
            yield Happening(place, "created", self._actor(audit, events[place], ticket), status_to=status)
        for position, event in enumerate(events):
            kind, field = event.get("type"), event.get("field_name")
            if kind == "Change" and field == "status":
                before, after = self._status(event.get("previous_value")), self._status(event.get("value"))
                yield Happening(position, "status", self._actor(audit, event, ticket), before, after)
            elif kind == "Change" and field == "assignee_id":
                yield Happening(position, "assigned", self._actor(audit, event, ticket))
            elif kind == "Change" and field == "tags" and _has_merged(event.get("value")) and not _has_merged(event.get("previous_value")):
                yield Happening(position, "merged", self._actor(audit, event, ticket))
            elif kind in _COMMENTS and not creations:
                actor = self._actor(audit, event, ticket)
                public_reply = "customer_reply" if actor == "customer" else "public_reply"
                yield Happening(position, "private_note" if event.get("public") is False else public_reply, actor)

    def _status(self, value: object) -> str | None:
        written = text_of(value)
        if not written:
            return None
        status = self._statuses.get(written.strip().lower())
        if status not in TICKET_STATUSES:
            raise RefusedError("status", "unknown_word")
        return status

    def _actor(self, audit: Json, event: Json, ticket: str) -> str:
        """Say who did it: by the role given, by the page's people; without either, who opened the ticket is its customer."""
        for part in (event, audit):
            role = part.get("author_role")
            if role is not None and (actor := _ACTOR_OF_ROLE.get(text_of(role) or "")):
                return actor
        for part in (event, audit):
            via = part.get("via")
            if isinstance(via, dict) and via.get("channel") in _AUTOMATIC_VIA:
                return "system"
        author = text_of(event.get("author_id")) or text_of(audit.get("author_id"))
        if author is None or author == "-1":
            return "system"
        known = self._actors.get(author)
        return known or ("customer" if author == self._openers.get(ticket) else "agent")


def _events(audit: Json) -> list[Json]:
    events = audit.get("events")
    return [event if isinstance(event, dict) else {} for event in events] if isinstance(events, list) else []


def _actor_of(user: Json) -> str | None:
    if user.get("is_bot") is True:
        return "bot"
    return _ACTOR_OF_ROLE.get(text_of(user.get("role")) or "")


def _must_have_events(audit: Json) -> None:
    if not isinstance(audit.get("events"), list):
        raise RefusedError("events", "wrong_shape")


def _mail(audit: Json) -> str | None:
    """Find the Message-ID of the mail that the audit took in."""
    metadata = audit.get("metadata")
    system = metadata.get("system") if isinstance(metadata, dict) else None
    return text_of(system.get("message_id")) or None if isinstance(system, dict) else None


def _has_merged(value: object) -> bool:
    return isinstance(value, list) and _MERGED in value
