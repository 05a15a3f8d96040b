"""The ways of computing the four tables that are compared: the pipeline itself, and what one would otherwise build."""

import os
import shutil
import subprocess
import sys
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from bench.agreement import computed, published
from bench.processes import Cost, measured

PEERS: Final = Path(__file__).parent / "peers"
ENVIRONMENT: Final = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "KPIS_PSEUDONYM_KEY": "the company of the workload has no secrets",
    "PYTHONPATH": str(Path(__file__).parents[1]),
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "DO_NOT_TRACK": "1",
    "PYTHONWARNINGS": "ignore",
}
"""Without compiled files every start of a program would compile its imports again."""
_KPIS: Final = (sys.executable, "-c", "from pipelines.cli.app import main; main()")


@dataclass(frozen=True)
class Product:
    """The pipeline, all of its tables, as its command line runs it."""

    name: str = "this pipeline"

    def start(self, folder: Path, workload: Path) -> None:
        """Write settings that read the workload's inbox."""
        folder.mkdir(parents=True)
        settings = (workload / "kpis.toml").read_text(encoding="utf-8")
        (folder / "kpis.toml").write_text(f'inbox = "{(workload / "inbox").resolve()}"\n{settings}', encoding="utf-8")

    def load(self, folder: Path, workload: Path) -> Cost:
        """Load all days that there are."""
        days = sorted(path.name for path in (workload / "inbox" / "survey").iterdir())
        return self._kpis(folder, "backfill", days[0], days[-1])

    def day(self, folder: Path, workload: Path, day: str, *, is_new: bool) -> Cost:
        """Load one day, new or corrected, and bring up to date what it touches."""
        del workload, is_new
        return self._kpis(folder, "run", "--day", day)

    def tables(self, folder: Path) -> dict[str, pl.DataFrame]:
        """Read the four tables that it wrote."""
        return published(folder / "published" / "kpis.duckdb")

    def _kpis(self, folder: Path, *arguments: str) -> Cost:
        return measured((*_KPIS, *arguments, "--settings", folder / "kpis.toml"), ENVIRONMENT, folder / "log")


@dataclass(frozen=True)
class Peer:
    """One of the folders under ``peers``, run in the virtual environment of its own requirements."""

    folder: str
    name: str
    python: Path
    keeps_files: bool = False
    """Whether it keeps what it has read, so that it need not read all files again where one is added."""

    def start(self, folder: Path, workload: Path) -> None:
        """Make the folder that it writes into."""
        del workload
        folder.mkdir(parents=True)

    def load(self, folder: Path, workload: Path) -> Cost:
        """Read all that is new to it, and compute all four tables."""
        log = folder.with_suffix(".log")
        return measured((self.python, PEERS / self.folder / "peer.py", workload, folder), ENVIRONMENT, log)

    def day(self, folder: Path, workload: Path, day: str, *, is_new: bool) -> Cost:
        """Read what is new and compute all tables; where a file that it has read was changed, from nothing."""
        del day
        if self.keeps_files and not is_new:
            shutil.rmtree(folder)
            folder.mkdir()
        return self.load(folder, workload)

    def tables(self, folder: Path) -> dict[str, pl.DataFrame]:
        """Read the four tables that it wrote."""
        return computed(folder)


Way = Product | Peer
_NAMES: Final = {
    "polars_script": ("Polars script", False),
    "pandas_script": ("pandas script", False),
    "dlt_dbt": ("dlt, DuckDB, dbt", True),
    "postgresql": ("PostgreSQL, SQL", True),
    "pyspark_local": ("PySpark, local", False),
}


def ways(environments: Path, wanted: tuple[str, ...]) -> list[Way]:
    """The pipeline and the wanted peers, with their environments, which are made where they are missing."""
    found: list[Way] = [Product()]
    for folder in wanted or tuple(_NAMES):
        name, keeps_files = _NAMES[folder]
        found.append(Peer(folder, name, _environment(environments / folder, PEERS / folder / "requirements.txt"), keeps_files))
    return found


def _environment(folder: Path, requirements: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"making {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)], check=True)
    return python.absolute()


def link(workload: Path, folder: Path, days: Container[str]) -> None:
    """Put a workload's files of some arrival days into another folder, without copying their bytes."""
    for path in (workload / "inbox").glob("*/*/*"):
        if path.parent.name in days:
            copy = folder / path.relative_to(workload)
            copy.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, copy)
