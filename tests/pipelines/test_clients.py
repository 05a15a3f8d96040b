"""The oldest and the newest promised DuckDB client read the published file: each in an environment of its own, as a user has it."""

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.facts import fact_queries
from pipelines.publishing.publish import DATABASE_NAME, publish
from schemas.catalogue import PUBLISHED
from schemas.projection import columns, summary, table_name
from tests.world import World

pytestmark = pytest.mark.slow

CLIENTS = {"oldest": "duckdb==1.0.0", "newest": "duckdb>=2.0,<2.1"}
QUESTIONS = {
    "tables": "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() ORDER BY 1",
    "columns": "SELECT schema_name || '.' || table_name || '.' || column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal ORDER BY 1",
    "satisfaction": "SELECT CAST(answered_on AS VARCHAR), channel, csat_n, csat_top2 FROM kpi.satisfaction_daily ORDER BY ALL",
    "answers": "SELECT CAST(answered_at AS VARCHAR), answer_key, value, is_top_box, segment FROM facts.answers ORDER BY ALL",
    "orders": "SELECT CAST(ordered_on AS VARCHAR), CAST(revenue_amount AS VARCHAR), customer_key FROM facts.orders ORDER BY ALL",
    "days": "SELECT count(*), CAST(min(day_on) AS VARCHAR), CAST(max(day_on) AS VARCHAR) FROM facts.dates",
}
ASKS = """
import json, sys
import duckdb
with duckdb.connect(sys.argv[1], read_only=True) as client:
    questions = json.load(sys.stdin)
    answers = {name: client.execute(question).fetchall() for name, question in questions.items()}
    answers["rows"] = [client.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table, _ in answers["tables"]]
    client.execute("SELECT count(*) FROM read_parquet(?)", [sys.argv[2] + "/answers/*.parquet"])
    answers["parquet"] = client.fetchall()
print(json.dumps({"version": duckdb.__version__, **answers}))
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of published tables with a few rows in them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")
        made = World(tmp_path_factory.mktemp("clients") / "world")
        day = made.settings.start_day.replace(month=3)
        made.deliver("crm", day, "c1,ann@example.com,gold,2026-03-01 00:00:00")
        made.deliver("survey", day, *(f"r{n},2026-03-0{n} 12:00:00,,c1,,,{n},yes" for n in range(1, 4)))
        made.deliver("shop", day, "o1,2026-03-04 10:00:00,,19.99,4.5,0,c1")
        made.load()
        folder = made.settings.published_path
        folder.mkdir()
        with made.warehouse() as warehouse:
            publish(warehouse.connection, PUBLISHED, folder, fact_queries(made.settings.holidays))
    return folder


def asked(client: str, published: Path, folder: Path) -> dict[str, Any]:
    """What this client answers; the test is skipped where it cannot be had."""
    venv.create(folder / "client", with_pip=True)
    python = folder / "client" / "bin" / "python"
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", client]
    installed = subprocess.run(install, capture_output=True, text=True, timeout=300, check=False)
    if installed.returncode:
        pytest.skip(f"{client} cannot be installed: {installed.stderr.strip().splitlines()[-1]}")
    given: list[str | Path] = [published / DATABASE_NAME, published / "parquet"]
    answered = subprocess.run(
        [python, "-c", ASKS, *given], input=json.dumps(QUESTIONS), capture_output=True, text=True, timeout=300, check=False
    )
    assert answered.returncode == 0, answered.stderr
    said: dict[str, Any] = json.loads(answered.stdout)
    return said


def here(published: Path) -> dict[str, Any]:
    with duckdb.connect(published / DATABASE_NAME, read_only=True) as client:
        return {name: [list(row) for row in client.execute(question).fetchall()] for name, question in QUESTIONS.items()}


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="DuckDB 1.0.0 has no wheel for Python 3.13 and later")
def test_the_oldest_promised_client_reads_every_table(published: Path, tmp_path: Path) -> None:
    reads_all(asked(CLIENTS["oldest"], published, tmp_path), "1.0.0", published)


def test_the_newest_promised_client_reads_every_table(published: Path, tmp_path: Path) -> None:
    reads_all(asked(CLIENTS["newest"], published, tmp_path), "2.0.", published)


def reads_all(said: dict[str, Any], version: str, published: Path) -> None:
    expected = here(published)
    tables = sorted((table_name(contract), summary(contract)) for contract in PUBLISHED)

    assert said["version"].startswith(version)
    assert said["tables"] == expected["tables"] == [list(row) for row in tables]
    assert {name: answer for name, answer in said.items() if name in QUESTIONS} == expected
    assert len(said["columns"]) == sum(len(columns(contract)) for contract in PUBLISHED)
    assert (said["days"], said["parquet"], len(said["orders"])) == ([[365, "2026-01-01", "2026-12-31"]], [[len(said["answers"])]], 1)
    assert len(said["rows"]) == len(PUBLISHED)
