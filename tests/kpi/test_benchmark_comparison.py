import datetime as dt
from decimal import Decimal
from typing import Any

import narwhals as nw
import pytest

from assets.kpi.benchmark_comparison import benchmark_comparison
from assets.kpi.cost_per_sale_monthly import cost_per_sale_monthly
from assets.kpi.first_contact_resolution_daily import first_contact_resolution_daily
from assets.kpi.satisfaction_daily import satisfaction_daily
from assets.kpi.ticket_times_daily import ticket_times_daily
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.benchmarks import Benchmarks
from schemas.core.costs import Costs
from schemas.core.interactions import Interactions
from schemas.core.orders import Orders
from schemas.core.tickets import Tickets
from schemas.kpi.benchmark_comparison import BenchmarkComparison
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from tests.core.rows import NOON, lazy, only, opening_hours, values
from tests.core.rows import benchmark as raw_benchmark
from tests.kpi.rows import MARCH, MONDAY, Row, answer, cost, interaction, order, ticket
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow


def benchmark(figure: str = "csat_top2", kpi: str = "satisfaction_daily", **given: Any) -> Row:
    made = {"kpi": kpi, "figure": figure, "segment": "all", "definition": f"{kpi}.{figure}", "period_to_on": MONDAY, **given}
    return {name: value for name, value in raw_benchmark(**made).items() if name != "updated_at"}


def rated(good: int, bad: int, **given: Any) -> list[Row]:
    made = [answer(is_top_box=place < good, is_bottom_box=place >= good, **given) for place in range(good + bad)]
    return [dict(row, source_record_id=f"{given.get('segment')}{given.get('answered_on')}{place}") for place, row in enumerate(made)]


def compared(*benchmarks: Row, answers: Any = (), interactions: Any = (), tickets: Any = (), money: Any = ((), ()), **settings: Any) -> Any:
    """The comparison of core rows by way of our tables."""
    parameters = Parameters(**{"small_sample": 1, **settings})
    contacts = lazy(Interactions, *interactions)
    orders, costs = lazy(Orders, *money[0]), lazy(Costs, *money[1])
    frame = benchmark_comparison(
        nw.from_native(stored(SatisfactionDaily, satisfaction_daily(lazy(Answers, *answers), parameters)).lazy()),
        nw.from_native(stored(FirstContactResolutionDaily, first_contact_resolution_daily(contacts, parameters)).lazy()),
        nw.from_native(stored(TicketTimesDaily, ticket_times_daily(lazy(Tickets, *tickets), *opening_hours({}), parameters)).lazy()),
        nw.from_native(stored(CostPerSaleMonthly, cost_per_sale_monthly(contacts, orders, costs, parameters)).lazy()),
        lazy(Benchmarks, *(dict(row, source_record_id=str(place)) for place, row in enumerate(benchmarks))),
        parameters,
    )
    return nw.from_native(stored(BenchmarkComparison, frame), eager_only=True)


@pytest.mark.parametrize(
    ("good", "bad", "verdict"), [(50, 50, "below"), (80, 20, "not_distinguishable"), (95, 5, "above"), (1, 0, "not_distinguishable")]
)
def test_the_verdict_says_on_which_side_of_the_benchmark_the_whole_interval_lies(good: int, bad: int, verdict: str) -> None:
    row = only(compared(benchmark(value=0.78), answers=rated(good, bad)))

    assert (row["month_on"], row["n"], row["verdict"]) == (MARCH, good + bad, verdict)
    assert row["value"] == pytest.approx(good / (good + bad))
    assert row["gap"] == pytest.approx(row["value"] - 0.78)


def test_days_and_segments_of_a_month_are_summed_before_they_are_divided() -> None:
    monday, tuesday = rated(9, 0, segment="gold"), rated(0, 1, segment="silver", answered_on=MONDAY + dt.timedelta(days=1))

    row = only(compared(benchmark(), answers=[*monday, *tuesday]))

    assert (row["value"], row["n"]) == (0.9, 10)
    assert (row["value_ci_low"], row["value_ci_high"]) == pytest.approx((0.5958, 0.9821), abs=5e-5)


def test_a_benchmark_for_a_segment_of_ours_is_held_against_it_and_any_other_against_the_company() -> None:
    answers = [*rated(1, 0, segment="gold"), *rated(0, 1, segment="silver")]

    frame = compared(benchmark(segment="gold"), benchmark(segment="retail"), answers=answers)

    assert values(frame, "segment", "value") == [("gold", 1.0), ("retail", 0.5)]


def test_another_definition_is_not_comparable_and_no_number_of_ours_stands_beside_it() -> None:
    row = only(compared(benchmark(definition="csat_net"), answers=rated(9, 1)))

    assert (row["verdict"], row["status"]) == ("not_comparable", "no_data")
    assert [row[name] for name in ("value", "value_ci_low", "value_ci_high", "n", "gap")] == [None] * 5


