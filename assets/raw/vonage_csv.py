"""Vonage's text messages, one line a part: long inbound texts arrive in parts that share a reference number."""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple

import polars as pl

from assets.raw.bare_number import with_bare_numbers
from assets.raw.declared_rows import Form, declared_rows
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import only_known
from assets.raw.message_parts import ALL_STATUSES, PART, SUM_OF_PRICES, Joining, one_row_a_message, part_extracts, with_whole_texts
from assets.raw.parsing import INSTANT, moments, trimmed
from assets.raw.reading import Batch, Extract, File, Reading
from assets.raw.text_messages import DEFAULTS, NOTATION, REPLY_METHOD, SAME, TABLE, opt_out

FORM: Final = Form(
    TABLE,
    notation=NOTATION,
    defaults={**DEFAULTS, "direction": "inbound", "segment_count": "1"},
    same=SAME,
    words={"direction": {"mo": "inbound", "mt": "outbound"}},
    phones_lack_plus=True,
)

_COLUMNS: Final[Mapping[str, str]] = {
    "from": "msisdn",
    "to": "to",
    "source_record_id": "messageId",
    "body": "text",
    "sent_at": "message-timestamp",
    "is_part": "concat",
    "reference": "concat-ref",
    "segment_count": "concat-total",
    PART: "concat-part",
}
_WHERE_THERE: Final[Mapping[str, str]] = {
    "cost_amount": "price",
    "currency": "currency",
    "direction": "direction",
    "delivery_status": "status",
}
"""Columns that only some of the exports have."""

_NOT_MAPPED_TO_THE_CONTRACT: Final = ("from", "to", "is_part", "reference", PART)
_LONGEST_DELIVERY: Final = dt.timedelta(days=1)
"""How far apart the parts of one message may be: reference numbers are few and used again."""


def extract_vonage_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the messages: the parts that share sender, receiver and reference."""
    only_known(feed.columns, {*FORM.keys(), *_COLUMNS})
    optional = {key: name for key, name in _WHERE_THERE.items() if key not in feed.columns}
    return part_extracts(file, feed, reading.limits, {**_COLUMNS, **feed.columns}, optional, Joining(_IS_PART, _first_lines))


def interpret_vonage_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read messages: their text is their parts' texts in order, a price is a cost, times are UTC."""
    cells = extract.cells[TABLE]
    direction = trimmed(pl.col("direction")).str.to_lowercase() if "direction" in cells.columns else pl.lit("inbound")
    is_inbound = direction.is_null() | direction.is_in(["inbound", "mo"])
    priced = pl.col("cost_amount") if "cost_amount" in cells.columns else pl.lit(None, dtype=pl.String)
    stated = pl.col("currency") if "currency" in cells.columns else pl.lit(None, dtype=pl.String)
    parts = (
        with_whole_texts(cells)
        .with_columns(
            opt_out(is_inbound),
            pl.when(is_inbound).then(pl.col("from")).otherwise(pl.col("to")).alias("phone"),
            pl.when(is_inbound).then(pl.col("to")).otherwise(pl.col("from")).alias("own_address"),
            pl.when(trimmed(priced).is_not_null()).then(pl.coalesce(trimmed(stated), pl.lit("EUR"))).alias("currency"),
        )
        .drop(_NOT_MAPPED_TO_THE_CONTRACT)
    )
    rows = one_row_a_message(
        declared_rows(FORM, parts, feed, reading),
        {"sent_at": pl.col("sent_at").min(), "cost_amount": SUM_OF_PRICES, "delivery_status": ALL_STATUSES},
    )
    return interpreted(extract, {TABLE: rows._replace(rows=with_bare_numbers(rows.rows).with_columns(REPLY_METHOD))})


class _Begun(NamedTuple):
    """A message of which some parts have been read."""

    first_line: int
    sent_at: dt.datetime | None
    parts: dict[str, tuple[str | None, ...]]


_SAYS_PART: Final = pl.col("is_part").str.strip_chars().str.to_lowercase().is_in(["true", "1", "yes"])
_IS_PART: Final = (_SAYS_PART | trimmed(pl.col("is_part")).is_null()) & trimmed(pl.col("reference")).is_not_null()


def _first_lines(cells: pl.DataFrame) -> pl.Series:
    """Join the parts of one message: same numbers, reference and total, no part twice, and not days apart."""
    begun: dict[tuple[str | None, ...], _Begun] = {}
    found = cells.filter(_IS_PART).select(
        "line",
        *(trimmed(pl.col(name)).alias(name) for name in ("from", "to", "reference", "segment_count", PART)),
        pl.col("source_record_id"),
        pl.col("body"),
        pl.col("sent_at").map_batches(partial(moments, notation=NOTATION), return_dtype=INSTANT),
    )
    first_lines: list[int] = []
    for line, sender, receiver, reference, total, part, *content, moment in found.iter_rows():
        key = (sender, receiver, reference, total)
        known = begun.get(key)
        said = tuple(content)
        if known is None or known.parts.get(part or "", said) != said or _is_long_after(known.sent_at, moment):
            begun[key] = known = _Begun(line, moment, {})
        known.parts[part or ""] = said
        first_lines.append(known.first_line)
    joined = found.select("line", pl.Series("first_line", first_lines, dtype=pl.Int64))
    return (
        cells.select("line")
        .join(joined, on="line", how="left", maintain_order="left")
        .select(pl.coalesce("first_line", "line"))
        .to_series()
    )


def _is_long_after(one: dt.datetime | None, other: dt.datetime | None) -> bool:
    return one is not None and other is not None and abs(other - one) > _LONGEST_DELIVERY
