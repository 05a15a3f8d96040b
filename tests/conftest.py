"""What all tests share."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from assets.catalogue import DERIVED
from pipelines.settings import Settings
from pipelines.warehouse.duckdb_store import DuckDBWarehouse, open_warehouse
from schemas.catalogue import STORED
from tests.scheduling import Together
from tests.world import World

settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
"""Many more and other histories, for a night rather than for every change."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


@contextmanager
def warehouse_of(settings: Settings) -> Iterator[DuckDBWarehouse]:
    """The warehouse of a deployment, open."""
    with open_warehouse(settings.warehouse_path, STORED, DERIVED) as warehouse:
        yield warehouse
