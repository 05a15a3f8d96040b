"""Tables in workbooks: a sheet's cells as texts, as a CSV file exported from it would hold them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from assets.raw.csv_cells import CsvBatch, numbered
from assets.raw.feed import Feed
from assets.raw.mapped_csv import places
from assets.raw.reading import File, Limits, UnreadableFileError
from assets.raw.text_rows import Row, row_batches
from assets.raw.xlsx_parts import Attributes, Contents, Parts, Xml
from assets.raw.xlsx_values import CellNotation, Styles

_WIDEST: Final = 16_384
"""Columns that a sheet can have."""

_ESCAPED: Final = re.compile("_x00([01][0-9A-Fa-f]|5[Ff])_")
"""How a workbook writes control characters, and an underline that would look like the start of one."""


def xlsx_cells(file: File, feed: Feed, limits: Limits, columns: Mapping[str, str]) -> Iterator[CsvBatch]:
    """Read a sheet whose first filled row names its columns."""
    rows = xlsx_rows(file, feed, limits)
    first = next(rows, None)
    if first is None:
        raise UnreadableFileError("The sheet is empty: it has no header row; check `sheet` in the feed's settings, or export it again.")
    if isinstance(first, str):
        raise UnreadableFileError("The sheet's first row is longer than a header can be; check `sheet` in the feed's settings.")
    header = numbered(first)
    wanted = places({name: place for place, name in enumerate(header)}, columns)
    yield from row_batches(rows, len(header), wanted, limits)


def xlsx_rows(file: File, feed: Feed, limits: Limits) -> Iterator[Row]:
    """Give a sheet's filled rows in their order, the header first; in place of a row that is too long its refusal."""
    parts = Parts(file.stream, limits)
    contents = Contents(parts, feed.sheet)
    strings, styles = _Strings(), Styles()
    if contents.strings is not None and parts.has(contents.strings):
        strings.read_whole(parts.chunks(contents.strings))
    if contents.styles is not None and parts.has(contents.styles):
        styles.read_whole(parts.chunks(contents.styles))
    notation = CellNotation(styles.kinds(), feed.decimal, counts_from_1904=contents.counts_from_1904)
    sheet = _Sheet(strings.texts, notation, limits)
    for _ in sheet.read(parts.chunks(contents.sheet)):
        yield from sheet.take()


class _Strings(Xml):
    """The texts that cells refer to by number. How a text is to be pronounced is no part of it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._is_text = False
        self._is_pronunciation = False

    def start(self, name: str, given: Attributes) -> None:  # noqa: ARG002  # as the parser calls it
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._is_pronunciation = True
        elif name == "t":
            self._is_text = not self._is_pronunciation

    def end(self, name: str) -> None:
        if name == "si":
            self.texts.append(_unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._is_pronunciation = False
        elif name == "t":
            self._is_text = False

    def text(self, text: str) -> None:
        if self._is_text:
            self._pieces.append(text)


class _Sheet(Xml):
    """The filled rows of a sheet."""

    def __init__(self, strings: list[str], notation: CellNotation, limits: Limits) -> None:
        super().__init__()
        self._strings = strings
        self._notation = notation
        self._longest = limits.record_bytes
        self._done: list[Row] = []
        self._row: dict[int, str] = {}
        self._chars = 0
        self._next = 0
        self._place = 0
        self._type = ""
        self._style = ""
        self._pieces: list[str] = []
        self._is_value = False
        self._is_pronunciation = False

    def take(self) -> list[Row]:
        """Give the rows read since the last time."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, given: Attributes) -> None:
        if name == "c":
            place = _place(given.get("r", ""))
            self._place = self._next if place is None else place
            self._next = self._place + 1
            self._type = given.get("t", "n")
            self._style = given.get("s", "")
            self._pieces = []
        elif name == "row":
            self._row, self._chars, self._next = {}, 0, 0
        elif name == "rPh":
            self._is_pronunciation = True
        elif name in ("v", "t"):
            self._is_value = not self._is_pronunciation

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._is_pronunciation = False
        elif name in ("v", "t"):
            self._is_value = False

    def text(self, text: str) -> None:
        if self._is_value and self._chars <= self._longest:
            self._pieces.append(text)
            self._chars += len(text)

    def _end_cell(self) -> None:
        written = "".join(self._pieces)
        if not written or not 0 <= self._place < _WIDEST:
            return
        text = self._value(written)
        self._chars += len(text)
        if text and self._chars <= self._longest:
            self._row[self._place] = text

    def _value(self, written: str) -> str:
        match self._type:
            case "s":
                is_known = (
                    written.isascii() and written.isdigit() and len(written) < len("1000000000") and int(written) < len(self._strings)
                )
                return self._strings[int(written)] if is_known else ""
            case "b":
                return "true" if written == "1" else "false"
            case "n":
                return self._notation.text(written, self._style)
            case _:
                return _unescaped(written)

    def _end_row(self) -> None:
        if self._chars > self._longest:
            self._done.append("too_long")
        elif self._row:
            self._done.append([self._row.get(place, "") for place in range(max(self._row) + 1)])


def _place(reference: str) -> int | None:
    """Give the place of a cell's column, from 0: `A1` is 0, `AB7` is 27; None where the cell does not say."""
    letters = reference[:4].rstrip("0123456789")
    if not letters or not letters.isascii() or not letters.isalpha():
        return None
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] != "00" else "", text) if "_x00" in text else text
