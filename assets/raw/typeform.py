"""Typeform responses, as its results are downloaded in CSV and as the interface gives them in JSON pages.

Both name a response by its token and give times in UTC. A response is complete when it was submitted.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from assets.raw.choices import OPTION_END
from assets.raw.csv_cells import CsvTable, numbered
from assets.raw.declared_rows import Form
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.json_framing import json_batches
from assets.raw.json_values import column_texts, text_of
from assets.raw.mapped_csv import as_extract, only_known
from assets.raw.option_columns import SurveyHeader, heading, survey_batches
from assets.raw.parsing import ISO, Notation, trimmed
from assets.raw.reading import Batch, Extract, File, Reading
from assets.raw.refusing import refusal_frame
from assets.raw.survey_rows import ANSWERS, OF_THE_QUESTION, answer_rows, question_cells

_DEFAULTS: Final = {"channel": "web"}
_CSV_TIMES: Final = Notation(decimal=".", time_format="%Y-%m-%d %H:%M:%S", time_zone="UTC", date_format="%Y-%m-%d")
CSV_FORM: Final = Form(ANSWERS, notation=_CSV_TIMES, defaults=_DEFAULTS, filled_elsewhere=OF_THE_QUESTION)
JSON_FORM: Final = Form(ANSWERS, notation=ISO, defaults=_DEFAULTS, filled_elsewhere=OF_THE_QUESTION)

_SUBMITTED: Final = "submitted"
_STAGED: Final = "staged"
_STARTED: Final = "started"
_KIND: Final = "kind"
_TIMES: Final = (_SUBMITTED, _STAGED, _STARTED)
_CSV: Final[Mapping[str, str]] = {
    _SUBMITTED: "Submit Date (UTC)",
    _STAGED: "Stage Date (UTC)",
    _STARTED: "Start Date (UTC)",
    _KIND: "Response Type",
}
_JSON: Final[Mapping[str, str]] = {_SUBMITTED: "submitted_at", _STAGED: "staged_at", _STARTED: "landed_at", _KIND: "response_type"}
_NEVER: Final = "^0001-01-01"
"""How the interface writes the time of what was not submitted."""

_PROTECTED_NUMBER: Final = "^'\\+"
"""A number that the export protects from spreadsheets."""


def extract_typeform_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the responses of a download; questions are found by their text without markup, hidden fields by their name."""
    only_known(feed.columns, CSV_FORM.keys() | set(feed.questions))
    table = CsvTable(file.stream, feed, reading.limits)
    names = numbered([heading(name) for name in table.header()])
    header = SurveyHeader(len(names), {name: place for place, name in enumerate(names)}, {})
    declared = {key: name for key, name in feed.columns.items() if key not in feed.questions}
    standard = {key: name for key, name in _CSV.items() if name in header.columns or key == _SUBMITTED}
    for batch in survey_batches(table, header, feed, {"source_record_id": "#"} | standard | declared):
        yield as_extract(batch, ANSWERS, batch.cells, reading.limits)


def extract_typeform_json(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out the responses of pages, or of lines; questions are found by their `ref` or id, all else by its path."""
    only_known(feed.columns, JSON_FORM.keys() | set(feed.questions))
    paths = {key: f"answers.{name}" for key, name in question_cells(feed, feed.columns).items()}
    declared = {key: path for key, path in feed.columns.items() if key not in feed.questions}
    for batch in json_batches(file.stream, feed, reading.limits, ("items",)):
        refused = [number for number, item in batch.objects.items() if not isinstance(item.get("answers") or [], list)]
        items = {
            number: item | {"id": item.get("token") or item.get("response_id"), "answers": _answers(item.get("answers"))}
            for number, item in batch.objects.items()
            if number not in refused
        }
        cells = column_texts(items, {"source_record_id": "id", **_JSON, **declared, **paths})
        refusals = refusal_frame([*batch.refused, *((number, "answers", "wrong_shape") for number in refused)])
        yield Extract(batch.records(), {ANSWERS: cells}, refusals)


def interpret_typeform_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read responses, a row for each question or option chosen."""
    return _interpreted(CSV_FORM, extract, feed, reading)


def interpret_typeform_json(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read responses, a row for each question or option chosen."""
    return _interpreted(JSON_FORM, extract, feed, reading)


def _interpreted(form: Form, extract: Extract, feed: Feed, reading: Reading) -> Batch:
    return interpreted(extract, {ANSWERS: answer_rows(form, _prepared(extract.cells[ANSWERS]), feed, reading)})


def _prepared(cells: pl.DataFrame) -> pl.DataFrame:
    """Take the last time known as that of the answer, and what was submitted as complete."""
    times = [name for name in _TIMES if name in cells.columns]
    cells = cells.with_columns(
        pl.when(~trimmed(pl.col(name)).str.contains(_NEVER)).then(trimmed(pl.col(name))).alias(name) for name in times
    )
    kind = trimmed(pl.col(_KIND)).str.to_lowercase() if _KIND in cells.columns else pl.lit(None, dtype=pl.String)
    is_complete = pl.when(kind.is_null()).then(pl.col(_SUBMITTED).is_not_null()).otherwise(kind == "completed")
    made = {
        "answered_at": pl.coalesce(times),
        "updated_at": pl.coalesce(times),
        "is_complete": pl.when(is_complete).then(pl.lit("true")).otherwise(pl.lit("false")),
    }
    if "phone" in cells.columns:
        cells = cells.with_columns(trimmed(pl.col("phone")).str.replace(_PROTECTED_NUMBER, "+"))
    return cells.with_columns(value.alias(name) for name, value in made.items() if name not in cells.columns).drop(
        *times, _KIND, strict=False
    )


def _answers(answers: object) -> dict[str, str | None]:
    """Give each answer's text by the ref of its field, and by the field's id."""
    by_name: dict[str, str | None] = {}
    for answer in answers if isinstance(answers, list) else []:
        field = answer.get("field") if isinstance(answer, dict) else None
        if isinstance(field, dict):
            text = _answer_text(answer)
            by_name |= {str(field[name]): text for name in ("id", "ref") if field.get(name)}
    return by_name


def _answer_text(answer: Mapping[str, object]) -> str | None:
    """Write an answer as the CSV would: yes as 1, of options their labels."""
    value = answer.get(str(answer.get("type")))
    match value:
        case bool():
            return "1" if value else "0"
        case dict():
            labels = value.get("labels")
            return _options([*(labels if isinstance(labels, list) else [value.get("label")]), value.get("other")])
    return text_of(value)


def _options(labels: list[object]) -> str | None:
    return OPTION_END.join(text for label in labels if (text := text_of(label))) or None
