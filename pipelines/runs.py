"""Running the daily job in this process: the very job that the schedule and the UI run."""

import datetime as dt
import os
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from pipelines.definitions import JOB_NAME, REBUILD_TAG, build_definitions, publication_keys
from pipelines.deployment import INSTANCE, TEMPLATES
from pipelines.errors import PipelineError
from pipelines.progress import Progress
from pipelines.settings import Settings

HOME_VARIABLE = "DAGSTER_HOME"
PREFIX = f"{PipelineError.__module__}.{PipelineError.__qualname__}: "
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""Every event is in the instance's storage and in the UI; the terminal gets the summary."""


@dataclass(frozen=True)
class RunResult:
    """What a run did: whether all of it succeeded, the findings of its checks, and what each asset reported."""

    run_id: str
    succeeded: bool
    findings: Sequence[str]
    """Sentences of failed checks and failed steps, the blocking ones first."""
    metadata: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def run_days(settings: Settings, first: dt.date, last: dt.date, *, rebuild: bool = False, progress: Progress | None = None) -> RunResult:
    """Run the daily job over these arrival days, in one run.

    Raises PipelineError when the days are out of range; what goes wrong in the run itself is in the result.
    """
    _refuse_days(settings, first, last)
    with _instance(settings) as instance:
        job = build_definitions(settings, progress).resolve_job_def(JOB_NAME)
        tags = {REBUILD_TAG: "true"} if rebuild else {}
        if first == last:
            result = job.execute_in_process(
                instance=instance, run_config=QUIET, partition_key=first.isoformat(), tags=tags, raise_on_error=False
            )
        else:
            days = {ASSET_PARTITION_RANGE_START_TAG: first.isoformat(), ASSET_PARTITION_RANGE_END_TAG: last.isoformat()}
            result = job.execute_in_process(instance=instance, run_config=QUIET, tags={**tags, **days}, raise_on_error=False)
        return _result(result)


def run_publication(settings: Settings) -> RunResult:
    """Run only what publishes in the daily job."""
    with _instance(settings) as instance:
        job = build_definitions(settings).resolve_job_def(JOB_NAME)
        result = job.execute_in_process(
            instance=instance, run_config=QUIET, asset_selection=publication_keys(settings), raise_on_error=False
        )
        return _result(result)


def instance_home(settings: Settings) -> Path:
    """The folder of the Dagster instance: DAGSTER_HOME, else `.dagster` beside the settings, made when it is not there."""
    home = Path(os.environ.get(HOME_VARIABLE) or settings.folder / INSTANCE)
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        shutil.copyfile(TEMPLATES / "dagster.yaml", home / "dagster.yaml")
    os.environ[HOME_VARIABLE] = str(home.resolve())
    return home.resolve()


@contextmanager
def _instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance."""
    warnings.filterwarnings("ignore", category=dg.BetaWarning)
    warnings.filterwarnings("ignore", category=dg.PreviewWarning)
    with dg.DagsterInstance.from_config(str(instance_home(settings))) as instance:
        yield instance


def _refuse_days(settings: Settings, first: dt.date, last: dt.date) -> None:
    if first > last:
        raise PipelineError(f"{first} lies after {last}; name the earlier day first.")
    if first < settings.start_day:
        raise PipelineError(f"{first} lies before the first arrival day {settings.start_day}; set `start_day` to an earlier day.")
    if last > settings.today():
        raise PipelineError(f"{last} has not come yet; the last arrival day is today, {settings.today()}.")


def _result(result: dg.ExecuteInProcessResult) -> RunResult:
    findings: list[tuple[bool, str]] = []
    for check in result.get_asset_check_evaluations():
        if not check.passed:
            is_mild = check.severity != dg.AssetCheckSeverity.ERROR
            findings.append((is_mild, f"{check.asset_key.to_user_string()}: {check.description}"))
    metadata: dict[str, dict[str, Any]] = {}
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            findings.append((False, f"{event.step_key}: {_cause(failure.error, failure.user_failure_data)}"))
        elif event.is_run_failure and not findings:
            findings.append((False, _cause(event.job_failure_data.error)))
        elif event.is_step_materialization:
            made = event.step_materialization_data.materialization
            metadata[made.asset_key.to_user_string()] = {name: value.value for name, value in made.metadata.items()}
    return RunResult(
        run_id=result.run_id,
        succeeded=result.success and all(is_mild for is_mild, _ in findings),
        findings=[text for _, text in sorted(dict.fromkeys(findings))],
        metadata=metadata,
    )


def _cause(fault: Any, said: Any = None) -> str:
    """What went wrong: the sentence it failed with, else the words of the innermost fault."""
    if said and said.description:
        return str(said.description)
    while fault and fault.cause:
        fault = fault.cause
    return fault.message.strip().splitlines()[0].removeprefix(PREFIX) if fault else "it failed without saying why"
