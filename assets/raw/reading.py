"""What every format is given and gives back, in two steps: a file is cut into records, and records are understood.

The formats themselves stand in modules of their own.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

import polars as pl

from assets.raw.feed import Feed

RECORD_NUMBER = "record_number"
"""Place of a record in its file, from 1; ties the rows made of a record to its original text."""

RECORDS = pl.Schema({RECORD_NUMBER: pl.Int64, "original": pl.String})
REFUSALS = pl.Schema({RECORD_NUMBER: pl.Int64, "column": pl.String, "reason": pl.String})


@dataclass(frozen=True)
class Records:
    """Some records: their numbers, and their original texts, which are cut out of the file's bytes only when they are asked for."""

    numbers: pl.Series
    originals: Callable[[], pl.Series]
    """Gives the text of each."""

    @classmethod
    def of(cls, table: pl.DataFrame) -> "Records":
        """Take a table of ``RECORDS``."""
        return cls(table[RECORD_NUMBER], lambda: table["original"])

    @property
    def height(self) -> int:
        """How many they are."""
        return self.numbers.len()

    def table(self) -> pl.DataFrame:
        """Give them as a table of ``RECORDS``."""
        return pl.DataFrame([self.numbers.alias(RECORD_NUMBER), self.originals().alias("original")], schema=RECORDS)

    def numbered_from(self, offset: int) -> "Records":
        """The same records under numbers that begin behind ``offset``."""
        return Records(self.numbers + offset, self.originals)


def all_records(parts: Sequence[Records]) -> Records:
    """Put records together; they must be numbered apart."""
    if len(parts) == 1:
        return parts[0]
    empty = RECORDS.to_frame()
    return Records(
        pl.concat([empty[RECORD_NUMBER], *(part.numbers for part in parts)]),
        lambda: pl.concat([empty["original"], *(part.originals() for part in parts)]),
    )


class UnreadableFileError(Exception):
    """A file that cannot be read at all. The message is one sentence: what is wrong, where, what to do."""


@dataclass(frozen=True)
class Limits:
    """How much a hostile or broken file may cost."""

    record_bytes: int = 16 * 2**20
    """Longest record; a longer one is refused, the rest of the file is read."""
    document_bytes: int = 512 * 2**20
    """Largest file of a format that must be held whole (a JSON document, one mail)."""
    file_bytes: int = 16 * 2**30
    """Largest file after decompression."""
    original_chars: int = 64 * 2**10
    """How much of a refused record's text is kept."""
    batch_records: int = 50_000
    """Records handed on at a time; memory is bounded by a batch, not by the file."""
    mail_parts: int = 200
    mail_headers: int = 1_000
    mail_depth: int = 50


@dataclass(frozen=True)
class Reading:
    """What a format may know beside a file and its feed's settings; the same for every file of a run."""

    pseudonym: Callable[[pl.Expr], pl.Expr]
    """Keyed hash of normalised identifiers; deterministic for one key."""
    currencies: frozenset[str]
    """Currencies for which the settings declare a rate."""
    limits: Limits = field(default_factory=Limits)
    ignores_plus_tags: bool = False
    """Whether `ann+shop@example.com` and `ann@example.com` are one address."""


@dataclass(frozen=True)
class File:
    """One file as it arrived."""

    stream: BinaryIO
    arrived_on: dt.date


@dataclass(frozen=True)
class Extract:
    """Some records of one file or of several, cut out and not yet understood.

    ``records`` are all of them. Each record is in ``refusals`` (once a reason) or in ``cells``, never
    both. ``cells`` maps a raw table's name, with a word behind it where a format fills the table in several ways, to
    what the format's interpreter needs, mostly text, behind ``record_number``.
    """

    records: Records
    cells: Mapping[str, pl.DataFrame]
    refusals: pl.DataFrame

    def shape(self) -> tuple[tuple[str, ...], ...]:
        """What must be equal for extracts to be joined."""
        return tuple((table, *cells.columns) for table, cells in self.cells.items())

    def numbered_from(self, offset: int) -> "Extract":
        """The same records under numbers that begin behind ``offset``."""
        return Extract(
            records=self.records.numbered_from(offset),
            cells={table: _shifted(cells, offset) for table, cells in self.cells.items()},
            refusals=_shifted(self.refusals, offset),
        )

    def emptied(self) -> "Extract":
        """The same shape without a record."""
        return Extract(all_records([]), {table: cells.clear() for table, cells in self.cells.items()}, self.refusals.clear())


def joined(extracts: Sequence[Extract]) -> Extract:
    """Put extracts of one shape together; their records must be numbered apart."""
    return Extract(
        records=all_records([extract.records for extract in extracts]),
        cells={table: pl.concat([extract.cells[table] for extract in extracts], rechunk=True) for table in extracts[0].cells},
        refusals=pl.concat([extract.refusals for extract in extracts]),
    )


@dataclass(frozen=True)
class Batch:
    """Some records, read.

    ``records`` are all of the batch. Each record is in ``refusals`` (once a reason) or has
    its rows in ``rows``, never both: a record is taken whole or refused whole. ``rows`` maps a raw table's
    name to its contract's columns behind ``record_number``.
    """

    records: Records
    rows: Mapping[str, pl.DataFrame]
    refusals: pl.DataFrame


class Extractor(Protocol):
    """Cuts one file into records: everything that depends on the file. Raises UnreadableFileError for the file as a whole."""

    def __call__(self, file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
        """The records of one file, part by part, in the order of the file."""


class Interpreter(Protocol):
    """Understands extracts of any number of a feed's files at once, so that many small files cost little more than a large one.

    Raises UnreadableFileError only for what an empty extract of the same shape shows too: settings that cannot read it.
    """

    def __call__(self, extract: Extract, feed: Feed, reading: Reading) -> Batch:
        """The rows of the records, and the refusals of those that cannot be understood."""


@dataclass(frozen=True)
class Format:
    """A registered export format."""

    extract: Extractor
    interpret: Interpreter
    tables: tuple[str, ...]
    """Raw tables the format fills."""
    has_naive_times: bool
    """Whether the format's times carry no offset, so that the feed must declare ``time_zone``."""

    def read(self, file: File, feed: Feed, reading: Reading) -> Iterator[Batch]:
        """Extract and interpret one file on its own."""
        return (self.interpret(extract, feed, reading) for extract in self.extract(file, feed, reading))


def _shifted(frame: pl.DataFrame, offset: int) -> pl.DataFrame:
    """Shift the record numbers, by far cheaper for a small frame than an expression."""
    return frame.clone().replace_column(frame.get_column_index(RECORD_NUMBER), frame[RECORD_NUMBER] + offset)
