"""Google Forms' responses, downloaded from the form or from its spreadsheet: the time first, then a column a question.

There is no id: a response is known by its text, and one edited in place is another.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from assets.raw.content_ids import ContentIds
from assets.raw.csv_cells import CsvTable, numbered
from assets.raw.declared_rows import Form
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import as_extract, only_known, with_content_ids
from assets.raw.option_columns import SurveyHeader, heading, survey_batches
from assets.raw.parsing import trimmed
from assets.raw.reading import Batch, Extract, File, Reading, UnreadableFileError
from assets.raw.survey_rows import ANSWERS, OF_THE_QUESTION, answer_rows

FORM: Final = Form(ANSWERS, defaults={"channel": "web", "is_complete": "true"}, filled_elsewhere=OF_THE_QUESTION)

_AT: Final = "answered_at"
_HALF_OF_DAY: Final = r"(?i)\b([ap])\.?\s?m\b\.?"
_WHOLE_HOURS: Final = r"\s+(?:GMT|UTC)([+-])(\d)$"
_OFFSET: Final = r"\s+(?:GMT|UTC)([+-]\d{2}):?(\d{2})?$"
_ZONE: Final = r"\s+(?:GMT|UTC|[A-Z]{2,5})?(?:[+-][\d:]{1,5})?$"


def extract_google_forms_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out responses; the first column is the time, whatever the form's language calls it."""
    only_known(feed.columns, FORM.keys() | set(feed.questions))
    table = CsvTable(file.stream, feed, reading.limits)
    names = numbered([heading(name) for name in table.header()])
    if not names[0]:
        raise UnreadableFileError("The first column has no name, but holds the time of each response; download the responses again as CSV.")
    header = SurveyHeader(len(names), {name: place for place, name in enumerate(names)}, {})
    declared = {key: name for key, name in feed.columns.items() if key not in feed.questions}
    ids = ContentIds()
    for batch in survey_batches(table, header, feed, {_AT: names[0]} | declared):
        cells = batch.cells if "source_record_id" in declared else with_content_ids(batch, ids)
        yield as_extract(batch, ANSWERS, cells, reading.limits)


def interpret_google_forms_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read responses, a row for each question or option chosen."""
    cells = extract.cells[ANSWERS]
    cells = cells.with_columns(_time(pl.col(_AT), has_offset="%z" in feed.time_format))
    return interpreted(extract, {ANSWERS: answer_rows(FORM, cells, feed, reading)})


def _time(text: pl.Expr, *, has_offset: bool) -> pl.Expr:
    """Write `9:28:41 p. m. GMT+2` as `9:28:41 pm +0200`; without the zone where the feed's format has none for it."""
    plain = trimmed(text).str.replace(_HALF_OF_DAY, "${1}m")
    if not has_offset:
        return plain.str.replace(_ZONE, "")
    return (
        plain.str.replace(r"\s+(?:GMT|UTC)$", " +0000")
        .str.replace(_WHOLE_HOURS, " ${1}0${2}")
        .str.replace(r"\s+(?:GMT|UTC)([+-])(\d):", " ${1}0${2}:")
        .str.replace(_OFFSET, " ${1}${2}")
        .str.replace(r"\s([+-]\d{2})$", " ${1}00")
        .str.replace(r"\s([+-]\d{2}):(\d{2})$", " ${1}${2}")
    )
