"""Zendesk's incremental exports, page by page: a page holds tickets or the audits of tickets."""

from collections.abc import Iterator
from typing import BinaryIO, Final

import polars as pl

from assets.raw.feed import Feed
from assets.raw.json_framing import JsonBatch, json_batches
from assets.raw.reading import Batch, Reading
from assets.raw.refusing import all_refusals
from assets.raw.zendesk_audits import EVENTS, AuditPage
from assets.raw.zendesk_tickets import TICKETS, ticket_rows

_TICKETS: Final = "tickets"
_AUDITS: Final = ("ticket_audits", "audits")


def read_zendesk_json(stream: BinaryIO, feed: Feed, reading: Reading) -> Iterator[Batch]:
    """Read pages, or lines of single tickets or audits."""
    for batch in json_batches(stream, feed, reading.limits, (_TICKETS, *_AUDITS)):
        audits = {number: record for number, record in batch.objects.items() if _is_audit(batch, record)}
        tickets = {number: record for number, record in batch.objects.items() if number not in audits}
        rows: dict[str, pl.DataFrame] = {}
        refusals = [batch.refusals()]
        if tickets or not audits:
            rows[TICKETS], refused = ticket_rows(tickets, feed, reading)
            refusals.append(refused)
        if audits:
            rows[EVENTS], refused = AuditPage(batch.page, audits, feed).rows()
            refusals.append(refused)
        yield Batch(batch.records(), rows, all_refusals(refusals))


def _is_audit(batch: JsonBatch, record: dict[str, object]) -> bool:
    return batch.kind in _AUDITS if batch.kind else "ticket_id" in record
