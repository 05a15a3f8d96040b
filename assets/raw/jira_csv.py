"""Jira Service Management's CSV export, one row an issue: its state, and what the customer said of it."""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from assets.raw.csv_cells import CsvTable
from assets.raw.declared_rows import Form, declared_rows
from assets.raw.feed import Feed, Question
from assets.raw.inner_records import Inner, Numbering, numbered_cells
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import only_known, places
from assets.raw.parsing import trimmed
from assets.raw.ratings import FILLED_ELSEWHERE, Asked, rating_rows
from assets.raw.reading import RECORD_NUMBER, Batch, Extract, File, Reading
from schemas.vocabulary import TICKET_STATUSES

TICKETS: Final = "raw.tickets"
ANSWERS: Final = "raw.answers"

_STATUSES: Final[Mapping[str, str]] = {
    "to do": "new",
    "waiting for triage": "new",
    "in progress": "open",
    "work in progress": "open",
    "waiting for support": "open",
    "escalated": "open",
    "reopened": "open",
    "waiting for customer": "pending",
    "pending": "pending",
    "on hold": "hold",
    "waiting for approval": "hold",
    "done": "solved",
    "resolved": "solved",
    "closed": "closed",
    "canceled": "closed",
    "cancelled": "closed",
    "declined": "closed",
}
FORM: Final = Form(
    TICKETS,
    defaults={"history": "last_values"},
    words={
        "status": _STATUSES,
        "priority": {
            "highest": "urgent",
            "blocker": "urgent",
            "critical": "urgent",
            "major": "high",
            "medium": "normal",
            "minor": "low",
            "lowest": "low",
            "trivial": "low",
        },
    },
)
ANSWER_FORM: Final = Form(ANSWERS, defaults={"is_complete": "true"}, filled_elsewhere=FILLED_ELSEWHERE)
ASKED: Final = Asked("satisfaction", Question(metric="csat", scale=(1, 5)))

_NEEDED: Final[Mapping[str, str]] = {
    "source_record_id": "Issue key",
    "status": "Status",
    "opened_at": "Created",
    "updated_at": "Updated",
}
_CATEGORY: Final = "status category"
_REQUEST: Final = "request type"
_CREATOR: Final = "creator"
_REPORTER: Final = "reporter"
_RATING: Final = "rating"
_RATED_AT: Final = "rated_at"
_USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "priority": ("Priority",),
    "last_solved_at": ("Resolved",),
    "first_replied_at": ("Custom field ([CHART] Date of First Response)",),
    "customer_id": ("Reporter Id", "Reporter"),
    _REPORTER: ("Reporter Id", "Reporter"),
    _CREATOR: ("Creator Id", "Creator"),
    _REQUEST: ("Custom field (Request Type)",),
    _CATEGORY: ("Status Category",),
    _RATING: ("Satisfaction rating", "Custom field (Satisfaction)"),
    _RATED_AT: ("Custom field (Satisfaction date)",),
}
"""Columns that are taken where they are there, by the first of their names that is."""

_IDENTIFIERS: Final = frozenset({"customer_id", "email", "phone"})
_SHARED: Final = (*sorted(_IDENTIFIERS), "channel", "touchpoint")
_NO_CELLS_OF_TICKETS: Final = (_REPORTER, _CREATOR, _REQUEST, _CATEGORY, _RATING, _RATED_AT)
_JAVA_OBJECT: Final = r"^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+@[0-9a-f]+$"
"""What the export writes for a field that it cannot write."""

_FIRST_RESPONSE: Final = "%Y-%m-%d %H:%M:%S%.f"
"""How the export writes the first response, whatever the user's format for the other times."""


