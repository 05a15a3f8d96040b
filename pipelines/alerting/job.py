"""The assets that tell people of alerts and mail them the report, and the job that tells them when a run stopped early."""

from pathlib import Path

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.connectors.protocol import ConnectorError
from pipelines.errors import PipelineError
from pipelines.settings import Settings
from pipelines.warehouse.duckdb_store import DuckDBWarehouse

ALERTS_JOB_NAME = "alerts"
REPORT_MAIL_KEY = dg.AssetKey(["published", "report_mail"])
NOTIFICATIONS_KEY = dg.AssetKey(["published", "notifications"])
RETRIES = dg.RetryPolicy(max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""Apart from the patience within an attempt: what was published stays so whatever comes of it."""


def notification_assets(settings: Settings, published: dg.AssetKey, pool: str) -> list[dg.AssetsDefinition]:
    """The asset that tells every channel of alerts; none where no channel is set up."""
    if not settings.alert_channels:
        return []

    @dg.asset(
        key=NOTIFICATIONS_KEY,
        deps=[published],
        description="What is under alert, told to people: by mail, by webhook; the onset once, the end once.",
        group_name="published",
        owners=["team:data"],
        kinds={"email"} if settings.mail else {"http"},
        retry_policy=RETRIES,
        required_resource_keys={pool},
        pool=pool,
    )
    def notifications(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes a parametrised annotation for a tuple of outputs
        from pipelines.alerting.telling import tell  # noqa: PLC0415  # a run that tells nobody does without clients for mail and HTTP

        warehouse: DuckDBWarehouse = getattr(context.resources, pool)
        try:
            taken = tell(warehouse, settings)
        except PipelineError as fault:
            raise dg.Failure(description=str(fault), allow_retries=isinstance(fault, ConnectorError)) from None
        return dg.MaterializeResult(metadata={f"messages {name}": count for name, count in taken.items()})

    return [notifications]


def report_mail_assets(settings: Settings, report: dg.AssetKey, page: Path, pool: str) -> list[dg.AssetsDefinition]:
    """The asset that mails the page; none where it is not to be mailed."""
    if not settings.report.mail:
        return []

    @dg.asset(
        key=REPORT_MAIL_KEY,
        deps=[report],
        description="The report by mail: once for each newest arrival day, however often it is run.",
        group_name="published",
        owners=["team:customer-service"],
        kinds={"email"},
        retry_policy=RETRIES,
        required_resource_keys={pool},
        pool=pool,
    )
    def report_mail(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes a parametrised annotation for a tuple of outputs
        from pipelines.alerting.report_mail import mail_report  # noqa: PLC0415  # likewise

        try:
            is_mailed = mail_report(getattr(context.resources, pool), settings, page)
        except PipelineError as fault:
            raise dg.Failure(description=str(fault), allow_retries=isinstance(fault, ConnectorError)) from None
        return dg.MaterializeResult(metadata={"mailed": is_mailed})

    return [report_mail]


def alert_jobs(settings: Settings, one_at_a_time: dict[str, str]) -> list[UnresolvedAssetJobDefinition]:
    """The job that only tells; none where no channel is set up."""
    if not settings.alert_channels:
        return []
    job = dg.define_asset_job(
        ALERTS_JOB_NAME,
        selection=dg.AssetSelection.assets(NOTIFICATIONS_KEY),
        executor_def=dg.in_process_executor,
        tags=one_at_a_time,
        description="Tell people what is under alert and has not been told.",
    )
    return [job]


def failure_sensors(watched: UnresolvedAssetJobDefinition, alert_jobs: list[UnresolvedAssetJobDefinition]) -> list[dg.SensorDefinition]:
    """What starts the job that tells, when the daily job has failed: a late feed stops it before its last asset."""
    if not alert_jobs:
        return []

    @dg.run_status_sensor(
        name="tell_of_failed_runs",
        run_status=dg.DagsterRunStatus.FAILURE,
        monitored_jobs=[watched],
        request_jobs=alert_jobs,
        description="When a daily run fails: tell people what it found before, such as a late feed.",
    )
    def tell_of_failed_runs(context: dg.RunStatusSensorContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=context.dagster_run.run_id, job_name=ALERTS_JOB_NAME)

    return [tell_of_failed_runs]
