from typing import Any

import pytest

from assets.core.answers import BOTTOM_BOXES, TOP_BOXES, answers
from schemas.core.replied_answers import RepliedAnswers
from schemas.raw.answers import RawAnswers
from tests.core.rows import Row, answer, at, calendar, identities, lazy, only, values

TOP = {
    ("csat", 2): [2],
    ("csat", 3): [3],
    ("csat", 4): [3, 4],
    ("csat", 5): [4, 5],
    ("csat", 6): [4, 5, 6],
    ("csat", 7): [5, 6, 7],
    ("csat", 8): [6, 7, 8],
    ("csat", 10): [9, 10],
    ("csat", 11): [10, 11],
    ("ces", 5): [4, 5],
    ("ces", 7): [5, 6, 7],
    ("nps", 11): [10, 11],
    ("fcr", 2): [2],
}
BOTTOM = {
    ("csat", 2): [1],
    ("csat", 3): [1],
    ("csat", 4): [1, 2],
    ("csat", 5): [1, 2],
    ("csat", 6): [1, 2],
    ("csat", 7): [1, 2],
    ("csat", 8): [1, 2],
    ("csat", 10): [1, 2],
    ("csat", 11): [1, 2],
    ("ces", 5): [1, 2],
    ("ces", 7): [1, 2, 3],
    ("nps", 11): [1, 2, 3, 4, 5, 6, 7],
    ("fcr", 2): [1],
}
for _points, _unfavourable in {2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 3, 8: 4, 10: 5, 11: 5}.items():
    BOTTOM["confidence", _points] = list(range(1, _unfavourable + 1))
    TOP["confidence", _points] = list(range(_points - _unfavourable + 1, _points + 1))
"""The boxes that the contract's docstring promises, counted from the low end, by metric and number of scale points."""

every_scale = pytest.mark.parametrize(("metric", "points"), TOP)


def judged(*given: Row, **columns: Any) -> Any:
    return answers(lazy(RawAnswers, *(given or (answer(**columns),))), lazy(RepliedAnswers), identities(), calendar())


def ladder(metric: str, points: int, *, low: int = 1, is_reversed: bool = False) -> Any:
    """One answer on every point of a scale, asked as so many questions."""
    scale = {"metric": metric, "scale_low": low, "scale_high": low + points - 1, "is_reversed": is_reversed}
    return judged(*(answer(question=f"{point:02d}", value=low + point - 1, **scale) for point in range(1, points + 1)))


def chosen(frame: Any, box: str) -> list[int]:
    return [int(point) for point, is_in_box in values(frame, "question", box) if is_in_box]


def test_every_scale_that_the_code_knows_is_tested_here() -> None:
    for boxes in (TOP_BOXES, BOTTOM_BOXES):
        like_csat = [metric for metric in boxes if boxes[metric] is boxes["csat"] and metric != "csat"]
        assert like_csat == ["handling", "repurchase", "access", "price", "driver"]
        assert {(metric, points) for metric in boxes.keys() - like_csat for points in boxes[metric]} == set(TOP)


@every_scale
def test_top_boxes_are_those_of_the_scale(metric: str, points: int) -> None:
    assert chosen(ladder(metric, points), "is_top_box") == TOP[metric, points]


@every_scale
def test_bottom_boxes_are_those_of_the_scale(metric: str, points: int) -> None:
    assert chosen(ladder(metric, points), "is_bottom_box") == BOTTOM[metric, points]


@every_scale
def test_it_does_not_matter_whether_a_scale_starts_at_nought_or_one(metric: str, points: int) -> None:
    assert chosen(ladder(metric, points, low=0), "is_top_box") == TOP[metric, points]


@every_scale
def test_a_reversed_question_is_judged_from_its_other_end(metric: str, points: int) -> None:
    assert chosen(ladder(metric, points, is_reversed=True), "is_top_box") == [points + 1 - point for point in reversed(TOP[metric, points])]


def test_a_reversed_five_is_the_worst_answer_there_is() -> None:
    row = only(judged(value=5.0, is_reversed=True))

    assert (row["is_top_box"], row["is_bottom_box"], row["score_points"]) == (False, True, 0)


@pytest.mark.parametrize(
    ("value", "is_top", "is_bottom", "points"),
    [(4.0, True, False, 7500), (3.5, False, False, 6250), (2.5, False, False, 3750), (2.0, False, True, 2500), (4.5, True, False, 8750)],
)
def test_a_half_step_belongs_to_a_box_only_when_it_reaches_its_edge(value: float, is_top: bool, is_bottom: bool, points: int) -> None:
    row = only(judged(value=value))

    assert (row["is_top_box"], row["is_bottom_box"], row["score_points"]) == (is_top, is_bottom, points)


@pytest.mark.parametrize(
    ("value", "is_top", "is_bottom"), [(9.0, True, False), (8.5, False, False), (6.5, False, False), (6.0, False, True)]
)
def test_nps_promoters_start_at_nine_and_detractors_end_at_six(value: float, is_top: bool, is_bottom: bool) -> None:
    row = only(judged(metric="nps", value=value, scale_low=0.0, scale_high=10.0))

    assert (row["is_top_box"], row["is_bottom_box"]) == (is_top, is_bottom)


@pytest.mark.parametrize(
    ("value", "low", "high", "points"),
    [(1, 1, 5, 0), (5, 1, 5, 10_000), (2, 1, 7, 1_667), (6, 1, 7, 8_333), (0, 0, 10, 0), (7, 0, 10, 7_000)],
)
def test_score_points_run_from_nought_to_ten_thousand_rounded_to_the_nearest(value: int, low: int, high: int, points: int) -> None:
    assert values(judged(value=value, scale_low=low, scale_high=high), "score_points") == [points]


