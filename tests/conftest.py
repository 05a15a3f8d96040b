"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.world import World

settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")
