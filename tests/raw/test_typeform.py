import datetime as dt
import json
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

TRAINED = "What did you train?"
DECLARED: dict[str, Any] = {
    "phone_region": "DE",
    "columns": {"customer_id": "customer", "comment": "Why?"},
    "questions": {
        "How happy are you?": {"metric": "csat", "scale": [1, 5]},
        "How happy are you?#2": {"metric": "csat", "scale": [1, 5]},
        TRAINED: {"metric": "choice", "separator": " / ", "choices": {"Biceps": "arms", "24/7 & more": "all"}},
        "Solved?": {"metric": "fcr"},
    },
}
HEADER = (
    f"#,<strong>How happy</strong> are&nbsp;you?,How happy are you?,{TRAINED},Solved?,Why?,customer,"
    "Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags,Ending\n"
)
GOOD = '068127e3,4,2," / Biceps / 24/7 & more",1,Because,K7,completed,2024-05-01 10:00:00,,2024-05-01 10:02:00,d356,,\n'


def test_headers_lose_their_markup_and_a_text_asked_twice_is_numbered(take: Take) -> None:
    taken = take("typeform_csv", (HEADER + GOOD).encode(), **DECLARED)
    moment = dt.datetime.fromisoformat("2024-05-01T10:02:00")

    assert taken.rows("question", "value", "choice") == [
        ("How happy are you?", 4.0, None),
        ("How happy are you?#2", 2.0, None),
        (TRAINED, None, "arms"),
        (TRAINED, None, "all"),
        ("Solved?", 1.0, None),
    ]
    assert set(taken.rows("source_record_id", "answered_at", "updated_at", "is_complete", "customer_ref", "comment", "channel")) == {
        ("068127e3", moment, moment, True, "<id:K7>", "Because", "web")
    }


def test_a_partial_response_is_not_complete_and_dated_by_its_last_known_time(take: Take) -> None:
    content = "1,4,,,,,,partial,2024-05-01 10:00:00,2024-05-01 10:01:00,,d,,\n2,4,,,,,,started,2024-05-01 10:00:00,,,d,,\n"
    taken = take(
        "typeform_csv",
        (HEADER + content).encode(),
        **(DECLARED | {"questions": {"How happy are you?": {"metric": "csat", "scale": [1, 5]}}}),
    )

    assert taken.rows("answered_at", "is_complete") == [
        (dt.datetime.fromisoformat("2024-05-01T10:01:00"), False),
        (dt.datetime.fromisoformat("2024-05-01T10:00:00"), False),
    ]


def test_an_older_export_has_a_column_for_each_option_and_no_response_type(take: Take) -> None:
    content = "#,Biceps,Back,Other,Submit Date (UTC),Network ID\n1,Biceps,,Knees,2024-05-01 10:00:00,n\n2,,,,2024-05-01 10:00:00,n\n"
    questions = {"trained": {"metric": "choice", "choices": {"Biceps": "arms", "Back": "back", "Other": "other"}}}
    taken = take("typeform_csv", content.encode(), questions=questions)

    assert taken.rows("source_record_id", "choice", "is_complete") == [("1", "arms", True), ("1", "other", True), ("2", None, True)]


def test_a_number_that_is_protected_from_spreadsheets_is_a_number(take: Take) -> None:
    content = "#,q,tel,Submit Date (UTC)\n1,3,'+4930901820,2024-05-01 10:00:00\n"
    taken = take("typeform_csv", content.encode(), columns={"phone": "tel"}, questions={"q": {"metric": "csat", "scale": [1, 5]}})

    assert taken.rows("customer_ref") == ["<phone:+4930901820>"]


def test_what_is_no_download_of_typeform_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="no column '#'"):
        take("typeform_csv", b"id,q,Submit Date (UTC)\n", questions={"q": {"metric": "csat", "scale": [1, 5]}})
    with pytest.raises(UnreadableFileError, match=r"no column 'Submit Date \(UTC\)'"):
        take("typeform_csv", b"#,q\n", questions={"q": {"metric": "csat", "scale": [1, 5]}})
    with pytest.raises(UnreadableFileError, match="empty"):
        take("typeform_csv", b"", questions={"q": {"metric": "csat", "scale": [1, 5]}})


