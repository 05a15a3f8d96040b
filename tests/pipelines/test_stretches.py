"""What a table owes to rows that last over days, months or quarters: those they touch are computed anew, and no others."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.derivation import Derivation, derivation
from assets.kpi.churn_attribution import churn_attribution
from assets.kpi.reasons_for_choice import reasons_for_choice
from assets.kpi.segment_lifetime_value_monthly import segment_lifetime_value_monthly
from assets.kpi.stage_bottlenecks import stage_bottlenecks
from assets.kpi.ticket_backlog_daily import ticket_backlog_daily
from pipelines import reading
from pipelines.refresh import Refresh, refresh, write_references
from pipelines.warehouse.duckdb_store import DuckDBWarehouse
from schemas.core.answers import Answers
from schemas.core.customers import Customers
from schemas.core.orders import Orders
from schemas.core.ticket_visits import TicketVisits
from tests.core.rows import lazy
from tests.kpi.rows import answer, order, visit
from tests.world import World

FIRST = dt.datetime(2026, 3, 2, 12)
BACKLOG, BOTTLENECKS, REASONS = map(derivation, (ticket_backlog_daily, stage_bottlenecks, reasons_for_choice))
LIFETIME, CHURN = map(derivation, (segment_lifetime_value_monthly, churn_attribution))
Visit = tuple[int, int | None]
"""How many days after the first a ticket came, and how many days it stayed, if it is not there still."""


def store(warehouse: DuckDBWarehouse, visits: dict[str, Visit], days: int = 1) -> None:
    """Make these the visits of these tickets, one of each; their numbers count so many days."""
    rows = []
    for ticket, (came, stayed) in visits.items():
        entered = FIRST + dt.timedelta(days=came * days)
        rows.append(dict(visit(entered, None if stayed is None else entered + dt.timedelta(days=stayed * days)), ticket_ref=ticket))
    tickets = pl.DataFrame({"ticket_ref": list(visits)}, schema={"ticket_ref": pl.String})
    with warehouse.transaction():
        warehouse.replace(TicketVisits, [lazy(TicketVisits, *rows)], ("ticket_ref",), warehouse.hold(tickets))


def refreshed(warehouse: DuckDBWarehouse, world: World, days: int, derived: Derivation = BACKLOG, *, rebuild: bool = False) -> Refresh:
    """Bring a table up to date, with data known until so many days after the first."""
    parameters = world.settings.parameters(FIRST + dt.timedelta(days=days))
    return refresh(warehouse, derived, parameters, world.settings.references, rebuild=rebuild)


def counted(warehouse: DuckDBWarehouse) -> list[tuple[int, int]]:
    """How many tickets were open at the end of each day, counted from the first."""
    rows = warehouse.query("SELECT backlog_on, sum(ticket_count)::BIGINT FROM kpi.ticket_backlog_daily GROUP BY ALL ORDER BY ALL").rows()
    return [((day - FIRST.date()).days, count) for day, count in rows]


@pytest.fixture
def prepared(world: World) -> World:
    with world.warehouse() as warehouse:
        write_references(warehouse, world.settings.time_zone, world.settings.rates, world.settings.schedules)
    return world


def test_a_ticket_that_is_left_late_touches_the_days_it_was_there_and_no_others(prepared: World) -> None:
    with prepared.warehouse() as warehouse:
        store(warehouse, {"old": (0, None), "young": (8, None)})
        refreshed(warehouse, prepared, 10)
        store(warehouse, {"young": (8, 1)})
        done = refreshed(warehouse, prepared, 10)

        assert done == Refresh(units=3, deleted=1, inserted=1)
        assert counted(warehouse) == [(day, 1) for day in range(8)] + [(8, 2), (9, 1)]


def test_days_between_two_that_are_touched_are_left_alone(prepared: World) -> None:
    with prepared.warehouse() as warehouse:
        store(warehouse, {"early": (0, 1), "through": (0, None), "late": (9, 1)})
        refreshed(warehouse, prepared, 12)
        store(warehouse, {"early": (0, 2), "late": (9, 2)})

        assert refreshed(warehouse, prepared, 12) == Refresh(units=4, deleted=2, inserted=2)


changes = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(0, 12), st.none() | st.integers(0, 9)), max_size=3),
        st.integers(1, 15),
    ),
    min_size=2,
    max_size=5,
)


@pytest.mark.slow
@pytest.mark.parametrize(("derived", "days"), [(BACKLOG, 1), (BOTTLENECKS, 17)], ids=["days", "months"])
@pytest.mark.parametrize("small_table", [0, reading.SMALL_TABLE], ids=["in the warehouse", "in memory"])
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=changes)
def test_after_any_changes_and_any_move_of_time_a_rebuild_finds_nothing_to_change(
    small_table: int, derived: Derivation, days: int, changes: list[tuple[dict[str, Visit], int]], prepared: World
) -> None:
    with pytest.MonkeyPatch.context() as patch, prepared.warehouse() as warehouse:
        patch.setattr(reading, "SMALL_TABLE", small_table)
        patch.setattr(reading, "FEW_ROWS", reading.FEW_ROWS if small_table else -1)
        for visits, known in changes:
            store(warehouse, visits, days)
            refreshed(warehouse, prepared, known * days, derived)

            assert refreshed(warehouse, prepared, known * days, derived, rebuild=True) == Refresh(units=None)


def test_an_order_touches_the_four_quarters_in_which_it_makes_a_tier(prepared: World) -> None:
    days = [dt.date(year, month, 5) for year in (2024, 2025) for month in (2, 5, 8, 11)]
    reasons = [
        answer(source_record_id=f"{number}", metric="reason", choice="price", answered_on=day, customer_key="c1")
        for number, day in enumerate(days)
    ]
    with prepared.warehouse() as warehouse, warehouse.transaction():
        warehouse.replace(Answers, [lazy(Answers, *reasons)], (), None)
    with prepared.warehouse() as warehouse:
        before = refreshed(warehouse, prepared, 0, REASONS)
        with warehouse.transaction():
            warehouse.replace(Orders, [lazy(Orders, order(customer_key="c1", ordered_on=days[1]))], (), None)
        after = refreshed(warehouse, prepared, 0, REASONS)
        tiers = warehouse.query("SELECT value_tier FROM kpi.reasons_for_choice ORDER BY quarter_on").to_series().to_list()

        assert before == Refresh(units=None, inserted=8)
        assert after == Refresh(units=4, deleted=4, inserted=4)
        assert tiers == ["unknown", "top", "top", "top", "top", "unknown", "unknown", "unknown"]
        assert refreshed(warehouse, prepared, 0, REASONS, rebuild=True) == Refresh(units=None)


def sell(warehouse: DuckDBWarehouse, sales: dict[str, tuple[int, int]], since: dict[str, int]) -> None:
    """Make these the orders, each by who bought how many days after the first; and the customers with a known first day."""
    ordered = [
        order(source_record_id=name, customer_key=f"c{customer}", segment="gold", ordered_on=FIRST.date() + dt.timedelta(days=day))
        for name, (customer, day) in sales.items()
    ]
    recorded = [
        {
            "customer_key": key,
            "segment": "gold",
            "region": "west",
            "customer_since_on": FIRST.date() + dt.timedelta(days=day),
            "record_count": 1,
        }
        for key, day in since.items()
    ]
    with warehouse.transaction():
        warehouse.replace(Orders, [lazy(Orders, *ordered)], (), None)
        warehouse.replace(Customers, [lazy(Customers, *recorded)], (), None)


sold = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 2), st.integers(0, 400)), max_size=6),
        st.dictionaries(st.sampled_from(["c0", "c1"]), st.integers(-500, 300), max_size=2),
        st.integers(1, 450),
    ),
    min_size=2,
    max_size=5,
)


@pytest.mark.slow
@pytest.mark.parametrize("derived", [LIFETIME, CHURN], ids=["worth", "churn"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=sold)
def test_after_any_sales_and_any_move_of_time_a_rebuild_finds_nothing_to_change(
    derived: Derivation, states: list[tuple[dict[str, tuple[int, int]], dict[str, int], int]], prepared: World
) -> None:
    with prepared.warehouse() as warehouse:
        for sales, since, known in states:
            sell(warehouse, sales, since)
            refreshed(warehouse, prepared, known, derived)

            assert refreshed(warehouse, prepared, known, derived, rebuild=True) == Refresh(units=None)


def test_a_new_order_touches_the_months_of_two_windows_and_none_before(prepared: World) -> None:
    with prepared.warehouse() as warehouse:
        sell(warehouse, {"old": (0, 0), "older": (1, 40)}, {})
        refreshed(warehouse, prepared, 300, LIFETIME)
        sell(warehouse, {"old": (0, 0), "older": (1, 40), "new": (0, 299)}, {})

        assert refreshed(warehouse, prepared, 300, LIFETIME) == Refresh(units=25, inserted=1)
