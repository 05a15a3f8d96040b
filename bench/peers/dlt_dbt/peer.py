"""The four tables by dlt and dbt: dlt lands new files in DuckDB, dbt computes models from all that has landed."""

import datetime as dt
import json
import os
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import dlt
import duckdb
from dbt.cli.main import dbtRunner
from dlt.sources.filesystem import filesystem, read_csv_duckdb

HERE = Path(__file__).parent
ZONE = "Europe/Berlin"
TABLES = ("satisfaction_daily", "first_contact_resolution_daily", "cost_per_sale_monthly", "service_roi_monthly")
COSTS = {"names": ["id", "posted_on", "account", "debit", "credit", "currency", "way", "place"], "delimiter": ";"}


def new_files(inbox, feed, glob):
    files = filesystem(bucket_url=inbox.as_uri(), file_glob=f"{feed}/*/{glob}")
    files.apply_hints(incremental=dlt.sources.incremental("file_url"))
    return files


def table(inbox, feed, **options):
    rows = new_files(inbox, feed, "*.csv") | read_csv_duckdb(chunk_size=100_000, use_pyarrow=True, all_varchar=True, header=True, **options)
    return rows.with_name(feed)


NUMBERS = ("id", "ticket_id", "author_id", "requester_id", "submitter_id", "generated_timestamp")
NESTED = ("via", "tags", "custom_fields", "events")


def column_types(*columns):
    kinds = dict.fromkeys(NUMBERS, "bigint") | dict.fromkeys(NESTED, "json")
    return {name: {"data_type": kinds.get(name, "text")} for name in columns}


def pages(inbox, feed, key, *columns):
    @dlt.transformer(name=key, max_table_nesting=0, columns=column_types(*columns))
    def records(files):
        for file in files:
            page = json.loads(file.read_bytes())
            yield [{name: record.get(name) for name in columns} for record in page[key]]

    return new_files(inbox, feed, "*.json") | records


def main():
    inbox, out = Path(sys.argv[1]).resolve() / "inbox", Path(sys.argv[2]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    database = out / "feedback.duckdb"
    pipeline = dlt.pipeline(
        "feedback", pipelines_dir=str(out / "dlt"), destination=dlt.destinations.duckdb(str(database)), dataset_name="raw"
    )
    newest = dt.date.fromisoformat(max(path.name for path in inbox.glob("*/*")))
    as_of = dt.datetime.combine(newest + dt.timedelta(days=1), dt.time(), ZoneInfo(ZONE)).astimezone(dt.UTC).replace(tzinfo=None)
    ticket = ("id", "created_at", "generated_timestamp", "via", "status", "requester_id", "submitter_id", "tags", "custom_fields")
    pipeline.run(
        [
            *(table(inbox, feed) for feed in ("customers", "survey", "texts", "orders")),
            table(inbox, "costs", **COSTS),
            pages(inbox, "tickets", "tickets", *ticket),
            pages(inbox, "audits", "audits", "id", "ticket_id", "created_at", "author_id", "events"),
            pages(inbox, "audits", "users", "id", "role"),
        ],
        loader_file_format="parquet",
    )
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE OR REPLACE TABLE raw.known_until AS SELECT ?::TIMESTAMP AS as_of", [as_of])
    os.environ["FEEDBACK_DATABASE"] = str(database)
    folders = [
        "--project-dir",
        str(HERE),
        "--profiles-dir",
        str(HERE),
        "--target-path",
        str(out / "target"),
        "--log-path",
        str(out / "logs"),
    ]
    result = dbtRunner().invoke(["run", "--quiet", *folders])
    if not result.success:
        sys.exit("dbt failed")
    with duckdb.connect(str(database)) as connection:
        for name in TABLES:
            connection.execute(f"COPY {name} TO '{out / name}.parquet' (FORMAT parquet)")


if __name__ == "__main__":
    main()
