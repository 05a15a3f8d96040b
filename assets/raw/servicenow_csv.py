"""ServiceNow's log of incidents, one row a change: each row is an event, and the last of a number is its ticket's state."""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from assets.raw.csv_cells import CsvTable
from assets.raw.declared_rows import Form, declared_rows
from assets.raw.event_rows import EVENTS
from assets.raw.feed import Feed
from assets.raw.inner_records import Inner, Numbering, numbered_cells
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import only_known, places
from assets.raw.parsing import trimmed
from assets.raw.reading import RECORD_NUMBER, Batch, Extract, File, Reading, all_records
from assets.raw.refusing import NONE_REFUSED

TICKETS: Final = "raw.tickets"

_STATUSES: Final[Mapping[str, str]] = {
    "1": "new",
    "2": "open",
    "3": "hold",
    "6": "solved",
    "7": "closed",
    "8": "closed",
    "active": "open",
    "in progress": "open",
    "work in progress": "open",
    "on hold": "hold",
    "awaiting user info": "pending",
    "awaiting caller": "pending",
    "awaiting problem": "hold",
    "awaiting change": "hold",
    "awaiting vendor": "hold",
    "awaiting evidence": "hold",
    "resolved": "solved",
    "canceled": "closed",
    "cancelled": "closed",
}
FORM: Final = Form(
    TICKETS,
    defaults={"history": "status_events", "opened_by": "customer"},
    words={
        "status": _STATUSES,
        "channel": {
            "self service": "web",
            "self-service": "web",
            "ivr": "phone",
            "virtual agent": "chat",
            "walk-in": "in_person",
            "social media": "social",
        },
        "priority": {
            "1": "urgent",
            "2": "high",
            "3": "normal",
            "4": "low",
            "5": "low",
            "1 - critical": "urgent",
            "2 - high": "high",
            "3 - moderate": "normal",
            "4 - low": "low",
            "5 - planning": "low",
        },
    },
)
EVENT_FORM: Final = Form(EVENTS, defaults={"position": "0", "event": "status", "actor": "agent"}, words={"status_to": _STATUSES})

_NEEDED: Final[Mapping[str, str]] = {
    "source_record_id": "number",
    "status": "incident_state",
    "opened_at": "opened_at",
    "updated_at": "sys_updated_at",
}
_CHANGE: Final = "sys_mod_count"
_USUAL: Final[Mapping[str, str]] = {
    "channel": "contact_type",
    "category": "category",
    "priority": "priority",
    "last_solved_at": "resolved_at",
    "closed_at": "closed_at",
    "reopen_count": "reopen_count",
    "customer_id": "caller_id",
}
_IDENTIFIERS: Final = frozenset({"customer_id", "email", "phone"})
_NOT_GIVEN: Final = "?"
_DIGITS: Final = 6
"""Digits of a change's number in its event's id: events of one minute are put in order by their ids."""


def extract_servicenow_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out a record for each change, and behind them one for each ticket: its state after its last change in the file."""
    only_known(feed.columns, FORM.keys() | {_CHANGE})
    table = CsvTable(file.stream, feed, reading.limits)
    header = {name: place for place, name in enumerate(table.header())}
    wanted = places(header, {**_columns(header, feed), _CHANGE: feed.columns.get(_CHANGE, _CHANGE)})
    numbering = Numbering()
    latest = _Latest([key for key in wanted if key != _CHANGE])
    for batch in table.batches(len(header), wanted):
        cells = batch.cells.with_columns(trimmed(pl.col(pl.String)).replace(_NOT_GIVEN, None))
        records = batch.records(reading.limits)
        latest.see(cells, records.table())
        found = {TICKETS: latest.taken()} if latest.count > reading.limits.batch_records else {}
        own = {TICKETS: cells.drop(_CHANGE).clear(), EVENTS: _events(cells)}
        yield numbering.extract(records, own, batch.refusals, found)
    if latest.count:
        empty = pl.DataFrame(schema=dict.fromkeys(wanted, pl.String)).insert_column(0, pl.Series(RECORD_NUMBER, [], dtype=pl.Int64))
        own = {TICKETS: empty.drop(_CHANGE), EVENTS: _events(empty)}
        yield numbering.extract(all_records([]), own, NONE_REFUSED, {TICKETS: latest.taken()})


def interpret_servicenow_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read the states of tickets and what happened to them; the words declared for a status hold for both."""
    of_events = feed.model_copy(
        update={"ticket_source": feed.ticket_source or feed.source, "values": {"status_to": feed.values.get("status", {})}, "constants": {}}
    )
    return interpreted(
        extract,
        {
            TICKETS: declared_rows(FORM, extract.cells[TICKETS], feed, reading),
            EVENTS: declared_rows(EVENT_FORM, extract.cells[EVENTS], of_events, reading),
        },
    )


def _columns(header: Mapping[str, int], feed: Feed) -> dict[str, str]:
    """Name the columns that are there of those that ServiceNow has, unless the feed names others."""
    usual = {key: name for key, name in _USUAL.items() if name in header}
    if _IDENTIFIERS & set(feed.columns):
        usual.pop("customer_id", None)
    return {**_NEEDED, **usual, **feed.columns}


def _events(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select(
        RECORD_NUMBER,
        source_record_id=pl.concat_str("source_record_id", pl.lit(":"), pl.col(_CHANGE).str.zfill(_DIGITS)),
        ticket_id="source_record_id",
        happened_at="updated_at",
        status_to="status",
    )


class _Latest:
    """The last row of each ticket seen so far, by the number of its change, then by its place in the file."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = keys
        self._rows: dict[str, tuple[int, tuple[object, ...], str]] = {}

    @property
    def count(self) -> int:
        """How many tickets are held."""
        return len(self._rows)

    def see(self, cells: pl.DataFrame, records: pl.DataFrame) -> None:
        """Look at the rows of a batch in their order."""
        change = pl.col(_CHANGE).cast(pl.Int64, strict=False).fill_null(-1)
        seen = (
            cells.drop_nulls("source_record_id")
            .with_columns(change.alias(_CHANGE))
            .join(records, on=RECORD_NUMBER, how="left", maintain_order="left")
            .sort(_CHANGE, maintain_order=True)
            .unique("source_record_id", keep="last", maintain_order=True)
            .sort(RECORD_NUMBER)
        )
        named = seen.select(*self._keys, ticket="source_record_id", number=_CHANGE, text="original")
        for *row, ticket, number, text in named.iter_rows():
            known = self._rows.get(ticket)
            if known is None or number >= known[0]:
                self._rows[ticket] = (number, tuple(row), text)

    def taken(self) -> Inner:
        """Give what is held, and hold nothing any more."""
        held, self._rows = list(self._rows.values()), {}
        schema = dict.fromkeys(self._keys, pl.String)
        cells = pl.DataFrame([row for _, row, _ in held], schema=schema, orient="row")
        return Inner(numbered_cells(cells), [text for *_, text in held])
