"""Tables in files of JSON with one object a line: the values at the mapped paths as texts."""

from collections.abc import Iterator, Mapping
from functools import partial

import orjson
import polars as pl

from assets.raw.choices import OPTION_END
from assets.raw.csv_cells import CsvBatch
from assets.raw.feed import Feed
from assets.raw.json_framing import JsonBatch, Lines, json_lines, line_batches, text_head
from assets.raw.json_values import column_texts, text_of
from assets.raw.jsonl_columns import JsonColumns
from assets.raw.reading import RECORD_NUMBER, File, Limits, Records
from assets.raw.refusing import NONE_REFUSED
from assets.raw.survey_rows import QUESTION


def jsonl_cells(file: File, feed: Feed, limits: Limits, columns: Mapping[str, str]) -> Iterator[CsvBatch]:
    """Read objects; a path that leads nowhere in one is empty there. A list of options chosen becomes one cell."""
    at_once = JsonColumns(columns)
    done = 0
    for found in json_lines(file.stream, feed, limits):
        if isinstance(found, JsonBatch):
            yield _one_by_one(found, columns)
            continue
        texts = at_once.of(found.body, limits) if found.is_whole else None
        batches = _plain(texts, found.body, limits, done) if texts is not None else _careful(found, columns, limits, done)
        for batch in batches:
            yield batch
            done += batch.whole.height


def _plain(texts: pl.DataFrame, body: bytes, limits: Limits, after: int) -> Iterator[CsvBatch]:
    for start in range(0, texts.height, limits.batch_records):
        cells = texts.slice(start, limits.batch_records)
        numbers = pl.int_range(after + start + 1, after + start + 1 + cells.height, eager=True).alias(RECORD_NUMBER)
        originals = partial(_originals, body, start, cells.height, limits)
        yield CsvBatch(Records(numbers, originals), cells.insert_column(0, numbers), NONE_REFUSED)


def _originals(body: bytes, start: int, count: int, limits: Limits) -> pl.Series:
    return pl.Series([text_head(line, limits) for line in body.split(b"\n")[start : start + count]], dtype=pl.String)


def _careful(lines: Lines, columns: Mapping[str, str], limits: Limits, after: int) -> Iterator[CsvBatch]:
    return (_one_by_one(batch, columns) for batch in line_batches(lines, limits, after))


def _one_by_one(batch: JsonBatch, columns: Mapping[str, str]) -> CsvBatch:
    cells = column_texts(batch.objects, columns)
    listed = [key for key in columns if key.startswith(QUESTION) and cells[key].str.starts_with("[").any()]
    options = (pl.Series(key, list(map(_options, cells[key].to_list())), dtype=pl.String) for key in listed)
    return CsvBatch(batch.records(), cells.with_columns(options), batch.refusals())


def _options(text: str | None) -> str | None:
    if text is None or not text.startswith("["):
        return text
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return OPTION_END.join(option for value in values if (option := text_of(value)))
