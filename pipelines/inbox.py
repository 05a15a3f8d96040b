"""The inbox: which files lie there, under which feed and arrival day. It reads bytes and interprets nothing."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from posixpath import basename, join
from typing import BinaryIO, cast

import fsspec
from fsspec.core import url_to_fs

UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
"""Endings under which programs write a file before they rename it."""

NOTE = "README.md"
"""A note for people in a feed's folder. It is no delivery, and stays where it lies."""

UNFINISHED_FOLDER = "tmp"
"""Folder in which a Maildir's mails lie until they are whole."""


@dataclass(frozen=True)
class InboxFile:
    """One file of a feed."""

    feed: str
    arrived_on: dt.date
    name: str
    """Path within the arrival day's folder."""
    path: str
    size_bytes: int
    stamp: str
    """Changes whenever the file does."""


class Inbox:
    """A local folder or an fsspec URL with one folder a feed, and in it one folder an arrival day."""

    def __init__(self, url: str) -> None:
        self._files: fsspec.AbstractFileSystem
        self._files, self._root = url_to_fs(url)

    def arrival_days(self, feeds: Iterable[str]) -> list[dt.date]:
        """Every arrival day that any of the feeds has a folder for, in order."""
        days = {_day(basename(path)) for feed in feeds for path in self._listed(join(self._root, feed), "directory")}
        return sorted(day for day in days if day is not None)

    def files(self, feed: str, arrived_on: dt.date) -> Iterator[InboxFile]:
        """The finished files of a feed's arrival day, in the order of their names."""
        folder = join(self._root, feed, arrived_on.isoformat())
        if not self._files.exists(folder):
            return
        for path, info in sorted(self._files.find(folder, detail=True).items()):
            name = path[len(folder) + 1 :]
            if info["type"] == "file" and _is_finished(name):
                yield InboxFile(feed, arrived_on, name, path, int(info["size"]), _stamp(info))

    def open(self, file: InboxFile) -> BinaryIO:
        """The file's bytes."""
        return cast("BinaryIO", self._files.open(file.path, "rb"))

    def stamp(self, file: InboxFile) -> str:
        """The file's stamp as it is now."""
        self._files.invalidate_cache()
        return _stamp(self._files.info(file.path))

    def file_loose(self, feeds: Iterable[str], today: dt.date) -> list[str]:
        """Move files that lie in no day folder into today's; returns their new paths."""
        moved = []
        for feed in feeds:
            folder = join(self._root, feed)
            for path in self._listed(folder, "file"):
                if not _is_finished(basename(path)) or basename(path) == NOTE:
                    continue
                day_folder = join(folder, today.isoformat())
                target = _free_name(self._files, day_folder, basename(path))
                self._files.makedirs(day_folder, exist_ok=True)
                self._files.mv(path, target)
                moved.append(target)
        return moved

    def _listed(self, folder: str, kind: str) -> list[str]:
        if not self._files.exists(folder):
            return []
        return sorted(info["name"] for info in self._files.ls(folder, detail=True) if info["type"] == kind)


def _free_name(files: fsspec.AbstractFileSystem, folder: str, name: str) -> str:
    """A path in the folder that nothing has yet: nothing that has arrived is ever overwritten."""
    target, number = join(folder, name), 1
    while files.exists(target):
        number += 1
        target = join(folder, f"{number}-{name}")
    return target


def _is_finished(name: str) -> bool:
    *folders, _ = parts = name.split("/")
    return not any(part.startswith(".") for part in parts) and UNFINISHED_FOLDER not in folders and not name.endswith(UNFINISHED)


def _stamp(info: dict[str, object]) -> str:
    return " ".join(str(info.get(key, "")) for key in ("size", "mtime", "LastModified", "ETag", "updated", "ino"))


def _day(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(name) if len(name) == len("2026-01-31") else None
    except ValueError:
        return None
