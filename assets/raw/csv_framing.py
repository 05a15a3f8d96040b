"""CSV text to records, by RFC 4180: where each one begins and ends. What its cells are stands in `csv_cells`.

* A record ends at LF, CRLF or a lone CR outside quotes. A quote opens a quoted cell only as the cell's first character.
* An empty line is no record. Every other line belongs to exactly one record.
* A quote that never closes costs its own line, not the file: the line is refused, and reading resumes behind it.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

import polars as pl

from assets.raw.csv_quoting import quoting
from assets.raw.reading import Limits, UnreadableFileError

_RESCANNED_RECORDS: Final = 8
"""How many longest records may be read a second time behind unclosed quotes; a hostile file would cost the square of its size."""

_WORTH_A_VECTOR: Final = 2**18
"""Characters from which on Polars cuts a text into lines faster than Python."""

_STANDS_FOR_NUL: Final = "\ufffd"


@dataclass(frozen=True)
class Framed:
    """Some records of a file in their order."""

    texts: pl.Series
    """The text of each."""
    reasons: Mapping[int, str] = field(default_factory=dict)
    """Why a record is refused, by its place."""
    are_clean: bool = False
    """Whether each record is known to match ``clean_cells``."""
    body: bytes | None = None
    """The bytes that hold these records and nothing else, one a line, where they are at hand."""

    def part(self, start: int, end: int) -> "Framed":
        """Give the records from one place to another."""
        if start == 0 and end >= len(self.texts):
            return self
        return Framed(
            self.texts.slice(start, end - start),
            {place - start: reason for place, reason in self.reasons.items() if start <= place < end},
            self.are_clean,
            self.body and self.body[_bytes_of(self.texts[:start]) : _bytes_of(self.texts[:end])],
        )


@dataclass
class _Taken:
    """What has been taken from a chunk line by line."""

    texts: list[str] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)

    def framed(self) -> Framed:
        return Framed(pl.Series(self.texts, dtype=pl.String), self.reasons)


class Framing:
    """Cuts UTF-8 bytes into records, chunk by chunk; holds no more than a chunk and the longest record allowed."""

    def __init__(self, delimiter: str, limits: Limits) -> None:
        if not delimiter.isascii() or delimiter in '"\r\n\0':
            raise UnreadableFileError(f"{delimiter!r} cannot separate cells; correct `delimiter` in the feed's settings.")
        self._limits = limits
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
                return _Taken().framed()
            self._is_dropping = False
            chunk = chunk[end:]
        body = self._whole_lines(chunk, is_last=is_last)
        is_too_long = len(self._rest) > self._limits.record_bytes and not self._rest.endswith(b"\r")
        if not self._open and not is_too_long and (framed := self._simple(body)):
            return framed
        taken = self._line_by_line(body, is_last=is_last)
        if is_too_long:
            self._walk(deque([self._rest]), taken)
            self._rest = b""
            self._is_dropping = True
        return taken.framed()

    def _whole_lines(self, chunk: bytes, *, is_last: bool) -> bytes:
        """Give the lines that end in a chunk, with what waits for their ends; keep what lies behind them waiting."""
        cut = len(chunk) if is_last else _last_line_end(chunk)
        if cut == 0 and not is_last:
            chunk, self._rest = self._rest + chunk, b""
            cut = _last_line_end(chunk)
        lines = b"".join((self._rest, memoryview(chunk)[:cut]))
        self._rest = chunk[cut:]
        return lines

    def _simple(self, body: bytes) -> Framed | None:
        """Read a chunk of whole records whose cells are quoted whole or not at all, which is nearly every chunk; else None."""
        if b"\0" in body:
            return None
        has_carriage_returns = b"\r" in body
        if has_carriage_returns:
            if not body.count(b"\r") == body.count(b"\r\n") == body.count(b"\n"):
                return None
            body = body.replace(b"\r\n", b"\n")
        if not body.endswith(b"\n"):
            body += b"\n"
        quoted = quoting(body, self._mark)
        if quoted is None:
            return None
        try:
            lines = _lines(body)
        except (UnicodeDecodeError, pl.exceptions.ComputeError):
            return None
        holds_carriage_returns = has_carriage_returns and quoted.holds_line_ends
        if quoted.holds_line_ends:
            texts = _records(lines, "\r\n" if has_carriage_returns else "\n")
        else:
            is_empty = lines == ""
            texts = lines.filter(~is_empty) if is_empty.any() else lines
        if len(body) > self._limits.record_bytes and (texts.str.len_bytes() > self._limits.record_bytes).any():
            return None
        holds_these_alone = not holds_carriage_returns and len(body) == _bytes_of(texts)
        return Framed(texts, are_clean=True, body=body if holds_these_alone else None)

    def _line_by_line(self, body: bytes, *, is_last: bool) -> _Taken:
        taken = _Taken()
        waiting = deque(body.splitlines(keepends=True))
        self._walk(waiting, taken)
        while is_last and self._open:
            self._give_up("wrong_shape", waiting, taken)
            self._walk(waiting, taken)
        return taken

    def _walk(self, waiting: deque[bytes], taken: _Taken) -> None:
        while waiting:
            line = waiting.popleft()
            if self._open:
                self._continue(line, waiting, taken)
            else:
                self._begin(line, taken)

    def _begin(self, line: bytes, taken: _Taken) -> None:
        content = line.rstrip(b"\r\n")
        if not content:
            return
        end = _end_of(content, self._mark, is_open=False)
        if end is _LineEnd.OPEN and self._may_open(line):
            self._open, self._open_bytes = [line], len(line)
        else:
            self._emit(content, None if end is _LineEnd.CLOSED else "wrong_shape", taken)

    def _may_open(self, line: bytes) -> bool:
        return self._rescans_left >= 0 and len(line) <= self._limits.record_bytes

    def _continue(self, line: bytes, waiting: deque[bytes], taken: _Taken) -> None:
        content = line.rstrip(b"\r\n")
        self._open.append(line)
        self._open_bytes += len(line)
        if self._open_bytes > self._limits.record_bytes:
            self._give_up("too_long", waiting, taken)
            return
        end = _end_of(content, self._mark, is_open=True)
        if end is _LineEnd.CLOSED:
            whole = b"".join(self._open).removesuffix(line[len(content) :])
            self._open = []
            self._emit(whole, None, taken)
        elif end is _LineEnd.BROKEN:
            self._give_up("wrong_shape", waiting, taken)

    def _give_up(self, reason: str, waiting: deque[bytes], taken: _Taken) -> None:
        """Refuse the line whose quote does not close, and put the lines taken into it back."""
        self._emit(self._open[0].rstrip(b"\r\n"), reason, taken)
        self._rescans_left -= self._open_bytes
        waiting.extendleft(reversed(self._open[1:]))
        self._open = []

    def _emit(self, raw: bytes, reason: str | None, taken: _Taken) -> None:
        if len(raw) > self._limits.record_bytes:
            reason = "too_long"
        try:
            text = raw.decode() if reason != "too_long" else _head(raw, self._limits)
        except UnicodeDecodeError:
            text, reason = _head(raw, self._limits), "not_text"
        if reason != "too_long" and "\0" in text:
            reason = "not_text"
        if reason is not None:
            taken.reasons[len(taken.texts)] = reason
            text = text[: self._limits.original_chars].replace("\0", _STANDS_FOR_NUL)
        taken.texts.append(text)


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


def _lines(body: bytes) -> pl.Series:
    """Cut into lines, each of which ends at LF."""
    if len(body) < _WORTH_A_VECTOR:
        return pl.Series(body.decode().split("\n"), dtype=pl.String)
    return pl.read_lines(body).to_series()


def _records(lines: pl.Series, line_end: str) -> pl.Series:
    """Put lines together whose end lies between two quotes.

    Where every quote opens a cell, closes it or is written twice inside it, these are the records; whoever asks has to prove that.
    """
    quotes = lines.str.count_matches('"', literal=True)
    continues = (quotes.cum_sum() - quotes) % 2 == 1
    records = pl.DataFrame({"line": lines, "record": (~continues).cum_sum()})
    in_several = records["record"].is_in(records["record"].filter(continues).unique().implode())
    several = records.filter(in_several).group_by("record", maintain_order=True).agg(pl.col("line").str.join(line_end))
    return pl.concat([records.filter(~in_several & (lines != "")), several.select("line", "record")]).sort("record")["line"]


def _bytes_of(lines: pl.Series) -> int:
    """Count what lines take, with the ends behind them."""
    return int(lines.str.len_bytes().sum()) + len(lines)


def clean_cells(delimiter: str) -> str:
    """Write the Rust regular expression of a record whose cells are quoted whole or hold no quote."""
    mark = _escaped(delimiter)
    cell = rf'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    return rf"(?s)\A{cell}(?:{mark}{cell})*\z"


def _escaped(character: str) -> str:
    return f"\\x{ord(character):02x}"


def _line_end(data: bytes) -> int:
    found = re.search(rb"\r\n|\n|\r", data)
    return found.end() if found else 0


def _last_line_end(data: bytes) -> int:
    """Find where the last line ends; a CR at the very end may be half of a CRLF."""
    return max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1


def _head(raw: bytes, limits: Limits) -> str:
    widest_character = 4
    return raw[: limits.original_chars * widest_character].decode("utf-8", "replace")[: limits.original_chars]
