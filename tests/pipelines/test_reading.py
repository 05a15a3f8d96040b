"""A table comes out the same whether its inputs are read whole, by the columns that a plan needs, or left in the warehouse."""

import datetime as dt
from dataclasses import replace

import pytest

from assets.core.interactions import interactions
from assets.derivation import Derivation, derivation
from assets.frames import Eager, Frame
from assets.kpi.identity_match_monthly import identity_match_monthly
from assets.kpi.satisfaction_drivers import satisfaction_drivers
from assets.parameters import Parameters
from pipelines import reading
from pipelines import refresh as refreshing
from pipelines.refresh import Refresh, refresh, write_references
from pipelines.warehouse.duckdb_store import DuckDBWarehouse
from schemas.core.answers import Answers
from schemas.core.orders import Orders
from schemas.core.tickets import Tickets
from tests.core.rows import lazy
from tests.kpi.rows import answer, order, ticket
from tests.world import World

SPRING = dt.date(2026, 4, 5)
DRIVERS, MATCHES = map(derivation, (satisfaction_drivers, identity_match_monthly))
FIGURES = {
    DRIVERS.name: ("quarter_on, driver, answer_count, case_count, performance", [(SPRING.replace(day=1), "speed", 12, 12, 0.5)]),
    MATCHES.name: (
        "month_on, kind, record_count, matched_count",
        [(SPRING.replace(day=1), "answer", 24, 24), (SPRING.replace(day=1), "order", 2, 2)],
    ),
}


def store(warehouse: DuckDBWarehouse, tops: int) -> None:
    """Twelve responses in spring, of which so many praise the speed; two orders."""
    rated = [
        answer(
            source_record_id=f"{number}",
            question=question,
            metric="csat" if question == "csat" else "driver",
            score_points=5.0 if number < tops else 3.0,
            is_top_box=number < tops,
            answered_on=SPRING,
            customer_key="c1",
            is_matched=True,
        )
        for number in range(12)
        for question in ("csat", "speed")
    ]
    ordered = [order(source_record_id=f"o{number}", ordered_on=SPRING, customer_key="c1", is_matched=True) for number in range(2)]
    with warehouse.transaction():
        warehouse.replace(Answers, [lazy(Answers, *rated)], (), None)
        warehouse.replace(Orders, [lazy(Orders, *ordered)], (), None)


@pytest.mark.parametrize("derived", [DRIVERS, MATCHES], ids=lambda derived: derived.name)
@pytest.mark.parametrize(
    ("few", "many", "large"),
    [(1000, 2000, 1000), (0, 2000, 1000), (1000, 2000, 0), (0, 2000, 0), (-1, -1, 1000)],
    ids=["read whole", "too many to be read whole", "of large tables", "too many, of large tables", "in the warehouse"],
)
def test_a_table_comes_out_the_same_however_its_inputs_are_read(
    few: int, many: int, large: int, derived: Derivation, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SMALL_TABLE", 0)
    monkeypatch.setattr(reading, "FEW_ROWS", few)
    monkeypatch.setattr(reading, "MANY_ROWS", many)
    monkeypatch.setattr(reading, "LARGE_TABLE", large)
    parameters = world.settings.parameters(dt.datetime(2026, 8, 1))
    with world.warehouse() as warehouse:
        write_references(warehouse, world.settings.time_zone, world.settings.rates, world.settings.schedules)
        store(warehouse, tops=1)
        refresh(warehouse, derived, parameters, world.settings.references)
        store(warehouse, tops=6)
        refresh(warehouse, derived, parameters, world.settings.references)

        chosen, expected = FIGURES[derived.name]
        assert warehouse.query(f"SELECT {chosen} FROM {derived.name} ORDER BY ALL").rows() == expected
        assert refresh(warehouse, derived, parameters, world.settings.references, rebuild=True) == Refresh(units=None)


def test_what_needs_collected_rows_is_computed_a_bounded_number_of_units_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    derived = derivation(interactions)
    given: list[list[str]] = []

    def told(tickets: Eager, parameters: Parameters) -> Frame:
        given.append(sorted(tickets["contact_group"].unique().to_list()))
        return interactions(tickets, parameters)

    monkeypatch.setattr(reading, "SMALL_TABLE", 0)
    monkeypatch.setattr(reading, "FEW_ROWS", -1)
    monkeypatch.setattr(refreshing, "EAGER_UNITS", 2)
    tickets = [
        ticket(ticket_ref=f"t{contact}{group}", source_record_id=f"{contact}{group}", contact_group=group, is_contact=True)
        for contact in range(3)
        for group in "edcba"
    ]
    with world.warehouse() as warehouse:
        write_references(warehouse, world.settings.time_zone, world.settings.rates, world.settings.schedules)
        with warehouse.transaction():
            warehouse.replace(Tickets, [lazy(Tickets, *tickets)], (), None)
        refresh(warehouse, replace(derived, function=told), world.settings.parameters(dt.datetime(2026, 8, 1)), world.settings.references)

        counted = "SELECT contact_group, count(*) FROM core.interactions GROUP BY ALL ORDER BY ALL"
        assert warehouse.query(counted).rows() == [(group, 3) for group in "abcde"]
    assert given == [["a", "b"], ["c", "d"], ["e"]]
