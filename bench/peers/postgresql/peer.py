"""The four tables by PostgreSQL: a server of its own, COPY of every file that is new, then SQL over all that was copied."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
ZONE = "Europe/Berlin"
TABLES = ("satisfaction_daily", "first_contact_resolution_daily", "cost_per_sale_monthly", "service_roi_monthly")
SETTINGS = {
    "shared_buffers": "512MB",
    "work_mem": "128MB",
    "maintenance_work_mem": "256MB",
    "fsync": "off",
    "jit": "off",
    "timezone": "UTC",
}
USER = "nobody" if os.getuid() == 0 else None
"""The server refuses to run as root."""


def programs():
    found = shutil.which("postgres") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)), None)
    if found is None:
        sys.exit("PostgreSQL is not installed: no program postgres on the path or under /usr/lib/postgresql")
    return Path(found).parent


def server(folder):
    data = folder / "data"
    if not data.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        data.mkdir(mode=0o700)
        if USER:
            shutil.chown(data, USER)
        subprocess.run([programs() / "initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
                       check=True, stdout=subprocess.DEVNULL, user=USER, cwd="/")  # fmt: skip
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [programs() / "postgres", "-D", data, "-k", data, "-c", "listen_addresses=", *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=USER, cwd="/"), data


def connected(data):
    for _ in range(200):
        try:
            return psycopg.connect(host=str(data), user="bench", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.05)
    sys.exit("the server did not start")


def load(connection, inbox):
    connection.execute((HERE / "raw.sql").read_text())
    known = {path for (path,) in connection.execute("SELECT path FROM raw.files").fetchall()}
    whole_lines = "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'"
    for path in sorted(inbox.glob("*/*/*")):
        if str(path) in known:
            continue
        feed = path.parent.parent.name
        how = whole_lines if path.suffix == ".json" else "FORMAT csv, HEADER" + (", DELIMITER ';'" if feed == "costs" else "")
        with connection.transaction(), connection.cursor() as cursor:
            with cursor.copy(f"COPY raw.{feed} FROM STDIN ({how})") as copy, path.open("rb") as file:
                while part := file.read(1 << 20):
                    copy.write(part)
            cursor.execute("INSERT INTO raw.files VALUES (%s)", [str(path)])
    connection.execute("ANALYZE")


def export(connection, out):
    for name in TABLES:
        found = connection.execute(f"SELECT * FROM kpi.{name}")
        names = [column.name for column in found.description]
        rows = [[float(value) if type(value).__name__ == "Decimal" else value for value in row] for row in found]
        pq.write_table(
            pa.table({name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}), out / f"{name}.parquet"
        )


def main():
    inbox, out = Path(sys.argv[1]).resolve() / "inbox", Path(sys.argv[2]).resolve()
    newest = dt.date.fromisoformat(max(path.name for path in inbox.glob("*/*")))
    as_of = dt.datetime.combine(newest + dt.timedelta(days=1), dt.time(), ZoneInfo(ZONE)).astimezone(dt.UTC).replace(tzinfo=None)
    out.mkdir(parents=True, exist_ok=True)
    process, data = server(out / "server")
    try:
        with connected(data) as connection:
            load(connection, inbox)
            connection.execute("DROP TABLE IF EXISTS raw.known_until")
            connection.execute(f"CREATE TABLE raw.known_until AS SELECT '{as_of}'::timestamp AS as_of")
            connection.execute((HERE / "tables.sql").read_text())
            export(connection, out)
    finally:
        process.send_signal(2)
        process.wait()


if __name__ == "__main__":
    main()
