"""Twilio messages, as the console logs them in CSV and as the interface gives them in JSON pages."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

import polars as pl

from assets.raw.csv_cells import CsvTable
from assets.raw.declared_rows import Form, Rows, declared_rows
from assets.raw.feed import Feed
from assets.raw.json_framing import json_batches
from assets.raw.json_values import column_texts
from assets.raw.mapped_csv import as_batch, only_known, places
from assets.raw.parsing import ISO, MONEY, trimmed
from assets.raw.reading import Batch, Reading
from assets.raw.refusing import all_refusals

TABLE: Final = "raw.messages"
FORM: Final = Form(
    TABLE,
    notation=ISO,
    defaults={
        "sent_at_basis": "header",
        "channel": "sms",
        "attachment_count": "0",
        "defect_count": "0",
        "segment_count": "0",
    },
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
_NOT_MAPPED_TO_THE_CONTRACT: Final = ("from", "to", "created_at")
_OPT_OUT: Final = r"(?i)^\W*(stop|stopall|unsubscribe|cancel|end|quit|start|unstop|help|info)\W*$"
_TIMES: Final = ("%a, %d %b %Y %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %#z")
_TIMES_IN_UTC: Final = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S UTC")


def read_twilio_csv(stream: BinaryIO, feed: Feed, reading: Reading) -> Iterator[Batch]:
    """Read a console log; its times are UTC."""
    only_known(feed.columns, FORM.keys())
    table = CsvTable(stream, feed, reading.limits)
    header = table.header()
    wanted = places({name: place for place, name in enumerate(header)}, {**_CSV, **feed.columns})
    for batch in table.batches(len(header), wanted):
        yield as_batch(batch, TABLE, _rows(batch.cells, feed, reading), reading.limits)


def read_twilio_json(stream: BinaryIO, feed: Feed, reading: Reading) -> Iterator[Batch]:
    """Read pages of the interface, where every number is a text and times are RFC 2822."""
    for batch in json_batches(stream, feed, reading.limits, ("messages",)):
        read = _rows(column_texts(batch.objects, {**_JSON, **feed.columns}), feed, reading)
        yield Batch(batch.records(), {TABLE: read.rows}, all_refusals([batch.refusals(), read.refusals]))


def _rows(cells: pl.DataFrame, feed: Feed, reading: Reading) -> Rows:
    is_inbound = trimmed(pl.col("direction")).str.to_lowercase() == "inbound"
    created = _utc("created_at") if "created_at" in cells.columns else pl.lit(None, dtype=pl.String)
    prepared = cells.with_columns(
        pl.coalesce(_utc("sent_at"), created).alias("sent_at"),
        *([_utc("updated_at").alias("updated_at")] if "updated_at" in cells.columns else []),
        message_id=pl.col("source_record_id"),
        phone=pl.when(is_inbound).then(pl.col("from")).otherwise(pl.col("to")),
        exclusion=pl.when(is_inbound & pl.col("body").str.contains(_OPT_OUT)).then(pl.lit("opt_out")),
        currency=pl.when(trimmed(pl.col("cost_amount")).is_not_null()).then(pl.col("currency")),
    ).drop(_NOT_MAPPED_TO_THE_CONTRACT, strict=False)
    rows, refusals = declared_rows(FORM, prepared, feed, reading)
    return Rows(rows.with_columns(cost_amount=(-pl.col("cost_amount")).cast(MONEY)), refusals)


def _utc(name: str) -> pl.Expr:
    """Write a time as ISO 8601 with its offset; a text in no known notation stays as it is, to be refused."""
    text = trimmed(pl.col(name))
    moments = [
        text.str.to_datetime(written, time_unit="us", time_zone="UTC", strict=False).dt.replace_time_zone(None) for written in _TIMES
    ]
    moments += [text.str.to_datetime(written, time_unit="us", strict=False) for written in _TIMES_IN_UTC]
    return pl.coalesce(pl.coalesce(moments).dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ"), text)
