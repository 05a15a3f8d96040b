"""Landing: pieces become files of the inbox, and the position moves only after them.

A file is written under a hidden name, flushed to the disk, and renamed; then the position likewise. Whatever instant the process
dies at, the next run fetches from the last position and finds what it had landed already.
"""

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename, join
from typing import IO, Final
from zoneinfo import ZoneInfo

import fsspec
from filelock import FileLock, Timeout
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from pipelines.connectors.protocol import START, Clock, Connector, ConnectorError, Piece, Position
from pipelines.durability import flush
from pipelines.errors import PipelineError

_NAME: Final = re.compile(
    r"(?:(?P<stamp>[0-9]{8}T[0-9]{12}Z)-)?(?:(?P<label>[A-Za-z0-9_.-]{1,80})-)?(?P<digest>[0-9a-f]{64})(?:\.[A-Za-z0-9.]{1,17})?"
)
_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.]+")
_ENDING: Final = re.compile(r"(?:\.[A-Za-z0-9]{1,8}){1,2}")
_LABEL_CHARACTERS: Final = 48


@dataclass
class Landed:
    """What a run has landed so far."""

    files: int = 0
    bytes: int = 0
    repeated: int = 0
    """Pieces that were landed before."""
    position: Position | None = None
    """From where the next run goes on; None while no run has come to an end of a walk."""


def land(connector: Connector, shelf: "Shelf") -> Iterator[Landed]:
    """Fetch everything new and land it; tells after every step what has been landed so far.

    Raises ConnectorError when the source fails, or another run of this connector is going on. What was landed before stays.
    """
    with shelf.alone():
        position = shelf.position(connector.identity)
        landed = Landed(position=position or None)
        for step in connector.steps(position):
            for piece in step.pieces:
                size = shelf.keep(piece)
                if size is None:
                    landed.repeated += 1
                else:
                    landed.files += 1
                    landed.bytes += size
            if step.position is not None:
                if step.position != landed.position:
                    shelf.move(connector.identity, step.position)
                landed.position = step.position
            yield landed


