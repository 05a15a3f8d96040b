"""Qualtrics response exports: three header rows (field ids, labels, import ids as JSON), or the two of the legacy export."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from assets.raw.csv_cells import CsvTable, numbered
from assets.raw.declared_rows import Form, Rows
from assets.raw.feed import Feed
from assets.raw.interpreting import interpreted
from assets.raw.mapped_csv import as_extract, only_known
from assets.raw.option_columns import OptionColumn, SurveyHeader, heading, survey_batches
from assets.raw.parsing import trimmed
from assets.raw.reading import RECORD_NUMBER, Batch, Extract, File, Reading, UnreadableFileError
from assets.raw.refusing import NONE_REFUSED, Refusal, all_refusals, refusal_frame
from assets.raw.survey_rows import ANSWERS, OF_THE_QUESTION, answer_rows
from schemas.vocabulary import CHOICE_METRICS

FORM: Final = Form(
    ANSWERS,
    defaults={"channel": "web", "is_complete": "true"},
    words={"channel": {"anonymous": "web", "gl": "web", "qr": "web", "website": "web", "social media": "social"}},
    filled_elsewhere=OF_THE_QUESTION,
)

_STATUS: Final = "status"
_PROGRESS: Final = "progress"
_REAL: Final = ("0", "4", "16", "20", "ip address", "imported", "offline survey response", "offline response")
"""What the status of a respondent's own answers says: collected, imported, taken offline."""

_UNREAL: Final = tuple(str(code) for code in range(64) if code & (1 | 2 | 8))
"""The status is a sum: 1 preview, 2 test, 8 spam."""

_UNREAL_WORD: Final = re.compile("preview|test|spam")

_COMPLETE: Final = 100
_HEADER_ROWS: Final = 3
_LEGACY_HEADER_ROWS: Final = 2
_FIRST_LEGACY_ID: Final = "V1"
_OPTION: Final = re.compile(r"(.+)_\d+")
"""The id of an option's column: that of its question and the option's number."""

_NOT_CHOSEN: Final = ("0", "-99")
"""What the column of an option holds that was seen and not chosen, where the export recodes it."""


