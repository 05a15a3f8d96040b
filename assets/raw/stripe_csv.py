"""Stripe's itemised report of balance changes: fees as costs; charges and refunds as orders only where the feed says so.

A charge is also an order of the shop, so it is counted as one only where no shop delivers it. Moves between the
company's own accounts are neither sales nor costs, and are refused.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from assets.raw.csv_cells import CsvTable
from assets.raw.declared_rows import Form, Rows, declared_rows
from assets.raw.feed import Feed
from assets.raw.identity import IDENTIFIERS
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import as_extract, only_known, places
from assets.raw.parsing import MONEY, Notation, Parsed, instant, money, trimmed
from assets.raw.reading import RECORD_NUMBER, Batch, Extract, File, Reading
from assets.raw.refusing import all_refusals
from schemas.vocabulary import REFUND

_NOTATION: Final = Notation(decimal=".", time_format="%Y-%m-%d %H:%M:%S", time_zone="UTC", date_format="%Y-%m-%d")
ORDERS: Final = Form("raw.orders", notation=_NOTATION, defaults={"refunded_amount": "0", "revenue_amount": "0", "service_role": "none"})
COSTS: Final = Form("raw.costs", notation=_NOTATION)

_NEEDED: Final[Mapping[str, str]] = {
    "source_record_id": "balance_transaction_id",
    "created_at": "created_utc",
    "currency": "currency",
    "gross": "gross",
    "fee": "fee",
    "net": "net",
    "category": "reporting_category",
}
_USUAL: Final[Mapping[str, str]] = {"source_id": "source_id", "charge_id": "charge_id", "email": "customer_email"}
"""Columns that a report may leave out."""

_SALE, _GIVEN_BACK, _FEE, _DISPUTE, _OWN = "sale", "given back", "fee", "dispute", "own"
_MEANINGS: Final[Mapping[str, str]] = {
    "charge": _SALE,
    "refund": _GIVEN_BACK,
    "charge_failure": _GIVEN_BACK,
    "partial_capture_reversal": _GIVEN_BACK,
    "fee": _FEE,
    "network_cost": _FEE,
    "dispute": _DISPUTE,
    "dispute_reversal": _DISPUTE,
    **dict.fromkeys(
        (
            *("payout", "payout_reversal", "payout_minimum_balance_hold", "payout_minimum_balance_release", "topup", "topup_reversal"),
            *("transfer", "transfer_reversal", "connect_collection_transfer", "connect_reserved_funds", "risk_reserved_funds"),
        ),
        _OWN,
    ),
}


def extract_stripe_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the lines of a report."""
    only_known(feed.columns, {*_NEEDED, *_USUAL, *IDENTIFIERS, "account"})
    table = CsvTable(file.stream, feed, reading.limits)
    header = table.header()
    usual = {key: name for key, name in _USUAL.items() if name in header}
    wanted = places({name: place for place, name in enumerate(header)}, {**_NEEDED, **usual, **feed.columns})
    for batch in table.batches(len(header), wanted):
        yield as_extract(batch, COSTS.table, batch.cells, reading.limits)


