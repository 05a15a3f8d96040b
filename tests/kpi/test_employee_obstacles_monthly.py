from typing import Any

import pytest

from assets.kpi.employee_obstacles_monthly import employee_obstacles_monthly
from assets.parameters import Parameters
from schemas.core.employee_answers import EmployeeAnswers
from tests.core.rows import lazy, polars, values
from tests.kpi.rows import MARCH, employee_answer


def named(small_sample: int = 1, **obstacles: int) -> Any:
    items = [obstacle for obstacle, times in obstacles.items() for _ in range(times)]
    rows = [employee_answer(item=item, source_record_id=str(place)) for place, item in enumerate(items)]
    return employee_obstacles_monthly(lazy(EmployeeAnswers, *rows), Parameters(small_sample=small_sample))


def test_obstacles_are_ranked_by_how_often_they_are_named() -> None:
    assert values(named(tools=15, rules=5, staff=5), "obstacle", "month_on", "answer_count", "share_of_shown", "rank", "status") == [
        ("rules", MARCH, 5, 0.2, 2, "ok"),
        ("staff", MARCH, 5, 0.2, 2, "ok"),
        ("tools", MARCH, 15, 0.6, 1, "ok"),
    ]


def test_what_fewer_than_five_answers_name_is_withheld_and_in_no_other_number() -> None:
    frame = polars(named(tools=6, rules=4)).sort("obstacle")

    withheld, shown = frame.rows(named=True)
    numbers = ("answer_count", "share_of_shown", "share_of_shown_ci_low", "share_of_shown_ci_high", "rank")
    assert [withheld[name] for name in numbers] == [None] * 5
    assert (withheld["is_withheld"], withheld["status"]) == (True, "no_data")
    assert (shown["answer_count"], shown["share_of_shown"], shown["rank"], shown["status"]) == (6, 1.0, 1, "ok")


def test_where_all_are_withheld_there_is_no_number() -> None:
    assert values(named(tools=4, rules=1), "answer_count", "rank", "status") == [(None, None, "no_data")] * 2


def test_other_topics_are_not_counted_and_few_answers_are_flagged() -> None:
    rows = [employee_answer(topic="confidence", item="x", source_record_id=str(place)) for place in range(9)]

    assert values(employee_obstacles_monthly(lazy(EmployeeAnswers, *rows), Parameters()), "obstacle") == []
    assert values(named(small_sample=30, tools=5), "status") == ["small_sample"]
    assert values(named(tools=10, rules=10), "share_of_shown_ci_low")[0] == pytest.approx(0.2993, abs=5e-5)
