"""Events of tickets as rows, made record by record: what stands so deep in a record that no column of text holds it.

What the records of a system mean stands in the formats.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

import polars as pl

from assets.raw.contract import contract_schema
from assets.raw.declared_rows import Rows
from assets.raw.feed import Feed
from assets.raw.json_values import text_of
from assets.raw.parsing import FIRST_YEAR, LAST_YEAR
from assets.raw.reading import RECORD_NUMBER
from assets.raw.refusing import Refusal, refusal_frame

EVENTS: Final = "raw.ticket_events"
NOTHING_WE_COUNT: Final = "other"
"""A record of tags, notifications and the like still is a record, and every record leaves a row or a refusal."""

Json = Mapping[str, object]


class RefusedError(Exception):
    """The record cannot be taken: its column, and the refusal code."""

    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(column, reason)
        self.column, self.reason = column, reason


class Happening(NamedTuple):
    """One thing that a record says has happened."""

    position: int
    event: str
    actor: str | None
    """Who did it, where the record by itself says."""
    status_from: str | None = None
    status_to: str | None = None
    happened_at: dt.datetime | None = None
    """Where the things of one record happened at different times."""
    author: str | None = None
    """The person who did it, by the source's own id."""


class Told(NamedTuple):
    """What one record tells: of which ticket, when, and what."""

    record_id: str
    ticket: str
    happened_at: dt.datetime
    happenings: Iterable[Happening]
    message_id: str | None = None
    """Message-ID of the mail that the record took in."""
    requester: str | None = None
    """The person whose ticket it is, by the source's own id, where the record names one."""


def event_rows(records: Mapping[int, Json], feed: Feed, tell: Callable[[int, Json], Told]) -> Rows:
    """Give a row for each thing that happened, and the records that cannot be read: ``tell`` raises RefusedError for them.

    People stand in the rows by the source's own ids; a format that names any hashes them when it interprets.
    """
    rows: list[tuple[object, ...]] = []
    refused: list[Refusal] = []
    source = feed.source
    tickets = feed.ticket_source or source
    for number, record in records.items():
        try:
            told = tell(number, record)
            happenings = list(told.happenings)
        except RefusedError as why:
            refused.append((number, why.column, why.reason))
            continue
        ticket_ref = f"{tickets}:{told.ticket}"
        rows.extend(
            (
                number,
                source,
                told.record_id,
                None,
                it.position,
                ticket_ref,
                it.happened_at or told.happened_at,
                it.event,
                it.actor,
                it.author,
                told.requester,
                it.status_from,
                it.status_to,
                told.message_id,
            )
            for it in happenings
        )
    return Rows(
        pl.DataFrame(rows, schema={RECORD_NUMBER: pl.Int64, **contract_schema(EVENTS)}, orient="row"),
        refusal_frame(refused),
    )


def required(record: Json, name: str) -> str:
    """Give a value as text; without one the record is refused."""
    if not (text := text_of(record.get(name))):
        raise RefusedError(name, "missing")
    return text


def moment_of(value: object) -> dt.datetime:
    """Read an ISO time with its offset, or seconds since 1970, into naive UTC."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _plausible(_of_epoch(value))
    written = text_of(value)
    if not written:
        raise RefusedError("happened_at", "missing")
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError as error:
        raise RefusedError("happened_at", "not_an_instant") from error
    if moment.tzinfo is None:
        raise RefusedError("happened_at", "not_an_instant")
    return _plausible(moment)


def _of_epoch(seconds: int) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise RefusedError("happened_at", "not_an_instant") from error


def _plausible(moment: dt.datetime) -> dt.datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise RefusedError("happened_at", "out_of_range")
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
