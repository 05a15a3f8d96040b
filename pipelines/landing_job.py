"""The job `land`: one asset a connector, apart from the daily job, so that a dead source never keeps waiting what is there."""

from typing import Any

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.connectors.protocol import ConnectorError, Position
from pipelines.connectors.settings import Fetching
from pipelines.errors import PipelineError
from pipelines.settings import Settings

LAND_JOB_NAME = "land"
ONE_AT_A_TIME_TAG = "kpis/one_at_a_time"
"""Of runs with the same value of this tag, `dagster.yaml` lets one go on at a time."""
GROUP = "connectors"
MOST_SHOWN = 20
RETRIES = dg.RetryPolicy(max_retries=2, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


def connector_key(name: str) -> dg.AssetKey:
    """The asset of a connector."""
    return dg.AssetKey([GROUP, name])


def connectors_of(settings: Settings, feed: str) -> list[dg.AssetKey]:
    """The assets that land files of a feed."""
    return [connector_key(name) for name, declared in settings.connectors.items() if declared.feed == feed]


def landing_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """One asset for each connector."""
    return [_asset(settings, name, declared) for name, declared in settings.connectors.items()]


def landing_jobs(settings: Settings) -> list[UnresolvedAssetJobDefinition]:
    """The job over all of them; none where there are no connectors."""
    if not settings.connectors:
        return []
    job = dg.define_asset_job(
        LAND_JOB_NAME,
        selection=dg.AssetSelection.assets(*(connector_key(name) for name in settings.connectors)),
        executor_def=dg.in_process_executor,
        tags={ONE_AT_A_TIME_TAG: LAND_JOB_NAME},
        description="Fetch what is new from every connector into the inbox.",
    )
    return [job]


def landing_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """When the job runs by itself; none where there are no connectors."""
    if not settings.connectors:
        return []
    schedule = dg.ScheduleDefinition(
        name="land_schedule",
        job_name=LAND_JOB_NAME,
        cron_schedule=[f"{at.minute} {at.hour} * * *" for at in settings.schedule.land_at],
        execution_timezone=settings.time_zone,
        description="Several times a day: fetch what is new from every connector.",
    )
    return [schedule]


def _shown(position: Position) -> dict[str, Any]:
    """A position for people: that of a large folder names too many files to be read."""
    return dict(position) if len(position) <= MOST_SHOWN else {"remembered": len(position)}


def _asset(settings: Settings, name: str, declared: Fetching) -> dg.AssetsDefinition:
    @dg.asset(
        key=connector_key(name),
        description=f"{(type(declared).__doc__ or '').strip()} Landed for the feed {declared.feed}.",
        group_name=GROUP,
        owners=["team:data"],
        kinds={"file"},
        retry_policy=RETRIES,
    )
    def landed() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes a parametrised annotation for a tuple of outputs
        from pipelines.connectors.registry import land_connector  # noqa: PLC0415  # a daily run does without a client for HTTP

        try:
            done = land_connector(settings, name)
        except PipelineError as fault:
            raise dg.Failure(description=str(fault), allow_retries=isinstance(fault, ConnectorError)) from None
        return dg.MaterializeResult(
            metadata={
                "files": done.files,
                "bytes": done.bytes,
                "repeated": done.repeated,
                "position": dg.MetadataValue.json(_shown(done.position or {})),
            }
        )

    return landed
