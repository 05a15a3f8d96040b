"""From the inbox into raw: the files of some arrival days, each read by its feed's adapter, taken or refused."""

import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import BinaryIO

import assets.raw
import schemas
from assets.raw.pseudonym import pseudonym
from assets.raw.reading import Reading, UnreadableFileError
from assets.raw.registry import FORMATS
from pipelines.inbox import Inbox, InboxFile
from pipelines.settings import KEY_VARIABLE, Settings, pseudonym_key
from pipelines.warehouse.protocol import Delivery, Intake, Loaded, Warehouse

COMMIT_RECORDS = 500_000
"""Whole arrival days are loaded in one transaction until about this many records are in it."""

WHOLE_BYTES = 64 * 2**20
"""A file up to this size is held in memory, so that the bytes parsed are the bytes hashed."""

Progress = Callable[[dt.date], None]
"""Told each arrival day when it has been read."""


def ingest(warehouse: Warehouse, inbox: Inbox, settings: Settings, days: Sequence[dt.date], progress: Progress) -> Loaded:
    """Make raw hold exactly what lies in the inbox under these arrival days.

    A file that was loaded before, with the same bytes and read in the same way, is left as it is; one that is
    gone from the inbox is withdrawn. Raises PipelineError for faults of the settings; a bad file never raises.
    """
    key = pseudonym_key()
    hashed = pseudonym(key)
    total = Loaded()
    waiting = list(days)
    while waiting:
        taken: list[dt.date] = []
        with warehouse.intake() as intake:
            warehouse.pin(KEY_VARIABLE, hashed("the key itself"))
            records = 0
            while waiting and records < COMMIT_RECORDS:
                day = waiting.pop(0)
                reading = Reading(arrived_on=day, pseudonym=hashed, currencies=frozenset(settings.rates))
                for feed in sorted(settings.feeds):
                    for file in inbox.files(feed, day):
                        records += _take(intake, inbox, file, settings, reading)
                taken.append(day)
                progress(day)
            total += intake.settle(taken)
    return total


def _take(intake: Intake, inbox: Inbox, file: InboxFile, settings: Settings, reading: Reading) -> int:
    """Read one file into the intake; returns its number of records."""
    feed = settings.feeds[file.feed]
    feed = feed if feed.source else feed.model_copy(update={"source": file.feed})
    format_ = FORMATS[feed.adapter]
    reader = _digest(feed.model_dump_json(exclude={"expected"}), _code(), ",".join(sorted(reading.currencies)), reading.pseudonym("reader"))
    delivery = Delivery(file.feed, file.arrived_on, file.name, "", file.size_bytes, reader)
    count = 0
    try:
        delivery, source = _opened(inbox, file, delivery)
        if intake.unchanged(delivery):
            source.close()
            return 0
        intake.begin(delivery)
        with source:
            for batch in format_.read(source, feed, reading):
                intake.add(batch)
                count += batch.records.height
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
