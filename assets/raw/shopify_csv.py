"""Shopify's orders export: one line a line item, the order's own cells on its first line or on all of them."""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from assets.raw.csv_cells import CsvTable
from assets.raw.declared_rows import Form, Rows, declared_rows
from assets.raw.feed import Feed
from assets.raw.grouped_lines import grouped
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import only_known, places
from assets.raw.parsing import MONEY, Notation, money, trimmed
from assets.raw.reading import Batch, Extract, File, Reading

TABLE: Final = "raw.orders"
FORM: Final = Form(
    TABLE,
    notation=Notation(decimal=".", time_format="%Y-%m-%d %H:%M:%S %z", time_zone=None, date_format="%Y-%m-%d"),
    defaults={"refunded_amount": "0", "service_role": "none"},
    words={
        "status": {
            "paid": "completed",
            "partially_paid": "completed",
            "authorized": "completed",
            "pending": "completed",
            "refunded": "completed",
            "partially_refunded": "completed",
            "voided": "cancelled",
            "expired": "cancelled",
        },
        "channel": {"pos": "in_person", "iphone": "app", "android": "app"},
    },
)

_NEEDED: Final[Mapping[str, str]] = {
    "source_record_id": "Name",
    "ordered_at": "Created at",
    "status": "Financial Status",
    "total": "Total",
    "taxes": "Taxes",
}
_USUAL: Final[Mapping[str, str]] = {
    "email": "Email",
    "currency": "Currency",
    "channel": "Source",
    "refunded_amount": "Refunded Amount",
    "cancelled_at": "Cancelled at",
    "payment_method": "Payment Method",
}
"""Columns that older exports lack."""
_KEY: Final = "Name"
_GROUPED_BY: Final = "line's order"
_NOT_MAPPED_TO_THE_CONTRACT: Final = ("total", "taxes", "cancelled_at", "payment_method", _GROUPED_BY)
_PROTECTED: Final = r"^'([#+\d])"
"""An apostrophe that keeps a spreadsheet from taking a number for one."""


def extract_shopify_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out orders, each with all of its lines."""
    only_known(feed.columns, FORM.keys())
    table = CsvTable(file.stream, feed, reading.limits)
    header = table.header()
    usual = {key: name for key, name in _USUAL.items() if name in header and not (key == "channel" and key in feed.constants)}
    columns = {**_NEEDED, **usual, **feed.columns, _GROUPED_BY: _KEY}
    wanted = places({name: place for place, name in enumerate(header)}, columns)
    yield from grouped(table.batches(len(header), wanted), _GROUPED_BY, TABLE, reading.limits)


def interpret_shopify_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read orders: revenue and refunds net of tax, a cancelled or test order as what it is."""
    cells = extract.cells[TABLE].with_columns(pl.col(pl.String).str.replace(_PROTECTED, "$1"))
    return interpreted(extract, {TABLE: _rows(cells, feed, reading)})


def _rows(cells: pl.DataFrame, feed: Feed, reading: Reading) -> Rows:
    prepared = cells.with_columns(_status(cells), *_amounts(cells)).drop(_NOT_MAPPED_TO_THE_CONTRACT, strict=False)
    return declared_rows(FORM, prepared, feed, reading)


def _status(cells: pl.DataFrame) -> pl.Expr:
    """What became of the order, where the export says it elsewhere than in the state of its payment."""
    status = pl.col("status")
    if "payment_method" in cells.columns:
        status = pl.when(pl.col("payment_method").str.contains("(?i)bogus")).then(pl.lit("test")).otherwise(status)
    if "cancelled_at" in cells.columns:
        status = pl.when(trimmed(pl.col("cancelled_at")).is_not_null()).then(pl.lit("cancelled")).otherwise(status)
    return status.alias("status")


def _amounts(cells: pl.DataFrame) -> list[pl.Expr]:
    """Amounts net of tax, as text; what cannot be read stays as it is, to be refused."""
    total, taxes = (trimmed(pl.col(name)) for name in ("total", "taxes"))
    gross, net = _read(total), _read(total) - _read(taxes)
    unread = pl.when(_read(total).is_null()).then(total).when(_read(taxes).is_null()).then(taxes)
    amounts = []
    if "revenue_amount" not in cells.columns:
        amounts.append(pl.coalesce(net.cast(MONEY).cast(pl.String), unread).alias("revenue_amount"))
    if "refunded_amount" in cells.columns:
        written = trimmed(pl.col("refunded_amount"))
        refunded = _read(written)
        share = (refunded.cast(pl.Float64) * net.cast(pl.Float64) / gross.cast(pl.Float64)).round(4)
        is_shared = (gross > 0) & (refunded != gross) & (refunded != 0)
        of_net = pl.when(refunded == gross).then(net).when(is_shared).then(share.cast(MONEY, strict=False)).otherwise(refunded)
        amounts.append(pl.coalesce(of_net.cast(MONEY).cast(pl.String), written).alias("refunded_amount"))
    return amounts


def _read(text: pl.Expr) -> pl.Expr:
    return money(text, ".").value
