"""A deployment as `kpis init` starts it, at work: its first file is loaded, and daemon and webserver start as its units say."""

import datetime as dt
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from pipelines.deployment.contents import UNITS, Place
from pipelines.deployment.folder import initialise
from pipelines.settings import load_settings
from tests.docs.reading import ROOT

pytestmark = pytest.mark.slow

SURVEY = "response_id,answered_at,email,satisfied,recommend\nr-1,2026-11-19 09:12:00,ann@example.com,5,9\nr-2,2026-11-19 10:40:00,,9,7\n"
ASKED = "{ instance { daemonHealth { allDaemonStatuses { healthy required } } } workspaceOrError { ... on Workspace { locationEntries { name loadStatus } } } }"
PATIENCE_SECONDS = 240


def kpis(folder: Path, *words: str, code: int = 0) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in {"DAGSTER_HOME", "KPIS_PSEUDONYM_KEY", "KPIS_SETTINGS"}}
    secrets = dict(re.findall(r"^(\w+)=(.*)$", (folder / "kpis.env").read_text(), re.MULTILINE)) if (folder / "kpis.env").exists() else {}
    done = subprocess.run(
        [sys.executable, "-c", "from pipelines.cli.app import main; main()", *words],
        cwd=folder,
        env={**environment, **secrets, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def test_a_deployment_runs_from_the_first_file_to_its_status_and_dagster_loads_it(tmp_path: Path) -> None:
    company = tmp_path / "company"
    told = kpis(tmp_path, "init", "company", "--time-zone", "Europe/Berlin")
    assert "set -a; . ./kpis.env; set +a" in told
    day = load_settings(company / "kpis.toml").today() - dt.timedelta(days=1)
    delivery = company / "inbox" / "survey" / day.isoformat() / "export.csv"
    delivery.parent.mkdir()
    delivery.write_text(SURVEY)

    assert "lies outside the question's declared scale" in kpis(company, "inspect", str(delivery), "--feed", "survey")
    assert "2 records = 1 accepted + 1 quarantined + 0 duplicate" in kpis(company, "run")

    status = json.loads(kpis(company, "status", "--json"))
    assert [(feed["feed"], feed["read"]) for feed in status["feeds"]] == [("survey", 2)]
    assert not status["waiting"]
    validated = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"],
        cwd=company,
        env={**os.environ, "KPIS_SETTINGS": str(company / "kpis.toml"), "DAGSTER_HOME": str(company / ".dagster"), "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert validated.returncode == 0, validated.stderr


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def started(unit: Path, port: int) -> Iterator[None]:
    """What a unit starts, in its folder and with its environment, but on another port."""
    said = unit.read_text()
    (folder,) = re.findall(r"^WorkingDirectory=(.*)$", said, re.MULTILINE)
    (declared,) = re.findall(r"^Environment=(.*)$", said, re.MULTILINE)
    (secrets,) = re.findall(r"^EnvironmentFile=(.*)$", said, re.MULTILINE)
    (command,) = re.findall(r"^ExecStart=(.*)$", said, re.MULTILINE)
    given = dict(part.split("=", 1) for part in shlex.split(declared))
    kept = dict(re.findall(r"^(\w+)=(.*)$", Path(secrets).read_text(), re.MULTILINE))
    own = {name: value for name, value in os.environ.items() if not name.startswith(("KPIS_", "DAGSTER_"))}
    words = [str(port) if word == "3000" else word for word in shlex.split(command)]
    environment = {**own, "PYTHONPATH": str(ROOT), **given, **kept}
    with subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
            assert process.poll() is None
        finally:
            process.terminate()


def said_by(port: int) -> str:
    try:
        return json.dumps(httpx2.post(f"http://127.0.0.1:{port}/graphql", json={"query": ASKED}, timeout=30).json())
    except (httpx2.HTTPError, ValueError) as not_yet:
        return str(not_yet)


def test_daemon_and_webserver_start_as_the_units_say(tmp_path: Path) -> None:
    initialise(Place(tmp_path / "company", Path(sys.executable).parent, "root"), "UTC", "EUR")
    port, ends = free_port(), time.monotonic() + PATIENCE_SECONDS
    answer = "nothing"
    with ExitStack() as running:
        for unit in UNITS:
            running.enter_context(started(tmp_path / "company" / "systemd" / unit, port))
        while time.monotonic() < ends and ("LOADED" not in answer or '"healthy": true' not in answer or '"healthy": false' in answer):
            time.sleep(1)
            answer = said_by(port)

        assert '"healthy": true' in answer, answer
        assert '"healthy": false' not in answer
        assert '"locationEntries": [{"name": "feedback-kpis", "loadStatus": "LOADED"}]' in answer
