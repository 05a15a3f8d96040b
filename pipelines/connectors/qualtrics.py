"""Qualtrics' response exports: ask for one, wait until it is ready, fetch it, and take the files out of its zip."""

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from pipelines.connectors.protocol import Clock, ConnectorError, Piece, Position, Step
from pipelines.connectors.retrying import Patience
from pipelines.connectors.session import Session
from pipelines.connectors.settings import QualtricsConnector

_MOST_MEMBERS: Final = 20
_PART_BYTES: Final = 2**20
_ID_CHARACTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


class QualtricsResponses:
    """Fetches one export a run. The position is the time at which the last one was asked for."""

    def __init__(
        self, name: str, declared: QualtricsConnector, time_zone: str | None, session: Session, patience: Patience, clock: Clock
    ) -> None:
        self._name = name
        self._declared = declared
        self._time_zone = time_zone
        self._session = session
        self._patience = patience
        self._clock = clock
        self._path = f"API/v3/surveys/{declared.survey}/export-responses"
        self.identity = f"qualtrics {declared.address} {declared.survey} {declared.format}"

    def steps(self, position: Position) -> Iterator[Step]:
        """Export the responses recorded since the position, less the overlap."""
        since = dt.datetime.combine(self._declared.start_day, dt.time(), dt.UTC)
        if reached := position.get("asked_at"):
            since = max(since, dt.datetime.fromisoformat(reached) - dt.timedelta(hours=self._declared.overlap_hours))
        asked_at = self._clock.now().astimezone(dt.UTC)
        packed = self._session.file(f"{self._path}/{self._ready(self._asked(since))}/file")
        yield Step(list(self._unpacked(packed)), {"asked_at": asked_at.isoformat(timespec="seconds")})

    def _asked(self, since: dt.datetime) -> str:
        """Ask for an export; gives the id of its progress. Times come in the zone that the feed reads them in."""
        order: dict[str, Any] = {"format": self._declared.format, "compress": True, "startDate": f"{since:%Y-%m-%dT%H:%M:%SZ}"}
        if self._declared.format == "csv" and self._time_zone:
            order["timeZone"] = self._time_zone
        return self._id(self._session.order(self._path, order).document, "progressId")

    def _ready(self, progress: str) -> str:
        """Wait until the export is ready; gives the id of its file."""
        while True:
            document = self._session.page(f"{self._path}/{progress}").document
            result = document.get("result")
            status = result.get("status") if isinstance(result, dict) else None
            if status == "complete":
                return self._id(document, "fileId")
            if status != "inProgress":
                raise self._odd("could not make the export")
            self._patience.pause(self._declared.poll_seconds)

    def _id(self, document: dict[str, Any], key: str) -> str:
        result = document.get("result")
        found = result.get(key) if isinstance(result, dict) else None
        if not isinstance(found, str) or not found or not set(found) <= _ID_CHARACTERS:
            raise self._odd(f"gives no `{key}`")
        return found

    def _unpacked(self, packed: bytes) -> Iterator[Piece]:
        try:
            with zipfile.ZipFile(io.BytesIO(packed)) as archive:
                wanted = [member for member in archive.infolist() if member.filename.lower().endswith(f".{self._declared.format}")]
                if not wanted or len(archive.infolist()) > _MOST_MEMBERS:
                    raise self._odd(f"gives a zip without a {self._declared.format} file, or with more than {_MOST_MEMBERS} files")
                left = self._declared.largest_bytes
                for member in wanted:
                    content = self._member(archive, member, left)
                    left -= len(content)
                    yield Piece([content], f".{self._declared.format}", "responses")
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
            raise self._odd("gives a zip that cannot be unpacked") from None

    def _member(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, most_bytes: int) -> bytes:
        """Unpack a file of the zip, without belief in the size that it claims."""
        parts, size = [], 0
        with archive.open(member) as source:
            while part := source.read(_PART_BYTES):
                self._patience.check()
                size += len(part)
                if size > most_bytes:
                    raise ConnectorError(
                        f"connectors.{self._name}: the export unpacks to more than {self._declared.largest_bytes} bytes; "
                        "raise `largest_bytes` if that is right."
                    )
                parts.append(part)
        return b"".join(parts)

    def _odd(self, what: str) -> ConnectorError:
        return ConnectorError(f"connectors.{self._name}: Qualtrics {what}; check `address` and `survey`; the next run tries again.")