PAGE: dict[str, Any] = {
    "columns": {"customer_id": "hidden.customer", "comment": "answers.why"},
    "questions": {
        "csat": {"metric": "csat", "scale": [1, 5]},
        "WOTd": {"metric": "rating", "scale": [0, 10]},
        "solved": {"metric": "fcr"},
        "reasons": {"metric": "choice", "other": True, "choices": {"Price": "price", "Speed": "speed"}},
        "plan": {"metric": "choice", "choices": {"Gold": "gold"}},
    },
}


def answer(kind: str, value: object, ref: str | None = None, name: str = "x") -> dict[str, object]:
    return {"field": {"id": name, "type": "any"} | ({"ref": ref} if ref else {}), "type": kind, kind: value}


ITEM: dict[str, Any] = {
    "token": "21085286190",
    "response_id": "21085286190",
    "response_type": "completed",
    "landed_at": "2017-09-14T22:33:59Z",
    "submitted_at": "2017-09-14T22:38:22Z",
    "hidden": {"customer": "K7"},
    "answers": [
        answer("number", 3, "csat"),
        answer("number", 9, name="WOTd"),
        answer("boolean", True, "solved"),
        answer("choices", {"ids": ["a", "b"], "labels": ["Price", "Speed"], "other": "Luck"}, "reasons"),
        answer("choice", {"id": "c", "label": "Gold"}, "plan"),
        answer("text", "It took two weeks.", "why"),
    ],
}


def page(*items: object) -> bytes:
    return json.dumps({"total_items": len(items), "page_count": 1, "items": items}).encode()


def test_typed_answers_are_found_by_ref_or_id_and_hidden_fields_by_path(take: Take) -> None:
    taken = take("typeform_json", page(ITEM), **PAGE)

    assert taken.rows("question", "value", "choice") == [
        ("csat", 3.0, None),
        ("WOTd", 9.0, None),
        ("solved", 1.0, None),
        ("reasons", None, "price"),
        ("reasons", None, "speed"),
        ("reasons", None, "other"),
        ("plan", None, "gold"),
    ]
    assert set(taken.rows("source_record_id", "answered_at", "is_complete", "customer_ref", "comment")) == {
        ("21085286190", dt.datetime.fromisoformat("2017-09-14T22:38:22"), True, "<id:K7>", "It took two weeks.")
    }


def test_what_was_never_submitted_is_dated_when_it_was_last_seen_and_not_complete(take: Take) -> None:
    landed = {"token": "1", "landed_at": "2017-09-14T22:33:59Z", "submitted_at": "0001-01-01T00:00:00Z", "answers": None}
    staged = landed | {"token": "2", "response_type": "partial", "submitted_at": None, "staged_at": "2017-09-14T22:35:00Z"}
    taken = take("typeform_json", page(landed, staged), questions={"csat": {"metric": "csat", "scale": [1, 5]}})

    assert taken.rows("source_record_id", "value", "is_complete", "answered_at") == [
        ("1", None, False, dt.datetime.fromisoformat("2017-09-14T22:33:59")),
        ("2", None, False, dt.datetime.fromisoformat("2017-09-14T22:35:00")),
    ]


def test_a_response_without_a_token_or_without_a_list_of_answers_is_refused(take: Take) -> None:
    items = [ITEM | {"token": None, "response_id": None}, ITEM | {"answers": {"x": 1}}, 7]
    taken = take("typeform_json", page(*items), **PAGE)

    assert taken.refusals == [(1, "source_record_id", "missing"), (2, "answers", "wrong_shape"), (3, None, "wrong_shape")]


def test_answers_of_any_shape_are_skipped_or_refused(take: Take) -> None:
    shapes: list[object] = [
        None,
        7,
        {},
        {"field": 1},
        {"field": {"ref": "csat"}},
        answer("choices", [1], "csat"),
        answer("choice", {"label": None}, "plan"),
    ]
    taken = take("typeform_json", page(*(ITEM | {"answers": [shape]} for shape in shapes)), **PAGE)

    assert taken.refusals == [(6, "csat", "not_a_number")]


def test_a_page_without_items_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="items"):
        take("typeform_json", b'{"code": "FORBIDDEN"}', **PAGE)
    with pytest.raises(UnreadableFileError, match="no complete JSON"):
        take("typeform_json", page(ITEM)[:-9], **PAGE)