def interpret_stripe_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read what each balance change is: a cost, an order, a refund, or neither."""
    cells = extract.cells[COSTS.table].with_columns(trimmed(pl.col(pl.String)))
    cells = cells.with_columns(pl.lit(None, dtype=pl.String).alias(key) for key in _USUAL if key not in cells.columns)
    lines, refusals = _understood(cells, feed)
    is_order = pl.col("meaning").is_in([_SALE, _GIVEN_BACK]) if feed.charges_are_orders else pl.lit(value=False)
    lines = lines.with_columns(
        pl.when(is_order & (pl.col("meaning") == _SALE))
        .then(pl.coalesce("charge_id", "source_id", "source_record_id"))
        .otherwise("source_record_id")
        .alias("source_record_id")
    )
    orders = declared_rows(ORDERS, _order_cells(lines.filter(is_order)), feed, reading) if feed.charges_are_orders else None
    costs = declared_rows(COSTS, _cost_cells(lines.filter(~is_order | (pl.col("fee_read") != 0)), feed), feed, reading)
    read = {COSTS.table: costs} if orders is None else {ORDERS.table: orders, COSTS.table: costs}
    faults = all_refusals([refusals, *(rows.refusals for rows in read.values())]).unique(maintain_order=True)
    batch = interpreted(extract, {name: Rows(_without(rows.rows, faults), rows.refusals.clear()) for name, rows in read.items()})
    return Batch(batch.records, batch.rows, all_refusals([batch.refusals, faults]))


def _understood(cells: pl.DataFrame, feed: Feed) -> Rows:
    """Give each line its meaning and its amounts; refuse what has none, or whose amounts do not add up."""
    words = {theirs.strip().lower(): ours.strip().lower() for theirs, ours in feed.values.get("category", {}).items()}
    category = pl.col("category").str.to_lowercase().replace(words)
    amounts = {name: money(pl.col(name), ".") for name in ("gross", "fee", "net")}
    created = instant(pl.col("created_at"), _NOTATION)
    lines = cells.with_columns(
        category.replace_strict(_MEANINGS, default=None, return_dtype=pl.String).alias("meaning"),
        created.value.alias("created_read"),
        *(amount.value.alias(f"{name}_read") for name, amount in amounts.items()),
    )
    reads: Mapping[str, Parsed] = {**amounts, "created_at": created}
    reasons = {name: pl.coalesce(read.reason, pl.when(pl.col(name).is_null()).then(pl.lit("missing"))) for name, read in reads.items()}
    reasons["category"] = (
        pl.when(pl.col("category").is_null())
        .then(pl.lit("missing"))
        .when(pl.col("meaning").is_null())
        .then(pl.lit("unknown_word"))
        .when(pl.col("meaning") == _OWN)
        .then(pl.lit("own_transfer"))
    )
    adds_up = pl.col("gross_read") - pl.col("fee_read") == pl.col("net_read")
    reasons["net"] = pl.coalesce(reasons["net"], pl.when(~adds_up).then(pl.lit("contradictory")))
    refusals = all_refusals(
        [
            lines.select(RECORD_NUMBER, pl.lit(name).alias("column"), reason.alias("reason")).drop_nulls("reason")
            for name, reason in reasons.items()
        ]
    )
    return Rows(_without(lines, refusals), refusals)


def _order_cells(lines: pl.DataFrame) -> pl.DataFrame:
    """Write charges as orders, and what took them back as refunds of them."""
    is_sale = pl.col("meaning") == _SALE
    gross, back = (pl.col("gross_read").cast(pl.String), (-pl.col("gross_read")).cast(MONEY).cast(pl.String))
    return lines.select(
        RECORD_NUMBER,
        "source_record_id",
        pl.col("created_at").alias("ordered_at"),
        pl.when(is_sale).then(pl.lit("completed")).otherwise(pl.lit(REFUND)).alias("status"),
        pl.when(is_sale).then(gross).alias("revenue_amount"),
        pl.when(~is_sale).then(back).alias("refunded_amount"),
        pl.when(~is_sale).then("charge_id").alias("refund_of"),
        "currency",
        *(key for key in IDENTIFIERS if key in lines.columns),
    )


def _cost_cells(lines: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Write what Stripe kept as costs: its fees, and what disputes took."""
    taken = (-pl.col("net_read")).cast(MONEY)
    is_payment = pl.col("meaning").is_in([_SALE, _GIVEN_BACK])
    created = pl.col("created_read")
    if feed.time_zone:
        created = created.dt.replace_time_zone("UTC").dt.convert_time_zone(feed.time_zone)
    return lines.select(
        RECORD_NUMBER,
        "source_record_id",
        created.dt.date().cast(pl.String).alias("costed_on"),
        pl.when(pl.col("meaning") == _DISPUTE).then(pl.lit("remediation")).otherwise(pl.lit("selling")).alias("cost_category"),
        pl.when(is_payment).then(pl.col("fee_read")).otherwise(taken).cast(pl.String).alias("cost_amount"),
        "currency",
        *(key for key in ("account",) if key in lines.columns),
    )


def _without(rows: pl.DataFrame, refusals: pl.DataFrame) -> pl.DataFrame:
    return rows.join(refusals, on=RECORD_NUMBER, how="anti", maintain_order="left") if refusals.height else rows
