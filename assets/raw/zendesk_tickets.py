"""Zendesk tickets to the cells of `raw.tickets`: the state of each ticket when the page was made."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from assets.raw.declared_rows import Form
from assets.raw.feed import Feed
from assets.raw.json_values import column_texts, moment_text, text_of
from assets.raw.mapped_csv import only_known
from assets.raw.parsing import ISO

TICKETS: Final = "raw.tickets"
FORM: Final = Form(
    TICKETS,
    notation=ISO,
    defaults={"history": "events"},
    words={
        "channel": {
            "api": "web",
            "web_form": "web",
            "web_widget": "web",
            "web_service": "web",
            "help_center": "web",
            "rule": "web",
            "system": "web",
            "closed_ticket": "email",
            "mail": "email",
            "voice": "phone",
            "native_messaging": "chat",
            "messaging": "chat",
            "mobile": "app",
            "mobile_sdk": "app",
            "whatsapp": "sms",
            "twitter": "social",
            "twitter_dm": "social",
            "facebook": "social",
            "facebook_dm": "social",
            "instagram_dm": "social",
            "any_channel": "social",
        }
    },
)
"""The channels as Zendesk names them. A follow-up of a closed ticket comes by mail."""

_PATHS: Final[Mapping[str, str]] = {
    "source_record_id": "id",
    "opened_at": "created_at",
    "channel": "via.channel",
    "subject": "subject",
    "priority": "priority",
    "status": "status",
    "last_solved_at": "metric_set.solved_at",
    "reopen_count": "metric_set.reopens",
}
_FOLLOW_UP: Final = "follow_up"
_OPENED_BY_SYSTEM: Final = frozenset({"rule", "system", "closed_ticket"})
_MERGED: Final = "closed_by_merge"
_IDENTIFIERS: Final = frozenset({"customer_id", "email", "phone"})

Ticket = Mapping[str, object]


def ticket_cells(tickets: Mapping[int, Ticket], feed: Feed) -> pl.DataFrame:
    """Write tickets as texts; the feed's ``columns`` may give a path (`via.channel`, `custom:27642`) for any column."""
    only_known(feed.columns, FORM.keys())
    cells = column_texts(tickets, {**_PATHS, **feed.columns})
    made: dict[str, list[str | None]] = {
        "updated_at": [_version_time(ticket) for ticket in tickets.values()],
        "opened_by": [_opened_by(ticket) for ticket in tickets.values()],
        "is_merged": [_is_merged(ticket) for ticket in tickets.values()],
    }
    if not _IDENTIFIERS & set(feed.columns):
        requesters = [_requester(ticket) for ticket in tickets.values()]
        made["customer_id"] = [requester.get("customer_id") for requester in requesters]
        made["email"] = [requester.get("email") for requester in requesters]
    return cells.hstack([pl.Series(key, texts, dtype=pl.String) for key, texts in made.items() if key not in feed.columns])


def _version_time(ticket: Ticket) -> str | None:
    """Take the time at which the page was made: system updates do not touch ``updated_at``."""
    generated = ticket.get("generated_timestamp")
    return moment_text(generated if generated is not None else ticket.get("updated_at"))


def _opened_by(ticket: Ticket) -> str | None:
    via = ticket.get("via")
    if isinstance(via, dict):
        source = via.get("source")
        follows_up = isinstance(source, dict) and source.get("rel") == _FOLLOW_UP
        if follows_up or text_of(via.get("channel")) in _OPENED_BY_SYSTEM:
            return "system"
    submitter, requester = ticket.get("submitter_id"), ticket.get("requester_id")
    return "agent" if submitter is not None and requester is not None and submitter != requester else "customer"


def _is_merged(ticket: Ticket) -> str | None:
    tags = ticket.get("tags")
    return "true" if isinstance(tags, list) and _MERGED in tags else "false"


def _requester(ticket: Ticket) -> dict[str, str | None]:
    """Take what other systems know the customer by, where the page gives it, else Zendesk's own number."""
    requester = ticket.get("requester")
    if isinstance(requester, dict):
        if external := text_of(requester.get("external_id")):
            return {"customer_id": external}
        if address := text_of(requester.get("email")):
            return {"email": address}
    return {"customer_id": text_of(ticket.get("requester_id"))}
