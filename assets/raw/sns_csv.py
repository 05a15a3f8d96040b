"""The daily usage report of Amazon SNS: outbound text messages without their text, one line a part."""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from assets.raw.contract import contract_schema
from assets.raw.csv_cells import CsvTable
from assets.raw.declared_rows import Form, declared_rows
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import as_extract, only_known, places
from assets.raw.parsing import trimmed
from assets.raw.reading import RECORD_NUMBER, Batch, Extract, File, Reading
from assets.raw.text_messages import NOTATION

TABLE: Final = "raw.message_parts"
FORM: Final = Form(
    TABLE,
    notation=NOTATION,
    defaults={"channel": "sms", "direction": "outbound", "segment_count": "0"},
    filled_elsewhere=frozenset({"part_of"}),
    phones_lack_plus=True,
)

_COLUMNS: Final[Mapping[str, str]] = {
    "source_record_id": "MessageId",
    "sent_at": "PublishTimeUTC",
    "phone": "DestinationPhoneNumber",
    "delivery_status": "DeliveryStatus",
    "cost_amount": "PriceInUSD",
    "segment_count": "TotalParts",
    "part": "PartNumber",
}
_IS_ALONE: Final = trimmed(pl.col("part")).is_null() & (trimmed(pl.col("segment_count")) == "1")
_PREPARED: Final = (
    pl.when(_IS_ALONE).then(pl.lit("1")).otherwise("part").alias("part"),
    pl.when(trimmed(pl.col("cost_amount")).is_not_null()).then(pl.lit("USD")).alias("currency"),
)


def extract_sns_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the parts, one a line."""
    only_known(feed.columns, FORM.keys())
    table = CsvTable(file.stream, feed, reading.limits)
    header = table.header()
    wanted = places({name: place for place, name in enumerate(header)}, {**_COLUMNS, **feed.columns})
    for batch in table.batches(len(header), wanted):
        yield as_extract(batch, TABLE, batch.cells, reading.limits)


def interpret_sns_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read parts: each is a record by the message's id and its place in the message."""
    cells = extract.cells[TABLE]
    read = declared_rows(FORM, cells.with_columns(*_PREPARED), feed, reading)
    message = pl.col("source_record_id")
    parts = read.rows.with_columns(part_of=message, source_record_id=pl.concat_str(message, pl.lit(":"), pl.col("part")))
    return interpreted(extract, {TABLE: read._replace(rows=parts.select(RECORD_NUMBER, *contract_schema(TABLE)))})
