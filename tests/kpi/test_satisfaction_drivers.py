import datetime as dt
from collections.abc import Sequence
from random import Random
from statistics import correlation
from typing import Any

import narwhals as nw
import pytest

from assets.kpi.satisfaction_drivers import satisfaction_drivers
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.kpi.satisfaction_drivers import SatisfactionDrivers
from tests.core.rows import lazy, values
from tests.kpi.rows import Row, answer
from tests.kpi.stored import stored

QUARTER = dt.date(2026, 1, 1)


def response(number: int, overall: int | None, **ratings: int) -> list[Row]:
    """Ratings from 0 to 4 of one response; top boxes are 3 and 4."""
    rated = [("csat", "all", overall), *(("driver", name, rating) for name, rating in ratings.items())]
    return [
        answer(source_record_id=str(number), metric=metric, question=question, score_points=rating * 2_500, is_top_box=rating > 2)
        for metric, question, rating in rated
        if rating is not None
    ]


def moved(*responses: Sequence[Row]) -> Any:
    frame = satisfaction_drivers(lazy(Answers, *(row for rows in responses for row in rows)), Parameters(small_sample=1))
    return nw.from_native(stored(SatisfactionDrivers, frame), eager_only=True)


def alternating(size: int = 20, **noise: int) -> list[list[Row]]:
    return [response(number, 4 * (number % 2), speed=4 * (number % 2), **noise) for number in range(size)]


def test_a_driver_that_satisfaction_follows_has_all_of_the_importance() -> None:
    frame = moved(*(response(number, number % 2, speed=number % 2, tone=number // 2 % 2) for number in range(20)))

    assert values(frame, "driver", "importance", "r_squared", "correlation", "case_count") == [
        ("speed", pytest.approx(1), pytest.approx(1), pytest.approx(1), 20),
        ("tone", pytest.approx(0), pytest.approx(1), pytest.approx(0), 20),
    ]


def test_performance_is_the_share_of_top_boxes_of_all_ratings_also_of_incomplete_responses() -> None:
    frame = moved(response(1, None, speed=4), response(2, 3, speed=3), response(3, 1, speed=0))

    assert values(frame, "quarter_on", "driver", "answer_count", "top_count", "performance", "case_count") == [
        (QUARTER, "speed", 3, 2, pytest.approx(2 / 3), 2)
    ]


def test_fewer_than_ten_cases_a_driver_give_no_importance_and_say_so() -> None:
    assert (
        values(moved(*alternating(19, tone=1)), "importance", "correlation", "quadrant", "gap_reason")
        == [(None, None, None, "too_few_cases")] * 2
    )
    assert values(moved(*alternating(20, tone=1)), "gap_reason") == [None, None]


def test_without_a_rating_of_satisfaction_there_is_no_case() -> None:
    assert values(moved(*(response(number, None, speed=number % 5) for number in range(30))), "case_count", "gap_reason") == [
        (0, "too_few_cases")
    ]


def test_where_everybody_is_equally_satisfied_nothing_can_be_said() -> None:
    assert values(moved(*(response(number, 3, speed=number % 5) for number in range(20))), "importance", "correlation", "gap_reason") == [
        (None, None, "no_variation")
    ]


def test_more_than_twelve_drivers_are_correlated_but_not_weighed() -> None:
    names = {f"d{place}": place % 5 for place in range(13)}

    frame = moved(*(response(number, number % 5, **names | {"d0": number % 5}) for number in range(130)))

    assert values(frame, "driver", "importance", "correlation", "gap_reason")[0] == ("d0", None, pytest.approx(1), "too_many_drivers")


def test_a_driver_that_never_varies_has_no_correlation_and_no_importance() -> None:
    assert values(moved(*alternating(20, tone=2)), "driver", "importance", "correlation") == [
        ("speed", pytest.approx(1), pytest.approx(1)),
        ("tone", pytest.approx(0), None),
    ]


def test_importance_and_performance_are_judged_against_the_mean_of_the_drivers() -> None:
    rows = [response(number, number % 2, badly=number % 2, well=3 + number // 2 % 2) for number in range(20)]

    assert values(moved(*rows), "driver", "quadrant") == [("badly", "concentrate_here"), ("well", "possible_overkill")]


def test_of_several_csat_questions_in_a_response_the_mean_counts() -> None:
    rows = [
        [*response(number, number % 2, speed=number % 3), dict(response(number, number % 3)[0], question="other")] for number in range(20)
    ]

    (found,) = values(moved(*rows), "correlation")

    means = [((number % 2) + (number % 3)) / 2 for number in range(20)]
    assert found == pytest.approx(correlation([number % 3 for number in range(20)], means))


def test_replaced_and_skipped_answers_make_no_case() -> None:
    replaced = [[dict(row, is_superseded=True) for row in rows] for rows in alternating(20)]

    assert values(moved(*replaced, response(99, 1, speed=1)), "case_count", "answer_count") == [(1, 1)]


def test_the_importances_of_random_ratings_add_up_to_r_squared() -> None:
    draw = Random(1)
    rows = [
        response(number, draw.randrange(5), speed=draw.randrange(5), tone=draw.randrange(5), price=draw.randrange(5))
        for number in range(60)
    ]

    found = values(moved(*rows), "importance", "r_squared")

    assert sum(importance for importance, _ in found) == pytest.approx(found[0][1])
    assert all(0 <= importance <= 1 for importance, _ in found)
