"""What it costs to compute every table anew over a large history, and to bring it up to date after one more day.

Usage: python bench/full_rebuild.py [--scale 1.0] [--folder FOLDER]

Fills the raw tables of a new warehouse with random records of three years, straight from SQL: at scale 1 ten million
answers, two million tickets with ten million events, five million orders, half a million customers. Then computes
every derived table whole; then, in a process of its own as the next day's run is, loads one more day of the same shape and
refreshes. Prints seconds a table, the totals, and the highest memory of each process.
"""

import argparse
import datetime as dt
import resource
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import duckdb

from assets.catalogue import DERIVED
from assets.derivation import RECORD
from assets.parameters import Parameters
from pipelines.refresh import refresh, write_references
from pipelines.warehouse.duckdb_intake import RAW_COLUMNS
from pipelines.warehouse.duckdb_store import DuckDBWarehouse, open_warehouse
from schemas.catalogue import STORED
from schemas.projection import quoted

FIRST: Final = dt.datetime(2023, 11, 1)  # noqa: DTZ001  # all instants are naive UTC
DAYS: Final = 1096
SIZES: Final = {
    "customers": 500_000,
    "tickets": 2_000_000,
    "ticket_events": 10_000_000,
    "answers": 10_000_000,
    "orders": 5_000_000,
    "costs": 40_000,
}
PARAMETERS: Final = Parameters()
Took = dict[str, tuple[float, float]]
"""Wall and processor seconds by table."""

_DRAW: Final = "hash(number * 31 + {salt})"
_CUSTOMER: Final = "md5('c' || ({draw} % {customers})::VARCHAR)"
_COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "customers": {
        "id_ref": "md5('c' || number::VARCHAR)",
        "email_ref": "md5('e' || number::VARCHAR)",
        "segment": "['private', 'business', 'premium'][1 + (number % 3)::INTEGER]",
        "region": "'west'",
    },
    "tickets": {
        "opened_at": "moment",
        "opened_by": "'customer'",
        "channel": "['web', 'email', 'phone', 'chat'][1 + (draw % 4)::INTEGER]",
        "category": "['delivery', 'billing', 'product', 'returns', 'account'][1 + (draw // 4 % 5)::INTEGER]",
        "touchpoint": "['service_center', 'self_service', 'field'][1 + (draw // 20 % 3)::INTEGER]",
        "priority": "['normal', 'high'][1 + (draw // 60 % 2)::INTEGER]",
        "status": "'closed'",
        "is_abandoned": "false",
        "is_merged": "false",
        "history": "'events'",
        "customer_ref": "customer",
    },
    "ticket_events": {
        "position": "0",
        "ticket_ref": "'bench:' || (number // 5)::VARCHAR",
        "happened_at": "moment_of_ticket + to_minutes(((number % 5) * 7 * (1 + draw % 60))::INTEGER)",
        "event": "['created', 'public_reply', 'status', 'customer_reply', 'status'][1 + (number % 5)::INTEGER]",
        "actor": "['customer', 'agent', 'agent', 'customer', 'agent'][1 + (number % 5)::INTEGER]",
        "status_from": "[NULL, NULL, 'open', NULL, 'solved'][1 + (number % 5)::INTEGER]",
        "status_to": "['new', NULL, 'solved', NULL, 'closed'][1 + (number % 5)::INTEGER]",
    },
    "answers": {
        "question": "'q'",
        "metric": "['csat', 'nps', 'ces'][1 + (number % 3)::INTEGER]",
        "value": "[1 + draw % 5, draw % 11, 1 + draw % 7][1 + (number % 3)::INTEGER]::DOUBLE",
        "scale_low": "[1, 0, 1][1 + (number % 3)::INTEGER]::DOUBLE",
        "scale_high": "[5, 10, 7][1 + (number % 3)::INTEGER]::DOUBLE",
        "is_reversed": "false",
        "answered_at": "moment",
        "is_complete": "true",
        "channel": "['web', 'email', 'sms'][1 + (draw // 77 % 3)::INTEGER]",
        "touchpoint": "'service_center'",
        "ticket_ref": "CASE WHEN number % 4 = 0 THEN 'bench:' || (CASE WHEN draw % 997 = 0 THEN draw % {all_tickets} "
        "ELSE {first_ticket} + draw % {tickets} END)::VARCHAR END",
        "customer_ref": "customer",
    },
    "orders": {
        "ordered_at": "moment",
        "channel": "'web'",
        "status": "'completed'",
        "revenue_amount": "(draw % 10000)::DECIMAL(18, 4) / 100",
        "margin_amount": "(draw % 4000)::DECIMAL(18, 4) / 100",
        "refunded_amount": "0",
        "currency": "'EUR'",
        "service_role": "CASE WHEN draw % 50 = 0 THEN 'attributed' ELSE 'none' END",
        "customer_ref": "customer",
    },
    "costs": {
        "costed_on": "moment::DATE",
        "cost_category": "['service', 'selling', 'remediation'][1 + (number % 3)::INTEGER]",
        "touchpoint": "'service_center'",
        "cost_amount": "(draw % 100000)::DECIMAL(18, 4) / 100",
        "currency": "'EUR'",
    },
}


