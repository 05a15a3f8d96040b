"""Rows of texts from files that are no text, in the shape in which CSV files give their records: batch by batch, bounded in bytes.

How a container holds its rows stands in its own module.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from assets.raw.csv_cells import CsvBatch
from assets.raw.reading import RECORD_NUMBER, Limits, Records, UnreadableFileError
from assets.raw.refusing import Refusal, refusal_frame

BATCH_CHARS: Final = 32 * 2**20
"""Characters of cells held at a time."""

_LINE_END: Final = "\r\n"
"""Quotes are put around the line breaks that a writer knows."""

Row = Sequence[str] | str
"""The cells of a record, or the reason why it is refused unread."""


def row_batches(rows: Iterable[Row], width: int, wanted: Mapping[str, int], limits: Limits) -> Iterator[CsvBatch]:
    """Give the wanted cells of rows, numbered from 1; a row may lack cells at its end, and may not have more than the header."""
    waiting: list[Row] = []
    done, held, total = 0, 0, 0
    for row in rows:
        chars = 0 if isinstance(row, str) else sum(map(len, row))
        total += chars
        if total > limits.file_bytes:
            raise UnreadableFileError(f"The file holds more than the allowed {limits.file_bytes} characters; split it or raise the limit.")
        is_long = chars > limits.record_bytes
        waiting.append("too_long" if is_long else row)
        held += 0 if is_long else chars
        if held > BATCH_CHARS or len(waiting) == limits.batch_records:
            yield _batch(waiting, done, width, wanted)
            done, held = done + len(waiting), 0
            waiting = []
    if waiting:
        yield _batch(waiting, done, width, wanted)


def _batch(rows: Sequence[Row], done: int, width: int, wanted: Mapping[str, int]) -> CsvBatch:
    texts: list[str] = []
    numbers: list[int] = []
    taken: list[Sequence[str]] = []
    refusals: list[Refusal] = []
    for number, row in enumerate(rows, done + 1):
        texts.append("" if isinstance(row, str) else csv_line(row))
        if isinstance(row, str):
            refusals.append((number, None, row))
        elif len(row) > width:
            refusals.append((number, None, "wrong_column_count"))
        else:
            numbers.append(number)
            taken.append(row)
    columns = [pl.Series(key, [row[place] if place < len(row) else "" for row in taken], dtype=pl.String) for key, place in wanted.items()]
    return CsvBatch(
        whole=Records(
            pl.int_range(done + 1, done + 1 + len(rows), eager=True).alias(RECORD_NUMBER), lambda: pl.Series(texts, dtype=pl.String)
        ),
        cells=pl.DataFrame([pl.Series(RECORD_NUMBER, numbers, dtype=pl.Int64), *columns]),
        refusals=refusal_frame(refusals),
    )


def csv_line(cells: Sequence[str]) -> str:
    """Write cells as a line of a CSV file, without its end."""
    line = io.StringIO()
    csv.writer(line, lineterminator=_LINE_END).writerow(cells)
    return line.getvalue().removesuffix(_LINE_END)


def number_text(value: float) -> str:
    """Write a number as a spreadsheet exports it: fifteen digits, whole ones without a point, rounded ones in scientific notation."""
    if value.is_integer():
        return str(int(value)) if abs(value) < _EXACT else f"{value:.14E}"
    shown = f"{value:.15g}"
    return f"{float(shown):.{_decimals(shown)}f}" if "e" in shown else shown


_EXACT: Final = 10**15
"""Whole numbers below this one have all their digits in a spreadsheet."""


def _decimals(scientific: str) -> int:
    digits, _, exponent = scientific.partition("e")
    return max(len(digits.partition(".")[2]) - int(exponent), 0)
