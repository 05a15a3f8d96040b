"""Files on their way into the inbox, and the count of what is in them. How a format looks is not decided here."""

import datetime as dt
import gzip
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Final


@dataclass(slots=True)
class Sheet:
    """The records of one file, each put down as what the pipeline must make of it."""

    rng: Random
    records: list[str] = field(default_factory=list)
    new: int = 0
    versions: int = 0
    duplicates: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, rng: Random, records: Iterable[str]) -> "Sheet":
        """A sheet of records with ids that were never delivered before."""
        sheet = cls(rng)
        for record in records:
            sheet.add(record)
        return sheet

    def add(self, record: str) -> None:
        """A record with an id that was never delivered before."""
        self.records.append(record)
        self.new += 1

    def add_version(self, record: str) -> None:
        """A record delivered before that says something else now."""
        self.records.append(record)
        self.versions += 1

    def add_duplicate(self, record: str) -> None:
        """A record delivered before, in the same words."""
        self.records.append(record)
        self.duplicates += 1

    def list_beside(self, keys: Iterable[int], known: set[int]) -> None:
        """Records that the file lists beside those of the sheet, all alike whenever they come; those now known are added."""
        for key in keys:
            if key in known:
                self.duplicates += 1
            else:
                self.new += 1
                known.add(key)

    def add_flawed(self, record: str, reason: str) -> None:
        """A record to be refused, somewhere between the others."""
        self.records.insert(int(self.rng.random() * (len(self.records) + 1)), record)
        self.refused[reason] += 1


@dataclass(slots=True)
class Delivery:
    """One file of the inbox."""

    feed: str
    name: str
    content: bytes
    new: int = 0
    versions: int = 0
    duplicates: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    is_unreadable: bool = False

    @property
    def read(self) -> int:
        """Records in the file."""
        return self.new + self.versions + self.duplicates + self.refused.total()

    def again(self) -> "Delivery":
        """The same file once more: what was accepted is a duplicate now, what was refused is refused again."""
        duplicates = self.new + self.versions + self.duplicates
        return Delivery(self.feed, self.name, self.content, duplicates=duplicates, refused=self.refused)


def encoded(text: str, encoding: str) -> bytes:
    """Text as bytes. A lone surrogate stands for one broken byte."""
    return text.encode(encoding, "surrogateescape")


def pack(feed: str, name: str, text: str, sheet: Sheet, encoding: str = "utf-8") -> Delivery:
    """A finished file; compressed when its name ends in ``.gz``."""
    content = encoded(text, encoding)
    if name.endswith(".gz"):
        content = gzip.compress(content, 6, mtime=0)
    return Delivery(feed, name, content, sheet.new, sheet.versions, sheet.duplicates, sheet.refused)


@dataclass(frozen=True)
class Mishap:
    """Something that goes wrong every so many days, from the ``first`` day on."""

    first: int
    every: int

    def on(self, day: int) -> bool:
        """Whether it goes wrong on this day."""
        return day >= self.first and (day - self.first) % self.every == 0


@dataclass(frozen=True)
class Redelivery(Mishap):
    """A file that comes a second time, ``lag`` days later."""

    feed: str
    lag: int


REDELIVERIES: Final = (
    Redelivery(2, 31, "qualtrics", 3),
    Redelivery(3, 37, "shop_survey", 4),
    Redelivery(4, 43, "email", 2),
    Redelivery(2, 41, "sms_api", 5),
    Redelivery(3, 29, "zendesk_tickets", 3),
    Redelivery(5, 47, "phone_tickets", 2),
    Redelivery(4, 33, "orders", 5),
    Redelivery(0, 60, "costs", 3),
)

EMPTY_FILES: Final = Mishap(6, 90)
TRUNCATED_FILES: Final = Mishap(5, 75)


@dataclass(slots=True)
class FeedCount:
    """What a feed has delivered so far."""

    files: int = 0
    read: int = 0
    new: int = 0
    versions: int = 0
    duplicates: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class Register:
    """The count of every delivery, by feed, and the list of unreadable files."""

    def __init__(self) -> None:
        self.feeds: Final[dict[str, FeedCount]] = {}
        self.unreadable: Final[list[dict[str, str]]] = []

    def enter(self, delivery: Delivery, arrived_on: str) -> None:
        """Counts one file."""
        count = self.feeds.setdefault(delivery.feed, FeedCount())
        count.files += 1
        count.read += delivery.read
        count.new += delivery.new
        count.versions += delivery.versions
        count.duplicates += delivery.duplicates
        count.refused.update(delivery.refused)
        if delivery.is_unreadable:
            self.unreadable.append({"feed": delivery.feed, "arrived_on": arrived_on, "file": delivery.name})


class Post:
    """Hands over each day's files, with the ones that come again or come broken."""

    def __init__(self) -> None:
        self._due: Final[dict[int, list[Delivery]]] = {}

    def of_the_day(self, day: int, date: dt.date, deliveries: list[Delivery]) -> list[Delivery]:
        """All files that arrive on a day; the names of one feed's files are distinct."""
        for plan in REDELIVERIES:
            if plan.on(day):
                first = next((delivery for delivery in deliveries if delivery.feed == plan.feed), None)
                if first is not None:
                    self._due.setdefault(day + plan.lag, []).append(first.again())
        arrived = deliveries + self._due.pop(day, [])
        if EMPTY_FILES.on(day):
            arrived.append(Delivery("invites", f"invites-{date}-b.csv", b"", is_unreadable=True))
        if TRUNCATED_FILES.on(day):
            whole = next(delivery for delivery in deliveries if delivery.feed == "zendesk_tickets")
            half = whole.content[: len(whole.content) // 2]
            arrived.append(Delivery("zendesk_tickets", f"tickets-{date}-broken.json", half, is_unreadable=True))
        return arrived
