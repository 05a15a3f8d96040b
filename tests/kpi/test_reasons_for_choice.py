import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from assets.kpi.reasons_for_choice import reasons_for_choice
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.orders import Orders
from tests.core.rows import lazy, values
from tests.kpi.rows import Row, answer
from tests.kpi.rows import order as placed

QUARTER = dt.date(2026, 1, 1)


def because(number: int, *reasons: str, **given: Any) -> list[Row]:
    """One response with its reasons, of a customer of the same number."""
    shared = {"metric": "reason", "source_record_id": str(number), "value": None, "customer_key": f"c{number}", **given}
    return [answer(**shared, choice=reason) for reason in reasons]


def bought(number: int, margin: int | None, **given: Any) -> Row:
    amount = None if margin is None else Decimal(margin)
    return placed(source_record_id=f"{number}{given}", customer_key=f"c{number}", margin_amount=amount, **given)


def reasons(*responses: list[Row], orders: list[Row] | None = None, small_sample: int = 1) -> Any:
    rows = [row for response in responses for row in response]
    return reasons_for_choice(lazy(Answers, *rows), lazy(Orders, *(orders or ())), Parameters(small_sample=small_sample))


def test_reasons_are_counted_by_response_and_ranked() -> None:
    frame = reasons(because(1, "price", "service"), because(2, "price"), because(3, "price", customer_key=None))

    assert values(frame, "reason", "quarter_on", "value_tier", "answer_count", "respondent_count", "share_of_respondents", "rank") == [
        ("price", QUARTER, "unknown", 3, 3, 1.0, 1),
        ("service", QUARTER, "unknown", 1, 3, pytest.approx(1 / 3), 2),
    ]


def test_the_first_fifth_by_margin_is_the_top_tier_the_next_three_tenths_the_middle() -> None:
    everyone = range(10)

    frame = reasons(*(because(number, f"r{number}") for number in everyone), orders=[bought(number, 100 - number) for number in everyone])

    assert values(frame, "reason", "value_tier") == [
        (f"r{number}", tier) for number, tier in enumerate(["top"] * 2 + ["middle"] * 3 + ["rest"] * 5)
    ]


def test_equal_margins_share_the_better_tier() -> None:
    frame = reasons(*(because(number, "price") for number in range(5)), orders=[bought(number, 7) for number in range(5)])

    assert values(frame, "value_tier", "answer_count") == [("top", 5)]


@pytest.mark.parametrize(
    ("ordered_on", "tier"),
    [(dt.date(2025, 4, 1), "top"), (dt.date(2025, 3, 31), "unknown"), (dt.date(2026, 3, 31), "top"), (dt.date(2026, 4, 1), "unknown")],
)
def test_orders_of_the_four_quarters_up_to_the_answers_count(ordered_on: dt.date, tier: str) -> None:
    assert values(reasons(because(1, "price"), orders=[bought(1, 5, ordered_on=ordered_on)]), "value_tier") == [tier]


def test_what_is_no_sale_or_has_no_known_margin_gives_no_tier() -> None:
    orders = [bought(1, 5, is_sale=False), bought(2, None)]

    assert values(reasons(because(1, "price"), because(2, "price"), orders=orders), "value_tier", "answer_count") == [("unknown", 2)]


def test_margins_of_a_customer_are_summed_over_the_year() -> None:
    orders = [bought(1, 5), bought(1, 6, ordered_on=dt.date(2025, 5, 1)), bought(2, 10)]

    frame = reasons(because(1, "price"), because(2, "service"), orders=orders)

    assert values(frame, "reason", "value_tier") == [("price", "top"), ("service", "rest")]


def test_skipped_and_replaced_answers_and_other_questions_count_nowhere() -> None:
    replaced = because(1, "price", is_superseded=True)

    assert values(reasons(replaced, because(2, "none"), [answer(metric="choice", choice="price")]), "reason") == []


def test_the_status_is_judged_on_the_respondents() -> None:
    assert values(reasons(because(1, "price"), small_sample=2), "status") == ["small_sample"]
