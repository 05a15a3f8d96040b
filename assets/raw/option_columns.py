"""A survey file's questions over its columns: one column each, or one for each option, gathered into one cell a question."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import polars as pl

from assets.raw.choices import OPTION_END
from assets.raw.csv_cells import CsvBatch, CsvTable
from assets.raw.feed import Feed, Question
from assets.raw.html_text import html_text
from assets.raw.mapped_csv import places
from assets.raw.parsing import trimmed
from assets.raw.survey_rows import QUESTION, question_cells
from schemas.vocabulary import CHOICE_METRICS

_LONGEST_LABEL: Final = 256
"""Characters kept of an option that is not declared: it is repeated in every row, and refused there."""


class OptionColumn(NamedTuple):
    """One column of a question that has several."""

    place: int
    label: str | None
    """The option that the column stands for; None where its cell holds the answer."""


@dataclass(frozen=True)
class SurveyHeader:
    """What a file's header rows say."""

    width: int
    """Cells of a record."""
    columns: Mapping[str, int]
    """Place by name, of every column that has one."""
    groups: Mapping[str, Sequence[OptionColumn]]
    """The columns of each question that has several, by its name."""


def heading(written: str) -> str:
    """Give a header's text without markup, its blanks made one each."""
    return " ".join(html_text(written).split())


def survey_batches(
    table: CsvTable, header: SurveyHeader, feed: Feed, columns: Mapping[str, str], not_chosen: Collection[str] = ()
) -> Iterator[CsvBatch]:
    """Read the records behind the header: the cells that ``columns`` names, and one for each question.

    ``not_chosen`` are the texts by which the column of an option says that it was not chosen; an empty one always does.
    """
    named = {key: heading(name) for key, name in columns.items()}
    gathered: dict[str, Sequence[OptionColumn]] = {}
    for key, name in question_cells(feed, feed.columns).items():
        question = feed.questions[key.removeprefix(QUESTION)]
        options = _options(heading(name), question, header)
        if options:
            gathered[key] = options
        else:
            named[key] = heading(name)
    wanted = places(header.columns, named)
    wanted |= {_part(key, option): option.place for key, options in gathered.items() for option in options}
    cells = [_gathered(key, feed.questions[key.removeprefix(QUESTION)], options, sorted(not_chosen)) for key, options in gathered.items()]
    parts = [_part(key, option) for key, options in gathered.items() for option in options]
    for batch in table.batches(header.width, wanted):
        yield replace(batch, cells=batch.cells.with_columns(cells).drop(parts)) if gathered else batch


def _options(name: str, question: Question, header: SurveyHeader) -> Sequence[OptionColumn]:
    """Find the columns of a question that has no single one: its group's, else those named as its options."""
    if name in header.columns:
        return ()
    if name in header.groups:
        return header.groups[name]
    named = {heading(option): option for option in question.choices}
    if all(option in header.columns for option in named):
        return [OptionColumn(header.columns[option], written) for option, written in named.items()]
    return ()


def _part(key: str, option: OptionColumn) -> str:
    return f"{key}\0{option.place}"


def _gathered(key: str, question: Question, options: Sequence[OptionColumn], not_chosen: Sequence[str]) -> pl.Expr:
    """Join what the columns say: the options chosen, or the one text that stands in any of them."""
    said: list[pl.Expr] = []
    for option in options:
        text = trimmed(pl.col(_part(key, option)))
        if question.metric in CHOICE_METRICS:
            option_text = text if option.label is None else pl.lit(_label(option.label, question))
            text = pl.when(text.is_not_null() & ~text.is_in(not_chosen)).then(option_text)
        said.append(text)
    return pl.concat_str(said, separator=OPTION_END, ignore_nulls=True).alias(key)


def _label(label: str, question: Question) -> str:
    is_declared = label.strip().lower() in {option.strip().lower() for option in question.choices}
    return label if is_declared else label[:_LONGEST_LABEL]
