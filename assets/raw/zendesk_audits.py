"""Zendesk audits to rows of `raw.ticket_events`: what each change did to its ticket, and which person made it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from assets.raw.declared_rows import Rows
from assets.raw.event_rows import NOTHING_WE_COUNT, Happening, Json, RefusedError, Told, event_rows, moment_of, required
from assets.raw.feed import Feed
from assets.raw.json_values import text_of
from assets.raw.zendesk_people import ACTOR_OF_ROLE
from schemas.vocabulary import TICKET_STATUSES

_COMMENTS: Final = frozenset({"Comment", "VoiceComment"})
_AUTOMATIC_VIA: Final = frozenset({"rule", "system"})
_MERGED: Final = "closed_by_merge"
_SYSTEMS_ID: Final = "-1"
"""Whom Zendesk names as the author of what it does by itself."""


class Audits:
    """What audits say, each by itself: a role that only its page knows is left to those who know every page."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._statuses = {status: status for status in TICKET_STATUSES} | {
            theirs.strip().lower(): ours for theirs, ours in feed.values.get("status", {}).items()
        }

    def rows(self, audits: Mapping[int, Json]) -> Rows:
        """Give a row for each thing that happened, and the audits that cannot be read."""
        return event_rows(audits, self._feed, self._told)

    def _told(self, number: int, audit: Json) -> Told:  # noqa: ARG002  # as every teller is called
        own_id, ticket = required(audit, "id"), required(audit, "ticket_id")
        events = _events(audit)
        moment = moment_of(audit.get("created_at"))
        happenings = list(self._happenings(audit, events)) or [_done(0, NOTHING_WE_COUNT, audit, audit)]
        return Told(own_id, ticket, moment, happenings, _mail(audit), _requester(events))

    def _happenings(self, audit: Json, events: Sequence[Json]) -> Iterator[Happening]:
        creations = [position for position, event in enumerate(events) if event.get("type") == "Create"]
        if creations:
            of_status = [position for position in creations if events[position].get("field_name") == "status"]
            status = self._status(events[of_status[0]].get("value")) if of_status else None
            place = (of_status or creations)[0]
            yield _done(place, "created", audit, events[place])._replace(status_to=status)
        for position, event in enumerate(events):
            kind, field = event.get("type"), event.get("field_name")
            if kind == "Change" and field == "status":
                before, after = self._status(event.get("previous_value")), self._status(event.get("value"))
                yield _done(position, "status", audit, event)._replace(status_from=before, status_to=after)
            elif kind == "Change" and field == "assignee_id":
                yield _done(position, "assigned", audit, event)
            elif kind == "Change" and field == "tags" and _has_merged(event.get("value")) and not _has_merged(event.get("previous_value")):
                yield _done(position, "merged", audit, event)
            elif kind in _COMMENTS and not creations:
                yield _comment(_done(position, "private_note" if event.get("public") is False else "public_comment", audit, event))

    def _status(self, value: object) -> str | None:
        written = text_of(value)
        if not written:
            return None
        status = self._statuses.get(written.strip().lower())
        if status not in TICKET_STATUSES:
            raise RefusedError("status", "unknown_word")
        return status


def _done(position: int, what: str, audit: Json, event: Json) -> Happening:
    """Say who did it: the role given, or the person's id; neither where the audit names nobody."""
    author = text_of(event.get("author_id")) or text_of(audit.get("author_id"))
    return Happening(position, what, _actor(audit, event, author), author=None if author == _SYSTEMS_ID else author)


def _actor(audit: Json, event: Json, author: str | None) -> str | None:
    for part in (event, audit):
        if actor := ACTOR_OF_ROLE.get(text_of(part.get("author_role")) or ""):
            return actor
    for part in (event, audit):
        via = part.get("via")
        if isinstance(via, dict) and via.get("channel") in _AUTOMATIC_VIA:
            return "system"
    return "system" if author == _SYSTEMS_ID else None


def _comment(comment: Happening) -> Happening:
    """Tell a reply of ours from one of the customer where the audit says who wrote it."""
    if comment.event != "public_comment" or comment.actor is None:
        return comment
    return comment._replace(event="customer_reply" if comment.actor == "customer" else "public_reply")


def _requester(events: Sequence[Json]) -> str | None:
    """Find whose ticket it is, where the audit sets or changes that."""
    return next((text_of(event.get("value")) or None for event in events if event.get("field_name") == "requester_id"), None)


def _events(audit: Json) -> list[Json]:
    events = audit.get("events")
    if not isinstance(events, list):
        raise RefusedError("events", "wrong_shape")
    return [event if isinstance(event, dict) else {} for event in events]


def _mail(audit: Json) -> str | None:
    """Find the Message-ID of the mail that the audit took in."""
    metadata = audit.get("metadata")
    system = metadata.get("system") if isinstance(metadata, dict) else None
    return text_of(system.get("message_id")) or None if isinstance(system, dict) else None


def _has_merged(value: object) -> bool:
    return isinstance(value, list) and _MERGED in value
