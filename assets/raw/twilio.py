"""Twilio messages, as the console logs them in CSV and as the interface gives them in JSON pages."""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from assets.raw.bare_number import with_bare_numbers
from assets.raw.csv_cells import CsvTable
from assets.raw.declared_rows import Form, Rows, declared_rows
from assets.raw.distinct import once_each
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.json_framing import json_batches
from assets.raw.json_values import column_texts
from assets.raw.mapped_csv import as_extract, only_known, places
from assets.raw.parsing import UNIT_PRICE, trimmed
from assets.raw.reading import Batch, Extract, File, Reading
from assets.raw.text_messages import DEFAULTS, NOTATION, REPLY_METHOD, SAME, TABLE, opt_out

FORM: Final = Form(
    TABLE,
    notation=NOTATION,
    defaults=DEFAULTS,
    same=SAME,
    words={"direction": {"outbound-api": "outbound", "outbound-call": "outbound", "outbound-reply": "outbound"}},
)

_CSV: Final[Mapping[str, str]] = {
    "source_record_id": "Sid",
    "from": "From",
    "to": "To",
    "body": "Body",
    "delivery_status": "Status",
    "sent_at": "SentDate",
    "segment_count": "NumSegments",
    "direction": "Direction",
    "cost_amount": "Price",
    "currency": "PriceUnit",
}
_JSON: Final[Mapping[str, str]] = {
    "source_record_id": "sid",
    "from": "from",
    "to": "to",
    "body": "body",
    "delivery_status": "status",
    "sent_at": "date_sent",
    "created_at": "date_created",
    "updated_at": "date_updated",
    "segment_count": "num_segments",
    "attachment_count": "num_media",
    "direction": "direction",
    "cost_amount": "price",
    "currency": "price_unit",
}
_NOT_MAPPED_TO_THE_CONTRACT: Final = ("from", "to", "created_at", "is_inbound")
_IS_INBOUND: Final = pl.col("is_inbound")
_PREPARED: Final = (
    opt_out(_IS_INBOUND),
    pl.when(_IS_INBOUND).then(pl.col("from")).otherwise(pl.col("to")).alias("phone"),
    pl.when(_IS_INBOUND).then(pl.col("to")).otherwise(pl.col("from")).str.strip_prefix("whatsapp:").alias("own_address"),
    pl.when(trimmed(pl.col("cost_amount")).is_not_null()).then(pl.col("currency")).alias("currency"),
)


def extract_twilio_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the messages of a console log; its times are UTC."""
    only_known(feed.columns, FORM.keys())
    table = CsvTable(file.stream, feed, reading.limits)
    header = table.header()
    wanted = places({name: place for place, name in enumerate(header)}, {**_CSV, **feed.columns})
    for batch in table.batches(len(header), wanted):
        yield as_extract(batch, TABLE, batch.cells, reading.limits)


def extract_twilio_json(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the messages of the interface's pages, where every number is a text and times are RFC 2822."""
    for batch in json_batches(file.stream, feed, reading.limits, ("messages",)):
        yield Extract(batch.records(), {TABLE: column_texts(batch.objects, {**_JSON, **feed.columns})}, batch.refusals())


def interpret_twilio(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read messages: the customer is the other side, opting out is no feedback, a cost is positive."""
    return interpreted(extract, {TABLE: _rows(extract.cells[TABLE], feed, reading)})


def _rows(cells: pl.DataFrame, feed: Feed, reading: Reading) -> Rows:
    created = {"sent_at": pl.coalesce(trimmed(pl.col("sent_at")), "created_at")} if "created_at" in cells.columns else {}
    is_inbound = once_each(cells["direction"], pl.col("direction").str.to_lowercase() == "inbound")
    prepared = cells.with_columns(is_inbound=is_inbound).with_columns(*_PREPARED, **created).drop(_NOT_MAPPED_TO_THE_CONTRACT, strict=False)
    rows, refusals = declared_rows(FORM, prepared, feed, reading)
    return Rows(with_bare_numbers(rows).with_columns(REPLY_METHOD, cost_amount=(-pl.col("cost_amount")).cast(UNIT_PRICE)), refusals)
