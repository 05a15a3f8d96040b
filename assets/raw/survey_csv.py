"""Survey responses as plain CSV, one row a response and one column a question, of any tool."""

from collections.abc import Iterator
from typing import Final

from assets.raw.content_ids import ContentIds
from assets.raw.declared_rows import Form
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import as_extract, mapped_cells, only_known, with_content_ids
from assets.raw.reading import Batch, Extract, File, Reading
from assets.raw.survey_rows import ANSWERS, OF_THE_QUESTION, answer_rows, question_cells

FORM: Final = Form(ANSWERS, defaults={"is_complete": "true"}, filled_elsewhere=OF_THE_QUESTION)


def extract_survey_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out responses; one without an id is known by its content."""
    only_known(feed.columns, FORM.keys() | set(feed.questions))
    columns = {key: header for key, header in feed.columns.items() if key not in feed.questions}
    ids = ContentIds()
    for batch in mapped_cells(file, feed, reading.limits, columns | question_cells(feed, feed.columns)):
        cells = batch.cells if "source_record_id" in columns else with_content_ids(batch, ids)
        yield as_extract(batch, ANSWERS, cells, reading.limits)


def interpret_survey_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read responses, a row for each question."""
    return interpreted(extract, {ANSWERS: answer_rows(FORM, extract.cells[ANSWERS], feed, reading)})
