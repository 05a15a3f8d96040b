import datetime as dt
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assets.kpi.recurring_problems_monthly import recurring_problems_monthly
from assets.parameters import Parameters
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.recurring_problems_monthly import RecurringProblemsMonthly
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from tests.core.rows import calendar, lazy
from tests.kpi.rows import MARCH, Row, blank
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

JANUARY, FEBRUARY, APRIL, MAY = (dt.date(2026, month, 1) for month in (1, 2, 4, 5))
RANKS = ("money_rank", "count_rank")


def contacts(category: str, cases: int, repeats: int = 0, month: dt.date = MARCH, **given: Any) -> Row:
    """Contacts of a day: cases are mature anchors, unless said otherwise."""
    of_day = {"contacted_on": month.replace(day=9), "channel": "web", "category": category, "touchpoint": "field"}
    return blank(FirstContactResolutionDaily, **{**of_day, "contact_count": cases + repeats, "anchor_count": cases, **given})


def spent(amount: int, on: int, month: dt.date = MARCH) -> Row:
    return blank(CostPerSaleMonthly, month_on=month, service_cost_amount=Decimal(amount), contact_count=on)


def damage(problem: str, amount: int, month: dt.date = MARCH, **given: Any) -> Row:
    names = ("margin_at_risk_amount", "margin_at_risk_low_amount", "margin_at_risk_high_amount")
    money = {name: Decimal(value) for name, value in zip(names, (amount, amount - 5, amount + 7), strict=True)}
    return blank(
        RevenueAtRiskMonthly, **{"month_on": month, "problem_type": problem, "segment": "gold", "basis": "assumed", **money, **given}
    )


def problems(
    handled: list[Row],
    costs: list[Row] = [],  # noqa: B006  # literal rows, never changed
    at_risk: list[Row] = [],  # noqa: B006  # likewise
    **given: Any,
) -> pl.DataFrame:
    frame = recurring_problems_monthly(
        lazy(FirstContactResolutionDaily, *handled),
        lazy(CostPerSaleMonthly, *costs),
        lazy(RevenueAtRiskMonthly, *at_risk),
        calendar("UTC"),
        Parameters(**{"small_sample": 1, "recurring_cases": 1, "recurring_months": 1, **given}),
    )
    return stored(RecurringProblemsMonthly, frame).sort("month_on", "money_rank", "count_rank", "category", nulls_last=True)


