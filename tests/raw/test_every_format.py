"""What holds for every adapter, whatever bytes it is given."""

import dataclasses
import io
import json
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.raw.acceptance import accept
from assets.raw.feed import Feed
from assets.raw.reading import RECORD_NUMBER, RECORDS, REFUSALS, Batch, Extract, File, Limits, Reading, UnreadableFileError, joined
from assets.raw.registry import CONTAINERS, FORMATS
from schemas.vocabulary import REFUSALS as REASONS
from tests.raw.conftest import ARRIVED_ON
from tests.raw.containers import parquet_file, texts_workbook

pytestmark = pytest.mark.slow

DECLARED: dict[str, dict[str, Any]] = {
    "jira_csv": {"constants": {"channel": "web"}},
    "qualtrics_csv": {"questions": {"Q1": {"metric": "csat", "scale": [1, 5]}}},
    "survey_csv": {
        "columns": {"answered_at": "at"},
        "constants": {"channel": "web"},
        "questions": {"q": {"metric": "csat", "scale": [1, 5]}},
    },
    "surveymonkey_csv": {
        "questions": {
            "q": {"metric": "csat", "scale": [1, 5]},
            "web": {"metric": "choice", "choices": {"who": "who"}, "other": True, "separator": ","},
        },
    },
    "typeform_csv": {"questions": {"q": {"metric": "csat", "scale": [1, 5]}, "web": {"metric": "choice", "choices": {"web": "web"}}}},
    "typeform_json": {
        "columns": {"email": "hidden.email"},
        "questions": {"q": {"metric": "csat", "scale": [1, 5]}, "web": {"metric": "choice", "choices": {"web": "web"}, "other": True}},
    },
    "google_forms_csv": {"questions": {"q": {"metric": "csat", "scale": [1, 5]}}},
    "delighted_csv": {"questions": {"q": {"metric": "csat", "scale": [1, 5]}}},
    "invites_csv": {"columns": {"source_record_id": "id", "sent_at": "at", "email": "who"}, "constants": {"channel": "web"}},
    "tickets_csv": {"columns": {"source_record_id": "id", "opened_at": "at", "status": "q"}, "constants": {"channel": "web"}},
    "orders_csv": {"columns": {"source_record_id": "id", "ordered_at": "at", "revenue_amount": "q"}, "constants": {"channel": "web"}},
    "shopify_csv": {"columns": {"email": "who"}},
    "stripe_csv": {"charges_are_orders": True, "constants": {"channel": "web"}},
    "costs_csv": {"columns": {"costed_on": "at", "cost_amount": "q"}, "constants": {"cost_category": "other"}},
    "customers_csv": {"columns": {"customer_id": "id", "email": "who", "customer_id_2": "q"}},
    "calls_csv": {
        "columns": {"source_record_id": "id", "started_at": "at", "wait_seconds": "q", "phone": "who"},
        "constants": {"outcome": "answered"},
    },
    "self_service_csv": {"columns": {"source_record_id": "id", "started_at": "at", "is_completed": "q"}, "constants": {"channel": "web"}},
    "employees_csv": {"columns": {"employee_id": "id", "hired_on": "at", "team": "who"}},
    "employee_answers_csv": {
        "columns": {"answered_on": "at", "value": "q", "employee_id": "who"},
        "constants": {"topic": "confidence", "item": "x", "scale_low": "1", "scale_high": "5"},
    },
    "programme_cash_flows_csv": {
        "columns": {"source_record_id": "id", "flowed_on": "at", "cash_flow_amount": "q", "programme": "who"},
        "constants": {"basis": "measured"},
    },
    "benchmarks_csv": {
        "columns": {"source_record_id": "id", "period_from_on": "at", "period_to_on": "at", "value": "q", "evidence": "who"},
        "constants": {"kpi": "satisfaction_daily", "figure": "csat", "definition": "csat_top2"},
    },
    "targets_csv": {
        "columns": {"source_record_id": "id", "valid_from_on": "at", "value": "q", "team": "who"},
        "constants": {"kpi": "satisfaction_daily", "figure": "csat", "direction": "at_least"},
    },
}
PLAIN_HEADER = b"id,at,q,who\n"
HEADERS = {
    "qualtrics_csv": b'ResponseId,RecordedDate,Q1,Status\nid,at,q,who\n"{""ImportId"":""_recordId""}",,,\n',
    "surveymonkey_csv": b"Respondent ID,End Date,q,web\n,,Response,\n",
    "typeform_csv": b"#,Submit Date (UTC),q,web\n",
    "typeform_json": b"",
    "delighted_csv": b"id,created_at,q,comment\n",
    "google_forms_csv": b"at,who,q,other\n",
    "stripe_csv": b"balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category\n",
    "shopify_csv": b"Name,Created at,Total,Taxes,Financial Status,Refunded Amount,Source,who\n",
    "twilio_csv": b"Sid,SentDate,Price,From,To,Body,Status,NumSegments,Direction,PriceUnit\n",
    "sns_csv": b"MessageId,PublishTimeUTC,PriceInUSD,DestinationPhoneNumber,DeliveryStatus,TotalParts,PartNumber\n",
    "vonage_csv": b"messageId,message-timestamp,concat-ref,msisdn,to,text,concat,concat-total,concat-part,price\n",
    "email_mime": b"From x\nFrom: a@x.org\n",
    "twilio_json": b"",
    "zendesk_json": b"",
    "intercom_json": b"",
    "freshdesk_json": b"",
    "jira_csv": b"Issue key,Created,Satisfaction rating,Updated,Status,Custom field (Satisfaction date)\n",
    "servicenow_csv": b"number,incident_state,sys_updated_at,opened_at,sys_mod_count,contact_type\n",
}
SNIPPETS = {
    "csv": [
        b"1,2024-05-01 10:00:00,3,a@x.org\n",
        b"1,2024-05-01,3,\n",
        b"x" * 70,
        b'"',
        b",",
        b"\n",
        b"\r\n",
        b"\xff",
        b"\0",
        b"5.7E+17",
        b"web",
        b"A-1,2024-05-01 09:00:00,4,2024-05-01 10:00:00,Done,2024-05-01 11:00:00\n",
        b"1,New,2024-05-01 10:00:00,2024-05-01 09:00:00,0,phone\n",
        b"1,Resolved,2024-05-01 11:00:00,2024-05-01 09:00:00,1,phone\n",
        b"m,2024-05-01 10:00:00,0.5,12025550143,ok,2,1\n",
        b"m,2024-05-01 10:00:00,7,12025550143,12025550100,x,true,2,1,0.5\n",
        b"#1,2024-05-01 10:00:00 +0200,119,19,paid,119,web,a@x.org\n",
        b"#1,,,,,,,\n",
        b"txn_1,2024-05-01 10:00:00,eur,10,1,9,charge\n",
        b"txn_2,2024-05-01 10:00:00,eur,-10,0,-10,refund\n",
    ],
    "json": [
        b'{"id":1}\n',
        b'{"tickets":[',
        b'{"audits":[',
        b'{"items":[',
        b'{"token":"t","submitted_at":"2024-05-01T10:00:00Z","answers":[{"field":{"ref":"q"},"type":"number","number":3}]}',
        b'{"messages":[',
        b'{"conversations":[',
        b'{"id":"1","deleted":true}',
        b"]}",
        b",",
        b"{",
        b"7",
        b"\xff",
        b"\n",
        b'{"ticket_id":5,"id":6,"events":[{}]}',
    ],
    "jsonl": [
        b'{"id":"1","at":"2024-05-01 10:00:00","q":3,"who":"a@x.org"}\n',
        b'{"id":1,"q":[1,"x"],"at":{"a":1}}\n',
        b"[",
        b"{}\n",
        b"7\n",
        b"\xff",
        b"\n",
        b"x" * 70,
        b"]",
        b",",
    ],
    "mime": [
        b"\n\nFrom b\n",
        b"Subject: =?x?q?=ff?=\n",
        b"Content-Type: multipart/mixed; boundary=b\n",
        b"--b\n",
        b"\n",
        b"\xff",
        b"\0",
        b"Date: x\n",
        b"x" * 70,
    ],
}


