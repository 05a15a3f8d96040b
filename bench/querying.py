"""A question that a BI tool asks of the published tables: satisfaction by month and channel."""

import time
from pathlib import Path

import duckdb

_QUESTION = (
    "SELECT date_trunc('month', answered_on) AS month, channel, sum(csat_satisfied) / nullif(sum(csat_n), 0) AS csat "
    "FROM {table} GROUP BY ALL ORDER BY ALL"
)
ASKED = 15


def seconds_of_answers(published: Path) -> list[float]:
    """Seconds from opening the file to the answer, asked again and again; of a database, or of a table in Parquet."""
    took = []
    for _ in range(ASKED):
        started = time.perf_counter()
        if published.suffix == ".duckdb":
            with duckdb.connect(str(published), read_only=True) as connection:
                connection.sql(_QUESTION.format(table="kpi.satisfaction_daily")).fetchall()
        else:
            with duckdb.connect() as connection:
                connection.sql(_QUESTION.format(table=f"'{published}'")).fetchall()
        took.append(time.perf_counter() - started)
    return took
