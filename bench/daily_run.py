"""What a daily run costs on top of a short and of a long history: prints both, and their ratio.

Usage: python -m bench.daily_run [--short 30] [--long 1096] [--runs 5]

Writes the demo company at the long length; the short history is its last days. Loads all days but the last `runs`, then
runs these days one by one, the two histories in turn, each run in a process of its own: both load the same files. Figures
are medians over the days; CPU is what the whole process used, from the interpreter's start to its end.
"""

import argparse
import datetime as dt
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LAST_DAY = dt.date(2026, 10, 31)
ENVIRONMENT = {**os.environ, "KPIS_PSEUDONYM_KEY": "the demo company has no secrets"}


def kpis(*arguments: str) -> tuple[float, float]:
    """Run the command line; wall and CPU seconds of the process."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", "from pipelines.cli.app import main; main()", *arguments]
    subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - started, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write(folder: Path, days: int) -> Path:
    """A demo of this many days; its settings file."""
    kpis("demo", str(folder), "--days", str(days), "--write-only")
    return folder / "kpis.toml"


def last_days(settings: Path, folder: Path, days: int) -> Path:
    """The same company, of which only what arrived on the last days is known; its settings file."""
    folder.mkdir()
    for feed in (settings.parent / "inbox").iterdir():
        for back in range(days):
            day = (LAST_DAY - dt.timedelta(days=back)).isoformat()
            if (feed / day).exists():
                shutil.copytree(feed / day, folder / "inbox" / feed.name / day)
    return Path(shutil.copy(settings, folder))


def load(settings: Path, days: int, runs: int) -> None:
    """Load all days but the last runs."""
    first, last = LAST_DAY - dt.timedelta(days=days - 1), LAST_DAY - dt.timedelta(days=runs)
    wall, cpu = kpis("backfill", first.isoformat(), last.isoformat(), "--settings", str(settings))
    print(f"| backfill of {days - runs} days | {wall:.1f} | {cpu:.1f} |", flush=True)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--short", type=int, default=30)
    parser.add_argument("--long", type=int, default=1096)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    print("| what | wall s | CPU s |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        lengths = (chosen.short, chosen.long)
        whole = write(Path(folder) / "long", chosen.long)
        settings = {chosen.short: last_days(whole, Path(folder) / "short", chosen.short), chosen.long: whole}
        for days in lengths:
            load(settings[days], days, chosen.runs)
        cost: dict[int, list[tuple[float, float]]] = {days: [] for days in lengths}
        for back in range(chosen.runs - 1, -1, -1):
            day = (LAST_DAY - dt.timedelta(days=back)).isoformat()
            for days in lengths:
                wall, cpu = kpis("run", "--day", day, "--settings", str(settings[days]))
                cost[days].append((wall, cpu))
                print(f"| {day} on top of {days - chosen.runs} days and those before it | {wall:.1f} | {cpu:.1f} |", flush=True)
        walls = {days: statistics.median(wall for wall, _ in cost[days]) for days in lengths}
        cpus = {days: statistics.median(cpu for _, cpu in cost[days]) for days in lengths}
        for days in lengths:
            print(f"| daily run on top of {days - chosen.runs} days, median of {chosen.runs} | {walls[days]:.2f} | {cpus[days]:.2f} |")
        ratios = [long[1] / short[1] for short, long in zip(cost[chosen.short], cost[chosen.long], strict=True)]
        print(
            f"| ratio long to short, day by day: median {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f} | ", end=""
        )
        print(f"{walls[chosen.long] / walls[chosen.short]:.2f} | {cpus[chosen.long] / cpus[chosen.short]:.2f} |")


if __name__ == "__main__":
    main()
