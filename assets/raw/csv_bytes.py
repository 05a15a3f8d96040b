"""CSV records that are well formed, many at once: where each ends and how its cells are quoted, told from the bytes.

Well formed are records each of whose cells is quoted whole or not at all, which nearly all are; the others are walked through
in `csv_framing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

_QUOTE: Final = ord('"')
_LINE_END: Final = ord("\n")
_CARRIAGE_RETURN: Final = ord("\r")

_WORTH_A_VECTOR: Final = 256
"""Records from which on Arrow cuts bytes into texts faster than Python."""

Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class WellFormed:
    """Some records of a file in their order."""

    body: bytes
    """These records in UTF-8 and nothing else, each with a LF behind it."""
    ends: Places
    """Where these LFs are."""
    marks: int
    """Quotes that are no content: those around cells, and one of two that stand for one."""
    reasons: ClassVar[Mapping[int, str]] = MappingProxyType({})
    """Why a record is refused, by its place: none is."""

    def __len__(self) -> int:
        """Count the records."""
        return self.ends.size

    @property
    def texts(self) -> pl.Series:
        """The text of each record."""
        starts = np.append(0, self.ends + 1)
        if len(self) < _WORTH_A_VECTOR:
            return pl.Series([self.body[start:end].decode() for start, end in zip(starts, self.ends, strict=False)], dtype=pl.String)
        lines = pa.LargeStringArray.from_buffers(len(self), pa.py_buffer(starts), pa.py_buffer(self.body))
        return pl.Series(lines).str.strip_suffix("\n")

    def longest(self) -> int:
        """Give the bytes of the longest record."""
        return int(np.diff(self.ends, prepend=-1).max(initial=1)) - 1

    def part(self, start: int, end: int) -> "WellFormed":
        """Give the records from one place to another."""
        if start == 0 and end >= len(self):
            return self
        ends = self.ends[start:end]
        if not ends.size:
            return WellFormed(b"", ends, 0)
        first = int(self.ends[start - 1]) + 1 if start else 0
        body = self.body[first : int(ends[-1]) + 1]
        read = np.frombuffer(body, dtype=np.uint8)
        quotes = np.flatnonzero(read == _QUOTE)
        return WellFormed(body, ends - first, _marks(quotes, read[quotes[1::2] + 1]))


def well_formed(body: bytes, delimiter: str) -> WellFormed | None:
    """Tell the records of UTF-8 bytes, each of which ends at LF or CRLF; None where one is not well formed or ends at a lone CR.

    In turn one quote opens and the next closes. One that opens stands at the start of a cell, one that closes at its end; where
    one closes right before the next opens, the two are a doubled one.
    """
    read = np.frombuffer(body, dtype=np.uint8)
    quotes = np.flatnonzero(read == _QUOTE)
    if quotes.size % 2:
        return None
    if b"\r" in body:
        returns = _outside(quotes, np.flatnonzero(read == _CARRIAGE_RETURN))
        if not (read[returns + 1] == _LINE_END).all():
            return None
        if returns.size:
            return well_formed(np.delete(read, returns).tobytes(), delimiter)
    ends = _outside(quotes, np.flatnonzero(read == _LINE_END))
    is_empty = np.diff(ends, prepend=-1) == 1
    if is_empty.any():
        return well_formed(np.delete(read, ends[is_empty]).tobytes(), delimiter)
    before, after = read[quotes[::2] - 1], read[quotes[1::2] + 1]  # before the first byte stands the last, which is a line end
    separates = [ord(delimiter), _LINE_END, _QUOTE]
    is_well_formed = _is_one_of(before, separates) and _is_one_of(after, separates)
    return WellFormed(body, ends, _marks(quotes, after)) if is_well_formed else None


def end_of_records(body: bytes, tail: int) -> int:
    """Find how far whole records go, if no more than a ``tail`` lies behind them that a quoted cell has swallowed; else 0."""
    read = np.frombuffer(body, dtype=np.uint8)
    start = max(read.size - tail, 0)
    quotes_before = int(np.count_nonzero(read[:start] == _QUOTE))
    line_ends = np.flatnonzero(read[start:] == _LINE_END)
    quotes = quotes_before + np.searchsorted(np.flatnonzero(read[start:] == _QUOTE), line_ends)
    whole = line_ends[quotes % 2 == 0]
    return start + int(whole[-1]) + 1 if whole.size else 0


def _outside(quotes: Places, places: Places) -> Places:
    """Take the places that no quoted cell holds."""
    return places[np.searchsorted(quotes, places) % 2 == 0] if quotes.size else places


def _marks(quotes: Places, after: npt.NDArray[np.uint8]) -> int:
    """Count the quotes that are no content; ``after`` are the bytes behind those that close."""
    return quotes.size - int(np.count_nonzero(after == _QUOTE))


def _is_one_of(found: npt.NDArray[np.uint8], allowed: list[int]) -> bool:
    is_allowed = np.zeros(256, dtype=bool)
    is_allowed[allowed] = True
    return bool(is_allowed[found].all())
