"""A command in a process of its own, and what it took: seconds, processor seconds, memory."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a process and the processes that it waited for took."""

    wall: float
    cpu: float
    peak_mb: float
    """The highest memory of the largest process among them."""


def measured(command: Sequence[str | Path], environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command to its end; what it says goes to a log, whose end is shown if it fails."""
    started = time.perf_counter()
    with log.open("wb") as told:
        process = subprocess.Popen([str(part) for part in command], env=dict(environment), stdout=told, stderr=subprocess.STDOUT)
        _, code, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
    wall = time.perf_counter() - started
    if process.returncode:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise SystemExit(f"{' '.join(map(str, command))} failed with {process.returncode}:\n{last}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2))


def medians(costs: Sequence[Cost]) -> Cost:
    """The median of each measure."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "peak_mb")))


def bytes_under(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
