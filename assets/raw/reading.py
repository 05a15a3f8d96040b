"""What every adapter is given and gives back. The formats themselves stand in modules of their own."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

import polars as pl

from assets.raw.feed import Feed

RECORD_NUMBER = "record_number"
"""Place of a record in its file, from 1; ties the rows made of a record to its original text."""

RECORDS = pl.Schema({RECORD_NUMBER: pl.Int64, "original": pl.String})
REFUSALS = pl.Schema({RECORD_NUMBER: pl.Int64, "column": pl.String, "reason": pl.String})


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
    """What an adapter may know beside the bytes and the feed's settings."""

    arrived_on: dt.date
    pseudonym: Callable[[str], str]
    """Keyed hash of a normalised identifier; deterministic for one key."""
    currencies: frozenset[str]
    """Currencies for which the settings declare a rate."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Batch:
    """Some records of one file, read.

    ``records`` has a row for every record of the batch. Each record is in ``refusals`` (once a reason) or has
    its rows in ``rows``, never both: a record is taken whole or refused whole. ``rows`` maps a raw table's
    name to its contract's columns behind ``record_number``.
    """

    records: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    refusals: pl.DataFrame


class Adapter(Protocol):
    """Reads one export format. Raises UnreadableFileError; every other fault is a refused record."""

    def __call__(self, stream: BinaryIO, feed: Feed, reading: Reading) -> Iterator[Batch]:
        """The records of one file, batch by batch, in the order of the file."""


@dataclass(frozen=True)
class Format:
    """A registered export format."""

    read: Adapter
    tables: tuple[str, ...]
    """Raw tables the format fills."""
    has_naive_times: bool
    """Whether the format's times carry no offset, so that the feed must declare ``time_zone``."""
