"""What a table owes to the columns that it does not read: a change of them touches nothing of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.catalogue import DERIVED
from assets.derivation import Derivation, by_quarter, derivation, sees
from assets.kpi.follow_up_daily import follow_up_daily
from assets.kpi.identity_match_monthly import identity_match_monthly
from assets.kpi.satisfaction_daily import satisfaction_daily
from assets.kpi.satisfaction_drivers import satisfaction_drivers
from assets.kpi.word_of_mouth import word_of_mouth
from assets.parameters import Parameters
from pipelines.refresh import Refresh, refresh, write_references
from pipelines.warehouse.duckdb_store import DuckDBWarehouse
from schemas.core.answers import Answers
from schemas.core.customers import Customers
from schemas.projection import columns
from tests.core.rows import lazy, table
from tests.kpi.rows import answer
from tests.world import World

KNOWN = dt.datetime(2026, 6, 1)
DAY, MONTH, QUARTER, FOLLOWED = map(derivation, (satisfaction_daily, identity_match_monthly, satisfaction_drivers, follow_up_daily))
WHOLE = derivation(word_of_mouth)
Row = Mapping[str, Any]


@pytest.fixture
def prepared(world: World) -> World:
    with world.warehouse() as warehouse:
        write_references(warehouse, world.settings.time_zone, world.settings.rates, world.settings.schedules)
    return world


def store(warehouse: DuckDBWarehouse, *rows: Row) -> None:
    """Make these the answers."""
    with warehouse.transaction():
        warehouse.replace(Answers, [lazy(Answers, *rows)], (), None)


def refreshed(warehouse: DuckDBWarehouse, world: World, derived: Derivation, *, rebuild: bool = False) -> Refresh:
    return refresh(warehouse, derived, world.settings.parameters(KNOWN), world.settings.references, rebuild=rebuild)


ANNS = answer(source_record_id="1", segment="gold", answered_on=dt.date(2026, 3, 2))
BOBS = answer(source_record_id="2", segment="gold", answered_on=dt.date(2026, 4, 2))


def test_a_customer_of_another_segment_touches_what_is_told_by_segment_and_nothing_else(prepared: World) -> None:
    with prepared.warehouse() as warehouse:
        store(warehouse, ANNS, BOBS)
        for derived in (DAY, MONTH, QUARTER):
            refreshed(warehouse, prepared, derived)
        store(warehouse, dict(ANNS, segment="plain"), BOBS)

        assert refreshed(warehouse, prepared, DAY) == Refresh(units=1, deleted=1, inserted=1)
        assert refreshed(warehouse, prepared, MONTH) == Refresh(units=0)
        assert refreshed(warehouse, prepared, QUARTER) == Refresh(units=0)


@pytest.mark.parametrize(
    "after", [[ANNS], [ANNS, BOBS, dict(BOBS, source_record_id="3")], [ANNS, dict(BOBS, answered_on=dt.date(2026, 5, 9))]]
)
def test_a_row_that_comes_or_goes_or_moves_touches_whatever_reads_its_table(prepared: World, after: list[Row]) -> None:
    with prepared.warehouse() as warehouse:
        store(warehouse, ANNS, BOBS)
        refreshed(warehouse, prepared, QUARTER)
        store(warehouse, *after)

        done = refreshed(warehouse, prepared, QUARTER)
        assert done.units == 1
        assert refreshed(warehouse, prepared, QUARTER, rebuild=True) == Refresh(units=None)


def test_a_table_that_is_computed_whole_is_left_alone_too(prepared: World) -> None:
    ann = {"customer_key": "c1", "segment": "gold", "region": "north", "customer_since_on": None, "record_count": 1}
    with prepared.warehouse() as warehouse:
        for number, region in enumerate(("north", "south")):
            with warehouse.transaction():
                warehouse.replace(Customers, [lazy(Customers, dict(ann, region=region))], (), None)
            assert refreshed(warehouse, prepared, WHOLE) == (Refresh(units=0) if number else Refresh(units=None))


def test_what_was_noted_and_does_not_matter_is_waited_for_no_longer(prepared: World) -> None:
    with prepared.warehouse() as warehouse:
        store(warehouse, ANNS)
        refreshed(warehouse, prepared, QUARTER)
        before = warehouse.refreshed(QUARTER.contract)
        store(warehouse, dict(ANNS, segment="plain"))
        refreshed(warehouse, prepared, QUARTER)
        after = warehouse.refreshed(QUARTER.contract)

        assert before is not None
        assert after is not None
        assert after.generation > before.generation


def test_a_function_that_looks_at_another_column_fails_and_nothing_is_written(prepared: World) -> None:
    careless = replace(QUARTER, inputs={"answers": by_quarter(Answers, "answered_on", reads=("metric", "score_points"))})
    with prepared.warehouse() as warehouse:
        store(warehouse, ANNS)
        with pytest.raises(Exception, match=r"question|is_superseded|source"):
            refreshed(warehouse, prepared, careless)

        assert warehouse.row_counts([QUARTER.contract]) == {QUARTER.name: 0}


@pytest.fixture(scope="module")
def parameters(tmp_path_factory: pytest.TempPathFactory) -> Parameters:
    return World(tmp_path_factory.mktemp("settings")).settings.parameters(KNOWN)


@pytest.mark.parametrize("derived", DERIVED, ids=lambda derived: derived.name)
def test_what_a_table_reads_is_all_that_its_function_looks_for(derived: Derivation, parameters: Parameters) -> None:
    """Polars looks for every column that a plan names, though there is no row."""
    frames = {name: lazy(given.contract).select(*sees(given) or table(given.contract).columns) for name, given in derived.inputs.items()}
    given = {name: frame.collect("polars") for name, frame in frames.items()} if derived.is_eager else frames

    assert derived.compute(given, parameters).lazy().collect("polars").columns == [column.name for column in columns(derived.contract)]


STATES = st.dictionaries(
    st.sampled_from("abc"),
    st.fixed_dictionaries(
        {
            "segment": st.sampled_from(["gold", "plain"]),
            "customer_key": st.sampled_from([None, "c1", "c2"]),
            "metric": st.sampled_from(["csat", "nps"]),
            "answered_on": st.sampled_from([dt.date(2026, 3, 2), dt.date(2026, 3, 3)]),
        }
    ),
)


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=STATES, after=STATES, seen=st.sets(st.sampled_from(["segment", "customer_key", "metric"])))
def test_noted_are_the_days_of_rows_of_which_a_column_that_is_seen_is_another(
    before: dict[str, Row], after: dict[str, Row], seen: set[str], prepared: World
) -> None:
    """Compared with looking at each row of both."""
    with prepared.warehouse() as warehouse:
        store(warehouse, *(answer(source_record_id=key, **cells) for key, cells in before.items()))
        for derived in (DAY, FOLLOWED):
            refreshed(warehouse, prepared, derived)
        known = warehouse.refreshed(DAY.contract)
        assert known is not None
        store(warehouse, *(answer(source_record_id=key, **cells) for key, cells in after.items()))
        looked_at = {"answered_on", *seen}
        differing = {key for key in before.keys() | after.keys() if _part(before, key, looked_at) != _part(after, key, looked_at)}
        days = {state[key]["answered_on"] for state in (before, after) for key in differing if key in state}

        noted = warehouse.noted(Answers, known.generation, sorted(looked_at)).collect("polars").to_native()
        assert set(noted["answered_on"].to_list()) == days
        assert warehouse.has_noted(Answers, known.generation, sorted(looked_at)) == bool(days)


def _part(state: dict[str, Row], key: str, names: set[str]) -> dict[str, Any] | None:
    return {name: state[key][name] for name in sorted(names)} if key in state else None
