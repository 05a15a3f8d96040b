"""Ratings that a ticket system itself asks for: one question about one ticket, answered or not, as rows of `raw.answers`."""

from typing import Final, NamedTuple

import polars as pl

from assets.raw.declared_rows import Form, Rows
from assets.raw.feed import Feed, Question
from assets.raw.reading import Reading
from assets.raw.survey_rows import OF_THE_QUESTION, answer_rows, question_cells

FILLED_ELSEWHERE: Final = OF_THE_QUESTION


class Asked(NamedTuple):
    """The question that a system asks, and what it means unless the feed's ``questions`` say otherwise under its key."""

    key: str
    question: Question

    @property
    def cell(self) -> str:
        """Name the column of text that holds the rating."""
        (name,) = question_cells(Feed(adapter="", questions={self.key: self.question}), {})
        return name


def rating_rows(form: Form, asked: Asked, cells: pl.DataFrame, feed: Feed, reading: Reading) -> Rows:
    """Read ratings of tickets, which are the feed's own unless it names another source."""
    questions = {asked.key: feed.questions.get(asked.key, asked.question)}
    of_ratings = feed.model_copy(update={"questions": questions, "ticket_source": feed.ticket_source or feed.source})
    return answer_rows(form, cells, of_ratings, reading)
