import datetime as dt
from typing import Any

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.core.experiences import experiences
from assets.frames import Eager
from assets.parameters import Parameters
from assets.taxonomy import Rule
from schemas.core.answers import Answers
from schemas.core.experiences import Experiences
from schemas.core.orders import Orders
from tests.core.rows import NOON, lazy, only, values
from tests.kpi.rows import Row, answer, order
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

DAY = dt.timedelta(days=1)


def said(metric: str, **given: Any) -> Row:
    return answer(**{"metric": metric, "question": metric, "is_top_box": None, "is_bottom_box": None, "value": None, **given})


def problem(word: str, **given: Any) -> Row:
    return said("problem", choice=word, **given)


def complained(word: str, **given: Any) -> Row:
    return said("complained", choice=word, **given)


def handled(*, top: bool = False, bottom: bool = False, **given: Any) -> Row:
    return said("handling", is_top_box=top, is_bottom_box=bottom, **given)


def lived(answers: list[Row], orders: list[Row] | None = None, **taxonomy: Rule) -> Eager:
    frame = experiences(lazy(Answers, *answers), lazy(Orders, *(orders or [])), Parameters(taxonomy=taxonomy))
    return nw.from_native(stored(Experiences, frame), eager_only=True)


def one(*answers: Row) -> dict[str, Any]:
    return only(lived(list(answers)))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([problem("no_problem")], "no_problem"),
        ([problem("no_problem"), complained("yes"), handled(bottom=True)], "no_problem"),
        ([problem("late"), complained("no")], "non_complainant"),
        ([problem("late"), complained("no"), handled(top=True)], "non_complainant"),
        ([problem("late"), complained("tried")], "blocked"),
        ([problem("late"), complained("tried", question="a"), complained("yes", question="b")], "unrated"),
        ([problem("late"), complained("yes"), handled(top=True)], "satisfied"),
        ([problem("late"), complained("yes"), handled()], "mollified"),
        ([problem("late"), complained("yes"), handled(bottom=True)], "dissatisfied"),
        ([problem("late"), complained("yes"), handled(top=True, question="a"), handled(bottom=True, question="b")], "dissatisfied"),
        ([problem("late"), complained("yes"), said("handling")], "unrated"),
        ([problem("late"), handled(top=True)], "satisfied"),
        ([problem("late")], None),
        ([problem("late"), complained("none")], None),
    ],
)
def test_what_became_of_a_customer_follows_from_problem_complaint_and_handling(answers: list[Row], expected: str | None) -> None:
    assert one(*answers)["experience"] == expected


def test_a_response_that_does_not_answer_which_problem_there_was_is_no_experience() -> None:
    rows = [said("nps", is_top_box=True), problem("none"), problem("late", source_record_id="2", is_superseded=True)]

    assert values(lived(rows), "source_record_id") == []


def test_any_problem_outweighs_none_and_of_several_the_alphabetically_first_stands_unless_the_taxonomy_declares_a_graver_one() -> None:
    answers = [problem("wrong"), problem("late"), problem("no_problem")]
    grave = Rule(category="wrong", patterns=("x",), severity="normal")

    alone, ranked = only(lived(answers)), only(lived(answers, grave=grave))

    assert (alone["problem_type"], alone["problem_count"]) == ("late", 2)
    assert (ranked["problem_type"], ranked["problem_count"]) == ("wrong", 2)
    graver = Rule(category="late", patterns=("y",), severity="urgent")
    assert only(lived(answers, grave=grave, graver=graver))["problem_type"] == "late"


def test_loyalty_price_and_talk_are_read_off_the_same_response() -> None:
    row = one(
        problem("late", channel="phone", segment="silver"),
        said("repurchase", is_top_box=True, is_bottom_box=False, channel="phone", segment="silver"),
        said("nps", is_top_box=False, is_bottom_box=True, channel="phone", segment="silver"),
        said("told", value=4.9, channel="phone", segment="silver"),
        said("price", is_top_box=False, is_bottom_box=True, channel="phone", segment="silver"),
        said("price_rise", value=5.0, channel="phone", segment="silver"),
    )

    assert (row["would_repurchase"], row["is_promoter"], row["told_count"]) == (True, False, 4)
    assert (row["finds_price_fair"], row["finds_price_unfair"], row["price_rise"]) == (False, True, 0.05)
    assert (row["channel"], row["segment"], row["is_handling_top_box"]) == ("phone", "silver", None)


def test_what_was_not_asked_is_unknown_and_a_superseded_answer_says_nothing() -> None:
    row = one(problem("late"), said("repurchase", is_top_box=True, is_superseded=True))

    names = ("would_repurchase", "is_promoter", "told_count", "finds_price_fair", "finds_price_unfair", "price_rise", "is_handling_top_box")
    assert [row[name] for name in names] == [None] * len(names)


def test_the_touchpoint_is_that_whose_handling_was_rated() -> None:
    row = one(problem("late", touchpoint="field"), complained("yes", touchpoint="field"), handled(top=True, touchpoint="service_center"))

    assert row["touchpoint"] == "service_center"
    assert one(problem("late", touchpoint="field"))["touchpoint"] == "unknown"


def test_the_first_completed_order_after_the_answer_is_the_reorder() -> None:
    orders = [
        order(source_record_id="0", ordered_at=NOON - DAY),
        order(source_record_id="1", ordered_at=NOON),
        order(source_record_id="2", ordered_at=NOON + DAY, is_sale=False, status="cancelled"),
        order(source_record_id="3", ordered_at=NOON + 3 * DAY),
        order(source_record_id="4", ordered_at=NOON + 2 * DAY),
        order(source_record_id="5", ordered_at=NOON + DAY, customer_key="d"),
        order(source_record_id="6", ordered_at=NOON + DAY, customer_key=None),
    ]
    answers = [problem("late"), problem("late", source_record_id="2", customer_key=None)]

    assert values(lived(answers, orders), "respondent", "first_reordered_at") == [("c", NOON + 2 * DAY), ("response:s:2", None)]


def test_one_response_stands_for_a_customer_in_a_month_the_gravest_and_then_the_last() -> None:
    def on(day: int, word: str, **given: Any) -> Row:
        at = dt.datetime(2026, 3, day, 12)
        return problem(word, source_record_id=f"{day:02d}", answered_at=at, answered_on=at.date(), **given)

    answers = [on(1, "late"), on(2, "wrong"), on(3, "no_problem"), on(4, "late", customer_key=None), on(5, "late", customer_key=None)]
    other_month = problem("no_problem", source_record_id="apr", answered_at=NOON + 31 * DAY, answered_on=(NOON + 31 * DAY).date())

    counted = values(lived([*answers, other_month]), "source_record_id", "is_counted")

    assert counted == [("01", False), ("02", True), ("03", False), ("04", True), ("05", True), ("apr", True)]


@settings(max_examples=15, deadline=None)
@given(
    drawn=st.lists(
        st.tuples(st.integers(1, 28), st.sampled_from(["late", "wrong", "no_problem"]), st.sampled_from(["a", "b", None])), max_size=12
    )
)
def test_every_customer_of_a_month_is_counted_once(drawn: list[tuple[int, str, str | None]]) -> None:
    answers = [
        problem(word, source_record_id=str(place), customer_key=key, answered_at=NOON + day * DAY, answered_on=(NOON + day * DAY).date())
        for place, (day, word, key) in enumerate(drawn)
    ]

    rows = lived(answers)

    months = {(row["respondent"], row["answered_on"].month) for row in rows.rows(named=True)}
    assert rows["is_counted"].sum() == len(months)
