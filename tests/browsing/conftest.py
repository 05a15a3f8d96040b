"""A published file with a few answers and what they sum up to; every other published table is there and empty."""

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.publishing.publish import DATABASE_NAME
from schemas.catalogue import PUBLISHED
from schemas.facts.answers import FactAnswers
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.projection import columns, ddl, quoted, table_name
from schemas.table import Table

MONDAY, TUESDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
FILLER = {"BIGINT": 0, "VARCHAR": "x", "BOOLEAN": False, "DATE": MONDAY, "TIMESTAMP": dt.datetime(2026, 3, 2, 12), "DOUBLE": 0.5}


def add(connection: duckdb.DuckDBPyConnection, contract: type[Table], **values: Any) -> None:
    row = [values.get(column.name, None if column.is_nullable else FILLER.get(column.sql_type, 0)) for column in columns(contract)]
    connection.execute(f"INSERT INTO {quoted(table_name(contract))} VALUES ({', '.join('?' * len(row))})", row)


@pytest.fixture
def published_folder(tmp_path: Path) -> Path:
    with duckdb.connect(tmp_path / DATABASE_NAME) as connection:
        for schema in ("kpi", "ops", "facts"):
            connection.execute(f"CREATE SCHEMA {schema}")
        for contract in PUBLISHED:
            connection.execute(ddl(contract))
        for day, channel, satisfied, n in ((MONDAY, "web", 1, 2), (MONDAY, "email", 1, 1), (TUESDAY, "web", 3, 4)):
            add(connection, SatisfactionDaily, answered_on=day, channel=channel, csat_satisfied=satisfied, csat_n=n, status="small_sample")
            for number in range(n):
                add(connection, FactAnswers, answer_key=f"{day}{channel}{number}", answered_on=day, channel=channel, metric="csat")
    return tmp_path
