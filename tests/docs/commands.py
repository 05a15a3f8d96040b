"""Running the shell blocks of a document as a reader would: one shell from top to bottom, in a deployment of the demo company."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipelines.cli.demo_command import DEMO_KEY
from tests.docs.kpis_server import CLIENT
from tests.docs.reading import ROOT, Document, blocks_in

LANGUAGES: Final = ("sh", "bash", "console")

NOT_RUN: Final[Mapping[str, str]] = {
    "git clone <address of this repository> feedback-kpis": "no test reaches for a repository elsewhere",
    "cd feedback-kpis": "it is the clone's folder",
    ". .venv/bin/activate": "the tests run in an environment already",
    "make demo": "it makes 120 days; the company of these tests was made by the same command with 8",
    "make test": "it would run this test within itself",
    "cd /srv/feedback-kpis && make test && cd -": "likewise",
    "git -C /srv/feedback-kpis pull": "no test reaches for a repository elsewhere",
    "make dev": "it serves until it is stopped",
    "sudo cp systemd/*.service /etc/systemd/system/": "it changes the machine; systemd reads the units in tests/pipelines/test_deployment.py",
    "sudo systemctl daemon-reload": "it changes the machine",
    "sudo systemctl enable --now feedback-kpis-daemon feedback-kpis-webserver": "it changes the machine",
    "sudo systemctl stop feedback-kpis-daemon feedback-kpis-webserver": "it changes the machine",
    "sudo systemctl start feedback-kpis-daemon feedback-kpis-webserver": "it changes the machine",
    "journalctl -u feedback-kpis-daemon -f": "it follows a unit that no test starts",
    "kpis init /srv/feedback --time-zone Europe/Berlin": "it writes outside of the test's folder; the tutorial's `kpis init` is run",
    "kpis demo": "see `make demo`",
    "kpis demo small --days 12": "see `make demo`",
    "kpis run": "yesterday brought this company no files; a run of yesterday is in tests/pipelines/test_deployment_at_work.py",
    "kpis dev": "it serves until it is stopped",
    "kpis app": "likewise; tests/browsing/test_page.py opens it",
    "kpis app --port 8502": "likewise",
    "kpis dev --port 3001 --settings demo/kpis.toml": "likewise",
    'duckdb -readonly published/kpis.duckdb "FROM kpi.service_roi_monthly"': "DuckDB's shell is a program of its own, which comes with no package of ours",
    "superset import-dashboards -p dashboards.zip -u admin": "Superset is a program of its own; docs/superset/trial.py runs it",
    "superset import-directory --overwrite dashboards": "likewise",
    "python3.11 -m venv superset": "likewise",
    "superset/bin/pip install -r /srv/feedback-kpis/docs/superset/requirements.txt": "likewise",
    "python docs/superset/trial.py demo /tmp/superset": "it makes an environment of 150 packages",
    "kpis alerts send": "no channel is set up here; tests/pipelines/test_alerts.py and tests/alerting tell real servers",
    "kpis alerts test": "likewise",
    "ssh -L 3000:127.0.0.1:3000 feedback@server": "it needs another machine",
}
"""The lines that no test runs, each with its reason. A line that neither a document nor a command's help has any more is a failure."""

MAY_FIND: Final = "kpis quarantine"
"""The command that exits with 1 when there is something to be seen."""


@dataclass(frozen=True)
class Outcome:
    """What running some blocks gave."""

    printed: str
    failed: tuple[str, ...]
    """Exit code and command of each that failed."""
    finished: bool


def shell_text(block: str, language: str) -> str:
    """A block as a script: of a session on a console, what was typed; lines that are not run, as comments."""
    lines = (
        [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")] if language == "console" else block.splitlines()
    )
    return "\n".join(f"# {line}" if without_comment(line) in NOT_RUN else line for line in lines)


def without_comment(line: str) -> str:
    """A line of a script without what is said about it."""
    return re.split(r"\s+#", line)[0].strip()


def shell_blocks(document: Document) -> dict[str, list[str]]:
    """The scripts of each section of a document that has any, by the section's heading; "" for what stands before the first."""
    text = document.text
    sections = {"": re.split(r"^## ", text, maxsplit=1, flags=re.MULTILINE)[0], **document.sections()}
    found = {
        title: [shell_text(body, language) for language, body in blocks_in(part) if language in LANGUAGES]
        for title, part in sections.items()
    }
    return {title: blocks for title, blocks in found.items() if blocks}


def run_blocks(blocks: list[str], folder: Path, programs: Path) -> Outcome:
    """Run scripts one after the other in one shell, noting what fails on the way."""
    failures = folder.parent / "failures"
    failures.unlink(missing_ok=True)
    own = {name: value for name, value in os.environ.items() if not name.startswith(("KPIS_", "DAGSTER_"))}
    done = subprocess.run(
        ["bash", "-c", "\n".join(['trap \'echo "$? $BASH_COMMAND" >> "$FAILURES"\' ERR', *blocks, "echo __the end__"])],
        cwd=folder,
        env={
            **own,
            "KPIS_PSEUDONYM_KEY": DEMO_KEY,
            "PATH": f"{programs}:{own['PATH']}",
            "PYTHONPATH": str(ROOT),
            "FAILURES": str(failures),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        timeout=1800,
    )
    failed = failures.read_text().splitlines() if failures.exists() else []
    return Outcome(done.stdout, tuple(line for line in failed if not line.startswith(f"1 {MAY_FIND}")), "__the end__" in done.stdout)


@contextmanager
def programs() -> Iterator[Path]:
    """A folder with `kpis` and `dagster` as an installation would have them."""
    with tempfile.TemporaryDirectory() as name:  # short, as the path of a socket must be
        folder = Path(name)
        socket, client = folder / "socket", folder / "client.py"
        client.write_text(CLIENT)
        for program, call in {"kpis": f'-I -S "{client}" "{socket}"', "dagster": "-W ignore -m dagster"}.items():
            (folder / program).write_text(f'#!/bin/sh\nexec "{sys.executable}" {call} "$@"\n')
            (folder / program).chmod(0o755)
        serving = [sys.executable, "-m", "tests.docs.kpis_server", str(socket)]
        with subprocess.Popen(serving, cwd=ROOT, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}) as server:
            while not socket.exists():
                assert server.poll() is None
                time.sleep(0.05)
            yield folder


def copied(company: Path, folder: Path) -> Path:
    """A deployment that a document may do with as it likes."""
    return Path(shutil.copytree(company, folder, symlinks=True))
