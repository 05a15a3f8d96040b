"""The composition root: settings, assets, job, schedule and sensor put together for Dagster."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from assets.binding import INGEST_KEY, Outcome, as_asset, asset_key, table_metadata
from assets.catalogue import DERIVED
from assets.catalogue import KPI as KPI_DERIVED
from assets.checks import bounds, conservation, expected_feeds, known_figures
from assets.core.business_day import start_of_business_day
from assets.derivation import Derivation
from pipelines.alerting.job import alert_jobs, failure_sensors, notification_assets, report_mail_assets
from pipelines.alerting.watching import Findings, watch_arrivals, watch_figures
from pipelines.errors import PipelineError
from pipelines.facts import fact_queries
from pipelines.headlines import Headline, headlines_of
from pipelines.inbox import Inbox
from pipelines.ingest import ingest
from pipelines.landing_job import ONE_AT_A_TIME_TAG, connectors_of, landing_assets, landing_jobs, landing_schedules
from pipelines.late_files import late_files_sensor
from pipelines.observing import observe
from pipelines.postgresql.asset import POSTGRESQL_KEY, postgresql_assets
from pipelines.progress import Progress
from pipelines.publishing.publish import publish
from pipelines.refresh import refresh, write_references
from pipelines.report import REPORT_NAME
from pipelines.settings import Settings, load_settings
from pipelines.training import load_classifier
from pipelines.warehouse.duckdb_store import DuckDBWarehouse, open_warehouse
from schemas.catalogue import PUBLISHED, RAW, STORED
from schemas.ledger.deliveries import Deliveries
from schemas.projection import explanation, table_name

JOB_NAME = "daily"
POOL = "warehouse"
REBUILD_TAG = "kpis/rebuild"
PUBLISHED_KEY = dg.AssetKey(["published", "kpis"])
REPORT_KEY = dg.AssetKey(["published", "report"])
KINDS = {"duckdb", "polars"}


def build_definitions(settings: Settings, progress: Progress | None = None) -> dg.Definitions:
    """Everything Dagster runs, for these settings. ``progress`` is told how far a run has come."""
    progress = progress or Progress()
    partitions = dg.DailyPartitionsDefinition(start_date=settings.start_day.isoformat(), timezone=settings.time_zone, end_offset=1)
    assets: list[dg.AssetsDefinition | dg.AssetSpec] = [
        *landing_assets(settings),
        *_inbox_specs(settings),
        _ingest_asset(settings, partitions, progress),
        *(as_asset(derived, _refresher(settings, progress), kinds=KINDS, pool=POOL) for derived in DERIVED),
        _publish_asset(settings),
        *postgresql_assets(settings, PUBLISHED_KEY),
        _report_asset(settings),
        *(telling_assets := _telling_assets(settings)),
    ]
    ends = [*publication_keys(settings), *([REPORT_KEY] if settings.report.daily else []), *(asset.key for asset in telling_assets)]
    job = dg.define_asset_job(
        JOB_NAME,
        selection=dg.AssetSelection.assets(INGEST_KEY, *ends, *(asset_key(derived.contract) for derived in DERIVED)),
        executor_def=dg.in_process_executor,
        tags={ONE_AT_A_TIME_TAG: JOB_NAME},
        description="Load an arrival day, bring core and KPIs up to date, publish.",
    )
    telling = alert_jobs(settings, {ONE_AT_A_TIME_TAG: JOB_NAME})
    return dg.Definitions(
        assets=assets,
        jobs=[job, *landing_jobs(settings), *telling],
        schedules=[_daily_schedule(settings, JOB_NAME), *landing_schedules(settings)],
        sensors=[late_files_sensor(settings, JOB_NAME), *failure_sensors(job, telling)],
        resources={POOL: _warehouse_resource(settings)},
        executor=dg.in_process_executor,
    )


def publication_keys(settings: Settings) -> list[dg.AssetKey]:
    """The assets that publish: the files, and what is copied from them."""
    return [PUBLISHED_KEY, *([POSTGRESQL_KEY] if settings.publish.postgresql else [])]


def _warehouse_resource(settings: Settings) -> dg.ResourceDefinition:
    @dg.resource
    def warehouse(_: dg.InitResourceContext) -> Iterator[DuckDBWarehouse]:
        settings.published_path.mkdir(parents=True, exist_ok=True)
        with open_warehouse(
            settings.warehouse_path,
            STORED,
            DERIVED,
            also_allowed=(settings.published_path,),
            memory_limit=settings.memory_limit,
        ) as opened:
            yield opened

    return warehouse


def _inbox_specs(settings: Settings) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            dg.AssetKey(["inbox", name]),
            deps=connectors_of(settings, name),
            description=f"Files of the feed {name}, one folder an arrival day.",
            group_name="inbox",
            kinds={"file"},
            metadata={"adapter": feed.adapter, "expected": feed.expected},
        )
        for name, feed in settings.feeds.items()
    ]


def _ingest_asset(settings: Settings, partitions: dg.DailyPartitionsDefinition, progress: Progress) -> dg.AssetsDefinition:
    @dg.asset(
        key=INGEST_KEY,
        deps=[dg.AssetKey(["inbox", name]) for name in settings.feeds],
        description=explanation(Deliveries),
        group_name="ingest",
        owners=["team:data"],
        kinds=KINDS,
        metadata=table_metadata(Deliveries),
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=[
            dg.AssetCheckSpec(conservation.NAME, asset=INGEST_KEY, blocking=True, description=conservation.SPEC_TEXT),
            dg.AssetCheckSpec(expected_feeds.NAME, asset=INGEST_KEY, blocking=True, description=expected_feeds.SPEC_TEXT),
            *bounds.specs(INGEST_KEY, "late_feed", "growing_quarantine"),
        ],
        required_resource_keys={POOL},
        pool=POOL,
    )
    def deliveries(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes a parametrised annotation for a tuple of outputs
        warehouse: DuckDBWarehouse = context.resources.warehouse
        days = _days(context.partition_time_window)
        with _Told():
            write_references(warehouse, settings.time_zone, settings.rates, settings.schedules)
            inbox = Inbox(settings.inbox_url)
            inbox.file_loose(settings.feeds, settings.today())
            loaded = ingest(warehouse, inbox, settings, days, progress)
            found = watch_arrivals(warehouse, settings, days[-1])
        counts = warehouse.row_counts(RAW)
        missing = _missing_feeds(warehouse, settings, days)
        return dg.MaterializeResult(
            metadata={
                **dataclasses.asdict(loaded),
                **{f"rows {name}": count for name, count in counts.items()},
                "dagster/row_count": sum(counts.values()),
            },
            check_results=[
                conservation.conservation(_unaccounted(warehouse)),
                expected_feeds.expected_feeds(missing, days[-1]),
                *_bounds(found, "late_feed", "growing_quarantine"),
            ],
        )

    return deliveries


def _refresher(settings: Settings, progress: Progress) -> Any:
    def run(context: dg.AssetExecutionContext, derived: Derivation) -> Outcome:
        warehouse: DuckDBWarehouse = context.resources.warehouse
        parameters = settings.parameters(_as_of(warehouse, settings), load_classifier(settings))
        with _Told():
            done = refresh(warehouse, derived, parameters, settings.references, rebuild=context.run.tags.get(REBUILD_TAG) == "true")
            rows = warehouse.row_counts([derived.contract])[derived.name]
        progress.refreshed(derived.name)
        metadata: Mapping[str, Any] = {
            "dagster/row_count": rows,
            "units": "all" if done.units is None else done.units,
            "rows_deleted": done.deleted,
            "rows_inserted": done.inserted,
        }
        faults = [f"{fault.column} is {fault.computed:g}, its input says {fault.expected:g}" for fault in done.discrepancies]
        return metadata, faults

    return run


def _publish_asset(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=PUBLISHED_KEY,
        deps=[asset_key(derived.contract) for derived in KPI_DERIVED],
        description="The published tables: one DuckDB file and Parquet, for BI tools; swapped in by one rename.",
        group_name="published",
        owners=["team:data"],
        kinds={"duckdb", "parquet"},
        check_specs=[
            dg.AssetCheckSpec(known_figures.NAME, asset=PUBLISHED_KEY, description=known_figures.SPEC_TEXT),
            *bounds.specs(PUBLISHED_KEY, "target_missed", "outside_limits"),
        ],
        required_resource_keys={POOL},
        pool=POOL,
    )
    def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes a parametrised annotation for a tuple of outputs
        warehouse: DuckDBWarehouse = context.resources.warehouse
        with _Told():
            observe(warehouse, settings, _as_of(warehouse, settings))
            figures = headlines_of(warehouse.query)
            found = watch_figures(warehouse, settings, figures)
            publication = publish(warehouse.connection, PUBLISHED, settings.published_path, fact_queries(settings.holidays))
        return dg.MaterializeResult(
            metadata={
                "database": dg.MetadataValue.path(str(publication.database)),
                "parquet": dg.MetadataValue.path(str(publication.parquet)),
                "dagster/row_count": sum(publication.rows.values()),
                **{f"rows {name}": count for name, count in publication.rows.items()},
                **_values(figures),
            },
            check_results=[
                known_figures.known_figures(_named_figures(warehouse)),
                *_bounds(found, "target_missed", "outside_limits"),
            ],
        )

    return published


def _values(figures: Sequence[Headline]) -> dict[str, float]:
    """The headline figures of the newest month, which Dagster draws over the runs; shares from 0 to 1."""
    newest = {headline.figure.label: headline.now for headline in figures}
    return {label: point.value for label, point in newest.items() if point and point.value is not None}


def _report_asset(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=REPORT_KEY,
        deps=[PUBLISHED_KEY],
        description="The page for whoever looks once a morning: one HTML file, made from the published tables alone.",
        group_name="published",
        owners=["team:customer-service"],
        kinds={"html"},
        pool=POOL,
    )
    def report() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes a parametrised annotation for a tuple of outputs
        from pipelines.report.page import write_report  # noqa: PLC0415  # the drawing library is heavy, and needed here alone

        target = settings.published_path / REPORT_NAME
        with _Told():
            size = write_report(settings.published_path, target)
        return dg.MaterializeResult(metadata={"report": dg.MetadataValue.url(target.resolve().as_uri()), "bytes": size})

    return report


def _telling_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    page = settings.published_path / REPORT_NAME
    return [*notification_assets(settings, PUBLISHED_KEY, POOL), *report_mail_assets(settings, REPORT_KEY, page, POOL)]


def _daily_schedule(settings: Settings, job_name: str) -> dg.ScheduleDefinition:
    at = settings.schedule.daily_at

    @dg.schedule(
        name="daily_schedule",
        job_name=job_name,
        cron_schedule=f"{at.minute} {at.hour} * * *",
        execution_timezone=settings.time_zone,
        description="Every day: load yesterday's arrival day, bring everything up to date, publish.",
    )
    def daily_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = (context.scheduled_execution_time.date() - dt.timedelta(days=1)).isoformat()
        return dg.RunRequest(run_key=day, partition_key=day)

    return daily_schedule


def _days(window: dg.TimeWindow) -> list[dt.date]:
    first, end = window.start.date(), window.end.date()
    return [first + dt.timedelta(days=number) for number in range((end - first).days)]


def _as_of(warehouse: DuckDBWarehouse, settings: Settings) -> dt.datetime | None:
    """The end of the newest arrival day, up to which the data is complete; never later than now."""
    newest = warehouse.last_arrival()
    if newest is None:
        return None
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    return min(start_of_business_day(newest + dt.timedelta(days=1), settings.time_zone), now)


def _missing_feeds(warehouse: DuckDBWarehouse, settings: Settings, days: list[dt.date]) -> dict[dt.date, list[str]]:
    delivered = {
        (day, feed)
        for day, feed in warehouse.query(
            "SELECT DISTINCT arrived_on, feed FROM ledger.deliveries WHERE status = 'loaded' AND arrived_on BETWEEN ? AND ?",
            [days[0], days[-1]],
        ).iter_rows()
    }
    wanted = [name for name, feed in settings.feeds.items() if feed.expected]
    return {day: [name for name in wanted if (day, name) not in delivered] for day in days}


def _named_figures(warehouse: DuckDBWarehouse) -> list[tuple[str, str, str]]:
    """What speaks of a figure, and of which one."""
    spoken = (f"SELECT DISTINCT '{table}', kpi, figure FROM core.{table}" for table in ("targets", "benchmarks"))
    return warehouse.query(" UNION ALL ".join(spoken)).rows()


def _bounds(found: Findings, *names: str) -> Iterator[dg.AssetCheckResult]:
    for name in names:
        judged = [] if found is None else [one for one in found[name] if one.is_known]
        faults = [(one.subject, one.reason, one.value, one.limit) for one in judged if one.is_out]
        yield bounds.within_bounds(name, None if found is None else faults, len(judged))


def _unaccounted(warehouse: DuckDBWarehouse) -> int:
    count: int = warehouse.query(
        f"SELECT count(*) FROM {table_name(Deliveries)} WHERE records_read <> records_accepted + records_quarantined + records_duplicate "
        "OR least(records_accepted, records_quarantined, records_duplicate) < 0"
    ).item()
    return count


class _Told:
    """A fault of the settings or the data, as Dagster shows it: one sentence, no traceback."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, fault: BaseException | None, traceback: object) -> None:
        if isinstance(fault, PipelineError):
            raise dg.Failure(description=str(fault), allow_retries=False) from None


def defs() -> dg.Definitions:
    """What `dagster dev` loads, with the settings that KPIS_SETTINGS names."""
    return build_definitions(load_settings())
