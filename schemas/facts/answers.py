"""Answers behind the figures of satisfaction."""

import datetime as dt

from schemas.core import answers as core
from schemas.facts.copied import as_in, key, of_ticket
from schemas.table import Table


class FactAnswers(Table):
    """One question of one response; for a question that offers options, one option chosen.

    Behind `kpi.satisfaction_daily` stand the rows with a value that are not superseded; a skipped question and a superseded response are
    counted beside them. `response_key` holds the answers of one response together, and joins `facts.problems`.
    """

    answer_key: str = key("Names the answer.", "source", "source_record_id", "question", "choice")
    response_key: str = key("The response that it is part of.", "source", "source_record_id")
    answered_on: dt.date = as_in(core.Answers, "answered_on")
    answered_at: dt.datetime = as_in(core.Answers, "answered_at")
    source: str = as_in(core.Answers, "source")
    question: str = as_in(core.Answers, "question")
    metric: str = as_in(core.Answers, "metric")
    value: float = as_in(core.Answers, "value")
    choice: str = as_in(core.Answers, "choice")
    score_points: int = as_in(core.Answers, "score_points")
    is_top_box: bool = as_in(core.Answers, "is_top_box")
    is_bottom_box: bool = as_in(core.Answers, "is_bottom_box")
    is_superseded: bool = as_in(core.Answers, "is_superseded")
    is_complete: bool = as_in(core.Answers, "is_complete")
    channel: str = as_in(core.Answers, "channel")
    touchpoint: str = as_in(core.Answers, "touchpoint")
    segment: str = as_in(core.Answers, "segment")
    customer_key: str = as_in(core.Answers, "customer_key")
    ticket_ref: str = of_ticket()

    class Config:
        name = "facts.answers"
        unique = ["answer_key"]
        metadata = {"of": "core.answers", "day": "answered_on"}
