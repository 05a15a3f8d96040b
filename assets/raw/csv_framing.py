"""CSV text to records, by RFC 4180: where each one begins and ends. What its cells are stands in `csv_cells`.

* A record ends at LF, CRLF or a lone CR outside quotes. A quote opens a quoted cell only as the cell's first character.
* An empty line is no record. Every other line belongs to exactly one record.
* A quote that never closes costs its own line, not the file: the line is refused, and reading resumes behind it.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

import polars as pl

from assets.raw.csv_bytes import WellFormed, end_of_records, well_formed
from assets.raw.decoding import is_utf8
from assets.raw.reading import Limits, UnreadableFileError

_RESCANNED_RECORDS: Final = 8
"""How many longest records may be read a second time behind unclosed quotes; a hostile file would cost the square of its size."""

_LONGEST_WAIT: Final = 2**16
"""Bytes that may wait for the quoted cell they belong to, which goes on in the next chunk."""

_STANDS_FOR_NUL: Final = "\ufffd"


@dataclass
class Walked:
    """Some records of a file in their order, taken line by line."""

    records: list[str] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    """Why a record is refused, by its place."""

    def __len__(self) -> int:
        """Count the records."""
        return len(self.records)

    @property
    def texts(self) -> pl.Series:
        """The text of each record."""
        return pl.Series(self.records, dtype=pl.String)

    def part(self, start: int, end: int) -> "Walked":
        """Give the records from one place to another."""
        return Walked(self.records[start:end], {place - start: reason for place, reason in self.reasons.items() if start <= place < end})


Framed = WellFormed | Walked
"""Some records of a file in their order."""


class Framing:
    """Cuts UTF-8 bytes into records, chunk by chunk; holds no more than a chunk and the longest record allowed."""

    def __init__(self, delimiter: str, limits: Limits) -> None:
        if not delimiter.isascii() or delimiter in '"\r\n\0':
            raise UnreadableFileError(f"{delimiter!r} cannot separate cells; correct `delimiter` in the feed's settings.")
        self._limits = limits
        self._delimiter = delimiter
        self._mark = delimiter.encode()
        self._open: list[bytes] = []
        self._open_bytes = 0
        self._rescans_left = _RESCANNED_RECORDS * limits.record_bytes
        self._rest = b""
        self._is_dropping = False

    def records(self, chunks: Iterable[bytes]) -> Iterator[Framed]:
        """Give the records of the whole file."""
        held = b""
        for chunk in chunks:
            if held:
                yield self._take(held, is_last=False)
            held = chunk
        yield self._take(held, is_last=True)

    def _take(self, chunk: bytes, *, is_last: bool) -> Framed:
        if self._is_dropping:
            end = _line_end(chunk)
            if end == 0:
                return Walked()
            self._is_dropping = False
            chunk = chunk[end:]
        body = self._whole_lines(chunk, is_last=is_last)
        is_too_long = len(self._rest) > self._limits.record_bytes and not self._rest.endswith(b"\r")
        if not self._open and not is_too_long:
            framed = self._simple(body)
            if framed is None and not is_last:
                framed = self._all_but_one(body)
            if framed is not None:
                return framed
        taken = self._line_by_line(body, is_last=is_last)
        if is_too_long:
            self._walk(deque([self._rest]), taken)
            self._rest = b""
            self._is_dropping = True
        return taken

    def _whole_lines(self, chunk: bytes, *, is_last: bool) -> bytes:
        """Give the lines that end in a chunk, with what waits for their ends; keep what lies behind them waiting."""
        cut = len(chunk) if is_last else _last_line_end(chunk)
        if cut == 0 and not is_last:
            chunk, self._rest = self._rest + chunk, b""
            cut = _last_line_end(chunk)
        lines = b"".join((self._rest, memoryview(chunk)[:cut]))
        self._rest = chunk[cut:]
        return lines

    def _simple(self, body: bytes) -> WellFormed | None:
        """Read whole records that are well formed, which nearly every chunk holds; else None."""
        if b"\0" in body or not (body.isascii() or is_utf8([body])):
            return None
        records = well_formed(body if body.endswith(b"\n") else body + b"\n", self._delimiter)
        if records is None or (len(body) > self._limits.record_bytes and records.longest() > self._limits.record_bytes):
            return None
        return records

    def _all_but_one(self, body: bytes) -> WellFormed | None:
        """Read whole records that are well formed and let the last one wait, which goes on in the next chunk; else None."""
        end = end_of_records(body, _LONGEST_WAIT)
        is_short = len(body) - end + len(self._rest) <= min(_LONGEST_WAIT, self._limits.record_bytes)
        records = self._simple(body[:end]) if is_short and 0 < end < len(body) else None
        if records is not None:
            self._rest = body[end:] + self._rest
        return records

    def _line_by_line(self, body: bytes, *, is_last: bool) -> Walked:
        taken = Walked()
        waiting = deque(body.splitlines(keepends=True))
        self._walk(waiting, taken)
        while is_last and self._open:
            self._give_up("wrong_shape", waiting, taken)
            self._walk(waiting, taken)
        return taken

    def _walk(self, waiting: deque[bytes], taken: Walked) -> None:
        while waiting:
            line = waiting.popleft()
            if self._open:
                self._continue(line, waiting, taken)
            else:
                self._begin(line, taken)

    def _begin(self, line: bytes, taken: Walked) -> None:
        content = line.rstrip(b"\r\n")
        if not content:
            return
        end = _end_of(content, self._mark, is_open=False)
        if end is _LineEnd.OPEN and self._may_open(content):
            self._open, self._open_bytes = [line], len(line)
        else:
            self._emit(content, None if end is _LineEnd.CLOSED else "wrong_shape", taken)

    def _may_open(self, content: bytes) -> bool:
        return self._rescans_left >= 0 and len(content) <= self._limits.record_bytes

    def _continue(self, line: bytes, waiting: deque[bytes], taken: Walked) -> None:
        content = line.rstrip(b"\r\n")
        self._open.append(line)
        length = self._open_bytes + len(content)
        self._open_bytes += len(line)
        if length > self._limits.record_bytes:
            self._give_up("too_long", waiting, taken)
            return
        end = _end_of(content, self._mark, is_open=True)
        if end is _LineEnd.CLOSED:
            whole = b"".join(self._open).removesuffix(line[len(content) :])
            self._open = []
            self._emit(whole, None, taken)
        elif end is _LineEnd.BROKEN:
            self._give_up("wrong_shape", waiting, taken)

    def _give_up(self, reason: str, waiting: deque[bytes], taken: Walked) -> None:
        """Refuse the line whose quote does not close, and put the lines taken into it back."""
        self._emit(self._open[0].rstrip(b"\r\n"), reason, taken)
        self._rescans_left -= self._open_bytes
        waiting.extendleft(reversed(self._open[1:]))
        self._open = []

    def _emit(self, raw: bytes, reason: str | None, taken: Walked) -> None:
        if len(raw) > self._limits.record_bytes:
            reason = "too_long"
        try:
            text = raw.decode() if reason != "too_long" else _head(raw, self._limits)
        except UnicodeDecodeError:
            text, reason = _head(raw, self._limits), "not_text"
        if reason != "too_long" and "\0" in text:
            reason = "not_text"
        if reason is not None:
            taken.reasons[len(taken.records)] = reason
            text = text[: self._limits.original_chars].replace("\0", _STANDS_FOR_NUL)
        taken.records.append(text)


class _LineEnd(Enum):
    """What a line is when read from its start, or from inside a quoted cell, to its end."""

    CLOSED = auto()
    """Its last cell is complete."""
    OPEN = auto()
    """Its last cell is quoted, and the quote does not close on this line."""
    BROKEN = auto()
    """Text stands behind a closing quote."""


def _end_of(content: bytes, mark: bytes, *, is_open: bool) -> _LineEnd:
    """Follow the quotes of a line: a cell is quoted whole, or does not begin with a quote.

    A walk over the pieces between quotes, as it takes linear time and little memory whatever the line holds.
    """
    first, *pieces = content.split(b'"')
    is_inside, may_open = is_open, not first or first.endswith(mark)
    for piece in pieces:
        if is_inside:
            if piece and not piece.startswith(mark):
                return _LineEnd.BROKEN
            is_inside, may_open = False, not piece or piece.endswith(mark)
        elif may_open:
            is_inside = True
        else:
            may_open = piece.endswith(mark)
    return _LineEnd.OPEN if is_inside else _LineEnd.CLOSED


def _line_end(data: bytes) -> int:
    found = re.search(rb"\r\n|\n|\r", data)
    return found.end() if found else 0


def _last_line_end(data: bytes) -> int:
    """Find where the last line ends; a CR at the very end may be half of a CRLF."""
    return max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1


def _head(raw: bytes, limits: Limits) -> str:
    widest_character = 4
    return raw[: limits.original_chars * widest_character].decode("utf-8", "replace")[: limits.original_chars]
