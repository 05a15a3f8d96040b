"""Tables in files of JSON with one object a line: the values at the mapped paths as texts."""

from collections.abc import Iterator, Mapping

import orjson
import polars as pl

from assets.raw.choices import OPTION_END
from assets.raw.csv_cells import CsvBatch
from assets.raw.feed import Feed
from assets.raw.json_framing import json_lines
from assets.raw.json_values import column_texts, text_of
from assets.raw.reading import File, Limits
from assets.raw.survey_rows import QUESTION


def jsonl_cells(file: File, feed: Feed, limits: Limits, columns: Mapping[str, str]) -> Iterator[CsvBatch]:
    """Read objects; a path that leads nowhere in one is empty there. A list of options chosen becomes one cell."""
    for batch in json_lines(file.stream, feed, limits):
        cells = column_texts(batch.objects, columns)
        listed = [key for key in columns if key.startswith(QUESTION) and cells[key].str.starts_with("[").any()]
        yield CsvBatch(
            whole=batch.records(),
            cells=cells.with_columns(pl.Series(key, list(map(_options, cells[key].to_list())), dtype=pl.String) for key in listed),
            refusals=batch.refusals(),
        )


def _options(text: str | None) -> str | None:
    if text is None or not text.startswith("["):
        return text
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return OPTION_END.join(option for value in values if (option := text_of(value)))
