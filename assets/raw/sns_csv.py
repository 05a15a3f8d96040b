"""The daily usage report of Amazon SNS: outbound text messages without their text, one line a part."""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from assets.raw.declared_rows import Form, declared_rows
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import only_known
from assets.raw.message_parts import ALL_STATUSES, PART, SUM_OF_PRICES, one_row_a_message, part_extracts
from assets.raw.parsing import ISO, trimmed
from assets.raw.reading import Batch, Extract, File, Reading
from assets.raw.text_messages import DEFAULTS, TABLE, international, iso_times

FORM: Final = Form(TABLE, notation=ISO, defaults={**DEFAULTS, "direction": "outbound"})

_COLUMNS: Final[Mapping[str, str]] = {
    "source_record_id": "MessageId",
    "sent_at": "PublishTimeUTC",
    "phone": "DestinationPhoneNumber",
    "delivery_status": "DeliveryStatus",
    "cost_amount": "PriceInUSD",
    "segment_count": "TotalParts",
    PART: "PartNumber",
}
_ID: Final = trimmed(pl.col("source_record_id"))
_PREPARED: Final = (
    pl.col("source_record_id").alias("message_id"),
    international(pl.col("phone")).alias("phone"),
    pl.when(trimmed(pl.col("cost_amount")).is_not_null()).then(pl.lit("USD")).alias("currency"),
)


def extract_sns_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the messages: the lines of one MessageId."""
    only_known(feed.columns, {*FORM.keys(), PART})
    return part_extracts(file, feed, reading.limits, {**_COLUMNS, **feed.columns}, {}, _first_lines)


def interpret_sns_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read messages: what they cost is the sum over their parts."""
    parts = extract.cells[TABLE].with_columns(*_PREPARED, sent_at=iso_times(extract.cells[TABLE]["sent_at"])).drop(PART)
    rows = one_row_a_message(
        declared_rows(FORM, parts, feed, reading),
        {
            "sent_at": pl.col("sent_at").min(),
            "segment_count": pl.col("segment_count").max(),
            "cost_amount": SUM_OF_PRICES,
            "delivery_status": ALL_STATUSES,
        },
    )
    return interpreted(extract, {TABLE: rows})


def _first_lines(cells: pl.DataFrame) -> pl.Series:
    """Join the parts of one id; a line without an id stays alone."""
    line = pl.col("line")
    return cells.select(pl.when(_ID.is_null()).then(line).otherwise(line.min().over(_ID))).to_series()