def test_every_feeds_words_are_registered() -> None:
    in_containers = {name for name in FORMATS if name.rpartition("_")[2] in CONTAINERS}

    assert set(FORMATS) - in_containers == set(DECLARED) | {
        "email_mime",
        "twilio_csv",
        "twilio_json",
        "zendesk_json",
        "servicenow_csv",
        "intercom_json",
        "freshdesk_json",
        "sns_csv",
        "vonage_csv",
    }
    assert len(in_containers) == 13 * len(CONTAINERS)


def feed_of(adapter: str) -> Feed:
    common = {"adapter": adapter, "source": "s", "time_zone": "Europe/Berlin", "currency": "EUR"}
    table, _, container = adapter.rpartition("_")
    return Feed.model_validate(common | DECLARED.get(f"{table}_csv" if container in CONTAINERS else adapter, {}))


def contents_of(adapter: str, data: st.DataObject) -> bytes:
    container = adapter.rpartition("_")[2]
    if container in BINARY:
        return data.draw(broken(BINARY[container]) | st.binary(max_size=60))
    snippets = SNIPPETS[container]
    body = data.draw(st.lists(st.sampled_from(snippets), max_size=15).map(b"".join) | st.binary(max_size=60))
    return HEADERS.get(adapter, b"" if container == "jsonl" else PLAIN_HEADER) + body


