"""Intercom's conversations, page by page: the state of each, its parts as events, its rating as an answer, its deletion."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from assets.raw.declared_rows import Form, Rows, declared_rows
from assets.raw.event_rows import EVENTS, Happening, Json, Told, event_rows, required
from assets.raw.feed import Feed, Question
from assets.raw.inner_records import Inner, Numbering, numbered_cells
from assets.raw.intercom_parts import actor_of, history_of, lacks_parts, part_events
from assets.raw.interpreting import interpreted
from assets.raw.json_framing import json_batches
from assets.raw.json_values import TOO_DEEP, column_texts, json_text, moment_text, text_of
from assets.raw.mapped_csv import only_known
from assets.raw.parsing import ISO
from assets.raw.ratings import FILLED_ELSEWHERE, Asked, rating_rows
from assets.raw.reading import Batch, Extract, File, Limits, Reading
from assets.raw.refusing import NONE_REFUSED, all_refusals

TICKETS: Final = "raw.tickets"
ANSWERS: Final = "raw.answers"

_CHANNELS: Final[Mapping[str, str]] = {
    "conversation": "chat",
    "facebook": "social",
    "instagram": "social",
    "twitter": "social",
    "whatsapp": "sms",
    "phone_call": "phone",
    "phone_switch": "phone",
    "push": "app",
}
FORM: Final = Form(
    TICKETS,
    notation=ISO,
    words={
        "channel": _CHANNELS,
        "status": {"snoozed": "hold"},
        "priority": {"priority": "high", "not_priority": "normal", "none": ""},
        "opened_by": {
            "customer_initiated": "customer",
            "admin_initiated": "agent",
            "operator_initiated": "bot",
            "automated": "system",
            "campaigns_initiated": "system",
        },
    },
)
ANSWER_FORM: Final = Form(
    ANSWERS, notation=ISO, defaults={"is_complete": "true"}, words={"channel": _CHANNELS}, filled_elsewhere=FILLED_ELSEWHERE
)
ASKED: Final = Asked("conversation_rating", Question(metric="csat", scale=(1, 5)))

_KEYS: Final = ("conversations",)
_PATHS: Final[Mapping[str, str]] = {
    "source_record_id": "id",
    "status": "state",
    "channel": "source.type",
    "priority": "priority",
    "reopen_count": "statistics.count_reopens",
}
_MOMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "opened_at": ("created_at",),
    "updated_at": ("updated_at",),
    "first_replied_at": ("statistics", "first_admin_reply_at"),
    "first_solved_at": ("statistics", "first_close_at"),
    "last_solved_at": ("statistics", "last_close_at"),
}
_IDENTIFIERS: Final = frozenset({"customer_id", "email", "phone"})
_SELF_SERVICE: Final = "self_service"


def extract_intercom_json(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out a record for each conversation and each deletion, and behind them one for each part and each rating."""
    only_known(feed.columns, FORM.keys())
    numbering = Numbering()
    deleted_at = dt.datetime.combine(file.arrived_on, dt.time())
    for batch in json_batches(file.stream, feed, reading.limits, _KEYS):
        gone = {number: record for number, record in batch.objects.items() if record.get("deleted") is True}
        alive = {number: record for number, record in batch.objects.items() if number not in gone}
        deletions, refused = event_rows(gone, feed, lambda _, record: _deletion(record, deleted_at))
        cells = _ticket_cells(alive, feed)
        parts = [part for conversation in alive.values() for part in history_of(conversation)]
        yield numbering.extract(
            batch.records(),
            {TICKETS: cells, EVENTS: deletions},
            all_refusals([batch.refusals(), refused]),
            {EVENTS: part_events(parts, feed, reading.limits), ANSWERS: _ratings(list(alive.values()), cells, reading.limits)},
        )


