"""Zendesk's incremental exports, page by page: a page holds tickets or the audits of tickets."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from assets.raw.declared_rows import Rows, declared_rows
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.json_framing import JsonBatch, json_batches
from assets.raw.reading import Batch, Extract, File, Reading
from assets.raw.refusing import NONE_REFUSED, all_refusals
from assets.raw.zendesk_audits import EVENTS, AuditPage
from assets.raw.zendesk_tickets import FORM, TICKETS, ticket_cells

_TICKETS: Final = "tickets"
_AUDITS: Final = ("ticket_audits", "audits")


def extract_zendesk_json(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the records of pages, or lines of single tickets or audits; what audits say depends on their page."""
    for batch in json_batches(file.stream, feed, reading.limits, (_TICKETS, *_AUDITS)):
        audits = {number: record for number, record in batch.objects.items() if _is_audit(batch, record)}
        tickets = {number: record for number, record in batch.objects.items() if number not in audits}
        cells: dict[str, pl.DataFrame] = {}
        refusals = [batch.refusals()]
        if tickets or not audits:
            cells[TICKETS] = ticket_cells(tickets, feed)
        if audits:
            cells[EVENTS], refused = AuditPage(batch.page, audits, feed).rows()
            refusals.append(refused)
        yield Extract(batch.records(), cells, all_refusals(refusals))


def interpret_zendesk_json(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read the tickets; audits are read already."""
    read = {table: Rows(cells, NONE_REFUSED) for table, cells in extract.cells.items()}
    if TICKETS in read:
        read[TICKETS] = declared_rows(FORM, extract.cells[TICKETS], feed, reading)
    return interpreted(extract, read)


def _is_audit(batch: JsonBatch, record: dict[str, object]) -> bool:
    return batch.kind in _AUDITS if batch.kind else "ticket_id" in record
