"""The run history keeps its databases open and stays Dagster's own."""

import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.deployment import TEMPLATES
from pipelines.event_log import KEPT_OPEN, OpenSqliteEventLog

pytestmark = pytest.mark.slow

HANDLES = Path("/proc/self/fd")
DECLARED = TEMPLATES / "dagster.yaml"


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    shutil.copyfile(DECLARED, tmp_path / "dagster.yaml")
    with dg.DagsterInstance.from_config(str(tmp_path)) as made:
        yield made


@dg.asset
def thing() -> dg.MaterializeResult:  # type: ignore[type-arg]  # it has no value
    return dg.MaterializeResult(metadata={"rows": 3})


def runs(instance: dg.DagsterInstance, times: int) -> list[str]:
    return [dg.materialize([thing], instance=instance).run_id for _ in range(times)]


def test_the_declared_storage_lies_where_dagsters_own_would(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    (run,) = runs(instance, 1)

    assert isinstance(instance.event_log_storage, OpenSqliteEventLog)
    assert {path.name for path in (tmp_path / "history" / "runs").glob("*.db")} == {"index.db", f"{run}.db"}


def test_dagsters_own_class_reads_every_event_of_it_and_the_other_way_round(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    (run,) = runs(instance, 1)
    told = [record.event_log_entry for record in instance.get_records_for_run(run).records]
    own = SqliteEventLogStorage(str(tmp_path / "history" / "runs"))

    assert len(told) > 10
    assert [record.event_log_entry for record in own.get_records_for_run(run).records] == told

    own.store_event(told[0])

    assert len(instance.get_records_for_run(run).records) == len(told) + 1


def test_the_last_materialization_is_found_over_all_runs(instance: dg.DagsterInstance) -> None:
    *_, last = runs(instance, KEPT_OPEN + 3)

    found = instance.get_latest_materialization_event(dg.AssetKey("thing"))

    assert found is not None
    assert found.run_id == last


@pytest.mark.skipif(not HANDLES.exists(), reason="the system does not list a process's open files here")
def test_reading_a_long_history_leaves_few_databases_open(instance: dg.DagsterInstance) -> None:
    made = runs(instance, 2 * KEPT_OPEN)

    for run in made:
        assert instance.get_records_for_run(run).records

    opened = {opened.resolve().name for opened in HANDLES.iterdir()}
    assert len(opened & {f"{run}.db" for run in made}) <= KEPT_OPEN


def test_threads_write_side_by_side(instance: dg.DagsterInstance) -> None:
    (run,) = runs(instance, 1)
    told = instance.get_records_for_run(run).records[0].event_log_entry
    before = len(instance.get_records_for_run(run).records)

    threads = [threading.Thread(target=lambda: [instance.event_log_storage.store_event(told) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(instance.get_records_for_run(run).records) == before + 40


def test_a_deleted_history_begins_anew(instance: dg.DagsterInstance, caplog: pytest.LogCaptureFixture) -> None:
    (before,) = runs(instance, 1)
    with caplog.at_level(logging.ERROR):
        instance.wipe()

    assert not instance.get_records_for_run(before).records
    (after,) = runs(instance, 1)
    assert instance.get_records_for_run(after).records
