"""What reading an export costs, as a multiple of DuckDB merely scanning the same bytes; and how many mails a second are read.

Each format is read as a run reads it, to rows held against their contract. DuckDB scans the file with every column as
text and looks at every value. Both are measured in turn, several times, in one process; the medians' ratio is printed.
The memory is the process's highest while one long file is read part by part.
"""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from assets.raw.feed import Feed
from assets.raw.gathering import Gathering
from assets.raw.pseudonym import pseudonym
from assets.raw.reading import File, Reading
from assets.raw.registry import FORMATS
from bench.processes import Cost, medians, taken_by
from pipelines.warehouse.duckdb_intake import FLUSH_RECORDS

ROWS = 300_000
MAILS = 10_000
ROUNDS = 3
ARRIVED_ON = dt.date(2026, 3, 2)
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Case:
    """A file of a format, its feed, and the scan it is held against."""

    name: str
    settings: dict[str, Any]
    content: Callable[[], Iterator[str]]
    scan: str
    """SQL with the file's path in it."""


def _moments(draw: Random) -> Iterator[str]:
    while True:
        yield (START + dt.timedelta(seconds=draw.randrange(20_000_000))).strftime("%Y-%m-%d %H:%M:%S")


def _orders() -> Iterator[str]:
    draw = Random(1)
    moments = _moments(draw)
    yield "id,at,revenue,margin,refunded,customer,email\n"
    for number in range(ROWS):
        amount = draw.randrange(100, 100_000)
        customer = f"c{draw.randrange(50_000)},x{draw.randrange(50_000)}@example.org"
        yield f"o{number},{next(moments)},{amount / 100:.2f},{amount / 250:.2f},0.00,{customer}\n"


def _answers() -> Iterator[str]:
    draw = Random(2)
    moments = _moments(draw)
    yield "id,at,customer,csat,nps,comment\n"
    for number in range(ROWS):
        comment = draw.choice(("", "fine", '"slow, but friendly"', "never again"))
        yield f"r{number},{next(moments)},c{draw.randrange(50_000)},{draw.randrange(1, 6)},{draw.randrange(11)},{comment}\n"


def _texts_csv() -> Iterator[str]:
    draw = Random(3)
    yield "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit\n"
    for number in range(ROWS):
        moment = (START + dt.timedelta(seconds=draw.randrange(20_000_000))).strftime("%Y-%m-%dT%H:%M:%SZ")
        phone = f"+1202555{draw.randrange(10_000):04d}"
        yield f'{phone},+12025550100,"thank you, {number}",received,{moment},2010-04-01,1,,AC1,SM{number},inbound,-0.00750,USD\n'


def _texts_json() -> Iterator[str]:
    draw = Random(4)
    yield '{"messages":['
    for number in range(ROWS // 3):
        moment = (START + dt.timedelta(seconds=draw.randrange(20_000_000))).strftime("%a, %d %b %Y %H:%M:%S +0000")
        phone = f"+1202555{draw.randrange(10_000):04d}"
        yield (
            f'{"," if number else ""}{{"sid":"SM{number}","from":"{phone}","to":"+12025550100","body":"thank you {number}",'
            f'"status":"received","date_sent":"{moment}","date_created":"{moment}","date_updated":"{moment}","num_segments":"1","num_media":"0",'
            f'"direction":"inbound","price":"-0.00750","price_unit":"USD"}}'
        )
    yield "]}"


def _mails() -> Iterator[str]:
    draw = Random(5)
    for number in range(MAILS):
        moment = (START + dt.timedelta(seconds=draw.randrange(20_000_000))).strftime("%a, %d %b %Y %H:%M:%S +0000")
        yield (
            f"From someone@example.org {moment}\nReturn-Path: <x{number}@example.org>\nReceived: by mx.example.com; {moment}\n"
            f"Message-ID: <{number}@example.org>\nDate: {moment}\nFrom: Someone <x{number}@example.org>\nTo: feedback@example.com\n"
            f"Subject: Parcel {number}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
            f"Hello,\n\nmy parcel {number} has been on its way for ten days. Where is it?\n\nOn Monday you wrote:\n> We shipped it.\n\n\n"
        )


_OF_ORDERS = {"source_record_id": "id", "ordered_at": "at", "revenue_amount": "revenue", "margin_amount": "margin"}
CASES = (
    Case(
        "orders_csv",
        {
            "time_zone": "UTC",
            "currency": "EUR",
            "columns": {**_OF_ORDERS, "refunded_amount": "refunded", "customer_id": "customer", "email": "email"},
            "constants": {"channel": "web"},
        },
        _orders,
        "SELECT count(COLUMNS(*)) FROM read_csv('{path}', all_varchar = true)",
    ),
    Case(
        "survey_csv",
        {
            "time_zone": "UTC",
            "columns": {"source_record_id": "id", "answered_at": "at", "customer_id": "customer", "comment": "comment"},
            "constants": {"channel": "web"},
            "questions": {"csat": {"metric": "csat", "scale": [1, 5]}, "nps": {"metric": "nps", "scale": [0, 10]}},
        },
        _answers,
        "SELECT count(COLUMNS(*)) FROM read_csv('{path}', all_varchar = true)",
    ),
    Case("twilio_csv", {}, _texts_csv, "SELECT count(COLUMNS(*)) FROM read_csv('{path}', all_varchar = true)"),
    Case(
        "twilio_json",
        {},
        _texts_json,
        "SELECT count(COLUMNS(*)) FROM (SELECT unnest(messages, recursive := true) FROM "
        "read_json('{path}', maximum_object_size = 1000000000))",
    ),
)


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
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'format':14} {'MB':>6} {'records/s':>10} {'read s':>7} {'scan s':>7} {'ratio':>6} {'cpu ratio':>9}")
        costs: list[Cost] = []
        for case in CASES:
            path = Path(folder) / case.name
            with path.open("w", encoding="utf-8") as file:
                file.writelines(case.content())
            costs += _case(case, path)
        path = Path(folder) / "mails.mbox"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(_mails())
        took = [taken_by(lambda: _read("email_mime", {}, path)) for _ in range(ROUNDS)]
        mails = medians(took)
        size = path.stat().st_size / 1e6
        print(f"{'email_mime':14} {size:6.1f} {MAILS / mails.wall:10,.0f} {mails.wall:7.2f}   {mails.cpu:.2f} s of processor time")
        print(f"highest memory: {max(cost.peak_mb for cost in (*costs, *took)):,.0f} MB")


def _case(case: Case, path: Path) -> list[Cost]:
    """Print the line of a format; what its reads took."""
    records = _read(case.name, case.settings, path)
    reads, scans = [], []
    for _ in range(ROUNDS):
        reads.append(taken_by(lambda: _read(case.name, case.settings, path)))
        with duckdb.connect() as connection:
            scans.append(taken_by(lambda: connection.execute(case.scan.format(path=path)).fetchall()))  # called at once
    read, scan = medians(reads), medians(scans)
    size = path.stat().st_size / 1e6
    print(
        f"{case.name:14} {size:6.1f} {records / read.wall:10,.0f} {read.wall:7.2f} {scan.wall:7.2f} "
        f"{read.wall / scan.wall:6.2f} {read.cpu / scan.cpu:9.2f}"
    )
    return reads


if __name__ == "__main__":
    main()
