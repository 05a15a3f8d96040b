"""Records of many files, understood together and held against their contracts, while further files are being cut into records."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

import polars as pl

from assets.raw.acceptance import accept
from assets.raw.reading import REFUSALS, Batch, Extract, all_records, joined

_AT_ONCE: Final = 2
"""Batches that are understood while the next is being gathered."""

Understand = Callable[[Extract], Batch]
"""An interpreter with its feed and its reading."""

_Alike = tuple[Understand, tuple[tuple[str, ...], ...]]
"""What the extracts that are understood together have in common."""


class Gathering:
    """Takes extracts, numbered through over all files, and gives batches that hold, in the order in which their records came.

    Understanding and checking run on threads of their own: while Polars works there, the caller reads on.
    """

    def __init__(self, records: int) -> None:
        self._records = records
        self._gathered: dict[_Alike, list[Extract]] = {}
        self._readable: set[_Alike] = set()
        self._count = 0
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="understand")
        self._working: deque[Future[Batch]] = deque()

    def add(self, extract: Extract, understand: Understand) -> Batch | None:
        """Take some records; gives a finished batch, once there are enough for the next.

        Raises UnreadableFileError when the interpreter cannot read such an extract at all.
        """
        alike = understand, extract.shape()
        if alike not in self._readable:
            understand(extract.emptied())
            self._readable.add(alike)
        self._gathered.setdefault(alike, []).append(extract)
        self._count += extract.records.height
        return self._next() if self._count >= self._records else None

    def finished(self) -> Iterator[Batch]:
        """Wait for the batches being worked on."""
        while self._working:
            yield self._working.popleft().result()

    def forget(self, after: int) -> None:
        """Drop the records behind this number of those that are not in a batch yet."""
        self._gathered = {
            alike: [extract for extract in extracts if not _lies_behind(extract, after)] for alike, extracts in self._gathered.items()
        }

    def rest(self) -> Iterator[Batch]:
        """Give everything that is left."""
        before = self._next()
        if before is not None:
            yield before
        yield from self.finished()

    def _next(self) -> Batch | None:
        """Set to work on what has been gathered; gives an earlier batch when enough are being worked on."""
        before = self._working.popleft().result() if len(self._working) == _AT_ONCE else None
        parts = {alike: extracts for alike, extracts in self._gathered.items() if extracts}
        if parts:
            self._working.append(self._threads.submit(_held, parts))
        self._gathered, self._count = {}, 0
        return before


def _held(parts: dict[_Alike, list[Extract]]) -> Batch:
    """Understand what was gathered, and hold it against the contracts table by table."""
    read = [understand(joined(extracts)) for (understand, _), extracts in parts.items()]
    names = dict.fromkeys(name for batch in read for name in batch.rows)
    return accept(
        Batch(
            records=all_records([batch.records for batch in read]),
            rows={name: pl.concat([batch.rows[name] for batch in read if name in batch.rows]) for name in names},
            refusals=pl.concat([REFUSALS.to_frame(), *(batch.refusals for batch in read)]),
        )
    )


def _lies_behind(extract: Extract, number: int) -> bool:
    first: Any = extract.records.numbers.min()
    return first is not None and int(first) > number
