"""What the pipeline costs beside what one would otherwise build, on the same files in the same run; prints Markdown.

Usage: python -m bench.compare [--items 100000] [--days 60] [--rounds 3] [--histories 30 365] [--peers polars_script …] [--json FILE]

Every way computes the four tables of `agreement.py`. The rows are held against the pipeline's published ones before any time is printed;
a difference stops the comparison with a sentence that names the first row that differs. Each run is a process of its own, the ways take
turns, figures are medians with the least and the greatest. Peers run in virtual environments of their own, made from their requirements
where they are missing. The histories hold as many items a day as the workload.
"""

import argparse
import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.agreement import first_difference
from bench.processes import Cost, bytes_under, measured, medians
from bench.querying import seconds_of_answers
from bench.ways import ENVIRONMENT, Product, Way, link, ways
from bench.workload import write_workload

FIRST_LOAD = "first load and tables"
ANSWER = "satisfaction by month and channel, from opening the file to the answer"


@dataclass
class Row:
    """What was measured of one way in one task."""

    task: str
    way: str
    costs: list[Cost] = field(default_factory=list)
    stored: int | None = None


class Comparison:
    """Measures, task by task, in a folder that the caller removes."""

    def __init__(self, folder: Path, found: Sequence[Way], rounds: int) -> None:
        self._folder, self._ways, self._rounds = folder, found, rounds
        self._made = 0
        self.rows: list[Row] = []

    def first_load(self, workload: Path) -> None:
        """Everything from nothing, and the limits."""
        rows = {way.name: self._row(FIRST_LOAD, way.name) for way in self._ways}
        scan = self._row(FIRST_LOAD, "limit: DuckDB looks at the same bytes once")
        for place in range(self._rounds):
            homes = self._homes(workload)
            for way in self._in_turn(place):
                _say(f"round {place + 1}: {way.name}")
                rows[way.name].costs.append(way.load(homes[way.name], workload))
                rows[way.name].stored = bytes_under(homes[way.name])
            scan.costs.append(measured((sys.executable, "-m", "bench.limits", workload), ENVIRONMENT, self._folder / "scan.log"))
            if place == 0:
                self._agree(homes)
            _remove(homes)

    def empty_run(self) -> None:
        """A run of the pipeline that has no feed: what its tools take before they look at anything."""
        workload = self._fresh("empty")
        (workload / "inbox").mkdir(parents=True)
        (workload / "kpis.toml").write_text("start_day = 2026-01-01\n", encoding="utf-8")
        product, home = Product(), self._fresh("run")
        product.start(home, workload)
        took = [product.day(home, workload, "2026-01-02", is_new=True) for _ in range(self._rounds + 1)]
        self._row(FIRST_LOAD, "limit: this pipeline without a feed, an empty Dagster run").costs = took[1:]

    def on_top(self, workload: Path) -> None:
        """New days and corrected old ones on top of a loaded history."""
        days = sorted(path.name for path in (workload / "inbox" / "survey").iterdir())
        known, new = days[: -self._rounds], days[-self._rounds :]
        growing = self._fresh("growing")
        link(workload, growing, frozenset(known))
        shutil.copyfile(workload / "kpis.toml", growing / "kpis.toml")
        homes = self._homes(growing)
        for way in self._ways:
            _say(f"{way.name} loads {len(known)} days")
            way.load(homes[way.name], growing)
        self._days(f"one more day on top of {len(known)}", growing, homes, self._arriving(workload, growing, new), is_new=True)
        old = known[len(known) // 3 :][: self._rounds]
        self._days(f"correction of one old day of {len(days)}", growing, homes, _corrected(growing, old), is_new=False)
        self._answers(homes, len(days))
        _remove(homes)

    def _days(self, task: str, workload: Path, homes: dict[str, Path], changing: Iterator[str], *, is_new: bool) -> None:
        rows = {way.name: self._row(task, way.name) for way in self._ways}
        for place, day in enumerate(changing):
            for way in self._in_turn(place):
                _say(f"{task}: {way.name}")
                rows[way.name].costs.append(way.day(homes[way.name], workload, day, is_new=is_new))
        self._agree(homes)

    def _answers(self, homes: dict[str, Path], days: int) -> None:
        for way in self._ways:
            home = homes[way.name]
            found = home / "published" / "kpis.duckdb" if isinstance(way, Product) else home / "satisfaction_daily.parquet"
            row = self._row(f"{ANSWER}, {days} days", f"{way.name}, {found.suffix[1:]}")
            row.costs = [Cost(seconds, seconds, 0.0) for seconds in seconds_of_answers(found)]

    def _arriving(self, workload: Path, growing: Path, days: Sequence[str]) -> Iterator[str]:
        for day in days:
            link(workload, growing, frozenset({day}))
            yield day

    def _agree(self, homes: dict[str, Path]) -> None:
        ours = Product().tables(homes[Product().name])
        for way in self._ways[1:]:
            if difference := first_difference(ours, way.tables(homes[way.name])):
                raise SystemExit(f"{way.name} and the pipeline differ, so no time is printed. {difference}")

    def _in_turn(self, place: int) -> Sequence[Way]:
        start = place % len(self._ways)
        return [*self._ways[start:], *self._ways[:start]]

    def _row(self, task: str, way: str) -> Row:
        self.rows.append(Row(task, way))
        return self.rows[-1]

    def _homes(self, workload: Path) -> dict[str, Path]:
        homes = {}
        for way in self._ways:
            homes[way.name] = self._fresh("run")
            way.start(homes[way.name], workload)
        return homes

    def _fresh(self, name: str) -> Path:
        self._made += 1
        return self._folder / f"{name}-{self._made}"


def _corrected(workload: Path, days: Sequence[str]) -> Iterator[str]:
    """Put the first file of responses of each day right: who was content with the service centre now is very much so."""
    for day in days:
        path = workload / "inbox" / "survey" / day / "survey-00001.csv"
        content = path.read_bytes().replace(b",service_center,4,", b",service_center,5,")
        path.unlink()
        path.write_bytes(content)
        yield day


def _remove(homes: dict[str, Path]) -> None:
    for home in homes.values():
        shutil.rmtree(home)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def as_markdown(rows: Sequence[Row]) -> str:
    """A table a task: medians with the least and the greatest, and how often the pipeline's median goes into a way's."""
    lines = []
    for task in dict.fromkeys(row.task for row in rows):
        of_task = [row for row in rows if row.task == task]
        ours = medians(of_task[0].costs)
        lines += [
            "",
            f"**{task}**",
            "",
            "| way | wall s | CPU s | highest MB | stored MB | wall to ours | CPU to ours |",
            "|---|---|---|---|---|---|---|",
        ]
        for row in of_task:
            usual = medians(row.costs)
            peak = f"{usual.peak_mb:,.0f}" if usual.peak_mb else ""
            stored = f"{row.stored / 1e6:,.1f}" if row.stored is not None else ""
            spread = (f"{_figure(getattr(usual, name))} ({_range(row.costs, name)})" for name in ("wall", "cpu"))
            ratios = f"{usual.wall / ours.wall:.2f} | {usual.cpu / ours.cpu:.2f}"
            lines.append(f"| {row.way} | {' | '.join(spread)} | {peak} | {stored} | {ratios} |")
    return "\n".join(lines)


def _range(costs: Sequence[Cost], name: str) -> str:
    told = [getattr(cost, name) for cost in costs]
    return f"{_figure(min(told))} to {_figure(max(told))}"


def _figure(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.3f}"


def main() -> None:
    """Write the workload, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--histories", type=int, nargs="*", default=[30, 365], help="Days on top of which new ones and corrections come.")
    parser.add_argument("--peers", nargs="*", default=[], help="Folders under bench/peers; all of them unless given.")
    parser.add_argument("--environments", type=Path, default=Path(".venv") / "peers", help="Where the peers' virtual environments are.")
    parser.add_argument("--folder", type=Path, help="Where files are written and removed; a temporary folder unless given.")
    parser.add_argument("--json", type=Path, default=Path("compare.json"), help="Where every single run is written down.")
    chosen = parser.parse_args()
    found = ways(chosen.environments, tuple(chosen.peers))
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = Path(name)
        folder.chmod(0o755)
        comparison = Comparison(folder, found, chosen.rounds)
        planted = write_workload(folder / "workload", items=chosen.items, days=chosen.days, seed=chosen.seed)
        read = sum(counts.bytes for counts in planted.values())
        comparison.first_load(folder / "workload")
        comparison.empty_run()
        for history in chosen.histories:
            days = history + chosen.rounds
            workload = folder / f"history-{history}"
            write_workload(workload, items=chosen.items * days // chosen.days, days=days, seed=chosen.seed)
            comparison.on_top(workload)
            shutil.rmtree(workload)
    print(f"{chosen.items:,} items over {chosen.days} days, {read / 1e6:,.1f} MB in files; {chosen.rounds} rounds; {platform.machine()}.")
    print(as_markdown(comparison.rows))
    rows = [
        {"task": row.task, "way": row.way, "stored_bytes": row.stored, "runs": [asdict(cost) for cost in row.costs]}
        for row in comparison.rows
    ]
    chosen.json.write_text(
        json.dumps({"items": chosen.items, "days": chosen.days, "bytes": read, "rows": rows}, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
