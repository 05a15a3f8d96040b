"""What reading an export costs, as a multiple of DuckDB merely scanning the same bytes; and how many mails a second are read.

Each format is read as a run reads it, to rows held against their contract. DuckDB scans the file and looks at every value, in
CSV with every column as text. Both are measured in turn, several times, in one process; the medians' ratio is printed.
The memory is the process's highest while one long file is read part by part.
"""

import argparse
import datetime as dt
import tempfile
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from assets.raw.feed import Feed
from assets.raw.gathering import Gathering
from assets.raw.pseudonym import pseudonym
from assets.raw.reading import File, Reading
from assets.raw.registry import FORMATS
from bench.exports import CASES, Case, mails
from bench.processes import Cost, medians, taken_by
from pipelines.warehouse.duckdb_intake import FLUSH_RECORDS

MAILS = 10_000
ARRIVED_ON = dt.date(2026, 3, 2)


def _read(adapter: str, settings: dict[str, Any], path: Path) -> int:
    """Rows read and held against their contract, gathered as a run gathers them."""
    feed = Feed.model_validate({"adapter": adapter, "source": "bench", **settings})
    reading = Reading(pseudonym("a key for benchmarks, long enough"), frozenset({"EUR", "USD"}))
    understand = partial(FORMATS[adapter].interpret, feed=feed, reading=reading)
    gathering = Gathering(FLUSH_RECORDS)
    with path.open("rb") as stream:
        extracts = FORMATS[adapter].extract(File(stream, ARRIVED_ON), feed, reading)
        batches = chain((gathering.add(extract, understand) for extract in extracts), gathering.rest())
        return sum(batch.records.height for batch in batches if batch is not None)


def main() -> None:
    """Print one line a format."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=300_000, help="of each file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=[], help="adapters")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'format':27} {'MB':>6} {'records/s':>10} {'read s':>7} {'scan s':>7} {'ratio':>6} {'cpu ratio':>9}")
        costs: list[Cost] = []
        for case in CASES:
            if chosen.only and case.adapter not in chosen.only:
                continue
            path = Path(folder) / "export"
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(case.content(chosen.records))
            costs += _case(case, path, chosen.rounds)
        if not chosen.only:
            costs += _mails(Path(folder) / "mails.mbox", chosen.rounds)
        print(f"highest memory: {max(cost.peak_mb for cost in costs):,.0f} MB")


def _case(case: Case, path: Path, rounds: int) -> list[Cost]:
    """Print the line of a format; what its reads took."""
    records = _read(case.adapter, case.settings, path)
    reads, scans = [], []
    for _ in range(rounds):
        reads.append(taken_by(lambda: _read(case.adapter, case.settings, path)))
        with duckdb.connect() as connection:
            scans.append(taken_by(lambda: connection.execute(case.scan.format(path=path)).fetchall()))  # called at once
    read, scan = medians(reads), medians(scans)
    size = path.stat().st_size / 1e6
    print(
        f"{case.name:27} {size:6.1f} {records / read.wall:10,.0f} {read.wall:7.2f} {scan.wall:7.2f} "
        f"{read.wall / scan.wall:6.2f} {read.cpu / scan.cpu:9.2f}",
        flush=True,
    )
    return reads


def _mails(path: Path, rounds: int) -> list[Cost]:
    """Print the line of mails, which nothing else reads to be held against."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(mails(MAILS))
    took = [taken_by(lambda: _read("email_mime", {}, path)) for _ in range(rounds)]
    cost = medians(took)
    print(f"{'email_mime':27} {path.stat().st_size / 1e6:6.1f} {MAILS / cost.wall:10,.0f} {cost.wall:7.2f}  {cost.cpu:.2f} s of CPU")
    return took


if __name__ == "__main__":
    main()
