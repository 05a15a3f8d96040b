"""From the inbox into raw: the files of some arrival days, each read by its feed's adapter, taken or refused."""

import datetime as dt
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO

import polars as pl

import assets.raw
import schemas
from assets.raw.feed import Feed
from assets.raw.pseudonym import pseudonym
from assets.raw.reading import Extract, File, Format, Reading, UnreadableFileError
from assets.raw.registry import FORMATS
from pipelines.inbox import Inbox, InboxFile
from pipelines.progress import Progress
from pipelines.settings import KEY_VARIABLE, Settings, pseudonym_key
from pipelines.warehouse.protocol import Delivery, Intake, Interpret, Loaded, Warehouse

COMMIT_RECORDS = 500_000
"""Whole arrival days are loaded in one transaction until about this many records are in it."""

WHOLE_BYTES = 64 * 2**20
"""A file up to this size is held in memory, so that the bytes parsed are the bytes hashed."""


def ingest(warehouse: Warehouse, inbox: Inbox, settings: Settings, days: Sequence[dt.date], progress: Progress) -> Loaded:
    """Make raw hold exactly what lies in the inbox under these arrival days.

    A file that was loaded before, with the same bytes and read in the same way, is left as it is; one that is
    gone from the inbox is withdrawn. Raises PipelineError for faults of the settings; a bad file never raises.
    """
    reading = Reading(
        pseudonym=pseudonym(pseudonym_key()), currencies=frozenset(settings.rates), ignores_plus_tags=settings.ignore_plus_tags
    )
    readers = [_FeedReader.of(name, feed, reading) for name, feed in sorted(settings.feeds.items())]
    total = Loaded()
    waiting = list(days)
    while waiting:
        taken: list[dt.date] = []
        with warehouse.intake() as intake:
            warehouse.pin(KEY_VARIABLE, _keyed("the key itself", reading))
            records = 0
            while waiting and records < COMMIT_RECORDS:
                day = waiting.pop(0)
                taken.append(day)
                of_the_day = sum(_take(intake, inbox, file, reader) for reader in readers for file in inbox.files(reader.name, day))
                records += of_the_day
                progress.read(day, of_the_day)
            total += intake.settle(taken)
    return total


@dataclass(frozen=True)
class _FeedReader:
    """A feed with all that is the same for each of its files."""

    name: str
    feed: Feed
    format_: Format
    reading: Reading
    interpret: Interpret
    digest: str
    """Hash of everything that decides how a file's bytes are read."""

    @classmethod
    def of(cls, name: str, declared: Feed, reading: Reading) -> "_FeedReader":
        feed = declared.named(name)
        format_ = FORMATS[feed.adapter]
        declares = f"{feed.model_dump_json(exclude={'expected'})} {reading.ignores_plus_tags}"
        digest = _digest(declares, _code(), ",".join(sorted(reading.currencies)), _keyed("reader", reading))
        return cls(name, feed, format_, reading, partial(format_.interpret, feed=feed, reading=reading), digest)

    def extracts(self, stream: BinaryIO, arrived_on: dt.date) -> Iterator[Extract]:
        return self.format_.extract(File(stream, arrived_on), self.feed, self.reading)


def _keyed(text: str, reading: Reading) -> str:
    return str(pl.select(reading.pseudonym(pl.lit(text))).item())


def _take(intake: Intake, inbox: Inbox, file: InboxFile, reader: _FeedReader) -> int:
    """Read one file into the intake; returns its number of records."""
    delivery = Delivery(file.feed, file.arrived_on, file.name, "", file.size_bytes, reader.digest)
    count = 0
    try:
        delivery, source = _opened(inbox, file, delivery)
        if intake.unchanged(delivery):
            source.close()
            return 0
        intake.begin(delivery)
        with source:
            for extract in reader.extracts(source, file.arrived_on):
                intake.add(extract, reader.interpret)
                count += extract.records.height
            _refuse_changed(inbox, file)
    except (UnreadableFileError, OSError) as fault:
        if not delivery.sha256:
            intake.begin(delivery)
        intake.unreadable(_sentence(fault))
        return 0
    intake.end(delivery.sha256, delivery.size_bytes)
    return count


def _opened(inbox: Inbox, file: InboxFile, delivery: Delivery) -> tuple[Delivery, BinaryIO]:
    """The delivery with its hash, and its bytes; a file that changes from here on is told by its stamp."""
    if file.size_bytes <= WHOLE_BYTES:
        with inbox.open(file) as stream:
            content = stream.read()
        return replace(delivery, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content)), io.BytesIO(content)
    with inbox.open(file) as stream:
        digest = _hash_of(stream)
    return replace(delivery, sha256=digest), inbox.open(file)


def _hash_of(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := stream.read(2**20):
        digest.update(block)
    return digest.hexdigest()


def _refuse_changed(inbox: Inbox, file: InboxFile) -> None:
    if inbox.stamp(file) != file.stamp:
        raise UnreadableFileError(f"{file.name} changed while it was read; it is read again by the next run of {file.arrived_on}.")


def _sentence(fault: Exception) -> str:
    """What to tell of a file that could not be read; an operating system's error without the path it names."""
    return fault.strerror or type(fault).__name__ if isinstance(fault, OSError) else str(fault)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@cache
def _code() -> str:
    """Hash of the code that decides what a file says, so that changed code reads it again."""
    return _digest(*(path.read_text(encoding="utf-8") for path in _modules()))


def _modules() -> Iterator[Path]:
    for package in (assets.raw.__path__[0], f"{schemas.__path__[0]}/raw"):
        yield from sorted(Path(package).rglob("*.py"))
    yield Path(schemas.__path__[0]) / "vocabulary.py"
