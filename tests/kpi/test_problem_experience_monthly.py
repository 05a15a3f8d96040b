import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from assets.kpi.problem_experience_monthly import problem_experience_monthly
from assets.parameters import Parameters
from schemas.core.experiences import Experiences
from schemas.kpi.problem_experience_monthly import ProblemExperienceMonthly
from tests.core.rows import NOON, lazy
from tests.kpi.company import company
from tests.kpi.rows import MARCH, Row, experience
from tests.kpi.stored import stored

COUNTS = ("customer_count", "complained_count", "silent_count", "blocked_count", "unsaid_count")


def counted(*rows: Row) -> pl.DataFrame:
    numbered = (dict(row, source_record_id=str(place)) for place, row in enumerate(rows))
    return stored(ProblemExperienceMonthly, problem_experience_monthly(lazy(Experiences, *numbered), Parameters(small_sample=5)))


def had(word: str, *became: str | None, **given: Any) -> list[Row]:
    return [experience(problem_type=word, problem_count=1, experience=one, **given) for one in became]


def of(frame: pl.DataFrame, word: str) -> dict[str, Any]:
    (row,) = frame.filter(problem_type=word).rows(named=True)
    return row


def test_problems_complaints_and_silence_are_counted_among_those_asked() -> None:
    late = had("late", "satisfied", "unrated", "non_complainant", "non_complainant", "non_complainant", "blocked", None)

    result = counted(*late, *had("wrong", "dissatisfied"), experience(), experience())

    row = of(result, "late")
    assert (row["month_on"], row["segment"], row["asked_n"], row["problem_rate"], row["status"]) == (
        MARCH,
        "gold",
        10,
        pytest.approx(0.7),
        "ok",
    )
    assert tuple(row[name] for name in COUNTS) == (7, 2, 3, 1, 1)
    assert (row["satisfied_count"], row["mollified_count"], row["dissatisfied_count"], row["unrated_count"]) == (1, 0, 0, 1)
    assert (row["non_complaint_rate"], row["multiplier"]) == (pytest.approx(4 / 6), 3)
    wilson = binomtest(2, 6).proportion_ci(method="wilson")
    assert (row["multiplier_ci_low"], row["multiplier_ci_high"]) == (pytest.approx(1 / wilson.high), pytest.approx(1 / wilson.low))


def test_customers_without_a_problem_have_a_row_of_their_own_and_told_nobody_anything() -> None:
    row = of(counted(experience(), *had("late", "blocked")), "no_problem")

    assert tuple(row[name] for name in COUNTS) == (1, 0, 0, 0, 0)
    assert (row["problem_rate"], row["non_complaint_rate"], row["multiplier"], row["status"]) == (0.5, None, None, "small_sample")


def test_without_a_complaint_no_number_of_problems_stands_behind_one() -> None:
    row = of(counted(*had("late", "blocked", "non_complainant")), "late")

    assert (row["non_complaint_rate"], row["multiplier"], row["multiplier_ci_low"], row["multiplier_ci_high"]) == (1, None, None, None)


def test_months_and_segments_are_asked_apart_and_a_customer_counts_once() -> None:
    april = NOON + dt.timedelta(days=31)
    rows = [*had("late", "blocked"), *had("late", "blocked", answered_at=april), *had("late", "blocked", segment="silver")]

    result = counted(*rows, *had("wrong", "blocked", is_counted=False))

    assert result.sort("month_on", "segment").select("segment", "asked_n").rows() == [("gold", 1), ("silver", 1), ("gold", 1)]


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_the_types_of_a_month_and_segment_add_up_to_all_who_were_asked(seed: int) -> None:
    result = counted(*company(seed).experiences)

    for _, rows in result.group_by("month_on", "segment"):
        assert set(rows["asked_n"]) == {rows["customer_count"].sum()}
        assert rows["problem_rate"].sum() == pytest.approx(1)
    problems = result.filter(pl.col("problem_type") != "no_problem")
    parts = problems.select(pl.sum_horizontal(COUNTS[1:])).to_series()
    assert parts.to_list() == problems["customer_count"].to_list()
    handled = problems.select(pl.sum_horizontal("satisfied_count", "mollified_count", "dissatisfied_count", "unrated_count")).to_series()
    assert handled.to_list() == problems["complained_count"].to_list()