def rows(frame: pl.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    return frame.select(names).rows()


def only(*frames: list[Row], **given: Any) -> dict[str, Any]:
    (row,) = problems(*frames, **given).rows(named=True)
    return row


def test_problems_are_ranked_by_money_with_the_rank_by_count_beside_it() -> None:
    handled = [contacts("late", 6, 2), contacts("broken", 10), contacts("bill", 2)]

    found = problems(handled, [spent(40, on=20)], [damage("late", 20), damage("broken", 5), damage("bill", 15)])

    # 2 a contact: late 8 · 2 + 20 = 36, broken 10 · 2 + 5 = 25, bill 2 · 2 + 15 = 19; of 80
    names = ("category", "contact_cost_amount", "damage_amount", "known_amount", *RANKS, "money_share", "cumulative_share")
    assert rows(found, *names) == [
        ("late", 16, 20, 36, 1, 2, 0.45, 0.45),
        ("broken", 20, 5, 25, 2, 1, 0.3125, pytest.approx(0.7625)),
        ("bill", 4, 15, 19, 3, 3, pytest.approx(0.2375), 1.0),
    ]
    assert rows(found, "contact_count", "case_count", "repeat_count", "damage_low_amount", "damage_high_amount") == [
        (8, 6, 2, 15, 27),
        (10, 10, 0, 0, 12),
        (2, 2, 0, 10, 22),
    ]
    assert rows(found, "gap", "basis", "status") == [(None, "assumed", "ok")] * 3


def test_the_vital_few_are_the_first_that_reach_eighty_percent_with_the_one_that_crosses_the_line() -> None:
    crossing = problems([contacts(name, cases) for name, cases in (("a", 50), ("b", 29), ("c", 11), ("d", 10))], [spent(100, on=100)])
    exactly = problems([contacts(name, cases) for name, cases in (("a", 50), ("b", 30), ("c", 20))], [spent(100, on=100)])

    assert rows(crossing, "category", "is_vital") == [("a", True), ("b", True), ("c", True), ("d", False)]
    assert rows(exactly, "category", "is_vital") == [("a", True), ("b", True), ("c", False)]


def test_a_problem_recurs_with_enough_cases_in_enough_of_the_last_months() -> None:
    often = [contacts("often", 5, month=month) for month in (JANUARY, MARCH)]
    seldom = [contacts("seldom", 4, month=month) for month in (JANUARY, FEBRUARY, MARCH)]
    later = [contacts("often", 1, month=month) for month in (APRIL, MAY)]

    found = problems([*often, *seldom, *later], recurring_cases=5, recurring_months=2, recurring_of_months=3)

    by_month = found.filter(pl.col("category") == "often")
    assert rows(by_month, "month_on", "frequent_month_count", "is_frequent", "is_recurring", "count_rank") == [
        (JANUARY, 1, False, False, None),
        (MARCH, 2, True, True, 1),
        (APRIL, 1, False, False, None),
        (MAY, 1, False, False, None),
    ]
    assert found.filter(pl.col("category") == "seldom")["frequent_month_count"].to_list() == [0, 0, 0]


def test_a_problem_on_which_somebody_came_again_recurs_however_seldom_it_is() -> None:
    found = problems([contacts("once", 9), contacts("again", 1, 1)], [spent(11, on=11)], recurring_cases=10)

    assert rows(found, "category", "is_frequent", "is_recurring", "money_share", "is_vital") == [
        ("again", False, True, 1.0, True),
        ("once", False, False, None, False),
    ]


def test_cases_are_anchors_young_ones_too_and_contacts_of_nobody_known() -> None:
    young = contacts("late", 3, contact_count=10, anchor_immature_count=2, n_excluded=1)

    row = only([young, contacts("late", 1, contacted_on=MARCH)])

    assert (row["contact_count"], row["case_count"], row["repeat_count"]) == (11, 7, 4)


def test_what_is_not_known_of_the_money_is_null_and_flagged_and_the_rank_goes_by_the_rest() -> None:
    handled = [contacts("late", 1), contacts("unknown", 2)]
    priced = problems(handled, [spent(30, on=3)], [damage("late", 90)])
    unpriced = problems(handled, [], [damage("late", 90)])

    names = ("category", "contact_cost_amount", "damage_amount", "known_amount", "gap", "money_rank", "basis")
    assert rows(priced, *names) == [("late", 10, 90, 100, None, 1, "assumed"), ("unknown", 20, None, 20, "no_damage", 2, "measured")]
    assert rows(unpriced, *names) == [
        ("late", None, 90, 90, "no_cost", 1, "assumed"),
        ("unknown", None, None, None, "neither", None, "measured"),
    ]
    assert rows(unpriced, "count_rank", "money_share", "is_vital") == [(2, 1.0, True), (1, None, False)]


def test_a_problem_that_nobody_writes_about_keeps_its_damage_without_a_rank() -> None:
    found = problems(
        [contacts("late", 1)], [spent(3, on=1)], [damage("silent", 40), damage("silent", 2, segment="silver", basis="measured")]
    )

    assert rows(found, "category", "contact_cost_amount", "damage_amount", "money_rank", "is_recurring", "status") == [
        ("late", 3, None, 1, True, "ok"),
        ("silent", 0, 42, None, False, "no_data"),
    ]


def test_money_below_nothing_is_nothing_in_the_shares() -> None:
    found = problems([contacts("won", 1), contacts("lost", 1)], [spent(2, on=2)], [damage("won", -50), damage("lost", 9)])

    assert rows(found, "category", "known_amount", "money_share", "cumulative_share", "is_vital") == [
        ("lost", 10, 1.0, 1.0, True),
        ("won", -49, 0.0, 1.0, False),
    ]


def test_a_month_that_is_not_over_is_immature_and_few_cases_are_flagged() -> None:
    handled = [contacts("late", 2), contacts("late", 2, month=APRIL)]

    found = problems(handled, as_of=dt.datetime(2026, 4, 20), small_sample=3)

    assert rows(found, "month_on", "status") == [(MARCH, "small_sample"), (APRIL, "immature")]
    assert problems([]).is_empty()


def test_more_months_than_are_looked_back_at_cannot_be_asked_for() -> None:
    with pytest.raises(ValidationError, match="recurring_months must not exceed recurring_of_months"):
        Parameters(recurring_months=4, recurring_of_months=3)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_random_problems_have_the_ranks_and_shares_of_plain_python_and_add_up(seed: int) -> None:
    draw = Random(seed)
    names = "abcdefg"[: draw.randint(1, 7)]
    cases = {name: (draw.randrange(6), draw.randrange(3)) for name in names}
    lost = {name: draw.randrange(-50, 300) for name in names if draw.random() < 0.7}
    handled = sum(map(sum, cases.values()))
    service = draw.randrange(1, 10**4)

    found = problems(
        [contacts(name, first, again) for name, (first, again) in cases.items()],
        [spent(service, on=handled)],
        [damage(name, amount) for name, amount in lost.items()],
        recurring_cases=3,
    )

    def money(name: str) -> float:
        return sum(cases[name]) * service / handled + lost.get(name, 0) if handled else float(lost.get(name, 0))

    recurring = [name for name, (first, again) in cases.items() if first >= 3 or again]
    expected = sorted(recurring, key=lambda name: (-round(money(name), 3), name))
    ranked = found.drop_nulls("money_rank")
    assert sorted(ranked["category"]) == sorted(expected)
    worth = [max(float(amount), 0.0) for amount in ranked["known_amount"]]
    assert worth == pytest.approx([max(money(name), 0.0) for name in expected], abs=0.0001)
    if sum(worth):
        so_far = [total / sum(worth) for total in accumulate(worth)]
        assert ranked["cumulative_share"].to_list() == pytest.approx(so_far)
        assert so_far[-1] == pytest.approx(1)
        assert ranked["is_vital"].to_list() == [before < 0.8 for before in (0, *so_far[:-1])]
    by_count = sorted(recurring, key=lambda name: (-cases[name][0], name))
    assert found.drop_nulls("count_rank").sort("count_rank")["category"].to_list() == by_count
    assert found["contact_count"].sum() == handled
    assert found["damage_amount"].sum() == sum(lost.values())
    if handled:
        assert float(found["contact_cost_amount"].sum()) == pytest.approx(service, abs=0.001)
