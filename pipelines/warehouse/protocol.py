"""What every warehouse can do, whichever engine it runs on."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from assets.frames import Frame, Lazy
from assets.raw.reading import Batch, Extract
from schemas.table import Table

Interpret = Callable[[Extract], Batch]
"""A feed's interpreter, with the feed's settings."""


@dataclass(frozen=True)
class Refreshed:
    """From what a derived table was last computed; see `ledger.refreshes`."""

    generation: int
    version: str
    as_of: dt.datetime | None


@dataclass(frozen=True)
class Delivery:
    """One file of a feed as it lies in the inbox, and how it is read."""

    feed: str
    arrived_on: dt.date
    file: str
    sha256: str
    size_bytes: int
    reader: str
    """Hash of everything that decides how its bytes are read."""

    @property
    def place(self) -> tuple[dt.date, str, str]:
        """What names a delivery, and the order in which deliveries arrived."""
        return self.arrived_on, self.feed, self.file


@dataclass(frozen=True)
class Loaded:
    """What a loading did."""

    deliveries: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    unreadable: int = 0
    records_read: int = 0
    records_accepted: int = 0
    records_quarantined: int = 0
    records_duplicate: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        names = self.__dataclass_fields__
        return Loaded(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True)
class Replaced:
    """How many rows of a table a replacement took out and put in."""

    deleted: int
    inserted: int


class Intake(Protocol):
    """One loading of deliveries, all in one transaction: everything is taken or nothing."""

    def unchanged(self, delivery: Delivery) -> bool:
        """Whether the delivery is loaded already, from the same bytes, read in the same way."""

    def begin(self, delivery: Delivery) -> None:
        """Start a delivery; deliveries come in the order of `Delivery.place`."""

    def add(self, extract: Extract, interpret: Interpret) -> None:
        """Take some of its records, in the order of the file.

        They are understood later, together with those of other files that came with the same ``interpret``.
        Raises UnreadableFileError when it cannot read such an extract at all.
        """

    def end(self, sha256: str, size_bytes: int) -> None:
        """The delivery is complete, and these bytes were read."""

    def unreadable(self, error: str) -> None:
        """The delivery cannot be read; what was taken of it is dropped."""

    def settle(self, arrived_on: Iterable[dt.date]) -> Loaded:
        """Bring versions, raw rows, quarantine and counts up to date; what is gone from these days is withdrawn."""


class Warehouse(Protocol):
    """Tables under contract, changed only in transactions, that note what each change touched."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, also across a kill."""

    def intake(self) -> AbstractContextManager[Intake]:
        """A transaction that loads deliveries."""

    def table(self, contract: type[Table]) -> Lazy:
        """The rows of a table; of a raw table those of the current versions."""

    def read(self, contract: type[Table], names: Sequence[str]) -> pl.DataFrame:
        """Some columns of a table in memory; of a table that is not raw always in the same order, until it changes."""

    def hold(self, frame: Frame | pl.DataFrame) -> Lazy:
        """The frame, evaluated once and kept until the transaction ends."""

    def noted(self, contract: type[Table], since: int, seen: Sequence[str] | None = None) -> Lazy:
        """The noted columns of the rows of which anything changed after a generation, or any of the columns that are ``seen``."""

    def has_noted(self, contract: type[Table], since: int, seen: Sequence[str] | None = None) -> bool:
        """Whether there is any such row; costs next to nothing."""

    def replace(self, contract: type[Table], rows: Iterable[Frame], unit: Sequence[str], units: Lazy | None) -> Replaced:
        """Make ``rows`` the rows of these units (of the whole table where ``units`` is None), noting what differs."""

    def computed(self) -> Lazy:
        """The rows given to the last `replace`, under their contract's types."""

    def refreshed(self, contract: type[Table]) -> Refreshed | None:
        """The last refresh of a derived table; None when it was never computed."""

    def mark_refreshed(self, contract: type[Table], version: str, as_of: dt.datetime | None) -> None:
        """Record that the table now holds every change noted so far."""

    def last_arrival(self) -> dt.date | None:
        """The newest arrival day of which a delivery is loaded."""

    def pin(self, name: str, fingerprint: str) -> None:
        """Hold a setting fast: PipelineError when it is not what it was when the warehouse was made."""

    def row_counts(self, contracts: Sequence[type[Table]]) -> Mapping[str, int]:
        """Stored rows of each table."""
