import datetime as dt
from typing import Any

import narwhals as nw
import pytest

from assets.kpi.target_calibration import target_calibration
from assets.parameters import Parameters
from schemas.core.benchmarks import Benchmarks
from schemas.core.targets import Targets
from schemas.core.tickets import Tickets
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.target_calibration import TargetCalibration
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.projection import columns
from schemas.table import Table
from tests.core.rows import benchmark, lazy, only
from tests.core.rows import target as raw_target
from tests.kpi.rows import Row, ticket
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

CSAT = {"kpi": "satisfaction_daily", "figure": "csat_top2"}


def target(value: float, **given: Any) -> Row:
    everywhere = dict.fromkeys(("channel", "touchpoint", "segment", "category", "team"), "all")
    made = raw_target(**{**CSAT, **everywhere, "value": value, **given})
    return {name: found for name, found in made.items() if name != "updated_at"}


def month(place: int) -> dt.date:
    """The first day of a month after the first one of 2024."""
    return dt.date(2024 + place // 12, place % 12 + 1, 1)


def zeros(contract: type[Table], **given: Any) -> Row:
    """A row whose counts are 0 where nothing is given."""
    words = {"VARCHAR": "web", "BIGINT": 0, "DECIMAL(18,4)": 0, "DATE": dt.date(2024, 1, 1)}
    return {column.name: words.get(column.sql_type) for column in columns(contract)} | {"status": "ok"} | given


def satisfied(*counts: int, **given: Any) -> list[Row]:
    """A month each in which so many of a hundred answers are satisfied."""
    shared = {"channel": "web", "touchpoint": "field", "segment": "gold", "csat_n": 100, **given}
    return [zeros(SatisfactionDaily, answered_on=month(place), csat_satisfied=count, **shared) for place, count in enumerate(counts)]


def calibrated(
    *targets: Row,
    satisfaction: list[Row] | None = None,
    resolution: Any = (),
    times: Any = (),
    benchmarks: Any = (),
    tickets: Any = (),
    **settings: Any,
) -> Any:
    frame = target_calibration(
        lazy(SatisfactionDaily, *(satisfaction or ())),
        lazy(FirstContactResolutionDaily, *resolution),
        lazy(TicketTimesDaily, *times),
        lazy(CostPerSaleMonthly),
        lazy(Targets, *(dict(row, source_record_id=str(place)) for place, row in enumerate(targets))),
        lazy(Benchmarks, *({name: found for name, found in row.items() if name != "updated_at"} for row in benchmarks)),
        lazy(Tickets, *(dict(row, ticket_ref=f"s:{place}") for place, row in enumerate(tickets))),
        Parameters(**settings),
    )
    return nw.from_native(stored(TargetCalibration, frame), eager_only=True)


@pytest.mark.parametrize(
    ("value", "verdict", "met"), [(0.50, "too_low", 20), (0.70, "realistic", 10), (0.90, "too_high", 0), (0.80, "realistic", 1)]
)
def test_a_target_is_judged_by_how_often_it_was_met_and_how_far_it_lies_from_us(value: float, verdict: str, met: int) -> None:
    row = only(calibrated(target(value), satisfaction=satisfied(*[60] * 10, *[70] * 9, 80)))

    assert (row["verdict"], row["met_count"], row["month_count"], row["status"]) == (verdict, met, 20, "ok")
    assert (row["first_month_on"], row["last_month_on"]) == (month(0), month(19))


def test_attainment_has_its_interval_and_realistic_targets_lie_between_the_sixtieth_and_ninetieth_percentile() -> None:
    row = only(calibrated(target(0.65), satisfaction=satisfied(*range(50, 61))))

    assert (row["attainment"], row["attainment_ci_high"]) == (0.0, pytest.approx(0.2588, abs=5e-5))
    assert (row["own_median"], row["own_best_decile"]) == (pytest.approx(0.55), pytest.approx(0.59))
    assert (row["suggested_from"], row["suggested_to"]) == (pytest.approx(0.56), pytest.approx(0.59))


def test_where_low_values_are_good_everything_is_turned_around() -> None:
    def waited(*seconds: int) -> list[Row]:
        counts = {"channel": "web", "priority": "low", "replied_count": 1}
        return [
            zeros(TicketTimesDaily, opened_on=month(place), first_reply_seconds_sum=count, **counts) for place, count in enumerate(seconds)
        ]

    wait = {"kpi": "ticket_times_daily", "figure": "first_reply_seconds_mean", "direction": "at_most"}
    row = only(calibrated(target(200.0, **wait), times=waited(*range(100, 120))))

    assert (row["verdict"], row["met_count"]) == ("too_low", 20)
    assert (row["own_median"], row["suggested_from"], row["suggested_to"]) == pytest.approx((109.5, 107.6, 101.9))
    assert only(calibrated(target(90.0, **wait), times=waited(*range(100, 120))))["verdict"] == "too_high"


def test_fewer_than_six_mature_months_are_too_few_and_suggest_nothing() -> None:
    row = only(calibrated(target(0.5), satisfaction=satisfied(*[60] * 5)))

    assert (row["verdict"], row["suggested_from"], row["status"]) == ("insufficient_data", None, "small_sample")


def test_a_target_no_worse_than_the_benchmark_is_not_too_low_and_the_peers_best_quarter_bounds_the_suggestion() -> None:
    peers = benchmark(**CSAT, segment="all", definition="satisfaction_daily.csat_top2", value=0.4, upper_quartile=0.62)
    months = satisfied(*[60] * 10, *[70] * 10)

    row = only(calibrated(target(0.5), satisfaction=months, benchmarks=[peers]))

    assert (row["verdict"], row["benchmark_value"], row["peer_best_quartile"]) == ("realistic", 0.4, 0.62)
    assert (row["suggested_from"], row["suggested_to"]) == (pytest.approx(0.7), pytest.approx(0.7))
    other = dict(peers, definition="csat_net")
    assert only(calibrated(target(0.5), satisfaction=months, benchmarks=[other]))["verdict"] == "too_low"


def test_the_latest_comparable_benchmark_counts_and_one_for_the_segment_before_one_for_all() -> None:
    ours = {**CSAT, "definition": "satisfaction_daily.csat_top2", "segment": "all"}
    old, new = (benchmark(**ours, value=value, period_to_on=dt.date(year, 1, 1)) for value, year in ((0.1, 2020), (0.2, 2025)))
    gold = benchmark(**{**ours, "segment": "gold"}, value=0.3, period_to_on=dt.date(2019, 1, 1))

    assert only(calibrated(target(0.5), benchmarks=[new, old, gold]))["benchmark_value"] == 0.2
    assert only(calibrated(target(0.5, segment="gold"), benchmarks=[new, old, gold]))["benchmark_value"] == 0.3


def test_only_the_part_of_the_company_that_the_target_holds_for_is_looked_at() -> None:
    months = [*satisfied(*[60] * 6), *satisfied(*[0] * 6, channel="phone")]

    assert only(calibrated(target(0.5, channel="web"), satisfaction=months))["met_count"] == 6
    assert only(calibrated(target(0.5), satisfaction=months))["met_count"] == 0


@pytest.mark.parametrize("given", [{"team": "north"}, {"category": "x"}, {"figure": "no_such_figure"}, {"kpi": "no_such_table"}])
def test_where_no_such_figure_is_known_the_data_do_not_suffice(given: dict[str, str]) -> None:
    row = only(calibrated(target(0.5, **given), satisfaction=satisfied(*[60] * 20)))

    assert (row["verdict"], row["month_count"], row["attainment"], row["status"]) == ("insufficient_data", 0, None, "no_data")


def test_a_month_that_has_not_ended_or_whose_contacts_are_immature_is_not_judged() -> None:
    as_of = dt.datetime(2024, 6, 30, 12)
    assert only(calibrated(target(0.5), satisfaction=satisfied(*[60] * 7), as_of=as_of))["last_month_on"] == month(5)
    assert only(calibrated(target(0.5), satisfaction=satisfied(*[60] * 7), as_of=as_of - dt.timedelta(days=1)))["month_count"] == 5
    resolution = [
        zeros(FirstContactResolutionDaily, contacted_on=month(place), touchpoint="field", anchor_count=5, n_immature=place)
        for place in range(2)
    ]
    fcr = {"kpi": "first_contact_resolution_daily", "figure": "fcr_repeat"}
    assert only(calibrated(target(0.5, **fcr), resolution=resolution))["month_count"] == 1


def test_only_the_last_months_are_looked_at() -> None:
    row = only(calibrated(target(0.5), satisfaction=satisfied(*[0] * 6, *[60] * 6), calibration_months=6))

    assert (row["first_month_on"], row["met_count"], row["month_count"]) == (month(6), 6, 6)


WAIT: Row = {"kpi": "ticket_times_daily", "figure": "first_reply_seconds_mean", "direction": "at_most"}
HOUR = 3600


def waited(hours: float, satisfied: int, n: int, **given: Any) -> list[Row]:
    """Rated contacts of one wait for the first reply."""
    opened_at = dt.datetime(2024, 1, 10, 8)
    replied_at = opened_at + dt.timedelta(hours=hours)
    return [
        ticket(opened_at, **{"first_replied_at": replied_at, "csat_n": 1, "csat_satisfied": int(place < satisfied), **given})
        for place in range(n)
    ]


def zoned(value: float, tickets: list[Row], settings: Any = None, **given: Any) -> dict[str, Any]:
    times = [zeros(TicketTimesDaily, opened_on=month(0), channel="web", priority="low", replied_count=1, first_reply_seconds_sum=HOUR)]
    return only(calibrated(target(value, **{**WAIT, **given}), times=times, tickets=tickets, **{"small_sample": 10, **(settings or {})}))


DROP = [*waited(0.5, 18, 20), *waited(4, 17, 20), *waited(8, 6, 20), *waited(30, 5, 20)]


@pytest.mark.parametrize(("hours", "note"), [(4, "stricter_than_noticed"), (8, "at_adequate_limit"), (12, "looser_than_adequate")])
def test_a_target_lies_within_at_or_beyond_the_wait_from_which_fewer_are_satisfied(hours: float, note: str) -> None:
    row = zoned(hours * HOUR, DROP)

    assert (row["zone_n"], row["adequate_limit"], row["csat_within_limit"], row["csat_from_limit"]) == (80, 8 * HOUR, 0.875, 0.3)
    assert row["zone_note"] == note


def test_where_nobody_minds_waiting_every_target_is_stricter_than_customers_notice() -> None:
    row = zoned(40 * HOUR, [*waited(0.5, 15, 20), *waited(30, 15, 20)])

    assert (row["adequate_limit"], row["csat_within_limit"], row["zone_note"]) == (None, None, "stricter_than_noticed")


def test_with_too_few_answers_the_zone_is_not_known() -> None:
    assert zoned(HOUR, DROP, {"small_sample": 50})["adequate_limit"] is None
    row = zoned(HOUR, waited(0.5, 5, 20))
    assert (row["zone_n"], row["zone_note"]) == (20, "too_few_answers")


def test_the_bands_are_those_declared_and_their_lower_ends_belong_to_them() -> None:
    for hours, limit in ((5.99, 2), (6.0, 6)):
        row = zoned(HOUR, [*waited(1, 18, 20), *waited(hours, 6, 20)], {"reply_bands_hours": (2, 6)})
        assert row["adequate_limit"] == limit * HOUR
    with pytest.raises(ValueError, match="hours must rise"):
        Parameters(reply_bands_hours=(4, 4))


def test_only_rated_contacts_of_the_targets_part_of_the_company_in_the_months_judged_are_looked_at() -> None:
    others = [
        *waited(9, 0, 20, channel="phone"),
        *waited(9, 0, 20, is_contact=False),
        *waited(9, 0, 20, csat_n=0),
        *waited(9, 0, 20, first_replied_at=None),
        *waited(9, 0, 20, opened_on=dt.date(2024, 2, 1)),
        *waited(9, 0, 20, opened_on=dt.date(2023, 12, 31)),
    ]

    row = zoned(HOUR, [*waited(0.5, 18, 20), *waited(2, 18, 20), *others], channel="web")

    assert (row["zone_n"], row["adequate_limit"], row["zone_note"]) == (40, None, "stricter_than_noticed")


@pytest.mark.parametrize("given", [{"direction": "at_least"}, {"figure": "full_resolution_seconds_mean"}, CSAT, {"channel": "chat"}])
def test_targets_on_other_figures_or_without_a_month_are_not_tested(given: dict[str, str]) -> None:
    row = zoned(HOUR, DROP, **given)

    assert [row[name] for name in ("zone_n", "adequate_limit", "csat_within_limit", "csat_from_limit", "zone_note")] == [None] * 5


def test_without_targets_there_are_no_rows() -> None:
    assert calibrated(satisfaction=satisfied(60)).to_native().height == 0
