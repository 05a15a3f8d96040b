import datetime as dt
import json
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take, Taken

TICKETS, ANSWERS = "raw.tickets", "raw.answers"


def ticket(**changes: object) -> dict[str, object]:
    return {
        "id": 432,
        "status": 4,
        "priority": 2,
        "source": 1,
        "type": "Question",
        "spam": False,
        "created_at": "2026-05-01T08:00:00Z",
        "updated_at": "2026-05-02T09:00:00Z",
        "requester_id": 7,
        "responder_id": 9,
        "tags": [],
        "custom_fields": {"cf_topic": "delivery"},
        "stats": {
            "agent_responded_at": "2026-05-02T08:00:00Z",
            "requester_responded_at": None,
            "first_responded_at": "2026-05-01T08:30:00Z",
            "status_updated_at": "2026-05-02T09:00:00Z",
            "reopened_at": "2026-05-01T12:00:00Z",
            "resolved_at": "2026-05-02T09:00:00Z",
            "closed_at": None,
            "pending_since": None,
        },
        **changes,
    }


def rating(**changes: object) -> dict[str, object]:
    return {
        "id": 102,
        "survey_id": 1,
        "user_id": 7,
        "agent_id": 9,
        "feedback": "Quick",
        "group_id": None,
        "ticket_id": 432,
        "created_at": "2026-05-03T09:08:16Z",
        "updated_at": "2026-05-03T09:08:16Z",
        "ratings": {"default_question": 103, "question_2": -102},
        **changes,
    }


def page(*records: object) -> bytes:
    return json.dumps(records).encode()


def cells(taken: Taken, table: str, *columns: str) -> list[Any]:
    return taken.tables[table].select(columns).rows()


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_a_ticket_is_the_last_values_of_its_life(take: Take) -> None:
    taken = take("freshdesk_json", page(ticket()), columns={"category": "custom_fields.cf_topic"})

    assert cells(taken, TICKETS, "source_record_id", "opened_at", "updated_at", "first_replied_at", "last_solved_at", "closed_at") == [
        ("432", moment("2026-05-01T08:00"), moment("2026-05-02T09:00"), moment("2026-05-01T08:30"), moment("2026-05-02T09:00"), None)
    ]
    assert cells(taken, TICKETS, "status", "priority", "channel", "category", "opened_by", "customer_ref") == [
        ("solved", "normal", "email", "delivery", "customer", "<id:7>")
    ]
    assert cells(taken, TICKETS, "history", "reopen_count", "first_solved_at") == [("last_values", None, None)]


@pytest.mark.parametrize(("code", "ours"), [(2, "open"), (3, "pending"), (4, "solved"), (5, "closed")])
def test_a_status_is_a_number(take: Take, code: int, ours: str) -> None:
    assert cells(take("freshdesk_json", page(ticket(status=code))), TICKETS, "status") == [(ours,)]


@pytest.mark.parametrize(
    ("code", "channel", "opened_by"),
    [(2, "web", "customer"), (3, "phone", "customer"), (7, "chat", "customer"), (9, "web", "customer"), (10, "email", "agent")],
)
def test_a_source_is_a_number_and_what_we_sent_out_ourselves_is_no_contact(take: Take, code: int, channel: str, opened_by: str) -> None:
    assert cells(take("freshdesk_json", page(ticket(source=code))), TICKETS, "channel", "opened_by") == [(channel, opened_by)]


def test_a_status_of_the_companys_own_is_refused_until_it_is_declared(take: Take) -> None:
    assert take("freshdesk_json", page(ticket(status=8))).refusals == [(1, "status", "unknown_word")]
    assert cells(take("freshdesk_json", page(ticket(status=8)), values={"status": {"8": "hold"}}), TICKETS, "status") == [("hold",)]


def test_spam_and_deleted_tickets_keep_their_number_and_are_deleted(take: Take) -> None:
    taken = take("freshdesk_json", page(ticket(spam=True), ticket(deleted=True), ticket(spam=None)))

    assert cells(taken, TICKETS, "status") == [("deleted",), ("deleted",), ("solved",)]