class Shelf:
    """The place of one connector in the inbox: the folder of its feed, and its own position there.

    ``largest_bytes`` bounds every file. The position lies in a hidden file, which the inbox does not see.
    """

    def __init__(self, inbox_url: str, feed: str, connector: str, time_zone: str, largest_bytes: int, clock: Clock) -> None:
        self._files: fsspec.AbstractFileSystem
        self._files, root = url_to_fs(inbox_url)
        self._is_local = isinstance(self._files, LocalFileSystem)
        self._folder = join(root, feed)
        self._name = connector
        self._cursor = join(self._folder, f".{connector}.cursor.json")
        self._zone = ZoneInfo(time_zone)
        self._largest_bytes = largest_bytes
        self._clock = clock
        self._kept: _Kept | None = None

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the connector's lock, and sweep up what a killed run left half written. An inbox at a URL has no lock."""
        if not self._is_local:
            yield
            return
        lock = FileLock(join(self._folder, f".{self._name}.lock"))
        try:
            with self._inbox_faults_told():
                _make_durably(Path(self._folder))
                lock.acquire(timeout=0)
                for left in Path(self._folder).glob(f".{self._name}-*.part"):
                    left.unlink()
            yield
        except Timeout:
            raise ConnectorError(f"connectors.{self._name}: another run of this connector is going on; wait until it has ended.") from None
        finally:
            lock.release()

    def position(self, identity: str) -> Position:
        """The position that was moved to last, or the start when there is none for this identity."""
        with self._inbox_faults_told():
            self._files.invalidate_cache()
            if not self._files.exists(self._cursor):
                return START
            written = self._files.cat_file(self._cursor)
        try:
            stored = json.loads(written)
            position, belongs_to = stored["position"], stored["identity"]
        except (ValueError, KeyError, TypeError):
            position, belongs_to = None, ""
        if not isinstance(position, dict):
            raise ConnectorError(
                f"connectors.{self._name}: the position in {basename(self._cursor)} in the feed's folder cannot be read; "
                "remove that file to fetch everything again, which doubles nothing."
            )
        return position if belongs_to == _digest(identity) else START

    def move(self, identity: str, position: Position) -> None:
        """Make this the position, durably."""
        moved_at = self._clock.now().astimezone(dt.UTC).isoformat(timespec="seconds")
        content = json.dumps({"identity": _digest(identity), "position": dict(position), "moved_at": moved_at}, indent=1).encode()
        with self._inbox_faults_told(), self._draft() as draft:
            draft.write(content)
            self._place(draft, self._cursor)

    def keep(self, piece: Piece) -> int | None:
        """Land a piece under today's arrival day; gives its size, or None when it lies in the inbox already."""
        label = _label(piece)
        with self._inbox_faults_told(), self._draft() as draft:
            kept = self._kept = self._kept or self._found()
            digest, size = self._written(draft, piece)
            if kept.has(digest, label if piece.thing else None):
                return None
            now = self._clock.now()
            ending = piece.ending if _ENDING.fullmatch(piece.ending) else ""
            name = "-".join(part for part in (kept.stamp(now) if piece.keeps_order else "", label, digest) if part)
            self._place(draft, join(self._folder, now.astimezone(self._zone).date().isoformat(), name + ending))
        kept.add(digest, label)
        return size

    @contextlib.contextmanager
    def _inbox_faults_told(self) -> Iterator[None]:
        """Turn what goes wrong with the inbox itself into a sentence; packages for object stores raise errors of all kinds."""
        try:
            yield
        except (PipelineError, Timeout):
            raise
        except Exception as fault:
            if self._is_local and not isinstance(fault, OSError):
                raise
            kind = (fault.strerror if isinstance(fault, OSError) else None) or type(fault).__name__
            raise PipelineError(
                f"connectors.{self._name}: the inbox cannot be read or written: {kind}; what came before is landed."
            ) from None

    def _written(self, draft: IO[bytes], piece: Piece) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        for part in piece.parts:
            size += len(part)
            if size > self._largest_bytes:
                raise ConnectorError(
                    f"connectors.{self._name}: the source gives a file of more than {self._largest_bytes} bytes; "
                    "raise `largest_bytes` if that is right."
                )
            digest.update(part)
            draft.write(part)
        return digest.hexdigest(), size

    @contextlib.contextmanager
    def _draft(self) -> Iterator[IO[bytes]]:
        """A file to write to, gone afterwards unless it was placed; beside the feed's files where a rename needs that."""
        folder = self._folder if self._is_local else None
        with tempfile.NamedTemporaryFile(prefix=f".{self._name}-", suffix=".part", dir=folder, delete=False) as draft:
            try:
                yield draft
            finally:
                with contextlib.suppress(FileNotFoundError):
                    Path(draft.name).unlink()

    def _place(self, draft: IO[bytes], target: str) -> None:
        """Give a draft its name, durably. An object store shows an object when it is whole, and not before."""
        draft.flush()
        if not self._is_local:
            self._files.put_file(draft.name, target)
            return
        os.fsync(draft.fileno())
        folder = Path(target).parent
        _make_durably(folder)
        Path(draft.name).chmod(0o640)
        Path(draft.name).replace(target)
        flush(folder)

    def _found(self) -> "_Kept":
        """What lies in the feed's day folders, by its name."""
        kept = _Kept()
        if self._files.exists(self._folder):
            for path in sorted(self._files.find(self._folder)):
                if named := _NAME.fullmatch(basename(path)):
                    kept.add(named["digest"], named["label"] or "")
                    kept.newest_stamp = max(kept.newest_stamp, named["stamp"] or "")
        return kept


class _Kept:
    """Digests of what has been landed, and of each label the newest."""

    def __init__(self) -> None:
        self._digests: set[str] = set()
        self._newest: dict[str, str] = {}
        self.newest_stamp = ""

    def add(self, digest: str, label: str) -> None:
        self._digests.add(digest)
        self._newest[label] = digest

    def has(self, digest: str, label: str | None) -> bool:
        return digest in self._digests if label is None else self._newest.get(label) == digest

    def stamp(self, now: dt.datetime) -> str:
        """The time for a file's name: later than all before, even where the clock stands still or was put back."""
        moment = now.astimezone(dt.UTC)
        if self.newest_stamp:
            newest = dt.datetime.strptime(self.newest_stamp, _STAMP).replace(tzinfo=dt.UTC)
            moment = max(moment, newest + dt.timedelta(microseconds=1))
        self.newest_stamp = moment.strftime(_STAMP)
        return self.newest_stamp


def _label(piece: Piece) -> str:
    """A safe label; one that stands for a thing is made distinct from those of all other things."""
    words = _UNSAFE.sub("_", piece.label).strip("._")[:_LABEL_CHARACTERS]
    return f"{words}_{_digest(piece.thing)}" if piece.thing else words


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _make_durably(folder: Path) -> None:
    """Make a folder and those above it, so that a power cut does not take their names away."""
    if not folder.exists():
        _make_durably(folder.parent)
        folder.mkdir(exist_ok=True)
        flush(folder.parent)
