"""Killed for good while it lands, and run again: every file once, none half."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SETTINGS = """
[feeds.orders]
adapter = "orders_csv"
time_zone = "UTC"

[connectors.shop]
kind = "folder"
feed = "orders"
url = "there"
rest_seconds = 0
"""
COUNT = 400


def landed(folder: Path) -> list[Path]:
    return [path for path in (folder / "inbox").rglob("*.csv") if not path.name.startswith(".")]


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_ends_in_the_files_of_an_undisturbed_one(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    expected = [f"{number}".encode() * 2000 for number in range(COUNT)]
    for number, content in enumerate(expected):
        (there / f"{number}.csv").write_bytes(content)
    (tmp_path / "kpis.toml").write_text(SETTINGS.replace('"there"', f'"{there}"'))
    command = [sys.executable, "-c", "from pipelines.cli.app import main; main()", "land", "--settings", str(tmp_path / "kpis.toml")]

    for wanted in (1, 60, 150):
        with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL) as process:
            while process.poll() is None and len(landed(tmp_path)) < wanted:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert all(path.read_bytes() in expected for path in landed(tmp_path))
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=True, capture_output=True, text=True)

    assert sorted(path.read_bytes() for path in landed(tmp_path)) == sorted(expected)
    assert "files landed for orders" in done.stdout
    assert list((tmp_path / "inbox").rglob("*.part")) == []
