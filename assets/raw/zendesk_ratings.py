"""Zendesk's satisfaction to cells of `raw.answers`: the older ratings good and bad, and the newer survey responses."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from assets.raw.declared_rows import Form, Rows
from assets.raw.feed import Feed, Question
from assets.raw.json_values import column_texts, text_of
from assets.raw.parsing import ISO
from assets.raw.ratings import FILLED_ELSEWHERE, Asked, rating_rows
from assets.raw.reading import Reading
from assets.raw.survey_rows import ANSWERS

FORM: Final = Form(ANSWERS, notation=ISO, defaults={"channel": "web", "is_complete": "true"}, filled_elsewhere=FILLED_ELSEWHERE)

RATING: Final = Asked(
    "satisfaction_rating",
    Question(metric="csat", scale=(0, 1), labels={"good": 1, "bad": 0, "good_with_comment": 1, "bad_with_comment": 0}),
)
SURVEY: Final = Asked("rating_scale", Question(metric="csat", scale=(1, 5)))

_UNANSWERED: Final = frozenset({"offered", "unoffered"})
_RATING_PATHS: Final[Mapping[str, str]] = {
    "source_record_id": "id",
    "updated_at": "updated_at",
    "ticket_id": "ticket_id",
    "customer_id": "requester_id",
    "comment": "comment",
}
_SURVEY_PATHS: Final[Mapping[str, str]] = {"source_record_id": "id", "customer_id": "responder_id"}
_TICKET_NAMES: Final = ("zen:ticket:", "zrn:ticket:")

Json = Mapping[str, object]


def rating_cells(ratings: Mapping[int, Json]) -> pl.DataFrame:
    """Write ratings as texts; one that was offered, or not even offered, is a question without an answer."""
    rows = list(ratings.values())
    scores = [text_of(rating.get("score")) for rating in rows]
    return column_texts(ratings, _RATING_PATHS).with_columns(
        _texts("answered_at", [text_of(rating.get("updated_at")) or text_of(rating.get("created_at")) for rating in rows]),
        _texts(RATING.cell, [None if score in _UNANSWERED else score for score in scores]),
        _texts("is_complete", ["false" if score in _UNANSWERED else "true" for score in scores]),
    )


def survey_cells(responses: Mapping[int, Json]) -> pl.DataFrame:
    """Write survey responses as texts; a skipped rating is a question without an answer."""
    rows = list(responses.values())
    ratings = [_rating(response) for response in rows]
    moments = [text_of(rating.get("updated_at")) or text_of(rating.get("created_at")) for rating in ratings]
    return column_texts(responses, _SURVEY_PATHS).with_columns(
        _texts("updated_at", moments),
        _texts("ticket_id", [_ticket(response) for response in rows]),
        _texts("answered_at", moments),
        _texts(SURVEY.cell, [text_of(rating.get("rating")) for rating in ratings]),
        _texts("comment", [_written(response) for response in rows]),
    )


def zendesk_answers(cells: pl.DataFrame, feed: Feed, reading: Reading) -> Rows:
    """Read the answers to the one question that the cells hold."""
    return rating_rows(FORM, RATING if RATING.cell in cells.columns else SURVEY, cells, feed, reading)


def _texts(name: str, texts: Sequence[str | None]) -> pl.Series:
    return pl.Series(name, texts, dtype=pl.String)


def _answers(response: Json) -> list[Json]:
    answers = response.get("answers")
    return [answer for answer in answers if isinstance(answer, dict)] if isinstance(answers, list) else []


def _written(response: Json) -> str | None:
    """Give what the customer wrote in answer to the open question."""
    texts = (text_of(answer.get("value")) for answer in _answers(response) if answer.get("type") == "open_ended")
    return next(filter(None, texts), None)


def _rating(response: Json) -> Json:
    """Find the answer to the rating question, given or skipped; else any answer, which tells at least when."""
    given = _answers(response)
    rated = [answer for answer in given if answer.get("type") == SURVEY.key or _asks_for_a_rating(answer)]
    return next(iter([*rated, *({**answer, "rating": None} for answer in given)]), {})


def _asks_for_a_rating(answer: Json) -> bool:
    question = answer.get("question")
    return isinstance(question, dict) and str(question.get("type", "")).startswith(SURVEY.key)


def _ticket(response: Json) -> str | None:
    """Find the ticket among what the response is about."""
    subjects, names = response.get("subjects"), response.get("subject_zrns")
    for subject in subjects if isinstance(subjects, list) else []:
        if isinstance(subject, dict) and subject.get("type") == "ticket" and (ticket := text_of(subject.get("id"))):
            return ticket
    for name in names if isinstance(names, list) else []:
        for prefix in _TICKET_NAMES:
            if isinstance(name, str) and name.startswith(prefix):
                return name.removeprefix(prefix)
    return None
