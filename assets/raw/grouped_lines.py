"""CSV files that spread a record over several lines: consecutive lines with one key become one record.

* A column's value is the one that the lines give; lines may leave it empty. Two different values refuse the record.
* A line that cannot be read, between two lines of one record, is part of that record, which is refused whole. Elsewhere
  nobody can say whose it is: it is a record of its own, refused.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import polars as pl

from assets.raw.csv_cells import TEXT, CsvBatch
from assets.raw.parsing import trimmed
from assets.raw.reading import RECORD_NUMBER, Extract, Limits, Records
from assets.raw.refusing import all_refusals

_KEY: Final = "key of the line"
_REASON: Final = "reason of the line"
_NAME: Final = "name of the record"
_ALONE: Final = "\0"
"""Begins the name of a record that is one line without a key; no text of a file holds it."""
_IS_REFUSED: Final = pl.col(_REASON).is_not_null()


def grouped(batches: Iterable[CsvBatch], key: str, table: str, limits: Limits) -> Iterator[Extract]:
    """Put the lines of each record together; ``key`` is the cell that they share."""
    grouping = _Grouping(table, limits)
    for batch in batches:
        yield from grouping.take(_lines(batch, key))
    yield from grouping.rest()


def _lines(batch: CsvBatch, key: str) -> pl.DataFrame:
    """Every line with its cells, or with the reason why it has none."""
    reasons = batch.refusals.select(RECORD_NUMBER, pl.col("reason").alias(_REASON))
    return (
        batch.texts.join(reasons, on=RECORD_NUMBER, how="left", maintain_order="left")
        .join(batch.cells.with_columns(trimmed(pl.col(pl.String))), on=RECORD_NUMBER, how="left", maintain_order="left")
        .with_columns(pl.col(key).alias(_KEY))
    )


class _Grouping:
    """Holds back the last record of the lines taken so far: the next line may belong to it."""

    def __init__(self, table: str, limits: Limits) -> None:
        self._table = table
        self._limits = limits
        self._held: pl.DataFrame | None = None
        self._cut: str | None = None
        """Name of a record that was given out before its end, as it had become too long."""
        self._records = 0

    def take(self, lines: pl.DataFrame) -> Iterator[Extract]:
        known = lines if self._held is None else pl.concat([self._held, lines])
        named = _named(known)
        start = _start_of_last(named)
        held = known[start:]
        if sum(held[TEXT].str.len_bytes()) > self._limits.record_bytes:
            yield from self._give(named)
            self._held, self._cut = None, named.filter(~_IS_REFUSED)[_NAME].to_list()[-1]
        else:
            self._held = held
            yield from self._give(named[:start])

    def rest(self) -> Iterator[Extract]:
        if self._held is not None:
            yield from self._give(_named(self._held))

    def _give(self, named: pl.DataFrame) -> Iterator[Extract]:
        if named.height:
            extract = _extract(named, self._table, self._limits, after=self._records, cut=self._cut)
            self._records += extract.records.height
            self._cut = None
            yield extract


def _named(lines: pl.DataFrame) -> pl.DataFrame:
    """Name the record that each line belongs to."""
    alone = pl.lit(_ALONE) + pl.col(RECORD_NUMBER).cast(pl.String)
    own = pl.when(~_IS_REFUSED).then(pl.coalesce(_KEY, alone))
    before, after = own.forward_fill(), own.backward_fill()
    return lines.with_columns(pl.coalesce(own, pl.when(before == after).then(before), alone).alias(_NAME))


def _start_of_last(named: pl.DataFrame) -> int:
    """Place of the first line of the last record that may go on; behind all lines where there is none."""
    read = named.with_row_index("place").filter(~_IS_REFUSED)
    if not read.height:
        return named.height
    last = read[_NAME].to_list()[-1]
    others = named.with_row_index("place").filter(pl.col(_NAME) != last)["place"]
    before = others.filter(others < read["place"].to_list()[-1])
    return before.to_list()[-1] + 1 if before.len() else 0


def _extract(named: pl.DataFrame, table: str, limits: Limits, *, after: int, cut: str | None) -> Extract:
    number = (pl.col(_NAME) != pl.col(_NAME).shift()).fill_null(value=True).cum_sum().cast(pl.Int64) + after
    lines = named.with_columns(number.alias(RECORD_NUMBER))
    records = lines.group_by(RECORD_NUMBER, maintain_order=True).agg(
        pl.col(TEXT).str.join("\n").str.head(limits.original_chars).alias("original"),
        pl.col(TEXT).str.len_bytes().sum().alias("bytes"),
        pl.col(_NAME).first(),
    )
    is_cut = (pl.col(RECORD_NUMBER) == after + 1) & (pl.col(_NAME) == (cut or ""))
    too_long = records.filter((pl.col("bytes") > limits.record_bytes) | is_cut).select(
        RECORD_NUMBER, pl.lit(None, dtype=pl.String).alias("column"), pl.lit("too_long").alias("reason")
    )
    unread = lines.filter(_IS_REFUSED).select(RECORD_NUMBER, pl.lit(None, dtype=pl.String).alias("column"), pl.col(_REASON).alias("reason"))
    cells = lines.drop(TEXT, _KEY, _REASON, _NAME)
    keys = [name for name in cells.columns if name != RECORD_NUMBER]
    by_record = cells.group_by(RECORD_NUMBER, maintain_order=True)
    contradictory = (
        by_record.agg(pl.col(keys).drop_nulls().n_unique() > 1)
        .unpivot(keys, index=RECORD_NUMBER, variable_name="column", value_name="differs")
        .filter("differs")
        .select(RECORD_NUMBER, "column", pl.lit("contradictory").alias("reason"))
    )
    refusals = all_refusals([frame.unique(maintain_order=True) for frame in (too_long, unread, contradictory)])
    whole = by_record.agg(pl.col(keys).drop_nulls().first()).join(refusals, on=RECORD_NUMBER, how="anti", maintain_order="left")
    return Extract(Records.of(records.select(RECORD_NUMBER, "original")), {table: whole}, refusals)