def interpret_intercom_json(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read conversations as tickets, and ratings as answers about them; events are read already."""
    return interpreted(
        extract,
        {
            TICKETS: declared_rows(FORM, extract.cells[TICKETS], feed, reading),
            EVENTS: Rows(extract.cells[EVENTS], NONE_REFUSED),
            ANSWERS: rating_rows(ANSWER_FORM, ASKED, extract.cells[ANSWERS], feed, reading),
        },
    )


def _deletion(record: Json, deleted_at: dt.datetime) -> Told:
    """Tell of a deletion when it became known: the tombstone has an id and nothing else."""
    conversation = required(record, "id")
    return Told(f"deleted:{conversation}", conversation, deleted_at, [Happening(0, "deleted", "system")])


def _ticket_cells(conversations: Mapping[int, Json], feed: Feed) -> pl.DataFrame:
    rows = list(conversations.values())
    cells = column_texts(conversations, {**_PATHS, **feed.columns})
    made = {key: [moment_text(_at(conversation, *path)) for conversation in rows] for key, path in _MOMENTS.items()}
    made["history"] = ["last_values" if lacks_parts(conversation) else "events" for conversation in rows]
    made["opened_by"] = [_opened_by(conversation) for conversation in rows]
    made["touchpoint"] = [_touchpoint(conversation) for conversation in rows]
    if not _IDENTIFIERS & set(feed.columns):
        customers = [_customer(conversation) for conversation in rows]
        made["customer_id"] = [customer.get("customer_id") for customer in customers]
        made["email"] = [customer.get("email") for customer in customers]
    return cells.hstack([pl.Series(key, texts, dtype=pl.String) for key, texts in made.items() if key not in feed.columns])


def _ratings(conversations: Sequence[Json], cells: pl.DataFrame, limits: Limits) -> Inner:
    """Give a record for each rating that was given; one that was only asked for is none."""
    ratings = [conversation.get("conversation_rating") for conversation in conversations]
    is_given = [isinstance(rating, dict) and rating.get("rating") is not None for rating in ratings]
    given = [rating for rating in ratings if isinstance(rating, dict) and rating.get("rating") is not None]
    moments = pl.Series([moment_text(rating.get("created_at")) for rating in given], dtype=pl.String)
    shared = [key for key in ("channel", "touchpoint", *sorted(_IDENTIFIERS)) if key in cells.columns]
    rated = cells.filter(pl.Series(is_given, dtype=pl.Boolean)).select(
        "source_record_id",
        *shared,
        pl.col("source_record_id").alias("ticket_id"),
        answered_at=moments,
        updated_at=moments,
        comment=pl.Series([text_of(rating.get("remark")) for rating in given], dtype=pl.String),
        **{ASKED.cell: pl.Series([text_of(rating.get("rating")) for rating in given], dtype=pl.String)},
    )
    return Inner(numbered_cells(rated), [(json_text(rating) or TOO_DEEP)[: limits.original_chars] for rating in given])


def _at(record: Json, *path: str) -> object:
    value: object = record
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _opened_by(conversation: Json) -> str | None:
    """Take how the conversation was begun, else who wrote its first message."""
    return text_of(_at(conversation, "source", "delivered_as")) or actor_of(_at(conversation, "source", "author"))


def _touchpoint(conversation: Json) -> str | None:
    """Tell a conversation that only the AI agent has handled; of all others the source does not say."""
    handled_by_people = _at(conversation, "statistics", "first_admin_reply_at") is not None or _has_teammates(conversation)
    return _SELF_SERVICE if conversation.get("ai_agent_participated") is True and not handled_by_people else None


def _has_teammates(conversation: Json) -> bool:
    teammates = conversation.get("teammates")
    listed = teammates.get("teammates") if isinstance(teammates, dict) else teammates
    return isinstance(listed, list) and bool(listed)


def _customer(conversation: Json) -> dict[str, str | None]:
    """Take what other systems know the customer by, where the page gives it, else Intercom's own id."""
    contacts = conversation.get("contacts")
    listed = contacts.get("contacts") if isinstance(contacts, dict) else contacts
    contact = next((contact for contact in listed if isinstance(contact, dict)), {}) if isinstance(listed, list) else {}
    author = _at(conversation, "source", "author")
    if external := text_of(contact.get("external_id")):
        return {"customer_id": external}
    if actor_of(author) == "customer" and (address := text_of(_at(conversation, "source", "author", "email"))):
        return {"email": address}
    return {"customer_id": text_of(contact.get("id"))}
