"""Zendesk's users to rows of `raw.ticket_people`: who somebody is does not depend on the page that names a change of theirs."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from assets.raw.declared_rows import Form, Rows, declared_rows
from assets.raw.event_rows import Json
from assets.raw.feed import Feed
from assets.raw.identity import person_references
from assets.raw.inner_records import Inner
from assets.raw.json_values import TOO_DEEP, column_texts, json_text
from assets.raw.parsing import ISO
from assets.raw.reading import Limits, Reading

PEOPLE: Final = "raw.ticket_people"
ACTOR_OF_ROLE: Final[Mapping[str, str]] = {
    "end-user": "customer",
    "end_user": "customer",
    "agent": "agent",
    "admin": "agent",
    "bot": "bot",
    "system": "system",
}
FORM: Final = Form(PEOPLE, notation=ISO, words={"actor": ACTOR_OF_ROLE})
PEOPLE_IN_EVENTS: Final = ("author_ref", "requester_ref")

_PATHS: Final = {"source_record_id": "id", "updated_at": "updated_at", "actor": "role"}


def people_cells(users: Mapping[int, Json]) -> pl.DataFrame:
    """Write users as texts."""
    is_bot = pl.Series([user.get("is_bot") is True for user in users.values()], dtype=pl.Boolean)
    return column_texts(users, _PATHS).with_columns(actor=pl.when(is_bot).then(pl.lit("bot")).otherwise("actor"))


def people_beside(page: Json, limits: Limits) -> Inner | None:
    """Give whatever a page lists as users beside its records, each a record of its own; None where it lists nobody.

    What is no object has no id, and is refused as a user without one.
    """
    listed = page.get("users")
    if not isinstance(listed, list) or not listed:
        return None
    users: dict[int, Json] = {number: user if isinstance(user, dict) else {} for number, user in enumerate(listed, 1)}
    return Inner(people_cells(users), [(json_text(user) or TOO_DEEP)[: limits.original_chars] for user in listed])


def people_rows(cells: pl.DataFrame, feed: Feed, reading: Reading) -> Rows:
    """Read users, under the name of the system that their tickets are in."""
    system = _system(feed)
    read = declared_rows(FORM, cells, feed.model_copy(update={"source": system}), reading)
    return read._replace(rows=read.rows.with_columns(person_references(system, reading).of(read.rows["source_record_id"])))


def with_people_hashed(events: pl.DataFrame, feed: Feed, reading: Reading) -> pl.DataFrame:
    """Put into events the references of the people who stand there by their ids."""
    return events.with_columns(person_references(_system(feed), reading).of(events[name]) for name in PEOPLE_IN_EVENTS)


def _system(feed: Feed) -> str:
    return feed.ticket_source or feed.source