def broken(whole: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Files of a container: whole ones, some with a few bytes replaced, some cut off."""

    def spoiled(content: bytes, place: int, bytes_put: bytes, end: int) -> bytes:
        at = place % len(content)
        return (content[:at] + bytes_put + content[at + len(bytes_put) :])[: len(content) - end]

    return st.builds(spoiled, whole, st.integers(0, 10**6), st.binary(max_size=3), st.sampled_from([0, 0, 0, 7, 300]))


CELLS = st.sampled_from(["1", "2024-05-01 10:00:00", "3", "a@x.org", "", "x" * 70, "web", "5.7E+17", "\xe9"])
ROWS = st.lists(st.lists(CELLS, max_size=5), max_size=8)
BINARY = {
    "xlsx": ROWS.map(lambda rows: texts_workbook(("id", "at", "q", "who"), *rows)),
    "parquet": ROWS.map(
        lambda rows: parquet_file(
            {name: [row[place] if place < len(row) else None for row in rows] for place, name in enumerate(("id", "at", "q", "who"))}
        )
    ),
}


@pytest.mark.parametrize("adapter", FORMATS)
@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_record_is_taken_or_refused_once_whatever_the_bytes(adapter: str, reading: Reading, data: st.DataObject) -> None:
    feed = feed_of(adapter)
    limits = Limits(record_bytes=200, original_chars=50, batch_records=6)
    content = contents_of(adapter, data)

    try:
        batches = list(FORMATS[adapter].read(File(io.BytesIO(content), ARRIVED_ON), feed, dataclasses.replace(reading, limits=limits)))
    except UnreadableFileError:
        return

    numbers = [number for batch in batches for number in batch.records.numbers]
    assert all(after == before + 1 for before, after in pairwise([0, *numbers]))
    for read in batches:
        for batch in (read, accept(read)):
            taken = {number for rows in batch.rows.values() for number in rows[RECORD_NUMBER]}
            refused = set(batch.refusals[RECORD_NUMBER])
            assert taken | refused == set(batch.records.numbers)
            assert not taken & refused
            assert batch.records.table().schema == RECORDS
            assert batch.refusals.schema == REFUSALS
            assert set(batch.refusals["reason"]) <= set(REASONS)
            assert set(batch.rows) <= set(FORMATS[adapter].tables)
            assert batch.records.originals().str.len_chars().max() in (None, *range(51))


@pytest.mark.parametrize("adapter", FORMATS)
@given(data=st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_files_understood_together_say_what_each_says_alone(adapter: str, reading: Reading, data: st.DataObject) -> None:
    feed, format_ = feed_of(adapter), FORMATS[adapter]
    together: dict[tuple[tuple[str, ...], ...], list[Extract]] = {}
    alone: list[Batch] = []
    for place in range(3):
        try:
            extracts = list(format_.extract(File(io.BytesIO(contents_of(adapter, data)), ARRIVED_ON), feed, reading))
        except UnreadableFileError:
            continue
        for extract in extracts:
            numbered = extract.numbered_from(1_000 * place)
            together.setdefault(numbered.shape(), []).append(numbered)
            alone.append(format_.interpret(numbered, feed, reading))

    batches = [format_.interpret(joined(extracts), feed, reading) for extracts in together.values()]

    assert facts_of(batches) == facts_of(alone)


def facts_of(batches: Iterable[Batch]) -> list[str]:
    """Every record, row and refusal, whatever batch it is in."""
    facts = [repr(("records", row)) for batch in batches for row in batch.records.table().rows()]
    facts += [repr(("refusals", row)) for batch in batches for row in batch.refusals.rows()]
    facts += [repr((table, row)) for batch in batches for table, rows in batch.rows.items() for row in rows.rows()]
    return sorted(facts)


def test_json_of_any_shape_is_taken_or_refused(reading: Reading) -> None:
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["2020-02-03T10:16:38Z", "new"]),
        _nested,
        max_leaves=8,
    )
    names = (
        "id",
        "ticket_id",
        "events",
        "created_at",
        "via",
        "status",
        "tags",
        "custom_fields",
        "requester",
        "author_id",
        "sid",
        "direction",
        "price",
        "body",
        "token",
        "answers",
        "hidden",
        "submitted_at",
        "subjects",
        "score",
        "metric",
        "source",
        "statistics",
        "contacts",
        "deleted",
        "stats",
        "ratings",
    )
    records = st.lists(st.dictionaries(st.sampled_from(names), values, max_size=8), max_size=4)

    kinds = [
        ("zendesk_json", "tickets"),
        ("zendesk_json", "audits"),
        ("zendesk_json", "ticket_metric_events"),
        ("zendesk_json", "satisfaction_ratings"),
        ("zendesk_json", "survey_responses"),
        ("intercom_json", "conversations"),
        ("freshdesk_json", "tickets"),
        ("freshdesk_json", "satisfaction_ratings"),
        ("twilio_json", "messages"),
        ("typeform_json", "items"),
    ]

    @given(records, st.sampled_from(kinds), values)
    @settings(max_examples=40, deadline=None)
    def taken_or_refused(objects: list[dict[str, object]], kind: tuple[str, str], users: object) -> None:
        adapter, key = kind
        content = json.dumps({key: objects, "users": users}).encode()
        listed = len(users) if adapter == "zendesk_json" and isinstance(users, list) else 0
        told: set[int] = set()
        for batch in FORMATS[adapter].read(File(io.BytesIO(content), ARRIVED_ON), feed_of(adapter), reading):
            accepted = accept(batch)
            told |= {number for rows in accepted.rows.values() for number in rows[RECORD_NUMBER]} | set(accepted.refusals[RECORD_NUMBER])
        assert told == set(range(1, len(objects) + listed + 1))

    taken_or_refused()


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(
        ["id", "channel", "value", "type", "field_name", "public", "author_role", "external_id", "field", "ref", "labels"]
    )
    return st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4)
