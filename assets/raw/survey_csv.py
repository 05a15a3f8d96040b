"""Survey responses as a plain table of any tool, one row a response and one column a question; mostly CSV files."""

from collections.abc import Iterator
from typing import Final

from assets.raw.content_ids import ContentIds
from assets.raw.declared_rows import Form
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import MappedCells, as_extract, mapped_cells, only_known, with_content_ids
from assets.raw.reading import Batch, Extract, File, Format, Reading
from assets.raw.survey_rows import ANSWERS, OF_THE_QUESTION, answer_rows, question_cells

FORM: Final = Form(ANSWERS, defaults={"is_complete": "true"}, filled_elsewhere=OF_THE_QUESTION)


def survey_table(cells_of: MappedCells = mapped_cells) -> Format:
    """Make the format of surveys, in CSV files or in the container that ``cells_of`` reads."""

    def extract(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
        only_known(feed.columns, FORM.keys() | set(feed.questions))
        columns = {key: header for key, header in feed.columns.items() if key not in feed.questions}
        ids = ContentIds()
        for batch in cells_of(file, feed, reading.limits, columns | question_cells(feed, feed.columns)):
            cells = batch.cells if "source_record_id" in columns else with_content_ids(batch, ids)
            yield as_extract(batch, ANSWERS, cells, reading.limits)

    return Format(extract, _interpret, (ANSWERS,), has_naive_times=True)


def _interpret(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read responses, a row for each question or option chosen."""
    return interpreted(extract, {ANSWERS: answer_rows(FORM, extract.cells[ANSWERS], feed, reading)})
