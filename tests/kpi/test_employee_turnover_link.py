import datetime as dt
from itertools import permutations
from random import Random
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from assets.kpi.employee_turnover_link import employee_turnover_link
from assets.kpi.employee_turnover_monthly import employee_turnover_monthly
from assets.parameters import Parameters
from schemas.core.calls import Calls
from schemas.core.employees import Employees
from schemas.core.interactions import Interactions
from schemas.kpi.employee_turnover_link import EmployeeTurnoverLink
from schemas.kpi.employee_turnover_monthly import EmployeeTurnoverMonthly
from tests.core.rows import lazy, table
from tests.kpi.rows import Row, employee, interaction
from tests.kpi.rows import call as a_call
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

MONTHS = [dt.date(2026, month, 1) for month in range(1, 13)]
LATER = dt.datetime(2027, 6, 1)


def team_month(team: str, place: int, turnover: float | None, **measures: float | None) -> Row:
    return {"team": team, "month_on": MONTHS[place], "turnover": turnover, **measures}


def linked(*rows: Row, as_of: dt.datetime | None = LATER, small_sample: int = 1) -> pl.DataFrame:
    frame = table(EmployeeTurnoverMonthly, *rows)
    parameters = Parameters(as_of=as_of, small_sample=small_sample)
    return stored(EmployeeTurnoverLink, employee_turnover_link(nw.from_native(frame.lazy()), parameters))


def link(frame: pl.DataFrame, lag: int, measure: str) -> dict[str, Any]:
    (row,) = frame.filter(lag_months=lag, measure=measure).rows(named=True)
    return row


def test_turnover_is_held_against_what_the_team_does_a_month_later() -> None:
    turnovers, scores = [0.0, 0.1, 0.2, 0.3, 0.0], [0.5, 0.9, 0.8, 0.7, 0.6]

    frame = linked(*(team_month("north", place, turnovers[place], csat_top2=scores[place]) for place in range(5)))

    row = link(frame, 1, "csat_top2")
    assert (row["pair_count"], row["team_count"], row["rho"], row["status"]) == (4, 1, pytest.approx(-1), "ok")
    assert row["p_value"] == pytest.approx(2 / 24)
    assert (link(frame, 2, "csat_top2")["pair_count"], link(frame, 3, "csat_top2")["pair_count"]) == (3, 2)


def test_each_lag_and_measure_has_a_row_and_one_without_pairs_says_why() -> None:
    frame = linked(*(team_month("north", place, 0.1, csat_top2=place / 10) for place in range(5)))

    assert frame.height == 9
    assert (link(frame, 1, "csat_top2")["gap_reason"], link(frame, 3, "csat_top2")["gap_reason"]) == ("no_variation", "too_few_pairs")
    row = link(frame, 1, "fcr_gross")
    assert (row["pair_count"], row["rho"], row["p_value"], row["gap_reason"], row["status"]) == (0, None, None, "too_few_pairs", "no_data")


def test_teams_are_paired_with_themselves_and_months_across_the_turn_of_the_year() -> None:
    december = [team_month(team, 11, turnover) for team, turnover in (("a", 0.1), ("b", 0.2), ("c", 0.3))]
    january = [
        {**team_month(team, 0, 0.0, handled_seconds_mean=mean), "month_on": dt.date(2027, 1, 1)}
        for team, mean in (("a", 5.0), ("b", 6.0), ("c", 9.0))
    ]

    row = link(linked(*december, *january), 1, "handled_seconds_mean")

    assert (row["pair_count"], row["team_count"], row["rho"]) == (3, 3, pytest.approx(1))


def test_months_that_are_not_over_and_those_without_a_rate_or_a_value_make_no_pair() -> None:
    rows = [team_month("north", place, None if place == 1 else 0.1 * place, csat_top2=None if place == 3 else 0.5) for place in range(6)]

    assert link(linked(*rows), 1, "csat_top2")["pair_count"] == 3
    assert link(linked(*rows, as_of=dt.datetime(2026, 6, 10)), 1, "csat_top2")["pair_count"] == 2


def test_few_pairs_are_flagged() -> None:
    rows = [team_month("north", place, place / 10, csat_top2=place / 10) for place in range(5)]

    assert [link(linked(*rows, small_sample=small), 1, "csat_top2")["status"] for small in (4, 5)] == ["ok", "small_sample"]


def test_without_teams_there_are_no_rows() -> None:
    assert linked().height == 0


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_rho_and_p_are_those_of_scipy_over_pairs_made_by_hand(seed: int) -> None:
    draw = Random(seed)
    rows = [
        team_month(team, place, draw.randrange(4) / 10, fcr_gross=draw.choice([None, draw.random()])) for team in "ab" for place in range(4)
    ]
    by_cell = {(row["team"], row["month_on"]): row for row in rows}
    pairs = [
        (row["turnover"], after["fcr_gross"])
        for row in rows
        if (after := by_cell.get((row["team"], (row["month_on"] + dt.timedelta(days=31)).replace(day=1))))
        and after["fcr_gross"] is not None
    ]

    row = link(linked(*rows), 1, "fcr_gross")

    assert row["pair_count"] == len(pairs)
    if row["rho"] is not None:
        ones, others = zip(*pairs, strict=True)
        assert row["rho"] == pytest.approx(spearmanr(ones, others).statistic)
        as_close = [abs(spearmanr(shuffled, others).statistic) >= abs(row["rho"]) - 1e-9 for shuffled in permutations(ones)]
        assert row["p_value"] == pytest.approx(sum(as_close) / len(as_close))


def test_what_employees_calls_and_contacts_say_leads_to_the_link() -> None:
    joined = dt.date(2025, 1, 1)
    people = [employee(joined, source_record_id=f"{team}{n}", team=team) for team in ("a", "b", "c") for n in range(4)]
    for team, leaving in (("b", 1), ("c", 2)):
        people += [employee(joined, source_record_id=f"{team}x{n}", team=team, left_on=dt.date(2026, 1, 20)) for n in range(leaving)]
    calls = [
        a_call(started_at=dt.datetime(2026, 2, 3), source_record_id=team, team=team, handled_seconds=seconds, ticket_ref=f"s:{team}")
        for team, seconds in (("a", 100), ("b", 200), ("c", 300))
    ]
    contacts = [
        interaction(dt.datetime(2026, 2, 3), ticket_ref=f"s:{team}", csat_n=3, csat_satisfied=satisfied)
        for team, satisfied in (("a", 3), ("b", 2), ("c", 1))
    ]
    as_of = dt.datetime(2026, 3, 1)
    parameters = Parameters(as_of=as_of)
    monthly = stored(
        EmployeeTurnoverMonthly,
        employee_turnover_monthly(lazy(Employees, *people), lazy(Calls, *calls), lazy(Interactions, *contacts), parameters),
    )
    frame = stored(EmployeeTurnoverLink, employee_turnover_link(nw.from_native(monthly.lazy()), parameters))

    assert link(frame, 1, "handled_seconds_mean")["rho"] == pytest.approx(1)
    assert link(frame, 1, "csat_top2")["rho"] == pytest.approx(-1)
    assert link(frame, 1, "fcr_gross")["gap_reason"] == "no_variation"
