"""What a command in a process of its own took, or a piece of work in this one: seconds, processor seconds, memory."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MB = 1024 if sys.platform != "darwin" else 1024**2
"""What the system's figure of memory is to be divided by."""


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
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / _MB)


def taken_by(work: Callable[[], object]) -> Cost:
    """Do some work in this process. Where the system cannot forget it, the highest memory may be that of work before."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # Linux: the highest memory so far is forgotten
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB)


def medians(costs: Sequence[Cost]) -> Cost:
    """The median of each measure."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "peak_mb")))


def bytes_under(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
