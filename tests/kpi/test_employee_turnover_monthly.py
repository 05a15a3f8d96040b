import datetime as dt
from random import Random
from typing import Any

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpi.employee_turnover_monthly import employee_turnover_monthly
from assets.parameters import Assumption, Parameters
from schemas.core.calls import Calls
from schemas.core.employees import Employees
from schemas.core.interactions import Interactions
from schemas.kpi.employee_turnover_monthly import EmployeeTurnoverMonthly
from tests.core.rows import call as raw_call
from tests.core.rows import lazy, only, values
from tests.kpi.rows import Row, employee, interaction
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

JANUARY, FEBRUARY, MARCH = (dt.date(2026, month, 1) for month in (1, 2, 3))
END_OF_MARCH = dt.datetime(2026, 4, 1)


def call(ticket_ref: str | None, team: str = "north", **given: Any) -> Row:
    made = {
        **raw_call(),
        "started_on": MARCH,
        "is_offered": True,
        "segment": "gold",
        "customer_key": None,
        "ticket_ref": ticket_ref,
        "team": team,
    }
    return {name: value for name, value in (made | given).items() if name in Calls.to_schema().columns}


def turned(
    *employees: Row, calls: Any = (), contacts: Any = (), as_of: dt.datetime | None = END_OF_MARCH, small_sample: int = 1, **given: Any
) -> Any:
    numbered = (dict(row, source_record_id=str(place)) for place, row in enumerate(employees))
    frame = employee_turnover_monthly(
        lazy(Employees, *numbered),
        lazy(Calls, *(dict(row, source_record_id=str(place)) for place, row in enumerate(calls))),
        lazy(Interactions, *contacts),
        Parameters(small_sample=small_sample, as_of=as_of, **given),
    )
    return nw.from_native(stored(EmployeeTurnoverMonthly, frame), eager_only=True)


def day(month: int, of_month: int, year: int = 2026) -> dt.date:
    return dt.date(year, month, of_month)


def test_headcounts_before_and_after_the_month_frame_what_happened_in_it() -> None:
    frame = turned(
        employee(day(1, 1)), employee(day(1, 31), left_on=day(2, 28), leaving_reason="voluntary"), employee(day(3, 2), left_on=day(3, 2))
    )

    names = ("opening_count", "hire_count", "separation_count", "voluntary_count", "closing_count")
    assert values(frame, "month_on", *names) == [(JANUARY, 0, 2, 0, 0, 2), (FEBRUARY, 2, 0, 1, 1, 1), (MARCH, 1, 1, 1, 0, 1)]


def test_turnover_is_separations_over_average_headcount_and_twelve_times_that_in_a_year() -> None:
    rows = [employee(day(1, 1, 2025)) for _ in range(9)]

    frame = turned(*rows, employee(day(1, 1, 2025), left_on=day(3, 15), leaving_reason="other"), as_of=END_OF_MARCH)

    last = only(frame.filter(nw.col("month_on") == MARCH))
    assert (last["turnover"], last["annual_turnover"]) == (pytest.approx(1 / 9.5), pytest.approx(12 / 9.5))
    assert (last["annual_voluntary_turnover"], last["new_hire_share"]) == (0.0, 0.0)


def test_new_hires_left_within_ninety_days() -> None:
    start = day(12, 1, 2025)
    frame = turned(
        *(employee(start, left_on=start + dt.timedelta(days=days)) for days in (91, 92)),
        *(employee(start + dt.timedelta(days=10), left_on=day(3, 2)),),
    )

    last = only(frame.filter(nw.col("month_on") == MARCH))
    assert (last["separation_count"], last["new_hire_separation_count"]) == (3, 1)
    assert (last["new_hire_share_ci_low"], last["new_hire_share_ci_high"]) == pytest.approx((0.0615, 0.7923), abs=5e-5)


def test_a_month_in_which_people_only_came_and_went_has_no_rate() -> None:
    row = only(turned(employee(day(3, 2), left_on=day(3, 20))))

    assert (row["separation_count"], row["turnover"], row["status"]) == (1, None, "no_data")


def test_a_team_that_nobody_is_left_in_has_no_further_rows_until_somebody_comes() -> None:
    frame = turned(employee(day(12, 1, 2025), left_on=day(12, 31, 2025)), employee(day(3, 1)))

    assert values(frame, "month_on") == [day(12, 1, 2025), MARCH]


def test_the_running_month_is_immature_and_what_lies_ahead_is_not_counted() -> None:
    frame = turned(employee(day(2, 1), left_on=day(5, 31)), as_of=dt.datetime(2026, 3, 15))

    assert values(frame, "month_on", "separation_count", "status") == [(FEBRUARY, 0, "small_sample"), (MARCH, 0, "immature")]
    assert values(turned(employee(day(2, 1)), as_of=END_OF_MARCH), "month_on", "status")[1] == (MARCH, "ok")


