"""Zendesk's exports, page by page: a page holds tickets, their audits, their clocks, or what customers said of them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import polars as pl

from assets.raw.declared_rows import Rows, declared_rows
from assets.raw.event_rows import EVENTS, Json
from assets.raw.feed import Feed
from assets.raw.inner_records import Numbering
from assets.raw.interpreting import interpreted
from assets.raw.json_framing import JsonBatch, json_batches
from assets.raw.reading import Batch, Extract, File, Reading
from assets.raw.refusing import NONE_REFUSED, all_refusals
from assets.raw.survey_rows import ANSWERS
from assets.raw.zendesk_audits import Audits
from assets.raw.zendesk_metric_events import metric_event_rows
from assets.raw.zendesk_people import PEOPLE, people_beside, people_cells, people_rows, with_people_hashed
from assets.raw.zendesk_ratings import rating_cells, survey_cells, zendesk_answers
from assets.raw.zendesk_tickets import FORM, TICKETS, ticket_cells

_TICKETS: Final = "tickets"
_AUDITS: Final = "ticket_audits"
_METRIC_EVENTS: Final = "ticket_metric_events"
_RATINGS: Final = "satisfaction_ratings"
_SURVEYS: Final = "survey_responses"
_USERS: Final = "users"
_KIND_OF_KEY: Final[Mapping[str, str]] = {
    _TICKETS: _TICKETS,
    _AUDITS: _AUDITS,
    "audits": _AUDITS,
    _METRIC_EVENTS: _METRIC_EVENTS,
    _RATINGS: _RATINGS,
    _SURVEYS: _SURVEYS,
}
_BESIDE: Final = (_USERS,)
"""What pages list beside their records, and a page of its own lists alone."""

_ANSWER_CELLS: Final[Mapping[str, Callable[[Mapping[int, Json]], pl.DataFrame]]] = {_RATINGS: rating_cells, _SURVEYS: survey_cells}


def extract_zendesk_json(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the records of pages, or lines of single records, and behind them the users whom a page lists beside its records."""
    numbering = Numbering()
    audits = Audits(feed)
    is_first = True
    for batch in json_batches(file.stream, feed, reading.limits, tuple(_KIND_OF_KEY), _BESIDE):
        kinds: dict[str, dict[int, Json]] = {}
        for number, record in batch.objects.items():
            kinds.setdefault(_kind(batch, record), {})[number] = record
        cells: dict[str, pl.DataFrame] = {}
        refusals = [batch.refusals()]
        if _TICKETS in kinds or not kinds:
            cells[TICKETS] = ticket_cells(kinds.get(_TICKETS, {}), feed)
        events = []
        if _AUDITS in kinds:
            events.append(audits.rows(kinds[_AUDITS]))
        if _METRIC_EVENTS in kinds:
            events.append(metric_event_rows(kinds[_METRIC_EVENTS], feed))
        if events:
            cells[EVENTS] = pl.concat([rows for rows, _ in events])
            refusals.extend(refused for _, refused in events)
        if _USERS in kinds:
            cells[PEOPLE] = people_cells(kinds[_USERS])
        cells |= {_answers(kind): to_cells(kinds[kind]) for kind, to_cells in _ANSWER_CELLS.items() if kind in kinds}
        beside = people_beside(batch.page, reading.limits) if is_first else None
        is_first = False
        yield numbering.extract(batch.records(), cells, all_refusals(refusals), {PEOPLE: beside} if beside else {})


def interpret_zendesk_json(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read tickets, people and answers; of events only people are still to be hashed."""
    read: dict[str, Rows] = {}
    answers: list[Rows] = []
    for name, cells in extract.cells.items():
        if name == TICKETS:
            read[TICKETS] = declared_rows(FORM, cells, feed, reading)
        elif name == EVENTS:
            read[EVENTS] = Rows(with_people_hashed(cells, feed, reading), NONE_REFUSED)
        elif name == PEOPLE:
            read[PEOPLE] = people_rows(cells, feed, reading)
        else:
            answers.append(zendesk_answers(cells, feed, reading))
    if answers:
        read[ANSWERS] = Rows(pl.concat([rows for rows, _ in answers]), all_refusals([refused for _, refused in answers]))
    return interpreted(extract, read)


def _answers(kind: str) -> str:
    """Name the cells of a kind of answers: a file of lines may hold both kinds."""
    return f"{ANSWERS} {kind}"


def _kind(batch: JsonBatch, record: Json) -> str:
    """Tell what a record is: by the key of its list, else by what only one kind has."""
    if batch.kind:
        return _KIND_OF_KEY.get(batch.kind, batch.kind)
    if "answers" in record:
        return _SURVEYS
    if "ticket_id" not in record:
        return _USERS if "role" in record and "status" not in record else _TICKETS
    if "metric" in record:
        return _METRIC_EVENTS
    return _RATINGS if "score" in record else _AUDITS
