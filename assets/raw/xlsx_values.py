"""What the numbers of a workbook mean: a cell's format says whether one is a number, a date or a time of day."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assets.raw.text_rows import number_text
from assets.raw.xlsx_parts import Attributes, Xml

DATE: Final = "%Y-%m-%d"
TIME: Final = "%H:%M:%S"
INSTANT: Final = f"{DATE} {TIME}"

_BUILT_IN: Final = {14: DATE, 15: DATE, 16: DATE, 17: DATE, 18: TIME, 19: TIME, 20: TIME, 21: TIME, 22: INSTANT}
_NOT_CODE: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""Parts of a format's code that only show as they are, or are its colours and conditions."""

_LASTS: Final = re.compile(r"\[[hms]+\]", re.IGNORECASE)
"""A length of time, which may exceed a day, is left a number."""

_SECONDS_OF_DAY: Final = 86_400
_LEAP_DAY_THAT_NEVER_WAS: Final = 60
"""The number of a 29th of February 1900, which spreadsheets count."""

_BEFORE_1900: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001  # a workbook knows no zone
_FIRST_OF_1904: Final = dt.datetime(1904, 1, 1)  # noqa: DTZ001  # likewise


class Styles(Xml):
    """The formats of a workbook's cells, by the number that a cell gives for its style."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}
        self._formats: list[str] = []
        self._is_of_cells = False

    def start(self, name: str, given: Attributes) -> None:
        """Take a code, or the format of a style."""
        if name == "numFmt":
            self._codes[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif name == "cellXfs":
            self._is_of_cells = True
        elif name == "xf" and self._is_of_cells:
            self._formats.append(given.get("numFmtId", ""))

    def end(self, name: str) -> None:
        """Leave the styles of cells."""
        if name == "cellXfs":
            self._is_of_cells = False

    def kinds(self) -> dict[str, str]:
        """Give the styles whose numbers are dates or times, with how they are written."""
        by_format = {number: self._kind(number) for number in set(self._formats)}
        return {str(style): kind for style, number in enumerate(self._formats) if (kind := by_format[number])}

    def _kind(self, number: str) -> str:
        code = self._codes.get(number)
        if code is None:
            return _BUILT_IN.get(int(number), "") if number.isascii() and number.isdigit() and len(number) < len("1000") else ""
        if _LASTS.search(code):
            return ""
        plain = _NOT_CODE.sub("", code.partition(";")[0]).lower()
        has_date, has_time = bool(re.search("[dy]", plain)), bool(re.search("[hs]", plain))
        return {(True, True): INSTANT, (True, False): DATE, (False, True): TIME}.get((has_date, has_time), "")


@dataclass(frozen=True)
class CellNotation:
    """How a workbook's numbers are written as texts."""

    kinds: Mapping[str, str]
    """The styles whose numbers are dates or times, with how they are written."""
    decimal: str
    """The feed's decimal mark, so that numbers and numbers typed as text read alike."""
    counts_from_1904: bool = False

    def text(self, written: str, style: str) -> str:
        """Write a number as the cell shows it: by its style a date, a time, or a number; what is none stays as it is."""
        try:
            value = float(written)
        except ValueError:
            return written
        if value - value != 0:
            return written
        kind = self.kinds.get(style)
        moment = None if kind is None else self._moment(value)
        if kind is None or moment is None:
            text = number_text(value)
            return text if self.decimal == "." else text.replace(".", self.decimal)
        return moment.strftime(kind)

    def _moment(self, value: float) -> dt.datetime | None:
        first = _FIRST_OF_1904 if self.counts_from_1904 else _BEFORE_1900
        days = value if self.counts_from_1904 or value >= _LEAP_DAY_THAT_NEVER_WAS else value + 1
        try:
            return first + dt.timedelta(seconds=round(days * _SECONDS_OF_DAY))
        except OverflowError:
            return None
