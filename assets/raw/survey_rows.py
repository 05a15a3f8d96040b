"""A survey response's row to one row for each declared question, answered or skipped."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import polars as pl

from assets.raw import parsing
from assets.raw.contract import contract_schema
from assets.raw.declared_rows import Form, Rows, declared_rows, reason_column, taken
from assets.raw.feed import Feed, Question
from assets.raw.reading import RECORD_NUMBER, Reading, UnreadableFileError
from assets.raw.refusing import NONE_REFUSED, all_refusals

OF_THE_QUESTION: Final = frozenset({"question", "metric", "value", "scale_low", "scale_high", "is_reversed"})
ANSWERS: Final = "raw.answers"

_QUESTION: Final = "question "
_PLANS_KEPT: Final = 256


def question_cells(feed: Feed, headers: Mapping[str, str]) -> dict[str, str]:
    """Give the key under which ``answer_rows`` looks for each question's cell, with the header that holds it."""
    if not feed.questions:
        raise UnreadableFileError(
            "The feed declares no question; set `questions.<header>` with its metric and scale in the feed's settings."
        )
    return {_QUESTION + key: headers.get(key, key) for key in feed.questions}


def answer_rows(form: Form, cells: pl.DataFrame, feed: Feed, reading: Reading) -> Rows:
    """Read responses: a response is refused whole when one of its cells is."""
    of_questions = [_QUESTION + key for key in feed.questions]
    responses = declared_rows(form, cells.drop(of_questions), feed, reading)
    answers = _answers(cells.select(RECORD_NUMBER, *(parsing.trimmed(pl.col(name)) for name in of_questions)), feed)
    if responses.refusals.height or answers.refusals.height:
        whole = responses.rows.join(answers.rows, on=RECORD_NUMBER, how="inner", maintain_order="left")
    else:
        whole = responses.rows.hstack(answers.rows.drop(RECORD_NUMBER))
    columns = [RECORD_NUMBER, *contract_schema(ANSWERS)]
    rows = pl.concat(
        [
            whole.select(
                {
                    "question": pl.lit(key),
                    "metric": pl.lit(question.metric),
                    "value": pl.col(_QUESTION + key),
                    "scale_low": pl.lit(float(question.scale[0])),
                    "scale_high": pl.lit(float(question.scale[1])),
                    "is_reversed": pl.lit(question.reversed),
                }.get(name, pl.col(name)).alias(name)
                for name in columns
            )
            for key, question in feed.questions.items()
        ]
    )
    return Rows(rows, all_refusals([responses.refusals, answers.refusals]))


def _answers(texts: pl.DataFrame, feed: Feed) -> Rows:
    values, reasons = _question_plan(feed.model_dump_json())
    read = texts.select(values)
    if all(read[name].null_count() == texts[name].null_count() for name in texts.columns):
        return Rows(read, NONE_REFUSED)
    return taken(texts.select(values + reasons))


@lru_cache(maxsize=_PLANS_KEPT)
def _question_plan(declared: str) -> tuple[list[pl.Expr], list[pl.Expr]]:
    feed = Feed.model_validate_json(declared)
    values, reasons = [pl.col(RECORD_NUMBER)], []
    for key, question in feed.questions.items():
        read = _answer(pl.col(_QUESTION + key), question, feed.decimal)
        values.append(read.value.alias(_QUESTION + key))
        reasons.append(reason_column(key, read.reason))
    return values, reasons


def _answer(text: pl.Expr, question: Question, decimal: str) -> parsing.Parsed:
    """Read a rating, or an answer text that the settings give a value; outside its scale it has none."""
    value, reason = parsing.number(text, decimal)
    if question.labels:
        labels = {label.strip().lower(): float(meaning) for label, meaning in question.labels.items()}
        value = pl.coalesce(text.str.to_lowercase().replace_strict(labels, default=None, return_dtype=pl.Float64), value)
        reason = pl.when(text.is_not_null() & value.is_null()).then(pl.lit("unknown_word"))
    is_on_scale = value.is_between(question.scale[0], question.scale[1])
    return parsing.Parsed(pl.when(is_on_scale).then(value), pl.coalesce(reason, pl.when(~is_on_scale).then(pl.lit("out_of_scale"))))
