"""Reports that list long text messages part by part: all lines of one message in a file are one record.

Its original text is these lines in their order, so every line is accounted for by the record it stands in. A line that is
no row of the report stays a record of its own, to be refused; the message it may have belonged to has a part less.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Final, NamedTuple

import polars as pl

from assets.raw.csv_cells import TEXT, CsvBatch, CsvTable
from assets.raw.declared_rows import Rows
from assets.raw.feed import Feed
from assets.raw.mapped_csv import as_extract, places
from assets.raw.parsing import UNIT_PRICE
from assets.raw.reading import RECORD_NUMBER, RECORDS, Extract, File, Limits, Records, UnreadableFileError
from assets.raw.text_messages import TABLE

PART: Final = "part"
"""Column of the parts' places in their message, as text; what it counts from does not matter."""

_LINE: Final = "line"
_FIRST_LINE: Final = "first_line"
_PLACE: Final = "place"


class Joining(NamedTuple):
    """How the parts of a message are found among rows of cells."""

    is_part: pl.Expr
    """Whether a row may belong to a message of several parts."""
    first_lines: Callable[[pl.DataFrame], pl.Series]
    """Gives for each row of cells (``line`` and the wanted columns) the line on which its message begins."""


def part_extracts(
    file: File, feed: Feed, limits: Limits, columns: Mapping[str, str], optional: Mapping[str, str], joining: Joining
) -> Iterator[Extract]:
    """Cut a report into messages; ``cells`` have a row for each part, sorted by its place.

    From the first message of several parts on the file is held whole.
    """
    table = CsvTable(file.stream, feed, limits)
    header = table.header()
    at = {name: place for place, name in enumerate(header)}
    wanted = places(at, columns) | {key: at[name] for key, name in optional.items() if name in at}
    batches = table.batches(len(header), wanted)
    done = 0
    for batch in batches:
        if batch.cells.select(joining.is_part.any()).item():
            yield from _joined(chain([batch], batches), wanted, limits, joining, after=done)
            return
        yield as_extract(batch, TABLE, batch.cells.select(RECORD_NUMBER, *wanted), limits)
        done += batch.whole.height


def _joined(batches: Iterable[CsvBatch], wanted: Iterable[str], limits: Limits, joining: Joining, *, after: int) -> Iterator[Extract]:
    """Put the lines of each message together; ``after`` records stand before them, one a line."""
    texts, of_cells, of_refusals, size = [], [], [], 0
    for batch in batches:
        texts.append(batch.texts)
        of_cells.append(batch.cells)
        of_refusals.append(batch.refusals)
        size += int(texts[-1][TEXT].str.len_bytes().sum())
        if size > limits.document_bytes:
            raise UnreadableFileError(
                f"The report is longer than the allowed {limits.document_bytes} bytes, and its messages can be joined only"
                " when it is held whole; fetch it in smaller files."
            )
    cells = pl.concat(of_cells).rename({RECORD_NUMBER: _LINE})
    cells = cells.with_columns(joining.first_lines(cells).alias(_FIRST_LINE))
    number = (pl.coalesce(_FIRST_LINE, _LINE).rank("dense").cast(pl.Int64) + after).alias(RECORD_NUMBER)
    lines = pl.concat(texts).rename({RECORD_NUMBER: _LINE})
    lines = lines.join(cells.select(_LINE, _FIRST_LINE), on=_LINE, how="left", maintain_order="left").with_columns(number)
    refusals = pl.concat(of_refusals).rename({RECORD_NUMBER: _LINE})
    yield from _by_messages(
        records=_records(lines, limits),
        parts=_parts(cells.join(lines.select(_LINE, TEXT, RECORD_NUMBER), on=_LINE, maintain_order="left"), tuple(wanted)),
        refusals=refusals.join(lines.select(_LINE, RECORD_NUMBER), on=_LINE, maintain_order="left").select(
            RECORD_NUMBER, "column", "reason"
        ),
        limits=limits,
    )


def one_row_a_message(rows: Rows, joined: Mapping[str, pl.Expr]) -> Rows:
    """Make one row of the rows of a message's parts, refusing it whole when a part is refused.

    ``joined`` says how columns are joined; of all others the first part's value that is not empty is taken.
    """
    refusals = rows.refusals.unique(maintain_order=True)
    taken = rows.rows.filter(~pl.col(RECORD_NUMBER).is_in(refusals[RECORD_NUMBER].to_list())) if refusals.height else rows.rows
    if taken[RECORD_NUMBER].n_unique() == taken.height:
        return Rows(taken.with_columns(part_count=pl.lit(1, dtype=pl.Int64)), refusals)
    messages = taken.group_by(RECORD_NUMBER, maintain_order=True).agg(
        *(
            joined.get(name, pl.col(name).drop_nulls().first()).alias(name)
            for name in taken.columns
            if name not in (RECORD_NUMBER, "part_count")
        ),
        part_count=pl.len().cast(pl.Int64),
    )
    return Rows(messages.select(taken.columns), refusals)


SUM_OF_PRICES: Final = pl.when(pl.col("cost_amount").is_not_null().any()).then(pl.col("cost_amount").sum()).otherwise(None).cast(UNIT_PRICE)
"""What all parts cost; unknown while none is billed."""

ALL_STATUSES: Final = pl.col("delivery_status").drop_nulls().unique(maintain_order=True).str.join("; ")
"""The status that all parts have, else each of them."""


def with_whole_texts(parts: pl.DataFrame) -> pl.DataFrame:
    """Give every part the text of its whole message, blanks at the seams included."""
    if parts[RECORD_NUMBER].n_unique() == parts.height:
        return parts.with_columns(pl.col("body").fill_null(""))
    bodies = parts.group_by(RECORD_NUMBER, maintain_order=True).agg(pl.col("body").str.join("", ignore_nulls=True))
    return parts.drop("body").join(bodies, on=RECORD_NUMBER, how="left", maintain_order="left")


def _records(lines: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    originals = (
        lines.group_by(RECORD_NUMBER).agg(pl.col(TEXT).sort_by(_LINE).str.join("\n").alias("original"))
        if lines[RECORD_NUMBER].n_unique() < lines.height
        else lines.select(RECORD_NUMBER, pl.col(TEXT).alias("original"))
    )
    return originals.with_columns(pl.col("original").str.head(limits.original_chars)).sort(RECORD_NUMBER).cast(RECORDS)


def _parts(cells: pl.DataFrame, wanted: tuple[str, ...]) -> pl.DataFrame:
    """Give the parts of each message by their place; a line that is repeated is one part."""
    return (
        cells.unique([RECORD_NUMBER, TEXT], keep="first", maintain_order=True)
        .with_columns(pl.col(PART).str.strip_chars().cast(pl.Int64, strict=False).alias(_PLACE))
        .sort(RECORD_NUMBER, _PLACE, _LINE, nulls_last=True)
        .select(RECORD_NUMBER, *wanted)
    )


def _by_messages(records: pl.DataFrame, parts: pl.DataFrame, refusals: pl.DataFrame, limits: Limits) -> Iterator[Extract]:
    """Hand on whole messages, as many at a time as may be."""
    for start in range(0, records.height, limits.batch_records):
        here = records.slice(start, limits.batch_records)
        is_here = pl.col(RECORD_NUMBER).is_between(here[RECORD_NUMBER].min(), here[RECORD_NUMBER].max())
        yield Extract(Records.of(here), {TABLE: parts.filter(is_here)}, refusals.filter(is_here))
