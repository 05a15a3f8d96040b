"""A run that is killed at any instant, and run again, ends in the tables of an undisturbed run."""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipelines.demo import write_demo
from pipelines.publishing.publish import DATABASE_NAME
from pipelines.settings import load_settings
from schemas.catalogue import KPI
from schemas.projection import table_name
from tests.conftest import THOROUGH, warehouse_of
from tests.world import contents, differences

LAST = dt.date(2026, 10, 31)
DAYS = 2
KILLS = 20 if THOROUGH else 8
ENVIRONMENT = {**os.environ, "KPIS_PSEUDONYM_KEY": "a key for tests, long enough"}


def started(folder: Path, *, wait: bool) -> subprocess.Popen[bytes]:
    first = LAST - dt.timedelta(days=DAYS - 1)
    arguments = ["backfill", first.isoformat(), LAST.isoformat(), "--settings", str(folder / "kpis.toml")]
    command = [sys.executable, "-c", "from pipelines.cli.app import main; main()", *arguments]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if wait:
        assert process.wait() == 0
    return process


def stored(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with warehouse_of(load_settings(folder / "kpis.toml")) as warehouse:
        return contents(warehouse)


def published(folder: Path) -> dict[str, list[tuple[object, ...]]] | None:
    database = folder / "published" / DATABASE_NAME
    if not database.exists():
        return None
    with duckdb.connect(database, read_only=True) as connection:
        return {table_name(table): connection.execute(f"FROM {table_name(table)} ORDER BY ALL").fetchall() for table in KPI}


@pytest.mark.slow
def test_a_run_killed_at_random_instants_ends_where_an_undisturbed_one_does(tmp_path: Path) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    for folder in (undisturbed, killed):
        write_demo(folder, days=DAYS)
    begun = time.monotonic()
    started(undisturbed, wait=True)
    length = time.monotonic() - begun
    chance = random.Random(20)
    seen = []

    for _ in range(KILLS):
        process = started(killed, wait=False)
        time.sleep(chance.uniform(0.25, 0.95) * length)
        process.send_signal(signal.SIGKILL)
        process.wait()
        seen.append(published(killed))
    started(killed, wait=True)

    assert differences(stored(undisturbed), stored(killed)) == {}
    complete = published(undisturbed)
    assert published(killed) == complete
    assert all(found is None or found == complete for found in seen)
