"""The asset that copies the publication into PostgreSQL, behind the files and never in their way."""

import dagster as dg

from pipelines.errors import PipelineError
from pipelines.postgresql.session import PostgresqlError
from pipelines.settings import Settings
from schemas.catalogue import PUBLISHED

POSTGRESQL_KEY = dg.AssetKey(["published", "postgresql"])
RETRIES = dg.RetryPolicy(max_retries=2, delay=10, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


def postgresql_assets(settings: Settings, after: dg.AssetKey) -> list[dg.AssetsDefinition]:
    """The asset, which follows the published files; none where the settings name no server."""
    declared = settings.publish.postgresql
    if declared is None:
        return []

    @dg.asset(
        key=POSTGRESQL_KEY,
        deps=[after],
        description=f"The published tables in the schema {declared.schema_name} of PostgreSQL; swapped in by one transaction.",
        group_name="published",
        owners=["team:data"],
        kinds={"postgresql"},
        retry_policy=RETRIES,
    )
    def copied() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes a parametrised annotation for a tuple of outputs
        from pipelines.postgresql.publish import copy_publication  # noqa: PLC0415  # a run without it does without its driver

        try:
            done = copy_publication(settings.published_path, PUBLISHED, declared)
        except PipelineError as fault:
            raise dg.Failure(description=str(fault), allow_retries=isinstance(fault, PostgresqlError)) from None
        return dg.MaterializeResult(metadata={"dagster/row_count": done.rows, "kept": dg.MetadataValue.json(list(done.kept))})

    return [copied]
