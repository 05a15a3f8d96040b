"""Records that are found inside others: the parts of a conversation, the rating of an issue, the ticket that a log tells of.

Each is a record of its own, so that it has its own versions: a rating stays when a later export has no room for it. It is
numbered behind the records of its batch.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from assets.raw.reading import RECORD_NUMBER, RECORDS, Extract


class Inner(NamedTuple):
    """Records found inside others: their cells without a number, and the text of each."""

    cells: pl.DataFrame
    originals: Sequence[str]


class Numbering:
    """Numbers the records of one file through, with those found inside others."""

    def __init__(self) -> None:
        self._own = 0
        self._added = 0

    def extract(
        self, records: pl.DataFrame, cells: Mapping[str, pl.DataFrame], refusals: pl.DataFrame, found: Mapping[str, Inner]
    ) -> Extract:
        """Give some of the file's own records, numbered without regard to others, and behind them those found inside."""
        own = Extract(records, cells, refusals).numbered_from(self._added)
        self._own += records.height
        texts, filled = [own.records], dict(own.cells)
        for name, (inner, originals) in found.items():
            first = self._own + self._added + 1
            numbers = pl.Series(RECORD_NUMBER, range(first, first + len(originals)), dtype=pl.Int64)
            texts.append(pl.DataFrame([numbers, pl.Series("original", originals, dtype=pl.String)], schema=RECORDS))
            numbered = pl.DataFrame([numbers, *inner.get_columns()])
            filled[name] = pl.concat([filled[name], numbered]) if name in filled else numbered
            self._added += len(originals)
        return Extract(pl.concat(texts), filled, own.refusals)
