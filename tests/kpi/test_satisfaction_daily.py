import math
from typing import Any

import pytest

from assets.kpi.satisfaction_daily import satisfaction_daily
from assets.parameters import Parameters
from schemas.core.answers import Answers
from tests.core.rows import at, lazy, only, values
from tests.kpi.rows import MONDAY, Row, answer

FEW = Parameters(small_sample=1)


def rated(*rows: Row, parameters: Parameters = FEW) -> Any:
    return satisfaction_daily(lazy(Answers, *(dict(row, source_record_id=str(place)) for place, row in enumerate(rows))), parameters)


def scored(top: int, between: int, bottom: int, metric: str = "csat", points: tuple[int, int, int] = (10_000, 5_000, 0)) -> list[Row]:
    """So many answers in the top boxes, between them and in the bottom boxes."""
    return [
        *(answer(metric=metric, is_top_box=True, is_bottom_box=False, score_points=points[0]) for _ in range(top)),
        *(answer(metric=metric, is_top_box=False, is_bottom_box=False, score_points=points[1]) for _ in range(between)),
        *(answer(metric=metric, is_top_box=False, is_bottom_box=True, score_points=points[2]) for _ in range(bottom)),
    ]


def skipped(**given: Any) -> Row:
    return answer(value=None, score_points=None, is_top_box=None, is_bottom_box=None, **given)


def test_csat_is_the_share_of_the_top_boxes_with_its_wilson_interval() -> None:
    row = only(rated(*scored(3, 1, 1)))

    assert (row["csat_n"], row["csat_satisfied"], row["csat_dissatisfied"], row["csat_top2"]) == (5, 3, 1, 0.6)
    assert (row["csat_top2_ci_low"], row["csat_top2_ci_high"]) == pytest.approx((0.2307, 0.8824), abs=5e-5)
    assert (row["csat_score_points"], row["csat_mean_score"]) == (35_000, 0.7)
    assert (row["nps_n"], row["ces_n"]) == (0, 0)


def test_ces_counts_easy_answers() -> None:
    row = only(rated(*scored(1, 0, 3, "ces", (8_333, 0, 1_667))))

    assert (row["ces_n"], row["ces_easy"], row["ces_top"]) == (4, 1, 0.25)
    assert (row["ces_score_points"], row["ces_mean_score"]) == (13_334, pytest.approx(0.33335))
    assert (row["csat_n"], row["csat_top2"]) == (0, None)


def test_nps_is_promoters_less_detractors_with_the_adjusted_wald_interval() -> None:
    row = only(rated(*scored(5, 3, 2, "nps")))

    # n' = 13, p' = 5.75/13, d' = 2.75/13: est' = 0.230769, var = (0.653846 − 0.053254)/13 = 0.0461993, half = 0.421273
    assert (row["nps_n"], row["nps_promoters"], row["nps_passives"], row["nps_detractors"], row["nps"]) == (10, 5, 3, 2, 30.0)
    assert (row["nps_ci_low"], row["nps_ci_high"]) == pytest.approx((-19.0504, 65.2043), abs=5e-4)


def test_the_nps_interval_ends_at_a_hundred() -> None:
    row = only(rated(*scored(1, 0, 0, "nps")))

    # n' = 4, p' = 1.75/4, d' = 0.75/4: est' = 0.25, var = (0.625 − 0.0625)/4 = 0.140625, half = 0.734987
    assert (row["nps"], row["nps_ci_low"], row["nps_ci_high"]) == (
        100.0,
        pytest.approx(-48.4986, abs=5e-4),
        pytest.approx(98.4986, abs=5e-4),
    )
    row = only(rated(*scored(2, 0, 0, "nps")))

    # n' = 5, p' = 2.75/5, d' = 0.75/5: est' = 0.4, var = (0.7 − 0.16)/5 = 0.108, half = 0.644107: past the end
    assert (row["nps_ci_low"], row["nps_ci_high"]) == (pytest.approx(-24.4107, abs=5e-4), 100.0)


def test_a_day_without_an_answer_has_no_figures_and_says_so() -> None:
    row = only(rated(skipped(), skipped(metric="nps")))

    assert (row["csat_n"], row["nps_n"], row["ces_n"], row["skipped_count"], row["status"]) == (0, 0, 0, 2, "no_data")
    figures = (
        "csat_top2",
        "csat_top2_ci_low",
        "csat_top2_ci_high",
        "csat_mean_score",
        "nps",
        "nps_ci_low",
        "nps_ci_high",
        "ces_top",
        "ces_mean_score",
    )
    assert [row[name] for name in figures] == [None] * 9


def test_superseded_answers_count_as_such_and_in_no_n() -> None:
    row = only(rated(answer(), answer(is_superseded=True), skipped(is_superseded=True)))

    assert (row["csat_n"], row["superseded_count"], row["skipped_count"]) == (1, 2, 0)


def test_partial_responses_count_when_the_question_was_answered() -> None:
    assert only(rated(answer(is_complete=False)))["csat_n"] == 1


def test_the_question_whether_it_was_resolved_is_no_rating() -> None:
    assert values(rated(answer(metric="fcr"), skipped(metric="fcr")), "csat_n") == []


def test_below_the_declared_n_a_row_is_a_small_sample_judged_on_the_largest_n() -> None:
    rows = [*scored(2, 0, 0), *scored(3, 0, 0, "ces")]

    assert only(rated(*rows, parameters=Parameters(small_sample=4)))["status"] == "small_sample"
    assert only(rated(*rows, parameters=Parameters(small_sample=3)))["status"] == "ok"


def test_days_channels_touchpoints_and_segments_are_rows_of_their_own_that_add_up() -> None:
    others = ({"answered_on": at("03 00:00").date()}, {"channel": "sms"}, {"touchpoint": "field"}, {"segment": "silver"})

    frame = rated(answer(), answer(), *(answer(**other) for other in others))

    assert values(frame, "answered_on", "channel", "touchpoint", "segment", "csat_n") == [
        (MONDAY, "sms", "service_center", "gold", 1),
        (MONDAY, "web", "field", "gold", 1),
        (MONDAY, "web", "service_center", "gold", 2),
        (MONDAY, "web", "service_center", "silver", 1),
        (at("03 00:00").date(), "web", "service_center", "gold", 1),
    ]


def test_no_figure_is_ever_infinite_or_nan() -> None:
    row = only(rated(skipped()))

    assert not [name for name, value in row.items() if isinstance(value, float) and not math.isfinite(value)]
