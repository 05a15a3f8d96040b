"""Freshdesk's pages: tickets with the last values of their lives, and what customers said of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from assets.raw.declared_rows import Form, declared_rows
from assets.raw.feed import Feed, Question
from assets.raw.interpreting import interpreted
from assets.raw.json_framing import JsonBatch, json_batches
from assets.raw.json_values import column_texts, text_of
from assets.raw.mapped_csv import only_known
from assets.raw.parsing import ISO
from assets.raw.ratings import FILLED_ELSEWHERE, Asked, rating_rows
from assets.raw.reading import RECORD_NUMBER, Batch, Extract, File, Reading
from assets.raw.refusing import Refusal, all_refusals, refusal_frame

TICKETS: Final = "raw.tickets"
ANSWERS: Final = "raw.answers"

FORM: Final = Form(
    TICKETS,
    notation=ISO,
    defaults={"history": "last_values"},
    words={
        "status": {"2": "open", "3": "pending", "4": "solved", "5": "closed"},
        "priority": {"1": "low", "2": "normal", "3": "high", "4": "urgent"},
        "channel": {
            "1": "email",
            "2": "web",
            "3": "phone",
            "5": "social",
            "6": "social",
            "7": "chat",
            "8": "app",
            "9": "web",
            "10": "email",
            "13": "sms",
        },
    },
)
"""The numbers as Freshdesk gives them: sources are mail, portal, phone, Twitter, Facebook, chat, app, widget, outbound mail, WhatsApp."""

ANSWER_FORM: Final = Form(ANSWERS, notation=ISO, defaults={"channel": "web", "is_complete": "true"}, filled_elsewhere=FILLED_ELSEWHERE)
ASKED: Final = Asked("default_question", Question(metric="csat", scale=(1, 7)))
_POINTS: Final[Mapping[str, str]] = {"103": "7", "102": "6", "101": "5", "100": "4", "-101": "3", "-102": "2", "-103": "1"}
"""Freshdesk's faces from extremely happy to extremely unhappy, as places on a scale of seven."""

_TICKETS: Final = "tickets"
_RATINGS: Final = "satisfaction_ratings"
_KINDS: Final = (_TICKETS, _RATINGS)
_PATHS: Final[Mapping[str, str]] = {
    "source_record_id": "id",
    "opened_at": "created_at",
    "updated_at": "updated_at",
    "channel": "source",
    "priority": "priority",
    "first_replied_at": "stats.first_responded_at",
    "last_solved_at": "stats.resolved_at",
    "closed_at": "stats.closed_at",
}
_RATING_PATHS: Final[Mapping[str, str]] = {
    "source_record_id": "id",
    "answered_at": "created_at",
    "updated_at": "updated_at",
    "ticket_id": "ticket_id",
    "customer_id": "user_id",
    "comment": "feedback",
}
_IDENTIFIERS: Final = frozenset({"customer_id", "email", "phone"})
_OUTBOUND: Final = "10"

Json = Mapping[str, object]


def extract_freshdesk_json(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the records of pages, which are plain lists, or lines of single records."""
    only_known(feed.columns, FORM.keys())
    for batch in json_batches(file.stream, feed, reading.limits, _KINDS):
        ratings = {number: record for number, record in batch.objects.items() if _is_rating(batch, record)}
        tickets = {number: record for number, record in batch.objects.items() if number not in ratings}
        answers, refused = _rating_cells(ratings, feed)
        yield Extract(batch.records(), {TICKETS: _ticket_cells(tickets, feed), ANSWERS: answers}, all_refusals([batch.refusals(), refused]))


def interpret_freshdesk_json(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read tickets, and ratings as answers about them."""
    return interpreted(
        extract,
        {
            TICKETS: declared_rows(FORM, extract.cells[TICKETS], feed, reading),
            ANSWERS: rating_rows(ANSWER_FORM, ASKED, extract.cells[ANSWERS], feed, reading),
        },
    )


def _is_rating(batch: JsonBatch, record: Json) -> bool:
    return batch.kind == _RATINGS or (not batch.kind and "ratings" in record)


def _ticket_cells(tickets: Mapping[int, Json], feed: Feed) -> pl.DataFrame:
    rows = list(tickets.values())
    cells = column_texts(tickets, {**_PATHS, **feed.columns})
    made: dict[str, Sequence[str | None]] = {
        "status": [_status(ticket) for ticket in rows],
        "opened_by": ["agent" if text_of(ticket.get("source")) == _OUTBOUND else "customer" for ticket in rows],
    }
    if not _IDENTIFIERS & set(feed.columns):
        requesters = [_requester(ticket) for ticket in rows]
        made["email"] = [requester.get("email") for requester in requesters]
        made["customer_id"] = [requester.get("customer_id") for requester in requesters]
    return cells.hstack([pl.Series(key, texts, dtype=pl.String) for key, texts in made.items() if key not in feed.columns])


def _status(ticket: Json) -> str | None:
    """Take the status; what was deleted or marked as spam keeps its number in Freshdesk and is no contact."""
    is_gone = ticket.get("deleted") is True or ticket.get("spam") is True
    return "deleted" if is_gone else text_of(ticket.get("status"))


def _requester(ticket: Json) -> dict[str, str | None]:
    """Take the requester's external id or address where the page gives them, else Freshdesk's own number."""
    requester = ticket.get("requester")
    if isinstance(requester, dict):
        if external := text_of(requester.get("unique_external_id")):
            return {"customer_id": external}
        if address := text_of(requester.get("email")):
            return {"email": address}
    return {"customer_id": text_of(ticket.get("requester_id"))}


def _rating_cells(ratings: Mapping[int, Json], feed: Feed) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Write ratings as texts; a face that Freshdesk does not have is refused, unless the feed declares its own scale."""
    is_declared = ASKED.key in feed.questions
    refused: list[Refusal] = []
    points: list[str | None] = []
    for number, rating in ratings.items():
        face = _face(rating.get("ratings"))
        if face is None or is_declared:
            points.append(face)
        elif face in _POINTS:
            points.append(_POINTS[face])
        else:
            points.append(None)
            refused.append((number, ASKED.key, "unknown_word"))
    cells = column_texts(ratings, _RATING_PATHS).with_columns(pl.Series(ASKED.cell, points, dtype=pl.String))
    return cells.filter(~pl.col(RECORD_NUMBER).is_in([number for number, _, _ in refused])), refusal_frame(refused)


def _face(ratings: object) -> str | None:
    """Find the answer to the default question: by its key, or in a list of questions and values."""
    if isinstance(ratings, dict):
        return text_of(ratings.get(ASKED.key))
    for rating in ratings if isinstance(ratings, list) else []:
        if isinstance(rating, dict) and rating.get("question") == ASKED.key:
            return text_of(rating.get("value"))
    return None
