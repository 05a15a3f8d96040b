"""What takes many months to tell is found too: the demo company at length, of which only what that rests on is computed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.catalogue import DERIVED
from assets.derivation import Derivation, derivation
from assets.kpi.target_calibration import target_calibration
from pipelines.demo import write_demo
from tests.world import World

pytestmark = pytest.mark.slow

DAYS = 540
"""Eighteen months: sixteen are needed before a target that every month reaches can be called too low."""


def rested_on(table: Derivation) -> Iterator[str]:
    """The derived tables that a table is made of, and those that they are."""
    yield table.name
    for derived in DERIVED:
        if any(given.contract is derived.contract for given in table.inputs.values()):
            yield from rested_on(derived)


def test_over_many_months_every_target_is_judged_as_planted(tmp_path: Path) -> None:
    write_demo(tmp_path, days=DAYS)
    planted = json.loads((tmp_path / "truth.json").read_text())["calibration"]
    world = World(tmp_path, tables=tuple(rested_on(derivation(target_calibration))), feeds=(tmp_path / "kpis.toml").read_text())
    world.load()
    found = world.rows("kpi.target_calibration", "source_record_id, month_count, met_count, verdict")

    assert {target: (months, met, verdict) for target, months, met, verdict in found} == {
        target: (said["months"], said["met"], said["verdict"]) for target, said in planted.items()
    }
    assert {said["verdict"] for said in planted.values()} == {"too_low", "too_high"}
