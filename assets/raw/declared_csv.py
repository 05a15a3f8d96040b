"""Plain CSV files of any system, one row a record, mapped onto a raw table by the feed's settings alone."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from assets.raw.content_ids import ContentIds
from assets.raw.declared_rows import Form, declared_rows
from assets.raw.feed import Feed
from assets.raw.mapped_csv import as_batch, mapped_cells, only_known, with_content_ids
from assets.raw.reading import Adapter, Batch, Reading

INVITES: Final = Form("raw.invites")
TICKETS: Final = Form("raw.tickets", defaults={"opened_by": "customer"})
ORDERS: Final = Form("raw.orders", defaults={"status": "completed", "refunded_amount": "0", "service_role": "none"})
COSTS: Final = Form("raw.costs")
CUSTOMERS: Final = Form("raw.customers")

_MAY_LACK_IDS: Final = (COSTS,)
"""Tables whose sources often have no ids; a record is then known by its content."""


def declared_csv(form: Form) -> Adapter:
    """Make the adapter of one table."""

    def read(stream: BinaryIO, feed: Feed, reading: Reading) -> Iterator[Batch]:
        only_known(feed.columns, form.keys())
        has_ids = "source_record_id" in feed.columns or form not in _MAY_LACK_IDS
        ids = ContentIds()
        for batch in mapped_cells(stream, feed, reading.limits, feed.columns):
            cells = batch.cells if has_ids else with_content_ids(batch, ids)
            yield as_batch(batch, form.table, declared_rows(form, cells, feed, reading), reading.limits)

    return read
