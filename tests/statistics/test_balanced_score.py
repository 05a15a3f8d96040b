import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.statistics.balanced_score import balanced, position, with_balanced_score

MARCH = dt.date(2026, 3, 1)
SCORES = st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 10)), min_size=1, max_size=6)
HUNDREDTHS = st.integers(-500, 500).map(lambda value: value / 100)


def scored(figure: str, score: float | None, **given: Any) -> dict[str, Any]:
    return {"month_on": MARCH, "kpi": "k", "figure": figure, "score": score, "status": "ok", "basis": "benchmark", **given}


def test_a_value_lies_between_worst_and_best_whichever_is_the_greater() -> None:
    assert position(0.70, 0.60, 0.80) == pytest.approx(0.5)
    assert position(3.0, 5.0, 1.0) == pytest.approx(0.5)
    assert [position(value, 0.6, 0.8) for value in (0.5, 0.6, 0.8, 0.9)] == [0, 0, 1, 1]


def test_without_a_value_or_a_range_there_is_no_place() -> None:
    assert position(None, 0, 1) is position(1, None, 1) is position(1, 0, None) is position(1, 1, 1) is None


def test_scores_are_weighed() -> None:
    assert balanced([(1.0, 3.0), (0.0, 1.0)]) == 0.75
    assert balanced([]) is balanced([(1.0, 0.0)]) is None


def test_a_figure_with_two_benchmarks_weighs_no_more_than_another() -> None:
    rows = with_balanced_score([scored("a", 1.0), scored("a", 0.0), scored("b", 1.0)], {})

    assert {(row["balanced_score"], row["balanced_figure_count"], row["balanced_basis"]) for row in rows} == {(0.75, 2, "benchmark")}


def test_weights_are_those_declared_and_none_leaves_a_figure_out() -> None:
    rows = [scored("a", 1.0), scored("b", 0.0)]

    assert with_balanced_score(rows, {"k.a": 3.0})[0]["balanced_score"] == 0.75
    assert with_balanced_score(rows, {"k.a": 0.0})[0]["balanced_score"] == 0.0
    assert with_balanced_score(rows, {"k.a": 0.0})[0]["balanced_figure_count"] == 1


def test_what_is_immature_or_has_no_score_does_not_enter_and_months_stand_alone() -> None:
    april = MARCH.replace(month=4)
    rows = [scored("a", 1.0), scored("b", 0.0, status="immature"), scored("c", None), scored("a", 0.5, month_on=april, basis="assumed")]

    found = with_balanced_score(rows, {})

    assert [row["balanced_score"] for row in found] == [1.0, 1.0, 1.0, 0.5]
    assert [row["balanced_basis"] for row in found] == ["benchmark"] * 3 + ["assumed"]
    (alone,) = with_balanced_score([scored("c", None)], {})
    assert (alone["balanced_score"], alone["balanced_figure_count"], alone["balanced_basis"]) == (None, 0, None)


@given(scores=SCORES)
def test_the_balanced_score_is_numpys_weighted_mean_and_lies_between_the_scores(scores: list[tuple[float, float]]) -> None:
    values, weights = zip(*scores, strict=True)

    found = balanced(scores)

    assert found is not None
    assert found == pytest.approx(float(np.average(values, weights=weights)))
    assert min(values) - 1e-9 <= found <= max(values) + 1e-9


@given(value=HUNDREDTHS, worst=HUNDREDTHS, best=HUNDREDTHS)
def test_a_place_lies_from_0_to_1_and_turns_around_with_the_ends(value: float, worst: float, best: float) -> None:
    found, turned = position(value, worst, best), position(value, best, worst)

    if found is None or turned is None:
        assert worst == best
    else:
        assert 0 <= found <= 1
        assert found + turned == pytest.approx(1)