def test_the_requester_is_known_by_what_other_systems_know_too(take: Take) -> None:
    tickets = [
        ticket(requester={"id": 7, "email": "Ann@X.org"}),
        ticket(requester={"unique_external_id": "c-17", "email": "Ann@X.org"}),
        ticket(requester_id=None),
    ]

    assert cells(take("freshdesk_json", page(*tickets)), TICKETS, "customer_ref") == [("<email:ann@x.org>",), ("<id:c-17>",), (None,)]


def test_a_page_without_statistics_says_nothing_of_replies_and_solutions(take: Take) -> None:
    taken = take("freshdesk_json", page({key: value for key, value in ticket().items() if key != "stats"}))

    assert cells(taken, TICKETS, "first_replied_at", "last_solved_at", "status") == [(None, None, "solved")]


@pytest.mark.parametrize(("face", "value"), [(103, 7), (102, 6), (101, 5), (100, 4), (-101, 3), (-102, 2), (-103, 1)])
def test_a_face_is_a_place_on_a_scale_of_seven(take: Take, face: int, value: float) -> None:
    taken = take("freshdesk_json", page(rating(ratings={"default_question": face})))

    assert cells(taken, ANSWERS, "value", "scale_low", "scale_high", "metric", "question") == [
        (value, 1.0, 7.0, "csat", "default_question")
    ]


def test_a_rating_is_an_answer_about_its_ticket(take: Take) -> None:
    assert cells(
        take("freshdesk_json", page(rating())), ANSWERS, "source_record_id", "ticket_ref", "answered_at", "customer_ref", "comment"
    ) == [("102", "shop:432", moment("2026-05-03T09:08:16"), "<id:7>", "Quick")]


def test_ratings_may_be_a_list_of_questions_and_values(take: Take) -> None:
    listed = [{"question": "question_2", "value": 103}, {"question": "default_question", "value": -103}]

    assert cells(take("freshdesk_json", page(rating(ratings=listed), rating(ratings={}))), ANSWERS, "value") == [(1.0,), (None,)]


def test_a_face_that_there_is_not_is_refused_unless_the_scale_is_declared(take: Take) -> None:
    declared = {"questions": {"default_question": {"metric": "csat", "scale": [1, 3], "reversed": True}}}
    odd = page(rating(ratings={"default_question": 2}))

    assert take("freshdesk_json", odd).refusals == [(1, "default_question", "unknown_word")]
    assert cells(take("freshdesk_json", odd, **declared), ANSWERS, "value", "scale_high", "is_reversed") == [(2.0, 3.0, True)]


def test_a_record_at_fault_is_refused_alone(take: Take) -> None:
    records = [
        *(
            ticket(created_at="yesterday"),
            ticket(source=99),
            ticket(id=None),
            "nonsense",
            ticket(stats={"closed_at": "2026-04-01T08:00:00Z"}),
        ),
        *(rating(created_at=None), rating(id=None), ticket(stats="none")),
    ]
    taken = take("freshdesk_json", page(*records))

    assert sorted(taken.refusals, key=lambda refusal: refusal[0]) == [
        (1, "opened_at", "not_an_instant"),
        (2, "channel", "unknown_word"),
        (3, "source_record_id", "missing"),
        (4, None, "wrong_shape"),
        (5, None, "time_reversed"),
        (6, "answered_at", "missing"),
        (7, "source_record_id", "missing"),
    ]
    assert cells(taken, TICKETS, "record_number") == [(8,)]


def test_records_may_come_line_by_line_or_under_their_names(take: Take) -> None:
    lines = b"\n".join(json.dumps(record).encode() for record in (ticket(), rating()))
    named = json.dumps({"satisfaction_ratings": [rating()]}).encode()

    assert {name: rows.height for name, rows in take("freshdesk_json", lines).tables.items()} == {TICKETS: 1, ANSWERS: 1}
    assert {name: rows.height for name, rows in take("freshdesk_json", named).tables.items()} == {TICKETS: 0, ANSWERS: 1}


def test_an_error_instead_of_a_page_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="none of the keys tickets, satisfaction_ratings"):
        take("freshdesk_json", b'{"code": "invalid_credentials", "message": "You have to be logged in"}')