def test_a_skipped_question_has_no_score_and_lies_in_no_box() -> None:
    row = only(judged(value=None))

    assert (row["value"], row["score_points"], row["is_top_box"], row["is_bottom_box"]) == (None, None, None, None)


def test_of_several_responses_to_one_invite_the_last_one_counts() -> None:
    first = answer(source_record_id="a", invite_id="i", answered_at=at("02 09:00"))
    last = answer(source_record_id="b", invite_id="i", answered_at=at("03 09:00"))
    other = answer(source_record_id="c", invite_id="j", answered_at=at("01 09:00"))

    result = judged(last, other, first)

    assert values(result, "source_record_id", "ballot", "is_superseded") == [
        ("a", "invite:i", True),
        ("b", "invite:i", False),
        ("c", "invite:j", False),
    ]


def test_of_two_responses_at_the_same_instant_the_higher_id_counts() -> None:
    result = judged(answer(source_record_id="b", invite_id="i"), answer(source_record_id="a", invite_id="i"))

    assert values(result, "source_record_id", "is_superseded") == [("a", True), ("b", False)]


def test_the_questions_of_one_response_do_not_replace_each_other() -> None:
    result = judged(answer(question="p", invite_id="i"), answer(question="q", invite_id="i"))

    assert values(result, "is_superseded") == [False, False]


def test_responses_without_an_invite_and_those_of_another_system_stand_for_themselves() -> None:
    result = judged(
        answer(source_record_id="a"), answer(source_record_id="b"), answer(source="t", invite_id="i"), answer(source="u", invite_id="i")
    )

    assert values(result, "ballot", "is_superseded") == [
        ("invite:i", False),
        ("invite:i", False),
        ("response:a", False),
        ("response:b", False),
    ]


def test_a_response_without_an_invite_is_not_replaced_by_the_answer_to_an_invite_whose_id_is_its_own() -> None:
    uninvited = answer(source_record_id="7", answered_at=at("02 09:00"))
    invited = answer(source_record_id="8", invite_id="7", answered_at=at("03 09:00"))

    assert values(judged(uninvited, invited), "source_record_id", "is_superseded") == [("7", False), ("8", False)]


def test_an_answer_takes_the_key_and_segment_of_its_customer() -> None:
    frame = answers(
        lazy(
            RawAnswers,
            answer(source_record_id="1", customer_ref="mail"),
            answer(source_record_id="2", customer_ref="new"),
            answer(source_record_id="3"),
        ),
        lazy(RepliedAnswers),
        identities(("mail", "key", "gold")),
        calendar(),
    )

    assert values(frame, "source_record_id", "customer_key", "segment") == [
        ("1", "key", "gold"),
        ("2", "new", "unknown"),
        ("3", None, "unknown"),
    ]


def test_an_unnamed_touchpoint_is_unknown_and_the_day_is_the_business_day() -> None:
    row = only(judged(answered_at=at("02 23:30")))

    assert (row["touchpoint"], row["answered_on"]) == ("unknown", at("03 00:00").date())


def option(choice: str | None, **given: Any) -> Row:
    return answer(**{"metric": "choice", "choice": choice, "value": None, "scale_low": None, "scale_high": None, **given})


def test_every_option_chosen_is_a_row_in_no_box() -> None:
    result = judged(option("price"), option("speed"))

    assert values(result, "choice", "score_points", "is_top_box", "is_bottom_box", "is_superseded") == [
        ("price", None, None, None, False),
        ("speed", None, None, None, False),
    ]


def test_all_options_of_a_response_are_replaced_by_those_of_a_later_one() -> None:
    first = {"source_record_id": "a", "invite_id": "i", "answered_at": at("02 09:00")}
    last = {"source_record_id": "b", "invite_id": "i", "answered_at": at("03 09:00")}
    result = judged(option("price", **first), option("speed", **first), option("price", **last))

    assert values(result, "source_record_id", "choice", "is_superseded") == [
        ("a", "price", True),
        ("a", "speed", True),
        ("b", "price", False),
    ]


def test_a_rating_on_any_other_scale_has_a_place_on_it_and_lies_in_no_box() -> None:
    row = only(judged(metric="rating", value=25.0, scale_low=0.0, scale_high=100.0))

    assert (row["score_points"], row["is_top_box"], row["is_bottom_box"]) == (2_500, None, None)


def test_a_number_that_answered_a_message_is_judged_like_a_surveys_answer_and_the_last_one_counts() -> None:
    first, last = (
        {
            "source": "sms",
            "source_record_id": name,
            "customer_key": "key",
            "segment": "gold",
            "question": "q",
            "metric": "nps",
            "ballot": "asked:sms:0",
            "value": value,
            "scale_low": 0.0,
            "scale_high": 10.0,
            "is_reversed": False,
            "answered_at": when,
            "channel": "sms",
            "touchpoint": None,
        }
        for name, value, when in (("1", 3.0, at("02 09:00")), ("2", 9.0, at("02 10:00")))
    )
    frame = answers(lazy(RawAnswers, answer()), lazy(RepliedAnswers, first, last), identities(("key", "key", "gold")), calendar())

    assert values(frame, "source_record_id", "ballot", "is_top_box", "is_bottom_box", "is_superseded", "customer_key", "segment") == [
        ("1", "asked:sms:0", False, True, True, "key", "gold"),
        ("1", "response:1", True, False, False, None, "unknown"),
        ("2", "asked:sms:0", True, False, False, "key", "gold"),
    ]