@pytest.mark.parametrize(("kpi", "figure"), [("no_such_table", "x"), ("ticket_times_daily", "first_reply_seconds_median")])
def test_a_figure_that_is_not_compared_is_told_once_in_the_last_month_of_its_benchmark(kpi: str, figure: str) -> None:
    assert values(compared(benchmark(figure, kpi), answers=rated(1, 0)), "month_on", "verdict") == [(MARCH, "not_comparable")]


@pytest.mark.parametrize(("ended", "verdict"), [(dt.date(2026, 3, 1), "above"), (dt.date(2026, 2, 28), "stale")])
def test_a_benchmark_whose_period_ended_too_long_before_our_months_end_is_stale(ended: dt.date, verdict: str) -> None:
    row = only(compared(benchmark(value=0.1, period_to_on=ended), answers=rated(9, 1), benchmark_stale_days=30))

    assert (row["verdict"], row["value"], row["gap"] is None) == (verdict, 0.9, verdict == "stale")


def test_a_month_without_what_the_figure_divides_by_has_no_figure_and_no_verdict() -> None:
    row = only(compared(benchmark("nps"), answers=rated(1, 0)))

    assert (row["value"], row["value_ci_low"], row["n"], row["verdict"], row["status"]) == (None, None, 0, None, "no_data")


def test_nps_has_its_own_interval() -> None:
    answers = [answer(metric="nps", source_record_id=str(place), is_top_box=True, is_bottom_box=False) for place in range(10)]

    row = only(compared(benchmark("nps", value=30.0), answers=answers))

    assert (row["value"], row["verdict"]) == (100.0, "above")
    assert row["value_ci_low"] == pytest.approx(47.5, abs=0.05)


def test_costs_and_times_are_compared_as_they_are() -> None:
    money = ([order()], [cost("12", channel="web")])
    times = [ticket(first_replied_at=NOON + dt.timedelta(seconds=60))]

    frame = compared(
        benchmark("cost_per_contact", "cost_per_sale_monthly", value=11.0),
        benchmark("revenue_per_service_dollar", "cost_per_sale_monthly", value=2.0),
        benchmark("first_reply_seconds_mean", "ticket_times_daily", value=60.0),
        interactions=[interaction()],
        tickets=times,
        money=money,
    )

    assert values(frame, "figure", "value", "value_ci_low", "n", "verdict") == [
        ("cost_per_contact", 12.0, None, 1, "above"),
        ("first_reply_seconds_mean", 60.0, None, 1, "not_distinguishable"),
        ("revenue_per_service_dollar", float(Decimal(10) / 12), None, None, "below"),
    ]


def test_while_contacts_of_the_month_are_immature_its_resolution_is_too() -> None:
    rows = [interaction(ticket_ref="s:1"), interaction(NOON + dt.timedelta(days=1), ticket_ref="s:2")]

    row = only(compared(benchmark("fcr_repeat", "first_contact_resolution_daily"), interactions=rows, as_of=NOON + dt.timedelta(days=7)))

    assert (row["value"], row["n"], row["status"]) == (1.0, 1, "immature")


def test_a_score_says_where_we_lie_between_the_quartiles_and_the_balanced_one_weighs_the_figures() -> None:
    answers = rated(7, 3)
    csat = benchmark(lower_quartile=0.6, upper_quartile=0.8)
    wait = benchmark("first_reply_seconds_mean", "ticket_times_daily", value=100.0, lower_quartile=60.0, upper_quartile=160.0)
    tickets = [ticket(first_replied_at=NOON + dt.timedelta(seconds=85))]

    frame = compared(csat, wait, answers=answers, tickets=tickets)
    weighed = compared(csat, wait, answers=answers, tickets=tickets, score_weights={"ticket_times_daily.first_reply_seconds_mean": 3})

    names = ("figure", "score", "balanced_score", "balanced_figure_count", "balanced_basis")
    assert values(frame, *names) == [
        ("csat_top2", pytest.approx(0.5), pytest.approx(0.625), 2, "benchmark"),
        ("first_reply_seconds_mean", pytest.approx(0.75), pytest.approx(0.625), 2, "benchmark"),
    ]
    assert values(weighed, "balanced_score") == pytest.approx([(0.5 + 3 * 0.75) / 4] * 2)


def test_without_quartiles_or_when_not_comparable_there_is_no_score() -> None:
    known: dict[str, Any] = {"lower_quartile": 0.6, "upper_quartile": 0.8}
    stale = benchmark(period_to_on=dt.date(2020, 1, 1), **known)

    frame = compared(benchmark(), benchmark(definition="another", **known), stale, answers=rated(7, 3))

    assert values(frame, "score", "balanced_score", "balanced_figure_count") == [(None, None, 0)] * 3


@pytest.mark.parametrize(
    ("weights", "fault"),
    [
        ({"satisfaction_daily.no_such": 1}, "no figure"),
        ({"csat_top2": 1}, "no figure"),
        ({"satisfaction_daily.csat_top2": -1}, "0 or more"),
    ],
)
def test_a_weight_is_declared_of_a_figure_and_is_no_less_than_0(weights: dict[str, float], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Parameters(score_weights=weights)
