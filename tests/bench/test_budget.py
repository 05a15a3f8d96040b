"""What loading may cost, as multiples of what was measured in the same minute: never in seconds, which belong to a machine.

Other work may run beside the tests, so that the ways take turns, medians count, and the bounds lie well above what was measured.
"""

import datetime as dt
import statistics
import time
from pathlib import Path

import pytest

from assets.catalogue import DERIVED
from bench.limits import scan
from bench.workload import write_workload
from pipelines.inbox import Inbox
from pipelines.ingest import ingest
from pipelines.progress import Progress
from pipelines.settings import load_settings
from pipelines.warehouse.duckdb_store import open_warehouse
from schemas.catalogue import TABLES

pytestmark = pytest.mark.slow

ITEMS, DAYS, ROUNDS = 8_000, 3, 3
LOAD_TO_SCAN = 15.0
"""Most that a load may cost, as a multiple of DuckDB looking at the same bytes once."""
TWICE_THE_ROWS = 2.6
"""Most that a load of twice the rows may cost."""


@pytest.fixture(scope="module")
def workloads(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    for folder, items in ((one, ITEMS), (two, 2 * ITEMS)):
        write_workload(folder, items=items, days=DAYS, seed=1)
    return one, two


def load(workload: Path, database: Path) -> float:
    """Processor seconds of loading all files into a new database, whose making is not counted."""
    settings = load_settings(workload / "kpis.toml")
    days = [dt.date.fromisoformat(folder.name) for folder in sorted((workload / "inbox" / "survey").iterdir())]
    with open_warehouse(database, tuple(TABLES.values()), DERIVED) as warehouse:
        started = time.process_time()
        ingest(warehouse, Inbox(settings.inbox_url), settings, days, Progress())
        ended = time.process_time()
    return ended - started


def look(workload: Path) -> float:
    """Processor seconds of DuckDB looking at every value of the files once."""
    started = time.process_time()
    scan(workload)
    return time.process_time() - started


@pytest.fixture(scope="module")
def took(workloads: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Median processor seconds of loading one workload, loading one of twice the size, and scanning the first."""
    one, two = workloads
    folder = tmp_path_factory.mktemp("warehouses")
    rounds: dict[str, list[float]] = {"one": [], "two": [], "scan": []}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")
        load(one, folder / "warm.duckdb")
        for number in range(ROUNDS):
            rounds["scan"].append(look(one))
            rounds["one"].append(load(one, folder / f"one-{number}.duckdb"))
            rounds["two"].append(load(two, folder / f"two-{number}.duckdb"))
    return {name: statistics.median(seconds) for name, seconds in rounds.items()}


def test_a_load_costs_a_bounded_multiple_of_looking_at_its_bytes(took: dict[str, float]) -> None:
    assert took["one"] / took["scan"] < LOAD_TO_SCAN


def test_twice_the_rows_cost_about_twice_as_much(took: dict[str, float]) -> None:
    assert took["two"] / took["one"] < TWICE_THE_ROWS
