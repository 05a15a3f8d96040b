"""Reading literal bytes with an adapter, as the pipeline does: registry, settings, acceptance."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import pytest

from assets.raw.acceptance import accept
from assets.raw.feed import Feed
from assets.raw.reading import RECORD_NUMBER, File, Limits, Reading
from assets.raw.registry import FORMATS

ARRIVED_ON = dt.date(2024, 5, 2)


@dataclass(frozen=True)
class Taken:
    """What a file came to: the text of every record, the rows by table, the refusals."""

    records: list[tuple[int, str]]
    tables: dict[str, pl.DataFrame]
    refusals: list[tuple[int, str | None, str]]

    def rows(self, *columns: str) -> list[Any]:
        """Give some columns of the only table: tuples, or plain values of a single column."""
        (table,) = self.tables.values()
        return table[columns[0]].to_list() if len(columns) == 1 else table.select(columns).rows()

    def reasons(self) -> list[str]:
        """Give the reasons alone."""
        return [reason for _, _, reason in self.refusals]


def readable(identifiers: pl.Expr) -> pl.Expr:
    """Stand in for the hash."""
    return "<" + identifiers + ">"


Take = Callable[..., Taken]


@pytest.fixture
def reading() -> Reading:
    """Give a reading whose pseudonyms people can read."""
    return Reading(readable, frozenset({"EUR", "USD"}))


@pytest.fixture
def take(reading: Reading) -> Take:
    """Read bytes with an adapter and hold the rows against their contracts."""

    def take_bytes(adapter: str, content: bytes, limits: Limits | None = None, **declared: object) -> Taken:
        feed = Feed.model_validate({"adapter": adapter, "source": "shop", **declared})
        file = File(io.BytesIO(content), ARRIVED_ON)
        batches = [accept(batch) for batch in FORMATS[adapter].read(file, feed, replace(reading, limits=limits or Limits()))]
        tables: dict[str, list[pl.DataFrame]] = {}
        for batch in batches:
            for table, rows in batch.rows.items():
                tables.setdefault(table, []).append(rows)
        return Taken(
            records=[row for batch in batches for row in batch.records.table().rows()],
            tables={table: pl.concat(frames).sort(RECORD_NUMBER, maintain_order=True) for table, frames in tables.items()},
            refusals=[row for batch in batches for row in batch.refusals.rows()],
        )

    return take_bytes
