"""A real PostgreSQL server for the tests of this folder, and a publication to copy into it."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi
import pytest

from pipelines.facts import fact_queries
from pipelines.postgresql.settings import PostgresqlSettings
from pipelines.publishing.publish import publish
from schemas.catalogue import PUBLISHED
from tests.world import World

VARIABLE, PASSWORD = "KPIS_POSTGRESQL_URI", "s3cr3t@of/the:reporting"
ESCAPED = "s3cr3t%40of%2Fthe%3Areporting"
NOBODY = 65534


def programs() -> Path | None:
    """The folder of initdb, which Debian keeps out of the path."""
    found = shutil.which("initdb")
    return Path(found).parent if found else next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@dataclass(frozen=True)
class Server:
    """A running server with a user `kpis` who may make schemas, and another one who reads."""

    port: int

    def uri(self, user: str = "kpis", password: str = ESCAPED, database: str = "reporting") -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    @contextlib.contextmanager
    def client(self, user: str = "kpis") -> Iterator["Client"]:
        with contextlib.closing(adbc_driver_postgresql.dbapi.connect(self.uri(user))) as connection:
            yield Client(connection)

    def rows(self, query: str, user: str = "kpis") -> list[tuple[Any, ...]]:
        with self.client(user) as client:
            return client.rows(query)

    def run(self, *statements: str, user: str = "kpis") -> None:
        with self.client(user) as client:
            client.run(*statements)
            client.connection.commit()


@dataclass(frozen=True)
class Client:
    """Someone who reads."""

    connection: Any

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(self.connection.cursor()) as cursor:
            cursor.execute(query)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def run(self, *statements: str) -> None:
        with contextlib.closing(self.connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    """The server does not run as root, so root runs it as nobody."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    is_root = os.getuid() == 0
    as_nobody: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_root else {}
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    if is_root:
        os.chown(folder, NOBODY, NOBODY)
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)
    made: list[str | Path] = [
        bin_folder / "initdb",
        "-D",
        folder / "data",
        "-U",
        "admin",
        "-A",
        "scram-sha-256",
        f"--pwfile={folder}/password",
        "-E",
        "UTF8",
    ]
    subprocess.run([*made, "--locale=C", "--no-sync"], check=True, capture_output=True, cwd=folder, **as_nobody)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    control: list[str | Path] = [bin_folder / "pg_ctl", "-D", folder / "data", "-w"]
    subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], check=True, capture_output=True, cwd=folder, **as_nobody)
    try:
        yield Server(port)
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd=folder, **as_nobody)
        shutil.rmtree(folder)


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server with an empty database of the test's own."""
    monkeypatch.setenv(VARIABLE, running.uri())
    with contextlib.closing(adbc_driver_postgresql.dbapi.connect(running.uri("admin", database="postgres"), autocommit=True)) as connection:
        admin = Client(connection)
        users = [name for name in ("kpis", "reader") if not admin.rows(f"SELECT FROM pg_roles WHERE rolname = '{name}'")]
        admin.run(*(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'" for name in users))
        admin.run("DROP DATABASE IF EXISTS reporting WITH (FORCE)", "CREATE DATABASE reporting OWNER kpis")
    return running


@pytest.fixture
def declared(server: Server) -> PostgresqlSettings:
    assert os.environ[VARIABLE] == server.uri()
    return PostgresqlSettings(uri_variable=VARIABLE)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A publication with a few answers, contacts, orders and costs, one of them in words that need care."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")
        made = World(tmp_path_factory.mktemp("postgresql") / "world")
        day = made.settings.start_day.replace(month=3)
        made.deliver("crm", day, "c1,ann@example.com,gold 'n' \"silver\" \\ ü,2026-03-01 00:00:00")
        made.deliver("desk", day, *(f"t{n},2026-03-0{n} 10:00:00,,2026-03-0{n} 11:00:00,c1,delivery,web" for n in range(1, 4)))
        made.deliver("survey", day, *(f"r{n},2026-03-0{n} 12:00:00,,c1,,t{n},{n},yes" for n in range(1, 4)))
        made.deliver("shop", day, "o1,2026-03-04 10:00:00,,19.99,4.5,0,c1", "o2,2026-03-04 10:00:00,,0.1,,0,")
        made.deliver("ledger", day, "k1,2026-03-05,12.3456,web")
        made.load()
        with made.warehouse() as warehouse:
            made.settings.published_path.mkdir()
            publish(warehouse.connection, PUBLISHED, made.settings.published_path, fact_queries(made.settings.holidays))
    return made