def test_a_small_team_is_flagged() -> None:
    rows = [employee(day(3, 1, 2025)) for _ in range(4)]

    assert only(turned(*rows, small_sample=5).filter(nw.col("month_on") == MARCH))["status"] == "small_sample"
    assert only(turned(*rows, small_sample=4).filter(nw.col("month_on") == MARCH))["status"] == "ok"


def test_ratings_of_contacts_by_calls_stand_beside_the_team_that_answered() -> None:
    contacts = [interaction(ticket_ref=f"s:{place}", csat_n=2, csat_satisfied=place) for place in range(3)]
    calls = [call("s:1"), call("s:1"), call("s:2", outcome="abandoned"), call("s:2", team="unknown"), call("s:0", team="south"), call(None)]

    frame = turned(employee(day(3, 1)), employee(day(3, 1), team="south"), calls=calls, contacts=contacts)

    assert values(frame, "team", "csat_n", "csat_satisfied", "csat_top2") == [("north", 2, 1, 0.5), ("south", 2, 0, 0.0)]


def test_contacts_are_judged_as_everywhere_once_their_repeat_window_has_passed() -> None:
    mature, late = dt.datetime(2026, 3, 24), dt.datetime(2026, 3, 26)
    contacts = [
        interaction(mature, ticket_ref="s:0"),
        interaction(mature, ticket_ref="s:1", is_repeated=True),
        interaction(mature, ticket_ref="s:2", is_reopened=True),
        interaction(mature, ticket_ref="s:3", is_marked_resolved=False),
        interaction(mature, ticket_ref="s:4", is_resolution_known=False),
        interaction(mature, ticket_ref="s:5", customer_key=None),
        interaction(late, ticket_ref="s:6"),
    ]

    row = only(turned(employee(day(3, 1)), calls=[call(f"s:{place}") for place in range(7)], contacts=contacts))

    assert (row["judged_count"], row["resolved_count"], row["fcr_gross"]) == (4, 1, 0.25)


def test_handling_time_is_that_of_all_calls_a_team_answered_and_of_which_it_is_known() -> None:
    calls = [
        call(None, handled_seconds=100),
        call("s:1", handled_seconds=200),
        call(None),
        call(None, handled_seconds=7, outcome="abandoned"),
    ]

    row = only(turned(employee(day(3, 1)), calls=calls))

    assert (row["handled_call_count"], row["handled_seconds_sum"], row["handled_seconds_mean"]) == (2, 300, 150.0)
    assert only(turned(employee(day(3, 1))))["handled_seconds_mean"] is None


def test_each_separation_costs_a_hire_training_and_the_ramp() -> None:
    people = [employee(day(2, 1)), *(employee(day(3, 1), left_on=day(3, 9)) for _ in range(2))]

    frame = turned(*people)
    costs = ("turnover_cost_amount", "turnover_cost_low_amount", "turnover_cost_high_amount")

    assert values(frame, "month_on", *costs) == [(FEBRUARY, 0, 0, 0), (MARCH, 18_000, 9_000, 36_000)]
    assert values(frame, "turnover_cost_basis") == ["assumed", "assumed"]


def test_the_weakest_of_the_three_declared_costs_is_the_basis() -> None:
    own = {name: Assumption(value=10, low=1, high=20, basis="measured", source="ledger") for name in ("hiring_cost", "training_cost")}
    published = Assumption(value=5, low=5, high=5, basis="benchmark", source="a study")

    row = only(turned(employee(day(3, 1), left_on=day(3, 9)), assumptions={**own, "ramp_loss": published}))

    assert (row["turnover_cost_amount"], row["turnover_cost_basis"]) == (25, "benchmark")


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_months_closing_headcount_is_counted_person_by_person_and_opens_the_next(seed: int) -> None:
    draw = Random(seed)
    people = []
    for _ in range(15):
        hired = day(1, 1, 2025) + dt.timedelta(days=draw.randrange(400))
        left = draw.choice([None, hired + dt.timedelta(days=draw.randrange(100))])
        people.append(employee(hired, left_on=left, team=draw.choice(["north", "south"])))

    for month, team, opening, closing in values(turned(*people), "month_on", "team", "opening_count", "closing_count"):
        after = (month + dt.timedelta(days=31)).replace(day=1)
        counted = [
            sum(row["team"] == team and row["hired_on"] < at and (row["left_on"] is None or row["left_on"] >= at) for row in people)
            for at in (month, after)
        ]
        assert [opening, closing] == counted
