import datetime as dt
from typing import Any

import narwhals as nw
import pytest

from assets.kpi.customer_confidence_index_monthly import customer_confidence_index_monthly
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.kpi.customer_confidence_index_monthly import CustomerConfidenceIndexMonthly
from tests.core.rows import lazy, only, values
from tests.kpi.rows import Row, answer
from tests.kpi.stored import stored

JANUARY, FEBRUARY, MARCH, APRIL = (dt.date(2026, month, 1) for month in range(1, 5))


def said(month: dt.date, item: str, good: int, neutral: int, bad: int, **given: Any) -> list[Row]:
    """So many favourable, neutral and unfavourable answers to a statement."""
    boxes = [(True, False)] * good + [(False, False)] * neutral + [(False, True)] * bad
    return [
        answer(metric="confidence", question=item, answered_on=month, is_top_box=top, is_bottom_box=bottom, **given)
        for top, bottom in boxes
    ]


def index(*groups: list[Row], **settings: Any) -> Any:
    rows = [dict(row, source_record_id=str(place)) for place, row in enumerate(row for group in groups for row in group)]
    frame = customer_confidence_index_monthly(lazy(Answers, *rows), Parameters(**{"small_sample": 1, **settings}))
    return nw.from_native(stored(CustomerConfidenceIndexMonthly, frame), eager_only=True)


def indices(frame: Any, *names: str) -> list[Any]:
    return values(frame, "month_on", *names)


def test_scores_are_summed_and_held_against_the_base_month() -> None:
    frame = index(said(JANUARY, "a", 2, 1, 1), said(JANUARY, "b", 1, 0, 1), said(FEBRUARY, "a", 3, 1, 0), said(FEBRUARY, "b", 1, 0, 1))

    assert indices(frame, "score_total", "confidence_index", "overall_index", "is_linked", "base_month_on") == [
        (JANUARY, 225.0, 100.0, 100.0, False, JANUARY),
        (FEBRUARY, 275.0, pytest.approx(100 * 275 / 225), pytest.approx(100 * 275 / 225), False, JANUARY),
    ]


def test_counts_and_their_share_stand_beside_the_index() -> None:
    row = only(index(said(JANUARY, "b", 2, 1, 1), said(JANUARY, "a", 1, 1, 0)))

    assert (row["answer_count"], row["favourable_count"], row["unfavourable_count"], row["items"]) == (6, 3, 1, "a, b")
    assert (row["favourable"], row["status"]) == (0.5, "ok")


def test_a_change_of_the_statements_is_linked_over_those_in_common_and_marked() -> None:
    frame = index(
        said(JANUARY, "a", 1, 1, 0),
        said(FEBRUARY, "a", 0, 1, 0),
        said(FEBRUARY, "b", 0, 0, 1),
        said(MARCH, "a", 0, 1, 0),
        said(MARCH, "b", 1, 0, 0),
    )

    assert indices(frame, "confidence_index", "is_linked") == [
        (JANUARY, 100.0, False),
        (FEBRUARY, pytest.approx(100 * 100 / 150), True),
        (MARCH, pytest.approx(100 * 100 / 150 * 300 / 100), False),
    ]


def test_without_a_statement_in_common_there_is_no_index_and_the_reason_is_told() -> None:
    frame = index(said(JANUARY, "a", 1, 1, 0), said(FEBRUARY, "b", 1, 0, 0))

    assert indices(frame, "confidence_index", "gap_reason") == [(JANUARY, 100.0, None), (FEBRUARY, None, "no_link")]


def test_the_base_is_the_first_month_with_enough_answers_to_every_statement_or_the_one_that_is_set() -> None:
    months = (said(JANUARY, "a", 1, 0, 0), said(FEBRUARY, "a", 1, 1, 0), said(MARCH, "a", 2, 0, 0))

    assert indices(index(*months, small_sample=2), "confidence_index", "status") == [
        (JANUARY, pytest.approx(100 * 200 / 150), "small_sample"),
        (FEBRUARY, 100.0, "ok"),
        (MARCH, pytest.approx(100 * 200 / 150), "ok"),
    ]
    assert indices(index(*months, confidence_base_month=MARCH), "confidence_index") == [(JANUARY, 100.0), (FEBRUARY, 75.0), (MARCH, 100.0)]


def test_without_a_base_there_is_no_index() -> None:
    assert indices(index(said(JANUARY, "a", 1, 0, 0), small_sample=2), "confidence_index", "base_month_on", "gap_reason") == [
        (JANUARY, None, None, "no_base")
    ]
    assert indices(index(said(JANUARY, "a", 1, 0, 0), confidence_base_month=APRIL), "overall_index", "gap_reason") == [
        (JANUARY, None, "no_base")
    ]


def test_a_segment_that_left_a_statement_out_has_no_index_in_that_month_and_is_chained_over_it() -> None:
    gold = (said(month, item, 1, 1, 0) for month in (JANUARY, MARCH) for item in "ab")
    silver = (said(month, item, 1, 0, 0, segment="silver") for month in (JANUARY, FEBRUARY, MARCH) for item in "ab")

    frame = index(*gold, said(FEBRUARY, "a", 1, 0, 0), *silver)

    assert values(frame, "segment", "month_on", "confidence_index", "gap_reason", "status") == [
        ("gold", JANUARY, 100.0, None, "ok"),
        ("gold", FEBRUARY, None, "items_missing", "no_data"),
        ("gold", MARCH, 100.0, None, "ok"),
        *(("silver", month, 100.0, None, "ok") for month in (JANUARY, FEBRUARY, MARCH)),
    ]


def test_the_overall_index_rests_on_all_answers_and_stands_on_every_row_of_the_month() -> None:
    frame = index(
        said(JANUARY, "a", 1, 0, 1),
        said(JANUARY, "a", 0, 0, 2, segment="silver"),
        said(FEBRUARY, "a", 1, 0, 0),
        said(FEBRUARY, "a", 1, 0, 0, segment="silver"),
    )

    assert values(frame, "segment", "month_on", "overall_index") == [
        ("gold", JANUARY, 100.0),
        ("gold", FEBRUARY, 400.0),
        ("silver", JANUARY, 100.0),
        ("silver", FEBRUARY, 400.0),
    ]


def test_skipped_and_replaced_answers_and_other_questions_count_nowhere() -> None:
    skipped = [answer(metric="confidence", value=None, is_top_box=None, is_bottom_box=None)]

    assert values(index(skipped, said(JANUARY, "a", 1, 0, 0, is_superseded=True), [answer()]), "month_on") == []
