"""What Superset asks of the published tables gives the same in PostgreSQL as in the DuckDB file."""

import duckdb
import pytest

from pipelines.postgresql.publish import copy_publication
from pipelines.postgresql.settings import PostgresqlSettings
from pipelines.postgresql.statements import short_name
from pipelines.publishing.publish import DATABASE_NAME
from pipelines.superset.metrics import metrics
from schemas.catalogue import KPI
from schemas.projection import table_name
from tests.postgresql.conftest import Server
from tests.world import World

pytestmark = pytest.mark.slow


def test_every_metric_is_that_of_the_file(server: Server, world: World, declared: PostgresqlSettings) -> None:
    copy_publication(world.settings.published_path, KPI, declared)

    known = 0
    with duckdb.connect(world.settings.published_path / DATABASE_NAME, read_only=True) as file, server.client() as client:
        for contract in KPI:
            asked = [f"CAST({metric.expression} AS DOUBLE PRECISION)" for metric in metrics(contract).values()]
            if not asked:
                continue
            (there,) = client.rows(f"SELECT {', '.join(asked)} FROM kpis.{short_name(contract)}")
            (here,) = file.execute(f"SELECT {', '.join(asked)} FROM {table_name(contract)}").fetchall()
            assert list(there) == pytest.approx(list(here)), table_name(contract)
            known += sum(found is not None for found in here)
    assert known > 100
