import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

ORDERS: dict[str, Any] = {
    "time_format": "%Y-%m-%dT%H:%M:%S%z",
    "currency": "EUR",
    "columns": {"source_record_id": "no", "ordered_at": "placed", "revenue_amount": "total.net", "customer_id": "buyer.id"},
    "constants": {"channel": "web"},
}
GOOD = b'{"no": 1001, "placed": "2024-05-01T10:00:00+02:00", "total": {"net": 49.9}, "buyer": {"id": "K7"}}\n'


def test_values_are_found_by_their_paths(take: Take) -> None:
    taken = take("orders_jsonl", GOOD, **ORDERS)

    assert taken.rows("source_record_id", "ordered_at", "revenue_amount", "customer_ref") == [
        ("1001", dt.datetime.fromisoformat("2024-05-01T08:00"), Decimal("49.9"), "<id:K7>"),
    ]
    assert taken.records == [(1, GOOD.decode().strip())]


def test_a_path_that_leads_nowhere_is_empty(take: Take) -> None:
    taken = take("orders_jsonl", GOOD.replace(b'"buyer": {"id": "K7"}', b'"buyer": null') + GOOD.replace(b"net", b"gross"), **ORDERS)

    assert (taken.rows("customer_ref"), taken.refusals) == ([None], [(2, "revenue_amount", "missing")])


def test_a_line_at_fault_costs_itself_alone(take: Take) -> None:
    taken = take("orders_jsonl", b"{oops}\n7\n\n\xff\n" + GOOD, **ORDERS)

    assert taken.rows("record_number") == [4]
    assert taken.refusals == [(1, None, "not_json"), (2, None, "wrong_shape"), (3, None, "not_text")]


def test_a_single_object_without_an_id_and_a_plain_list_are_read_too(take: Take) -> None:
    one = take("orders_jsonl", GOOD.strip(), **ORDERS)
    two = take("orders_jsonl", b"[" + GOOD.strip() + b",\n" + GOOD.strip() + b"]", **ORDERS)

    assert (one.rows("source_record_id"), two.rows("source_record_id")) == (["1001"], ["1001", "1001"])


def test_a_list_of_options_is_a_choice_of_several(take: Take) -> None:
    content = b'{"at": "2024-05-01T10:00:00Z", "liked": ["Price", "Speed"]}\n{"at": "2024-05-01T10:00:00Z", "liked": []}\n'
    questions = {"liked": {"metric": "choice", "choices": {"Price": "price", "Speed": "speed"}}}
    declared = {"time_format": "%Y-%m-%dT%H:%M:%S%z", "columns": {"answered_at": "at"}, "constants": {"channel": "web"}}
    taken = take("survey_jsonl", content, questions=questions, **declared)

    assert taken.rows("record_number", "choice") == [(1, "price"), (1, "speed"), (2, None)]


def test_an_empty_file_and_settings_with_a_typing_error_are_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="empty"):
        take("orders_jsonl", b" \n", **ORDERS)
    with pytest.raises(UnreadableFileError, match=r"`columns\.revenue`"):
        take("orders_jsonl", GOOD, columns={"revenue": "total.net"})