def extract_jira_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out a record for each issue, and behind them one for each rating."""
    only_known(feed.columns, FORM.keys() | {_RATING, _RATED_AT})
    table = CsvTable(file.stream, feed, reading.limits)
    header = {name: place for place, name in enumerate(table.header())}
    wanted = places(header, _columns(header, feed))
    numbering = Numbering()
    for batch in table.batches(len(header), wanted):
        cells = _without_java_objects(batch.cells)
        records = batch.records(reading.limits)
        tickets = _tickets(cells, feed)
        yield numbering.extract(records, {TICKETS: tickets}, batch.refusals, {ANSWERS: _ratings(cells, records.table())})


def interpret_jira_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read issues as tickets, and ratings as answers about them."""
    return interpreted(
        extract,
        {
            TICKETS: declared_rows(FORM, extract.cells[TICKETS], feed, reading),
            ANSWERS: rating_rows(ANSWER_FORM, ASKED, extract.cells[ANSWERS], feed, reading),
        },
    )


def _columns(header: Mapping[str, int], feed: Feed) -> dict[str, str]:
    """Name the columns that are there of those that Jira has, unless the feed names others."""
    usual = {key: name for key, names in _USUAL.items() if (name := next((name for name in names if name in header), None))}
    if _IDENTIFIERS & set(feed.columns):
        usual.pop("customer_id", None)
    return {**_NEEDED, **usual, **feed.columns}


def _without_java_objects(cells: pl.DataFrame) -> pl.DataFrame:
    text = trimmed(pl.col(pl.String))
    return cells.with_columns(pl.when(~text.str.contains(_JAVA_OBJECT)).then(text))


def _tickets(cells: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    made = {"status": _status(cells, feed)}
    if "opened_by" not in feed.columns:
        made["opened_by"] = _opened_by(cells)
    if "first_replied_at" in cells.columns and "first_replied_at" not in feed.columns:
        moment = pl.col("first_replied_at").str.to_datetime(_FIRST_RESPONSE, strict=False)
        made["first_replied_at"] = pl.coalesce(moment.dt.to_string(feed.time_format.replace(".%f", "%.6f")), "first_replied_at")
    return cells.with_columns(**made).drop(_NO_CELLS_OF_TICKETS, strict=False)


def _status(cells: pl.DataFrame, feed: Feed) -> pl.Expr:
    """Take a status that has a meaning, by Jira's or the feed's words; else the category that Jira itself puts it into."""
    status = pl.col("status")
    if _CATEGORY not in cells.columns:
        return status
    known = {*_STATUSES, *TICKET_STATUSES, *(theirs.strip().lower() for theirs in feed.values.get("status", {}))}
    return pl.when(status.is_null() | status.str.to_lowercase().is_in(sorted(known))).then(status).otherwise(pl.col(_CATEGORY))


def _opened_by(cells: pl.DataFrame) -> pl.Expr:
    """Tell requests of customers from issues that somebody else wrote, or that are no request at all."""
    others = pl.lit(value=False)
    if {_CREATOR, _REPORTER} <= set(cells.columns):
        others = (pl.col(_CREATOR) != pl.col(_REPORTER)).fill_null(value=False)
    if _REQUEST in cells.columns:
        others = others | pl.col(_REQUEST).is_null()
    return pl.when(others).then(pl.lit("agent")).otherwise(pl.lit("customer"))


def _ratings(cells: pl.DataFrame, records: pl.DataFrame) -> Inner:
    nothing = pl.lit(None, dtype=pl.String)
    rated = cells.filter(pl.col(_RATING).is_not_null()) if _RATING in cells.columns else cells.clear()
    moment = pl.col(_RATED_AT) if _RATED_AT in cells.columns else nothing
    made = {
        "ticket_id": pl.col("source_record_id"),
        "answered_at": moment,
        "updated_at": moment,
        ASKED.cell: pl.col(_RATING) if _RATING in cells.columns else nothing,
    }
    shared = [key for key in _SHARED if key in cells.columns]
    originals = rated.join(records, on=RECORD_NUMBER, how="left", maintain_order="left")["original"]
    return Inner(numbered_cells(rated.select("source_record_id", *shared, **made)), originals.to_list())
