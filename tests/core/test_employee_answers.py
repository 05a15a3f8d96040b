from typing import Any

import pytest

from assets.core.employee_answers import employee_answers
from schemas.core.employee_answers import EmployeeAnswers
from schemas.projection import columns
from schemas.raw.employee_answers import RawEmployeeAnswers
from tests.core.rows import employee_answer, lazy, only


def answered(**given: Any) -> dict[str, Any]:
    return only(employee_answers(lazy(RawEmployeeAnswers, employee_answer(**given))))


@pytest.mark.parametrize(
    ("value", "is_reversed", "points"), [(1.0, False, 0), (4.0, False, 7_500), (5.0, False, 10_000), (5.0, True, 0), (1.0, True, 10_000)]
)
def test_a_rating_is_put_on_one_scale_from_worst_to_best(value: float, is_reversed: bool, points: int) -> None:
    assert answered(value=value, is_reversed=is_reversed)["score_points"] == points


def test_what_was_not_rated_has_no_score() -> None:
    assert answered()["score_points"] is None
    assert answered(topic="obstacle", scale_low=None, scale_high=None)["score_points"] is None


def test_nothing_in_core_tells_who_answered() -> None:
    assert "employee_ref" not in {column.name for column in columns(EmployeeAnswers)}
    assert "e" not in answered(value=3.0, team="north").values()
