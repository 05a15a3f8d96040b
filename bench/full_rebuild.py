"""What it costs to compute every table anew over a large history, and to bring it up to date after one more day.

Usage: python -m bench.full_rebuild [--scale 1.0] [--folder FOLDER]

Fills the raw tables of a new warehouse with random records of three years, straight from SQL: at scale 1 ten million
answers, two million tickets with ten million events, five million orders, half a million customers. Then computes
every derived table whole and publishes them; then, in a process of its own as the next day's run is, loads one more day of the
same shape, refreshes and publishes. Prints the seconds and the highest memory of each table, and of all.
"""

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Collection, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import duckdb

from assets.catalogue import DERIVED
from assets.derivation import RECORD, Derivation
from assets.parameters import Parameters
from bench.processes import Cost, taken_by
from pipelines.facts import fact_queries
from pipelines.publishing.publish import publish
from pipelines.refresh import refresh, write_references
from pipelines.warehouse.duckdb_intake import RAW_COLUMNS
from pipelines.warehouse.duckdb_store import DuckDBWarehouse, open_warehouse
from schemas.catalogue import PUBLISHED, STORED
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
PUBLICATION: Final = "publication"
Took = dict[str, Cost]
"""By table, and what publishing them took."""

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


def bring_up_to_date(warehouse: DuckDBWarehouse, as_of: dt.datetime, published: Path) -> Took:
    """Refresh every derived table, and publish."""
    took = {derived.name: taken_by(partial(_refresh, warehouse, derived, as_of)) for derived in DERIVED}
    took[PUBLICATION] = taken_by(partial(publish, warehouse.connection, PUBLISHED, published, fact_queries([])))
    return took


def _refresh(warehouse: DuckDBWarehouse, derived: Derivation, as_of: dt.datetime) -> None:
    done = refresh(warehouse, derived, PARAMETERS.model_copy(update={"as_of": as_of}), "bench")
    if done.discrepancies:
        raise SystemExit(f"{derived.name} does not add up: {done.discrepancies}")


def whole_history(folder: Path, sizes: Mapping[str, int]) -> Took:
    """Fill a new warehouse, compute every table and publish."""
    with opened(folder) as warehouse:
        write_references(warehouse, "Europe/Berlin", {"EUR": 1.0}, {})
        started = time.perf_counter()
        with warehouse.transaction():
            fill(warehouse.connection, sizes, FIRST, DAYS, {})
        print(f"filled {sum(sizes.values()):,} records in {time.perf_counter() - started:.1f} s", flush=True)
    with opened(folder) as warehouse:  # anew: what filling it took is given back
        return bring_up_to_date(warehouse, FIRST + dt.timedelta(days=DAYS), folder / "published")


def one_more_day(folder: Path, sizes: Mapping[str, int]) -> Took:
    """Add a day to that warehouse, bring every table up to date and publish."""
    daily = {name: max(1, count // DAYS) for name, count in sizes.items()}
    with opened(folder) as warehouse:
        with warehouse.transaction():
            fill(warehouse.connection, daily, FIRST + dt.timedelta(days=DAYS), 1, sizes)
            for name, size in daily.items():
                numbers = f"range({sizes[name]}, {sizes[name] + size}) AS numbers (number)"
                changed = f"(SELECT 'bench' AS {RECORD[0]}, number::VARCHAR AS {RECORD[1]} FROM {numbers})"
                warehouse.note_records([f"raw.{name}"], changed)
        return bring_up_to_date(warehouse, FIRST + dt.timedelta(days=DAYS + 1), folder / "published")


def opened(folder: Path) -> AbstractContextManager[DuckDBWarehouse]:
    """The warehouse in a folder, which may also publish there."""
    (folder / "published").mkdir(exist_ok=True)
    return open_warehouse(folder / "warehouse.duckdb", STORED, DERIVED, also_allowed=(folder / "published",))


def main() -> None:
    """Fill, compute, publish; add a day, refresh, publish; print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--folder", type=Path, help="Where the warehouse is made; a temporary folder unless given.")
    chosen = parser.parse_args()
    sizes = {name: max(1, int(size * chosen.scale)) for name, size in SIZES.items()}
    with tempfile.TemporaryDirectory(dir=chosen.folder) as made:
        folder = Path(made)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
            whole = processes.submit(whole_history, folder, sizes).result()
            day = processes.submit(one_more_day, folder, sizes).result()
        stored = (folder / "warehouse.duckdb").stat().st_size / 2**30
    print(f"{'table':40} {'whole s':>9} {'cpu s':>9} {'GiB':>6} {'one day s':>10} {'cpu s':>9} {'GiB':>6}")
    for name, cost in sorted(whole.items(), key=lambda told: -told[1].wall):
        print(_line(name, cost, day[name]))
    print(_line("all tables", *(_together([cost for name, cost in took.items() if name != PUBLICATION]) for took in (whole, day))))
    print(f"warehouse {stored:.2f} GiB")


def _line(name: str, whole: Cost, day: Cost) -> str:
    each = (f"{cost.wall:{wide}.2f} {cost.cpu:9.2f} {cost.peak_mb / 1024:6.2f}" for cost, wide in ((whole, 9), (day, 10)))
    return f"{name:40} {' '.join(each)}"


def _together(costs: Collection[Cost]) -> Cost:
    return Cost(sum(cost.wall for cost in costs), sum(cost.cpu for cost in costs), max(cost.peak_mb for cost in costs))


if __name__ == "__main__":
    main()
