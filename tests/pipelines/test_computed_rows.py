"""Computed rows are held against their contract before anything of a table is touched."""

import datetime as dt

import pytest

from pipelines.errors import PipelineError
from pipelines.warehouse import duckdb_store
from pipelines.warehouse.duckdb_store import DuckDBWarehouse
from schemas.kpi.response_rate_daily import ResponseRateDaily
from schemas.vocabulary import ROW_STATUSES
from tests.core.rows import Row, lazy
from tests.kpi.rows import blank
from tests.world import World

FIRST = dt.date(2026, 3, 2)


def of_day(number: int, **given: object) -> Row:
    plain = {"sent_on": FIRST + dt.timedelta(days=number), "channel": "web", "status": next(iter(ROW_STATUSES))}
    return blank(ResponseRateDaily, **{**plain, **given})


def write(warehouse: DuckDBWarehouse, *rows: Row) -> None:
    with warehouse.transaction():
        warehouse.replace(ResponseRateDaily, [lazy(ResponseRateDaily, *rows)], (), None)


def stored(warehouse: DuckDBWarehouse) -> int:
    return warehouse.row_counts([ResponseRateDaily])["kpi.response_rate_daily"]


@pytest.fixture(autouse=True)
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_store, "PROVED_ROWS", 2)


def test_rows_that_hold_are_written(world: World) -> None:
    with world.warehouse() as warehouse:
        write(warehouse, *map(of_day, range(5)))

        assert stored(warehouse) == 5


def test_every_row_that_breaks_the_contract_is_counted_and_nothing_is_written(world: World) -> None:
    rows = [of_day(0), of_day(1, channel="pigeon"), of_day(2), of_day(3), of_day(4, channel="owl", invite_count=-1)]
    with world.warehouse() as warehouse:
        write(warehouse, of_day(9))
        with pytest.raises(PipelineError) as refused:
            write(warehouse, *rows)

        assert stored(warehouse) == 1
    assert str(refused.value).startswith("kpi.response_rate_daily: computed rows break the contract (channel: isin(")
    assert "(2 rows), invite_count: greater_than_or_equal_to(0) (1 rows)); nothing was written." in str(refused.value)


def test_a_key_computed_twice_is_refused_however_far_apart_its_rows_are(world: World) -> None:
    with world.warehouse() as warehouse, pytest.raises(PipelineError, match=r"1 keys .* were computed more than once; nothing was written"):
        write(warehouse, *map(of_day, range(4)), of_day(0))


def test_a_value_that_must_be_there_and_is_not_is_named(world: World) -> None:
    said = r"kpi\.response_rate_daily: a computed row breaks the contract \(.*status"
    with world.warehouse() as warehouse, pytest.raises(PipelineError, match=said):
        write(warehouse, of_day(0), of_day(1, status=None))
