"""A folder elsewhere: a path, a bucket of S3 or GCS, a listing over HTTP. New and changed files are copied, in the order of their paths.

The position remembers how each file looked when it was copied. A file that changes while it is copied, or has not come to rest, is left
for the next run.
"""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import partial
from posixpath import basename
from typing import IO, Any, Final, TypeVar

import fsspec
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from pipelines.connectors.protocol import Clock, ConnectorError, Piece, Position, Step
from pipelines.connectors.retrying import Failure, Patience
from pipelines.connectors.secret import Secret
from pipelines.connectors.settings import FolderConnector

_PART_BYTES: Final = 2**20
_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".filepart")
_LOOKS: Final = ("size", "mtime", "LastModified", "ETag", "updated")
_TIMES: Final = ("mtime", "LastModified", "updated")

T = TypeVar("T")


class _UnfitError(ConnectorError):
    """One file cannot be taken; others can."""


class WatchedFolder:
    """Fetches the files that look new."""

    def __init__(self, name: str, declared: FolderConnector, secrets: Mapping[str, Secret], patience: Patience, clock: Clock) -> None:
        self._name = name
        self._declared = declared
        self._secrets = dict(secrets)
        self._patience = patience
        self._clock = clock
        self.identity = f"folder {declared.url}"

    def steps(self, position: Position) -> Iterator[Step]:
        """Copy what differs from the position, file by file; what is gone from the folder is forgotten.

        The position grows with the folder, so in a large one it is told after every so many files, and at the end.
        A file that cannot be taken keeps no other waiting; it is told when they are done.
        """
        files, root = self._tried(self._opened)
        listed = self._tried(partial(self._listing, files, root))
        looks: dict[str, Any] = {path: look for path, look in position.items() if path in listed}
        new = [path for path, info in sorted(listed.items()) if looks.get(path) != _look(info) and self._rests(info)]
        fault: ConnectorError | None = None
        for number, path in enumerate(new[: self._declared.most_files], 1):
            info = listed[path]
            with tempfile.TemporaryFile() as copy:
                try:
                    if not self._tried(partial(self._is_copied, files, info, _look(info), copy)):
                        continue
                except _UnfitError as unfit:
                    fault = unfit
                    continue
                except ConnectorError as dead:
                    fault = dead
                    break
                looks[path] = _look(info)
                copy.seek(0)
                name, ending = _split(basename(path))
                is_time = number % (1 + len(looks) // 100) == 0
                yield Step([Piece(_parts(copy), ending, name, thing=path)], dict(looks) if is_time else None)
        yield Step(position=dict(looks))
        if fault:
            raise fault

    def _opened(self) -> tuple[fsspec.AbstractFileSystem, str]:
        secrets = {option: held.reveal() for option, held in self._secrets.items()}
        opened: tuple[fsspec.AbstractFileSystem, str] = url_to_fs(
            self._declared.url, **self._declared.options, **secrets, skip_instance_cache=True, use_listings_cache=False
        )
        return opened

    def _listing(self, files: fsspec.AbstractFileSystem, root: str) -> dict[str, Mapping[str, Any]]:
        """The files that are wanted, by their path below the root. A listing over HTTP names files alone: each is asked how it looks."""
        files.invalidate_cache()
        base = root.rstrip("/") + "/"
        found = files.find(root, detail=True)
        if not found and isinstance(files, LocalFileSystem) and not files.exists(root):
            raise FileNotFoundError
        wanted = {
            path[len(base) :]: info
            for path, info in found.items()
            if path.startswith(base) and info["type"] == "file" and not info.get("islink") and self._is_wanted(path[len(base) :])
        }
        if "http" in files.protocol:
            wanted = {path: {**files.info(info["name"]), "type": "file", "name": info["name"]} for path, info in wanted.items()}
        return wanted

    def _is_wanted(self, path: str) -> bool:
        name = basename(path)
        is_hidden = any(part.startswith(".") for part in path.split("/"))
        return bool(name) and not is_hidden and not name.endswith(_UNFINISHED) and fnmatchcase(name, self._declared.pattern)

    def _rests(self, info: Mapping[str, Any]) -> bool:
        """Whether the file has not changed lately. A time far ahead is a wrong clock's, and no reason to wait for it."""
        changed = next((info[key] for key in _TIMES if info.get(key)), None)
        if isinstance(changed, dt.datetime) and changed.tzinfo:
            changed = changed.timestamp()
        if not isinstance(changed, int | float):
            return True
        return abs(self._clock.now().timestamp() - changed) >= self._declared.rest_seconds

    def _is_copied(self, files: fsspec.AbstractFileSystem, info: Mapping[str, Any], look: str, copy: IO[bytes]) -> bool:
        """Copy a file; tells whether it was there and looked the same throughout."""
        try:
            self._copy(files, info, copy)
            files.invalidate_cache()
            after = files.info(info["name"])
        except FileNotFoundError:
            return False
        except PermissionError:
            raise _UnfitError(f"connectors.{self._name}: a file in the folder may not be read; check its rights.") from None
        return _look(after) == look and copy.tell() == int(info.get("size") or copy.tell())

    def _copy(self, files: fsspec.AbstractFileSystem, info: Mapping[str, Any], copy: IO[bytes]) -> None:
        copy.seek(0)
        copy.truncate()
        size = 0
        with files.open(info["name"], "rb") as source:
            while part := source.read(_PART_BYTES):
                self._patience.check()
                size += len(part)
                if size > self._declared.largest_bytes:
                    raise _UnfitError(
                        f"connectors.{self._name}: a file in the folder is larger than {self._declared.largest_bytes} bytes; "
                        "raise `largest_bytes` if that is right, or narrow `pattern`."
                    )
                copy.write(part)

    def _tried(self, action: Callable[[], T]) -> T:
        """Do it, and again when it fails: fsspec's packages raise errors of all kinds, and their texts may hold anything."""
        attempt = 0
        while True:
            attempt += 1
            self._patience.check()
            try:
                return action()
            except (ConnectorError, ImportError) as fault:
                if isinstance(fault, ConnectorError):
                    raise
                raise ConnectorError(
                    f"connectors.{self._name}: the fsspec package for this kind of `url` is not installed, such as s3fs or gcsfs."
                ) from None
            except FileNotFoundError:
                raise ConnectorError(f"connectors.{self._name}: there is no such folder; check `url`.") from None
            except PermissionError:
                raise ConnectorError(f"connectors.{self._name}: the folder may not be read; check rights and `secret_options`.") from None
            except Exception as fault:  # noqa: BLE001  # see above
                kind = type(fault).__name__
            self._patience.before_retry(attempt, Failure(f"the folder cannot be read ({kind})"))


def _look(info: Mapping[str, Any]) -> str:
    return " ".join(str(info.get(key) or "") for key in _LOOKS)


def _split(name: str) -> tuple[str, str]:
    """A name and its ending, of which a file packed with gzip has two."""
    stem, dot, last = name.rpartition(".")
    if not stem:
        return name, ""
    if last.lower() in {"gz", "zip", "bz2", "zst"} and "." in stem:
        stem, _, inner = stem.rpartition(".")
        return stem, f".{inner}.{last}"
    return stem, dot + last


def _parts(copy: IO[bytes]) -> Iterator[bytes]:
    while part := copy.read(_PART_BYTES):
        yield part
