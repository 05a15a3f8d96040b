"""Files of three formats of tables and of every format of text messages, as their systems export them, of any length."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Case:
    """A file of a format, its feed, and the scan it is held against."""

    name: str
    adapter: str
    settings: dict[str, Any]
    content: Callable[[int], Iterator[str]]
    """Gives the text of a file of so many records."""
    scan: str
    """SQL with the file's path in it."""


def _moment(draw: Random, written: str = "%Y-%m-%d %H:%M:%S") -> str:
    return (START + dt.timedelta(seconds=draw.randrange(20_000_000))).strftime(written)


def _phone(draw: Random) -> str:
    return f"1202555{draw.randrange(10_000):04d}"


def _orders(records: int) -> Iterator[str]:
    draw = Random(1)
    yield "id,at,revenue,margin,refunded,customer,email\n"
    for number in range(records):
        moment, amount = _moment(draw), draw.randrange(100, 100_000)
        customer = f"c{draw.randrange(50_000)},x{draw.randrange(50_000)}@example.org"
        yield f"o{number},{moment},{amount / 100:.2f},{amount / 250:.2f},0.00,{customer}\n"


def _answers(records: int) -> Iterator[str]:
    yield "id,at,customer,csat,nps,comment\n"
    yield from _responses(records, ("", "fine", '"slow, but friendly"', "never again"))


def _long_answers(records: int) -> Iterator[str]:
    yield "id,at,customer,csat,nps,comment\n"
    yield from _responses(records, ("", "fine", '"slow,\r\nbut friendly"', '"They said ""tomorrow"".\r\n\r\nNever again"'))


def _responses(records: int, comments: tuple[str, ...]) -> Iterator[str]:
    for number, (moment, comment, customer, csat, nps) in enumerate(_drawn_answers(records, comments)):
        yield f"r{number},{moment},c{customer},{csat},{nps},{comment}\n"


def _answers_in_lines(records: int) -> Iterator[str]:
    comments = ("", "fine", "slow, but friendly", "never again")
    for number, (moment, comment, customer, csat, nps) in enumerate(_drawn_answers(records, comments)):
        at = f'"id": "r{number}", "at": "{moment}", "customer": "c{customer}"'
        yield f'{{{at}, "csat": {csat}, "nps": {nps}, "comment": "{comment}"}}\n'


def _drawn_answers(records: int, comments: tuple[str, ...]) -> Iterator[tuple[str, str, int, int, int]]:
    draw = Random(2)
    for _ in range(records):
        yield _moment(draw), draw.choice(comments), draw.randrange(50_000), draw.randrange(1, 6), draw.randrange(11)


def _twilio_log(records: int) -> Iterator[str]:
    draw = Random(3)
    yield "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit\n"
    for number in range(records):
        moment = _moment(draw, "%Y-%m-%dT%H:%M:%SZ")
        yield f'+{_phone(draw)},+12025550100,"thank you, {number}",received,{moment},2010-04-01,1,,AC1,SM{number},inbound,-0.00750,USD\n'


def _twilio_page(records: int) -> Iterator[str]:
    """Write a page of the interface, a third as long as other files: a document is held whole."""
    draw = Random(4)
    yield '{"messages":['
    for number in range(records // 3):
        moment = _moment(draw, "%a, %d %b %Y %H:%M:%S +0000")
        yield (
            f'{"," if number else ""}{{"sid":"SM{number}","from":"+{_phone(draw)}","to":"+12025550100","body":"thank you {number}",'
            f'"status":"received","date_sent":"{moment}","date_created":"{moment}","date_updated":"{moment}","num_segments":"1","num_media":"0",'
            f'"direction":"inbound","price":"-0.00750","price_unit":"USD"}}'
        )
    yield "]}"


def _sns_report(records: int) -> Iterator[str]:
    draw = Random(6)
    yield "PublishTimeUTC,MessageId,DestinationPhoneNumber,MessageType,DeliveryStatus,PriceInUSD,PartNumber,TotalParts\n"
    for number in range(records):
        moment = f"{_moment(draw, '%Y-%m-%dT%H:%M:%S')}.{draw.randrange(1_000):03d}Z"
        yield f"{moment},m{number},{_phone(draw)},Transactional,Message has been accepted by phone carrier,0.00645,1,1\n"


def _vonage_log(records: int) -> Iterator[str]:
    draw = Random(7)
    yield "msisdn,to,messageId,text,type,message-timestamp,keyword,concat,concat-ref,concat-total,concat-part\n"
    for number in range(records):
        yield f'{_phone(draw)},447520615146,v{number},"thank you, {number}",text,{_moment(draw)},THANK,false,,,\n'


_OF_ANSWERS: dict[str, Any] = {
    "time_zone": "UTC",
    "columns": {"source_record_id": "id", "answered_at": "at", "customer_id": "customer", "comment": "comment"},
    "constants": {"channel": "web"},
    "questions": {"csat": {"metric": "csat", "scale": [1, 5]}, "nps": {"metric": "nps", "scale": [0, 10]}},
}
_OF_ORDERS: dict[str, Any] = {
    "time_zone": "UTC",
    "currency": "EUR",
    "columns": {
        "source_record_id": "id",
        "ordered_at": "at",
        "revenue_amount": "revenue",
        "margin_amount": "margin",
        "refunded_amount": "refunded",
        "customer_id": "customer",
        "email": "email",
    },
    "constants": {"channel": "web"},
}
_SCAN_CSV = "SELECT count(COLUMNS(*)) FROM read_csv('{path}', all_varchar = true)"
_SCAN_LINES = "SELECT count(COLUMNS(*)) FROM read_ndjson('{path}')"
_SCAN_PAGE = (
    "SELECT count(COLUMNS(*)) FROM (SELECT unnest(messages, recursive := true) FROM read_json('{path}', maximum_object_size = 1000000000))"
)

CASES = (
    Case("orders_csv", "orders_csv", _OF_ORDERS, _orders, _SCAN_CSV),
    Case("survey_csv", "survey_csv", _OF_ANSWERS, _answers, _SCAN_CSV),
    Case("survey_csv, lines in cells", "survey_csv", _OF_ANSWERS, _long_answers, _SCAN_CSV),
    Case("survey_jsonl", "survey_jsonl", _OF_ANSWERS, _answers_in_lines, _SCAN_LINES),
    Case("twilio_csv", "twilio_csv", {}, _twilio_log, _SCAN_CSV),
    Case("twilio_json", "twilio_json", {}, _twilio_page, _SCAN_PAGE),
    Case("sns_csv", "sns_csv", {}, _sns_report, _SCAN_CSV),
    Case("vonage_csv", "vonage_csv", {}, _vonage_log, _SCAN_CSV),
)


def mails(count: int) -> Iterator[str]:
    """Give the text of a mailbox."""
    draw = Random(5)
    for number in range(count):
        moment = _moment(draw, "%a, %d %b %Y %H:%M:%S +0000")
        yield (
            f"From someone@example.org {moment}\nReturn-Path: <x{number}@example.org>\nReceived: by mx.example.com; {moment}\n"
            f"Message-ID: <{number}@example.org>\nDate: {moment}\nFrom: Someone <x{number}@example.org>\nTo: feedback@example.com\n"
            f"Subject: Parcel {number}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
            f"Hello,\n\nmy parcel {number} has been on its way for ten days. Where is it?\n\nOn Monday you wrote:\n> We shipped it.\n\n\n"
        )
