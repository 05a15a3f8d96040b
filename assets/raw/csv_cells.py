"""CSV records to columns of text: the header by position, every cell as written, a row of the wrong width refused.

Where a record begins and ends stands in `csv_framing`; what a cell means stands in `parsing`.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import BinaryIO, Final

import polars as pl

from assets.raw.csv_bytes import WellFormed, well_formed
from assets.raw.csv_framing import Framed, Framing, Walked
from assets.raw.decoding import utf8_chunks
from assets.raw.feed import Feed
from assets.raw.reading import RECORD_NUMBER, Limits, Records, UnreadableFileError
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
    """Some records, and the wanted cells of those that have as many cells as the header."""

    whole: Records
    """Every record with its whole text."""
    cells: pl.DataFrame
    """`record_number` and a column of text for each wanted cell."""
    refusals: pl.DataFrame

    @property
    def texts(self) -> pl.DataFrame:
        """Give `record_number` and the whole `text` of every record."""
        return self.whole.table().rename({"original": TEXT})

    def records(self, limits: Limits) -> Records:
        """Give every record with its original text, cut to the length that is kept."""
        return Records(self.whole.numbers, lambda: self.whole.originals().str.head(limits.original_chars))


class CsvTable:
    """A CSV file being read: header rows first, then its records in batches."""

    def __init__(self, stream: BinaryIO, feed: Feed, limits: Limits) -> None:
        self._delimiter = feed.delimiter
        self._limits = limits
        framing = Framing(feed.delimiter, limits)
        self._frames = framing.records(utf8_chunks(stream, feed.encoding, limits))
        self._ahead: Framed = Walked()

    def peek(self, count: int) -> list[list[str]]:
        """Give the cells of the next records without taking them; fewer when the file ends before."""
        while len(self._ahead) < count:
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
        texts = self._ahead.part(0, min([count, *refused])).texts
        return list(csv.reader(texts.to_list(), delimiter=self._delimiter))

    def skip(self, count: int) -> None:
        """Take header rows off the front."""
        self._ahead = self._ahead.part(count, len(self._ahead))

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
            for start in range(0, len(framed), self._limits.batch_records):
                part = framed.part(start, start + self._limits.batch_records)
                yield self._batch(part, done, width, wanted)
                done += len(part)

    def _remaining(self) -> Iterator[Framed]:
        ahead, self._ahead = self._ahead, Walked()
        yield from (framed for framed in chain([ahead], self._frames) if len(framed))

    def _batch(self, framed: Framed, done: int, width: int, wanted: Mapping[str, int]) -> CsvBatch:
        numbers = pl.int_range(done + 1, done + 1 + len(framed), eager=True).alias(RECORD_NUMBER)
        cells = None
        if isinstance(framed, WellFormed) and len(framed) >= _WORTH_A_VECTOR:
            cells = _by_polars(numbers, framed, self._delimiter, width, wanted)
        if cells is None:
            whole = pl.DataFrame([numbers, framed.texts.alias(TEXT)])
            cells = _cells(_without(whole, (done + 1 + place for place in framed.reasons)), self._delimiter, width, wanted)
        refusals: list[Refusal] = [(done + 1 + place, None, reason) for place, reason in framed.reasons.items()]
        if cells.height + len(refusals) < len(framed):
            wrong = _without(numbers.to_frame(), [*cells[RECORD_NUMBER], *(number for number, _, _ in refusals)])
            refusals.extend((number, None, "wrong_column_count") for number in wrong[RECORD_NUMBER])
        return CsvBatch(Records(numbers, lambda: framed.texts), cells, refusal_frame(refusals))


def _without(records: pl.DataFrame, numbers: Iterable[int]) -> pl.DataFrame:
    refused = pl.Series(RECORD_NUMBER, numbers, dtype=pl.Int64)
    return records.filter(~records[RECORD_NUMBER].is_in(refused.implode())) if refused.len() else records


def numbered(names: Sequence[str]) -> list[str]:
    """Tell repeated names apart by their number; blanks around a name do not count."""
    seen: Counter[str] = Counter()
    result = []
    for written in names:
        name = written.strip()
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result


def _cells(records: pl.DataFrame, delimiter: str, width: int, wanted: Mapping[str, int]) -> pl.DataFrame:
    """Read the wanted cells of any records that have as many cells as the header."""
    if records.height < _WORTH_A_VECTOR:
        return _by_standard_library(records, delimiter, width, wanted)
    is_clean = records[TEXT].str.contains(_clean_cells(delimiter))
    clean = records.filter(is_clean)
    framed = well_formed("".join(f"{text}\n" for text in clean[TEXT]).encode(), delimiter)
    read = None
    if framed is not None and len(framed) == clean.height:
        read = _by_polars(clean[RECORD_NUMBER], framed, delimiter, width, wanted)
    if read is None:
        return _by_standard_library(records, delimiter, width, wanted)
    return pl.concat([read, _by_standard_library(records.filter(~is_clean), delimiter, width, wanted)]).sort(RECORD_NUMBER)


def _clean_cells(delimiter: str) -> str:
    """Write the Rust regular expression of a record whose cells are quoted whole or hold no quote."""
    mark = _escaped(delimiter)
    cell = rf'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    return rf"(?s)\A{cell}(?:{mark}{cell})*\z"


def _escaped(character: str) -> str:
    return f"\\x{ord(character):02x}"


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


def _by_polars(numbers: pl.Series, framed: WellFormed, delimiter: str, width: int, wanted: Mapping[str, int]) -> pl.DataFrame | None:
    """Read well-formed records; None where Polars does not see the same ones."""
    parsed = _parsed(framed, delimiter, width)
    if parsed is None or parsed[0].height != len(framed):
        return None
    cells, may_differ = parsed
    read = pl.DataFrame([numbers, *(cells.to_series(place).alias(name) for name, place in wanted.items())])
    if not may_differ.any():
        return read
    wrong = pl.DataFrame([numbers, framed.texts.alias(TEXT)]).filter(may_differ)
    wrong = wrong.filter(_may_have_another_width(wrong[TEXT], cells.filter(may_differ), has_quotes=b'"' in framed.body))
    wrong = wrong.filter(_marks(pl.col(TEXT), delimiter) != width - 1)
    return read.filter(~pl.col(RECORD_NUMBER).is_in(wrong[RECORD_NUMBER].implode())) if wrong.height else read


def _parsed(framed: WellFormed, delimiter: str, width: int) -> tuple[pl.DataFrame, pl.Series] | None:
    """Give the cells, and which records may have more or fewer than were read; None where Polars cannot read them.

    Polars fills what lacks with empty cells, and reads a file with too many cells in a record only if it may drop them.
    """
    for may_drop in (False, True):
        try:
            cells = pl.read_csv(
                framed.body,
                has_header=False,
                schema={f"field_{place}": pl.String for place in range(width)},
                separator=delimiter,
                quote_char='"' if b'"' in framed.body else None,
                empty_string_is_null=False,
                truncate_ragged_lines=may_drop,
            )
        except pl.exceptions.PolarsError:
            continue
        if may_drop:
            return cells, pl.repeat(value=True, n=cells.height, eager=True)
        is_last_empty = cells.to_series(width - 1) == ""
        may_lack = is_last_empty.any() and not _are_all(cells, framed)
        return cells, is_last_empty if may_lack else pl.repeat(value=False, n=cells.height, eager=True)
    return None


def _are_all(cells: pl.DataFrame, framed: WellFormed) -> bool:
    """Tell by their lengths whether cells, what separates them and what quotes them are all that was read, so that none was added."""
    content = cells.select(pl.sum_horizontal(pl.all().str.len_bytes().sum())).item()
    return int(content) + cells.width * cells.height + framed.marks == len(framed.body)


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
    if not len(first):
        return second
    reasons = {place + len(first): reason for place, reason in second.reasons.items()}
    return Walked([*first.texts, *second.texts], {**first.reasons, **reasons})
