"""The command line of the generator."""

import argparse
import time
from pathlib import Path

from bench.workload import write_workload


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a company's exports to measure on.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--items", type=int, default=100_000, help="Responses, tickets and text messages of customers together.")
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    wall, processor = time.perf_counter(), time.process_time()
    planted = write_workload(chosen.folder, items=chosen.items, days=chosen.days, seed=chosen.seed)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    for feed, counts in planted.items():
        records = f"{counts.accepted:>12,} accepted {counts.duplicate:>10,} duplicate {counts.refused:>8,} refused"
        print(f"{feed:10} {records} {counts.bytes:>14,} bytes")
    print(f"{chosen.items / wall:,.0f} items/s, {chosen.items / processor:,.0f} a second of processor time")


if __name__ == "__main__":
    main()