def extract_qualtrics_csv(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Cut out responses; embedded data is mapped by the feed's ``columns``, questions by the first header row."""
    keys = FORM.keys() | {_STATUS, _PROGRESS}
    only_known(feed.columns, keys | set(feed.questions))
    table = CsvTable(file.stream, feed, reading.limits)
    header = _take_header(table, feed)
    declared = {key: name for key, name in feed.columns.items() if key not in feed.questions}
    for batch in survey_batches(table, header, feed, _standard_columns(header.columns) | declared, _NOT_CHOSEN):
        yield as_extract(batch, ANSWERS, batch.cells, reading.limits)


def interpret_qualtrics_csv(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read responses, a row for each question or option chosen; what no respondent gave is refused."""
    cells, refusals = _real_responses(extract.cells[ANSWERS], feed)
    read = answer_rows(FORM, _with_completeness(cells), feed, reading)
    return interpreted(extract, {ANSWERS: Rows(read.rows, all_refusals([refusals, read.refusals]))})


def _take_header(table: CsvTable, feed: Feed) -> SurveyHeader:
    """Find the columns by their ids in the first row, else by the export's other names."""
    ids, labels, imports = (*table.peek(_HEADER_ROWS), *[[""]] * _HEADER_ROWS)[:_HEADER_ROWS]
    if any(map(_import_id, imports)):
        others, taken = [_import_id(cell) for cell in imports], _HEADER_ROWS
    elif ids[0] == _FIRST_LEGACY_ID:
        others, taken = labels, _LEGACY_HEADER_ROWS
    else:
        raise UnreadableFileError(
            "The file lacks Qualtrics' header rows (field ids, labels, import ids); export it from Qualtrics as CSV,"
            " or read it with the adapter survey_csv."
        )
    table.skip(taken)
    places_of_others, places_of_ids = (
        {heading(name): place for place, name in enumerate(numbered(names)) if name} for names in (others, ids)
    )
    columns = places_of_others | places_of_ids
    return SurveyHeader(max(len(ids), len(others)), columns, _option_columns(columns, labels, feed))


def _option_columns(columns: Mapping[str, int], labels: Sequence[str], feed: Feed) -> dict[str, list[OptionColumn]]:
    """Find the columns of the questions that offer options: `Q3_1` and `Q3_2` are those of `Q3`."""
    groups: dict[str, list[OptionColumn]] = {}
    for key, question in feed.questions.items():
        name = heading(feed.columns.get(key, key))
        if question.metric not in CHOICE_METRICS or name in columns:
            continue
        found = [(column, place) for column, place in columns.items() if (of := _OPTION.fullmatch(column)) and of[1] == name]
        groups[name] = [
            OptionColumn(place, _declared_option(column, labels[place] if place < len(labels) else "", question.choices))
            for column, place in found
        ]
    return groups


def _declared_option(column: str, label: str, options: Collection[str]) -> str | None:
    """Find the declared option that a column is for: by its id, or as the end of its label (`Which? - Selected Choice - Phone`).

    None where neither names one: the cell then holds the option's text.
    """
    if column in options:
        return column
    written = label.strip().lower()
    for option in sorted(options, key=len, reverse=True):
        named = option.strip().lower()
        if named and written.endswith(named) and written.removesuffix(named).rstrip()[-1:] in ("-", ""):
            return option
    return None


def _import_id(cell: str) -> str:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return ""
    return str(found.get("ImportId", "")) if isinstance(found, dict) else ""


def _standard_columns(header: Collection[str]) -> dict[str, str]:
    """Name the columns that every export has, as this one spells them."""
    spelled = {name.lower(): name for name in header}
    recorded = spelled.get("recordeddate") or spelled.get("enddate", "RecordedDate")
    columns = {
        "source_record_id": spelled.get("responseid") or spelled.get("_recordid", "ResponseId"),
        "answered_at": recorded,
        "updated_at": recorded,
        "is_complete": spelled.get("finished"),
        _STATUS: spelled.get("status"),
        _PROGRESS: spelled.get("progress"),
    }
    return {key: name for key, name in columns.items() if name is not None}


def _real_responses(cells: pl.DataFrame, feed: Feed) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set apart what no respondent gave: previews, tests, spam."""
    if _STATUS not in cells.columns:
        return cells, NONE_REFUSED
    declared = {theirs.strip().lower(): ours.strip().lower() for theirs, ours in feed.values.get(_STATUS, {}).items()}
    statuses = cells.select(trimmed(pl.col(_STATUS)).str.to_lowercase().replace(declared)).to_series().to_list()
    is_real = [status is None or status in _REAL for status in statuses]
    if all(is_real):
        return cells.drop(_STATUS), NONE_REFUSED
    refused: list[Refusal] = [
        (number, _STATUS, "not_a_real_response" if status in _UNREAL or _UNREAL_WORD.search(status) else "unknown_word")
        for number, status, real in zip(cells[RECORD_NUMBER].to_list(), statuses, is_real, strict=True)
        if not real
    ]
    return cells.drop(_STATUS).filter(is_real), refusal_frame(refused)


def _with_completeness(cells: pl.DataFrame) -> pl.DataFrame:
    """Take ``Finished``, else whether the progress reached the end."""
    if _PROGRESS not in cells.columns:
        return cells
    at_the_end = pl.when(trimmed(pl.col(_PROGRESS)).cast(pl.Float64, strict=False) < _COMPLETE).then(pl.lit("false")).otherwise(None)
    if "is_complete" in cells.columns:
        at_the_end = pl.coalesce(trimmed(pl.col("is_complete")), at_the_end)
    return cells.with_columns(at_the_end.alias("is_complete")).drop(_PROGRESS)
