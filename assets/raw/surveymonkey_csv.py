"""SurveyMonkey's response exports: a row of questions and a row of their options, or one row where each column has its name.

A question's text stands over the first of its columns only. Below it stands `Response` where the cell holds the answer,
else the option or the row of a matrix that the column is for.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from assets.raw.csv_cells import CsvTable, numbered
from assets.raw.declared_rows import Form
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import as_extract, only_known
from assets.raw.option_columns import OptionColumn, SurveyHeader, heading, survey_batches
from assets.raw.reading import Batch, Extract, File, Reading, UnreadableFileError
from assets.raw.survey_rows import ANSWERS, OF_THE_QUESTION, answer_rows

FORM: Final = Form(ANSWERS, defaults={"channel": "web", "is_complete": "true"}, filled_elsewhere=OF_THE_QUESTION)

_ID: Final = "respondentid"
_ENDED: Final = "enddate"
_HEADER_ROWS: Final = 2
_ANSWER: Final = frozenset({"response", "open-ended response", ""})
"""What stands below a question whose column holds the answer itself."""


def extract_surveymonkey_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out responses; custom data, contact fields and questions are mapped by the text of their headers."""
    only_known(feed.columns, FORM.keys() | set(feed.questions))
    table = CsvTable(file.stream, feed, reading.limits)
    declared = {key: name for key, name in feed.columns.items() if key not in feed.questions}
    header, standard = _take_header(table, declared.get("source_record_id"))
    for batch in survey_batches(table, header, feed, standard | declared):
        yield as_extract(batch, ANSWERS, batch.cells, reading.limits)


def interpret_surveymonkey_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read responses, a row for each question or option chosen."""
    return interpreted(extract, {ANSWERS: answer_rows(FORM, extract.cells[ANSWERS], feed, reading)})


def _take_header(table: CsvTable, declared_id: str | None) -> tuple[SurveyHeader, dict[str, str]]:
    """Read the header rows; also name the columns that every export has, as this one spells them."""
    questions, options = (*table.peek(_HEADER_ROWS), *[[""]] * _HEADER_ROWS)[:_HEADER_ROWS]
    names = [heading(name) for name in questions]
    spelled = {"".join(name.lower().split()): name for name in reversed(names)}
    wanted_id = spelled.get(_ID) if declared_id is None else heading(declared_id)
    if wanted_id is None or wanted_id not in names:
        raise UnreadableFileError(
            "The first row has no column `Respondent ID`, as every SurveyMonkey export has; export all responses data as CSV,"
            " or name the column in `columns.source_record_id` of the feed's settings."
        )
    place_of_id = names.index(wanted_id)
    has_options = place_of_id < len(options) and not options[place_of_id].strip()
    table.skip(_HEADER_ROWS if has_options else 1)
    labels = [heading(label) for label in options] if has_options else []
    width = max(len(names), len(labels))
    ended = spelled.get(_ENDED, "End Date")
    return _header(names, labels, width), {"source_record_id": wanted_id, "answered_at": ended, "updated_at": ended}


def _header(names: Sequence[str], labels: Sequence[str], width: int) -> SurveyHeader:
    spread = [*names, *[""] * (width - len(names))]
    below = [*labels, *[""] * (width - len(labels))]
    starts = [place for place, name in enumerate(spread) if name]
    columns: dict[str, int] = {}
    groups: dict[str, list[OptionColumn]] = {}
    for question, start, end in zip(numbered([spread[place] for place in starts]), starts, [*starts[1:], width], strict=True):
        group = [place for place in range(start, end) if place == start or below[place]]
        if len(group) == 1:
            columns[question] = start
        else:
            groups[question] = [OptionColumn(place, None if below[place].lower() in _ANSWER else below[place]) for place in group]
        for place, name in zip(group, numbered([f"{question} - {below[place]}" for place in group]), strict=True):
            columns.setdefault(name, place)
    return SurveyHeader(width, columns, groups)
