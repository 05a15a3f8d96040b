"""CSV records to columns of text: the header by position, every cell as written, a row of the wrong width refused.

Where a record begins and ends stands in `csv_framing`; what a cell means stands in `parsing`.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import BinaryIO, Final

import polars as pl

from assets.raw.csv_framing import Framed, Framing, clean_cells
from assets.raw.csv_quoting import quoting
from assets.raw.decoding import utf8_chunks
from assets.raw.feed import Feed
from assets.raw.reading import RECORD_NUMBER, Limits, UnreadableFileError
from assets.raw.refusing import Refusal, refusal_frame
from schemas.vocabulary import REFUSALS as REASONS

TEXT: Final = "text"
"""The record's whole text, where `original` may be cut."""

_WORTH_A_VECTOR: Final = 256
"""Records from which on Polars reads them faster than the standard library."""

_FEWEST_QUOTES_AROUND_ONE: Final = 4
"""A quote inside a cell is written twice, and the cell stands in quotes."""

csv.field_size_limit(sys.maxsize)  # framing has bounded every record already; the module's own limit is process-wide


@dataclass(frozen=True)
class CsvBatch:
    """Some records: the text of each, and the wanted cells of those that have as many cells as the header."""

    texts: pl.DataFrame
    """`record_number` and the whole `text` of every record."""
    cells: pl.DataFrame
    """`record_number` and a column of text for each wanted cell."""
    refusals: pl.DataFrame

    def records(self, limits: Limits) -> pl.DataFrame:
        """Give every record with its original text, cut to the length that is kept."""
        records = self.texts.rename({TEXT: "original"})
        if (records["original"].str.len_bytes() > limits.original_chars).any():
            records = records.with_columns(pl.col("original").str.head(limits.original_chars))
        return records


class CsvTable:
    """A CSV file being read: header rows first, then its records in batches."""

    def __init__(self, stream: BinaryIO, feed: Feed, limits: Limits) -> None:
        self._delimiter = feed.delimiter
        self._limits = limits
        framing = Framing(feed.delimiter, limits)
        self._frames = framing.records(utf8_chunks(stream, feed.encoding, limits))
        self._ahead = _NOTHING

    def peek(self, count: int) -> list[list[str]]:
        """Give the cells of the next records without taking them; fewer when the file ends before."""
        while len(self._ahead.texts) < count:
            framed = next(self._frames, None)
            if framed is None:
                break
            self._ahead = _joined(self._ahead, framed)
        refused = [place for place in self._ahead.reasons if place < count]
        if refused and refused[0] == 0:
            raise UnreadableFileError(
                f"The header row cannot be read: {REASONS[self._ahead.reasons[0]]};"
                " export the file as CSV in UTF-8, or declare `encoding` and `delimiter` in the feed's settings."
            )
        texts = self._ahead.texts.head(min([count, *refused]))
        return list(csv.reader(texts.to_list(), delimiter=self._delimiter))

    def skip(self, count: int) -> None:
        """Take header rows off the front."""
        self._ahead = self._ahead.part(count, len(self._ahead.texts))

    def header(self) -> list[str]:
        """Take the first row as the header; a name that repeats becomes `Name#2`, `Name#3`."""
        rows = self.peek(1)
        if not rows:
            raise UnreadableFileError("The file is empty: it has no header row; export it again.")
        self.skip(1)
        return numbered(rows[0])

    def batches(self, width: int, wanted: Mapping[str, int]) -> Iterator[CsvBatch]:
        """Give the records behind the header; ``wanted`` names the cells to keep by their place."""
        done = 0
        for framed in self._remaining():
            for start in range(0, len(framed.texts), self._limits.batch_records):
                part = framed.part(start, start + self._limits.batch_records)
                yield self._batch(part, done, width, wanted)
                done += len(part.texts)

    def _remaining(self) -> Iterator[Framed]:
        ahead, self._ahead = self._ahead, _NOTHING
        yield from (framed for framed in chain([ahead], self._frames) if len(framed.texts))

    def _batch(self, framed: Framed, done: int, width: int, wanted: Mapping[str, int]) -> CsvBatch:
        numbers = range(done + 1, done + 1 + len(framed.texts))
        texts = pl.DataFrame([pl.Series(RECORD_NUMBER, numbers, dtype=pl.Int64), framed.texts.alias(TEXT)])
        refusals: list[Refusal] = [(numbers[place], None, reason) for place, reason in framed.reasons.items()]
        whole = texts
        if refusals:
            whole = texts.filter(~pl.col(RECORD_NUMBER).is_in([number for number, _, _ in refusals]))
        body = None if refusals else framed.body
        cells = _cells(whole, self._delimiter, width, wanted, are_clean=framed.are_clean, body=body)
        if cells.height < whole.height:
            wrong = whole.join(cells, on=RECORD_NUMBER, how="anti", maintain_order="left")[RECORD_NUMBER]
            refusals.extend((number, None, "wrong_column_count") for number in wrong.to_list())
        return CsvBatch(texts, cells, refusal_frame(refusals))


def numbered(names: Sequence[str]) -> list[str]:
    """Tell repeated names apart by their number; blanks around a name do not count."""
    seen: Counter[str] = Counter()
    result = []
    for written in names:
        name = written.strip()
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result


