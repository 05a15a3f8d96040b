"""Files of the inbox, and the count of what is in them. What the records say is not decided here."""

import datetime as dt
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

PAGE = 1_000
"""Records of a page, the most that Zendesk's incremental exports give at a time."""


@dataclass
class Planted:
    """What the pipeline must make of the records of a feed, or of one of its files."""

    accepted: int = 0
    duplicate: int = 0
    refused: int = 0
    bytes: int = 0

    def add(self, other: "Planted") -> None:
        """Count another's records among one's own."""
        self.accepted += other.accepted
        self.duplicate += other.duplicate
        self.refused += other.refused
        self.bytes += other.bytes


class Beside(NamedTuple):
    """What a page lists beside its records: how it is written, and how many of it no page listed before."""

    text: str = ""
    new: int = 0
    known: int = 0


class Inbox:
    """Writes files under their feed and arrival day."""

    def __init__(self, folder: Path, first: dt.date) -> None:
        self._folder = folder
        self._first = first
        self._written: dict[tuple[str, int], tuple[Path, Planted]] = {}
        self.planted: dict[str, Planted] = {}

    def csv(
        self,
        feed: str,
        day: int,
        frame: pl.DataFrame,
        *,
        duplicate: int = 0,
        flawed: Sequence[str] = (),
        has_offsets: bool = False,
        part: int = 0,
    ) -> None:
        """Write a table, or a part of one; flawed lines stand in the middle of it. Times are written with their offset where asked."""
        path = self._place(feed, day, f"{feed}-{part + 1:05}.csv")
        middle = frame.height // 2
        times = "%Y-%m-%dT%H:%M:%S%:z" if has_offsets else "%Y-%m-%d %H:%M:%S"
        with path.open("wb") as file:
            frame[:middle].write_csv(file, datetime_format=times, float_precision=2)
            file.write("".join(f"{line}\n" for line in flawed).encode())
            frame[middle:].write_csv(file, include_header=False, datetime_format=times, float_precision=2)
        self._count(feed, day, path, Planted(frame.height - duplicate, duplicate, len(flawed)))

    def lines(self, feed: str, day: int, header: str, rows: Sequence[str], flawed: Sequence[str]) -> None:
        """Write a small table whose rows are written out already."""
        path = self._place(feed, day, f"{feed}.csv")
        path.write_text("\n".join([header, *rows, *flawed, ""]), encoding="utf-8")
        self._count(feed, day, path, Planted(len(rows), 0, len(flawed)))

    def pages(
        self,
        feed: str,
        day: int,
        records: pl.Series,
        beside: Callable[[int, int], Beside],
        *,
        duplicate: int = 0,
        flawed: Sequence[str] = (),
    ) -> None:
        """Write JSON pages of records; ``beside`` gives what a page lists beside the records from one place to another."""
        if flawed:
            records = pl.concat([records, pl.Series(flawed, dtype=pl.String).alias(records.name)])
        for start in range(0, len(records), PAGE):
            path = self._place(feed, day, f"{feed}-{start // PAGE + 1:05}.json")
            page, listed = records[start : start + PAGE].str.join(",").item(), beside(start, start + PAGE)
            path.write_text(f'{{"{feed}":[{page}]{listed.text},"end_of_stream":{"false" if start + PAGE < len(records) else "true"}}}')
            self._count(feed, day, path, Planted(listed.new, listed.known))
        self._count(feed, day, None, Planted(len(records) - duplicate - len(flawed), duplicate, len(flawed)))

    def again(self, feed: str, day: int, lag: int) -> None:
        """Deliver the table of ``lag`` days ago once more, as it was."""
        if found := self._written.get((feed, day - lag)):
            path, was = found
            copy = self._place(feed, day, f"{feed}-again.csv")
            shutil.copyfile(path, copy)
            self._count(feed, -1, copy, Planted(0, was.accepted + was.duplicate, was.refused))

    def forget(self, day: int) -> None:
        """Forget which files were written before a day, so that memory stays bounded."""
        for key in [key for key in self._written if key[1] < day]:
            del self._written[key]

    def _place(self, feed: str, day: int, name: str) -> Path:
        folder = self._folder / feed / (self._first + dt.timedelta(days=day)).isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def _count(self, feed: str, day: int, path: Path | None, planted: Planted) -> None:
        if path is not None:
            planted.bytes = path.stat().st_size
            self._written[feed, day] = path, planted
        self.planted.setdefault(feed, Planted()).add(planted)
