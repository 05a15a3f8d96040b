"""A survey response's row to one row for each declared question, answered or skipped, and for each option chosen."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import polars as pl

from assets.raw import parsing
from assets.raw.choices import chosen
from assets.raw.contract import contract_schema
from assets.raw.declared_rows import Form, Rows, declared_rows, reason_column, taken
from assets.raw.distinct import has_unread, once_each
from assets.raw.feed import Feed, Question
from assets.raw.reading import RECORD_NUMBER, Reading, UnreadableFileError
from assets.raw.refusing import NONE_REFUSED, all_refusals
from schemas.vocabulary import CHOICE_METRICS

OF_THE_QUESTION: Final = frozenset({"question", "metric", "value", "choice", "scale_low", "scale_high", "is_reversed"})
ANSWERS: Final = "raw.answers"

QUESTION: Final = "question "
"""Begins the key of a question's cell, followed by the question's own key."""

_CHOICE: Final = "choice"
_PLANS_KEPT: Final = 256


def question_cells(feed: Feed, headers: Mapping[str, str]) -> dict[str, str]:
    """Give the key under which ``answer_rows`` looks for each question's cell, with the header that holds it."""
    if not feed.questions:
        raise UnreadableFileError(
            "The feed declares no question; set `questions.<header>` with its metric and scale in the feed's settings."
        )
    return {QUESTION + key: headers.get(key, key) for key in feed.questions}


def answer_rows(form: Form, cells: pl.DataFrame, feed: Feed, reading: Reading) -> Rows:
    """Read responses: a response is refused whole when one of its cells is."""
    plan = _plan(feed.model_dump_json())
    responses = declared_rows(form, cells.drop(QUESTION + key for key in feed.questions), feed, reading)
    answers = _answers(cells, plan)
    if responses.refusals.height or answers.refusals.height:
        whole = responses.rows.join(answers.rows, on=RECORD_NUMBER, how="inner", maintain_order="left")
    else:
        whole = responses.rows.hstack(answers.rows.drop(RECORD_NUMBER))
    rows = pl.concat([_exploded(whole.select(row), key, plan) for key, row in plan.rows.items()])
    return Rows(rows, all_refusals([responses.refusals, answers.refusals]))


def _answers(cells: pl.DataFrame, plan: "_Plan") -> Rows:
    answers: list[pl.Series] = []
    reasons: list[pl.DataFrame] = []
    for key, read in plan.ratings.items():
        texts = cells[QUESTION + key]
        rating = _plainly_read(texts, plan.scales[key]) if key in plan.scales else None
        if rating is None:
            rating = once_each(texts, read.value)
            if has_unread(texts, rating):
                reasons.append(cells.select(reason_column(key, read.reason)))
        answers.append(rating)
    for key, question in plan.choices.items():
        texts = cells.select(parsing.trimmed(pl.col(QUESTION + key))).to_series()
        words, why = chosen(texts, question)
        answers.append(words)
        if words.null_count() != texts.null_count():
            reasons.append(pl.select(reason_column(key, pl.lit(why))))
    rows = cells.select(RECORD_NUMBER).with_columns(answers)
    return taken(pl.concat([rows, *reasons], how="horizontal")) if reasons else Rows(rows, NONE_REFUSED)


def _plainly_read(texts: pl.Series, scale: tuple[float, float]) -> pl.Series | None:
    """Read ratings if each is a bare number on its scale, as nearly always, at a fifth of the cost of looking for everything else."""
    ratings = texts.cast(pl.Float64, strict=False)
    return None if has_unread(texts, ratings) or not ratings.is_between(*scale).all() else ratings


def _exploded(rows: pl.DataFrame, key: str, plan: "_Plan") -> pl.DataFrame:
    """Give each option chosen a row of its own."""
    return rows.explode(_CHOICE) if key in plan.choices else rows


class _Plan(NamedTuple):
    ratings: dict[str, parsing.Parsed]
    scales: dict[str, tuple[float, float]]
    """The scales of those ratings that are written as Polars writes numbers."""
    choices: dict[str, Question]
    """The questions that offer options."""
    rows: dict[str, list[pl.Expr]]
    """For each question the row that its answer becomes."""


@lru_cache(maxsize=_PLANS_KEPT)
def _plan(declared: str) -> _Plan:
    """Build the expressions once per feed: thousands of small files share them."""
    feed = Feed.model_validate_json(declared)
    plan = _Plan({}, {}, {}, {})
    for key, question in feed.questions.items():
        plan.rows[key] = _row(key, question)
        if question.metric in CHOICE_METRICS:
            plan.choices[key] = question
        else:
            plan.ratings[key] = _answer(parsing.trimmed(pl.col(QUESTION + key)), question, feed.decimal)
            if feed.decimal == "." and not question.labels:
                plan.scales[key] = question.scale
    return plan


def _row(key: str, question: Question) -> list[pl.Expr]:
    is_choice = question.metric in CHOICE_METRICS
    low, high = (None, None) if is_choice else map(float, question.scale)
    of_the_question = {
        "question": pl.lit(key),
        "metric": pl.lit(question.metric),
        "value": pl.lit(None, dtype=pl.Float64) if is_choice else pl.col(QUESTION + key),
        "choice": pl.col(QUESTION + key) if is_choice else pl.lit(None, dtype=pl.String),
        "scale_low": pl.lit(low, dtype=pl.Float64),
        "scale_high": pl.lit(high, dtype=pl.Float64),
        "is_reversed": pl.lit(question.reversed),
    }
    return [of_the_question.get(name, pl.col(name)).alias(name) for name in (RECORD_NUMBER, *contract_schema(ANSWERS))]


def _answer(text: pl.Expr, question: Question, decimal: str) -> parsing.Parsed:
    """Read a rating, or an answer text that the settings give a value; outside its scale it has none."""
    number = parsing.number(text, decimal)
    value, reason = number.value, number.reason
    if question.labels:
        labels = {label.strip().lower(): float(meaning) for label, meaning in question.labels.items()}
        value = pl.coalesce(text.str.to_lowercase().replace_strict(labels, default=None, return_dtype=pl.Float64), value)
        reason = pl.when(text.is_not_null() & value.is_null()).then(pl.lit("unknown_word"))
    is_on_scale = value.is_between(question.scale[0], question.scale[1])
    return parsing.Parsed(pl.when(is_on_scale).then(value), pl.coalesce(reason, pl.when(~is_on_scale).then(pl.lit("out_of_scale"))))