def fill(connection: duckdb.DuckDBPyConnection, sizes: Mapping[str, int], first: dt.datetime, days: int, begins: Mapping[str, int]) -> None:
    """Put records into the raw tables: current versions of one delivery. One answer in a thousand tells of a ticket of any day."""
    first_ticket = begins.get("tickets", 0)
    tickets = {"tickets": sizes["tickets"], "first_ticket": first_ticket, "all_tickets": first_ticket + sizes["tickets"]}
    for place, (name, size) in enumerate(sizes.items()):
        begin = begins.get(name, 0)
        draw = _DRAW.format(salt=place)
        customer = _CUSTOMER.format(draw=draw, customers=sizes["customers"] + begins.get("customers", 0))
        moment = f"TIMESTAMP '{first}' + to_seconds(({draw} // 7 % {days * 86_400})::BIGINT)"
        last = "(SELECT coalesce(max(version_id), 0) FROM ledger.versions)"
        of_ticket = f"TIMESTAMP '{first}' + to_seconds((hash((number // 5) * 31 + 1) // 7 % {days * 86_400})::BIGINT)"
        connection.execute(
            f"CREATE OR REPLACE TEMPORARY TABLE drawn AS SELECT number, {draw} AS draw, {customer} AS customer, {moment} AS moment, "
            f"{of_ticket} AS moment_of_ticket, {last} + row_number() OVER () AS version_id "
            f"FROM range({begin}, {begin + size}) AS numbers (number)"
        )
        kind = f"raw.{name}"
        connection.execute(
            f"INSERT INTO ledger.versions SELECT version_id, '{kind}', 'bench', number::VARCHAR, NULL, number::VARCHAR, 1, true FROM drawn"
        )
        told = {"source": "'bench'", "source_record_id": "number::VARCHAR", **_COLUMNS[name]}
        cells = ", ".join(told.get(column, "NULL").format_map(tickets) for column in RAW_COLUMNS[kind])
        connection.execute(f"INSERT INTO {quoted(kind)} SELECT version_id, {cells} FROM drawn")


def refresh_all(warehouse: DuckDBWarehouse, as_of: dt.datetime) -> Took:
    """Bring every derived table up to date; wall and processor seconds of each."""
    took: Took = {}
    for derived in DERIVED:
        wall, processor = time.perf_counter(), time.process_time()
        done = refresh(warehouse, derived, PARAMETERS.model_copy(update={"as_of": as_of}), "bench")
        if done.discrepancies:
            raise SystemExit(f"{derived.name} does not add up: {done.discrepancies}")
        took[derived.name] = time.perf_counter() - wall, time.process_time() - processor
    return took


def whole_history(path: Path, sizes: Mapping[str, int]) -> tuple[Took, int]:
    """Fill a new warehouse and compute every table; what each took, and the highest memory of the process in KiB."""
    with open_warehouse(path, STORED, DERIVED) as warehouse:
        write_references(warehouse, "Europe/Berlin", {"EUR": 1.0}, {})
        started = time.perf_counter()
        with warehouse.transaction():
            fill(warehouse.connection, sizes, FIRST, DAYS, {})
        print(f"filled {sum(sizes.values()):,} records in {time.perf_counter() - started:.1f} s", flush=True)
        return refresh_all(warehouse, FIRST + dt.timedelta(days=DAYS)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def one_more_day(path: Path, sizes: Mapping[str, int]) -> tuple[Took, int]:
    """Add a day to that warehouse and bring every table up to date; likewise."""
    daily = {name: max(1, count // DAYS) for name, count in sizes.items()}
    with open_warehouse(path, STORED, DERIVED) as warehouse:
        with warehouse.transaction():
            fill(warehouse.connection, daily, FIRST + dt.timedelta(days=DAYS), 1, sizes)
            for name, size in daily.items():
                numbers = f"range({sizes[name]}, {sizes[name] + size}) AS numbers (number)"
                changed = f"(SELECT 'bench' AS {RECORD[0]}, number::VARCHAR AS {RECORD[1]} FROM {numbers})"
                warehouse.note_records([f"raw.{name}"], changed)
        return refresh_all(warehouse, FIRST + dt.timedelta(days=DAYS + 1)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Fill, compute, add a day, refresh, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--folder", type=Path, help="Where the warehouse is made; a temporary folder unless given.")
    chosen = parser.parse_args()
    sizes = {name: max(1, int(size * chosen.scale)) for name, size in SIZES.items()}
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        path = Path(folder) / "warehouse.duckdb"
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
            whole, memory_of_all = processes.submit(whole_history, path, sizes).result()
            day, memory_of_a_day = processes.submit(one_more_day, path, sizes).result()
        stored = path.stat().st_size / 2**30
    print(f"{'table':40} {'whole s':>9} {'cpu s':>9} {'one day s':>10}")
    for name, (wall, processor) in sorted(whole.items(), key=lambda told: -told[1][0]):
        print(f"{name:40} {wall:9.2f} {processor:9.2f} {day[name][0]:10.2f}")
    totals = [sum(took[place] for took in whole.values()) for place in (0, 1)]
    print(f"{'all':40} {totals[0]:9.2f} {totals[1]:9.2f} {sum(wall for wall, _ in day.values()):10.2f}")
    print(f"highest memory {memory_of_all / 2**20:.2f} GiB, of the day {memory_of_a_day / 2**20:.2f} GiB; warehouse {stored:.2f} GiB")


if __name__ == "__main__":
    main()
