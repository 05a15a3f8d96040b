"""Delighted's survey responses as CSV: one row a response with its score, its comment and what was known of the person."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from assets.raw.csv_cells import CsvTable, numbered
from assets.raw.declared_rows import Form
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import as_extract, only_known
from assets.raw.option_columns import SurveyHeader, heading, survey_batches
from assets.raw.reading import Batch, Extract, File, Reading
from assets.raw.survey_rows import ANSWERS, OF_THE_QUESTION, answer_rows

FORM: Final = Form(ANSWERS, defaults={"channel": "email", "is_complete": "true"}, filled_elsewhere=OF_THE_QUESTION)

_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "source_record_id": ("response id", "survey response id", "id"),
    "answered_at": ("responded at", "created at"),
    "updated_at": ("updated at",),
    "comment": ("comment",),
}
"""How the columns that every export has may be named; case, blanks and underlines do not count."""

_NEEDED: Final[Mapping[str, str]] = {"source_record_id": "Response ID", "answered_at": "Created At"}
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")


def extract_delighted_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out responses; the score and further questions are found by their headers."""
    only_known(feed.columns, FORM.keys() | set(feed.questions))
    table = CsvTable(file.stream, feed, reading.limits)
    names = numbered([heading(name) for name in table.header()])
    header = SurveyHeader(len(names), {name: place for place, name in enumerate(names)}, {})
    declared = {key: name for key, name in feed.columns.items() if key not in feed.questions}
    for batch in survey_batches(table, header, feed, {**_NEEDED, **_standard(names), **declared}):
        yield as_extract(batch, ANSWERS, batch.cells, reading.limits)


def interpret_delighted_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read responses, a row for each question or option chosen."""
    return interpreted(extract, {ANSWERS: answer_rows(FORM, extract.cells[ANSWERS], feed, reading)})


def _standard(names: Sequence[str]) -> dict[str, str]:
    """Name the columns that every export has, as this one spells them."""
    spelled = {_BETWEEN_WORDS.sub(" ", name).strip().lower(): name for name in reversed(names)}
    return {key: spelled[known[0]] for key, written in _NAMES.items() if (known := [name for name in written if name in spelled])}