def _cells(
    records: pl.DataFrame, delimiter: str, width: int, wanted: Mapping[str, int], *, are_clean: bool, body: bytes | None = None
) -> pl.DataFrame:
    """Read the wanted cells of the records that have as many cells as the header; ``body`` are the bytes that hold them, if at hand."""
    if records.height < _WORTH_A_VECTOR:
        return _by_standard_library(records, delimiter, width, wanted)
    if are_clean:
        read = _by_polars(records, body, delimiter, width, wanted)
        return _by_standard_library(records, delimiter, width, wanted) if read is None else read
    is_clean = records[TEXT].str.contains(clean_cells(delimiter))
    parts = [
        _cells(records.filter(is_clean), delimiter, width, wanted, are_clean=True),
        _by_standard_library(records.filter(~is_clean), delimiter, width, wanted),
    ]
    return pl.concat(parts).sort(RECORD_NUMBER)


def _by_standard_library(records: pl.DataFrame, delimiter: str, width: int, wanted: Mapping[str, int]) -> pl.DataFrame:
    """Read any records, one by one."""
    numbers = []
    rows = []
    for number, row in zip(records[RECORD_NUMBER].to_list(), csv.reader(records[TEXT].to_list(), delimiter=delimiter), strict=True):
        if len(row) == width:
            numbers.append(number)
            rows.append(row)
    return pl.DataFrame(
        [
            pl.Series(RECORD_NUMBER, numbers, dtype=pl.Int64),
            *(pl.Series(name, list(map(itemgetter(place), rows)), dtype=pl.String) for name, place in wanted.items()),
        ]
    )


def _by_polars(records: pl.DataFrame, body: bytes | None, delimiter: str, width: int, wanted: Mapping[str, int]) -> pl.DataFrame | None:
    """Read clean records; None where Polars does not see the same ones."""
    lines = body or str(records[TEXT].str.join("\n").item() + "\n").encode()
    parsed = _parsed(lines, delimiter, width)
    if parsed is None or parsed[0].height != records.height:
        return None
    cells, may_differ = parsed
    read = pl.DataFrame([records[RECORD_NUMBER], *(cells.to_series(place).alias(name) for name, place in wanted.items())])
    wrong = records.filter(may_differ)
    if wrong.height:
        wrong = wrong.filter(_may_have_another_width(wrong[TEXT], cells.filter(may_differ), has_quotes=b'"' in lines))
    if wrong.height:
        wrong = wrong.filter(_marks(pl.col(TEXT), delimiter) != width - 1)
    return read.filter(~pl.col(RECORD_NUMBER).is_in(wrong[RECORD_NUMBER].implode())) if wrong.height else read


def _parsed(lines: bytes, delimiter: str, width: int) -> tuple[pl.DataFrame, pl.Series] | None:
    """Give the cells, and which records may have more or fewer than were read; None where Polars cannot read them.

    Polars fills what lacks with empty cells, and reads a file with too many cells in a record only if it may drop them.
    """
    for may_drop in (False, True):
        try:
            cells = pl.read_csv(
                lines,
                has_header=False,
                schema={f"field_{place}": pl.String for place in range(width)},
                separator=delimiter,
                quote_char='"' if b'"' in lines else None,
                empty_string_is_null=False,
                truncate_ragged_lines=may_drop,
            )
        except pl.exceptions.PolarsError:
            continue
        may_differ = pl.repeat(value=True, n=cells.height, eager=True) if may_drop else cells.to_series(width - 1) == ""
        if not may_drop and may_differ.any() and _fill(cells, lines, delimiter):
            may_differ = pl.repeat(value=False, n=cells.height, eager=True)
        return cells, may_differ
    return None


def _fill(cells: pl.DataFrame, lines: bytes, delimiter: str) -> bool:
    """Tell by their lengths whether the cells, what separates and what quotes them are all of the lines, so that none was added."""
    quoted = quoting(lines, delimiter.encode())
    if quoted is None:
        return False
    content = cells.select(pl.sum_horizontal(pl.all().str.len_bytes().sum())).item()
    return int(content) + cells.width * cells.height + quoted.marks == len(lines)


def _may_have_another_width(texts: pl.Series, cells: pl.DataFrame, *, has_quotes: bool) -> pl.Series:
    """Tell by lengths which records may have more or fewer cells than were read.

    A record is as long as its cells, the marks between them and the quotes around them, unless a quote stands inside a cell.
    """
    marks = texts.str.len_bytes() - cells.select(pl.sum_horizontal(pl.all().str.len_bytes())).to_series()
    if not has_quotes:
        return marks != cells.width - 1
    quotes = texts.str.count_matches('"', literal=True)
    may_hold_a_quote = quotes >= _FEWEST_QUOTES_AROUND_ONE
    may_differ = marks - quotes != cells.width - 1
    if not may_hold_a_quote.any():
        return may_differ
    holds_a_quote = pl.when(may_hold_a_quote).then(texts).str.contains('""', literal=True).fill_null(value=False)
    return may_differ | pl.select(holds_a_quote).to_series()


def _marks(text: pl.Expr, delimiter: str) -> pl.Expr:
    """Count the delimiters outside quotes."""
    quoted = pl.when(text.str.contains('"', literal=True)).then(text).str.extract_all(r'(?s)"[^"]*"').list.join("")
    return text.str.count_matches(delimiter, literal=True) - quoted.str.count_matches(delimiter, literal=True).fill_null(0)


def _joined(first: Framed, second: Framed) -> Framed:
    if not len(first.texts):
        return second
    return Framed(
        pl.concat([first.texts, second.texts]),
        {**first.reasons, **{place + len(first.texts): reason for place, reason in second.reasons.items()}},
        are_clean=first.are_clean and second.are_clean,
    )


_NOTHING: Final = Framed(pl.Series([], dtype=pl.String), are_clean=True)
