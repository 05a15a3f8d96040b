"""Records that are found inside others: the parts of a conversation, the rating of an issue, the ticket that a log tells of.

Each is a record of its own, so that it has its own versions: a rating stays when a later export has no room for it. It is
numbered behind the records of its batch.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from assets.raw.reading import RECORD_NUMBER, RECORDS, Extract, Records, all_records
from assets.raw.refusing import NONE_REFUSED, all_refusals


class Inner(NamedTuple):
    """Records found inside others, numbered among themselves from 1."""

    cells: pl.DataFrame
    originals: Sequence[str]
    refusals: pl.DataFrame = NONE_REFUSED


class Numbering:
    """Numbers the records of one file through, with those found inside others."""

    def __init__(self) -> None:
        self._own = 0
        self._added = 0

    def extract(self, records: Records, cells: Mapping[str, pl.DataFrame], refusals: pl.DataFrame, found: Mapping[str, Inner]) -> Extract:
        """Give some of the file's own records, numbered without regard to others, and behind them those found inside."""
        own = Extract(records, cells, refusals).numbered_from(self._added)
        self._own += records.height
        filled = {name: [frame] for name, frame in own.cells.items()}
        records_of, refused = [own.records], [own.refusals]
        for name, inner in found.items():
            numbers = pl.Series(RECORD_NUMBER, range(1, 1 + len(inner.originals)), dtype=pl.Int64)
            texts = pl.DataFrame([numbers, pl.Series("original", inner.originals, dtype=pl.String)], schema=RECORDS)
            behind = Extract(Records.of(texts), {name: inner.cells}, inner.refusals).numbered_from(self._own + self._added)
            records_of.append(behind.records)
            refused.append(behind.refusals)
            filled.setdefault(name, []).append(behind.cells[name])
            self._added += len(inner.originals)
        return Extract(all_records(records_of), {name: pl.concat(frames) for name, frames in filled.items()}, all_refusals(refused))


def numbered_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Number cells from 1, one row a record."""
    return cells.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(RECORD_NUMBER), *cells.columns)
