"""A file's cells under the keys that the feed's ``columns`` declares; shared by all formats that are CSV or like it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

import polars as pl

from assets.raw.content_ids import ContentIds
from assets.raw.csv_cells import TEXT, CsvBatch, CsvTable
from assets.raw.feed import Feed
from assets.raw.reading import RECORD_NUMBER, Extract, File, Limits, UnreadableFileError

MappedCells = Callable[[File, Feed, Limits, Mapping[str, str]], Iterator[CsvBatch]]
"""How a container gives a table's cells: those that the keys name, of every record."""

_NAMED: Final = 20
"""Headers that an error names at most."""
_COMPARED: Final = 500
_COMPARED_CHARS: Final = 64


def places(header: Mapping[str, int], columns: Mapping[str, str]) -> dict[str, int]:
    """Find the place of each mapped header; one that is not there makes the file unreadable."""
    for key, name in columns.items():
        if name.strip() not in header:
            raise UnreadableFileError(
                f"The file has no column {name!r}, which the feed maps to {key}. It has: {_likely(name, header)}."
                f" Correct `columns.{key}` in the feed's settings, or export the file again with that column."
            )
    return {key: header[name.strip()] for key, name in columns.items()}


def _likely(name: str, header: Mapping[str, int]) -> str:
    """Write the headers; where there are many, those of the first that are most like the one looked for."""
    named = [other for other in header if other]
    if len(named) <= _NAMED:
        return ", ".join(named)
    alike = get_close_matches(name, [other[:_COMPARED_CHARS] for other in named[:_COMPARED]], n=_NAMED, cutoff=0.0)
    return f"{', '.join(alike)}, and {len(named) - len(alike)} more"


def only_known(columns: Collection[str], known: Collection[str]) -> None:
    """Refuse settings that map a key which nothing reads: a typing error would lose a column silently."""
    for key in columns:
        if key not in known:
            raise UnreadableFileError(
                f"The feed maps `columns.{key}`, which this format does not have. It has: {', '.join(sorted(known))}."
            )


def mapped_cells(file: File, feed: Feed, limits: Limits, columns: Mapping[str, str]) -> Iterator[CsvBatch]:
    """Read a CSV file with one header row."""
    table = CsvTable(file.stream, feed, limits)
    header = table.header()
    yield from table.batches(len(header), places({name: place for place, name in enumerate(header)}, columns))


def with_content_ids(batch: CsvBatch, ids: ContentIds) -> pl.DataFrame:
    """Give the cells with a ``source_record_id`` made of each record's text."""
    texts = batch.texts
    if batch.cells.height < texts.height:
        texts = texts.join(batch.cells, on=RECORD_NUMBER, how="semi", maintain_order="left")
    return batch.cells.with_columns(ids.of(texts[TEXT]).alias("source_record_id"))


def as_extract(batch: CsvBatch, table: str, cells: pl.DataFrame, limits: Limits) -> Extract:
    """Give a batch's records with the cells that were made of them."""
    return Extract(batch.records(limits), {table: cells}, batch.refusals)
