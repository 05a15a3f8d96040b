import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.raw.reading import Limits, UnreadableFileError
from tests.raw.conftest import Take, Taken

TICKETS, EVENTS, ANSWERS = "raw.tickets", "raw.ticket_events", "raw.answers"
CREATED, REPLIED, CLOSED, UPDATED = 1539897198, 1539897300, 1539897400, 1540393270


def conversation(**changes: object) -> dict[str, object]:
    return {
        "type": "conversation",
        "id": "1911149811",
        "created_at": CREATED,
        "updated_at": UPDATED,
        "state": "closed",
        "priority": "not_priority",
        "source": {
            "type": "conversation",
            "delivered_as": "customer_initiated",
            "body": "<p>Hi</p>",
            "author": {"type": "user", "id": "u1", "email": "Ann@X.org"},
        },
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "u1", "external_id": "c-17"}]},
        "teammates": [{"type": "admin", "id": "814860"}],
        "statistics": {"first_admin_reply_at": REPLIED, "first_close_at": CLOSED, "last_close_at": UPDATED, "count_reopens": 3},
        "conversation_rating": None,
        "custom_attributes": {"issue_type": "Billing"},
        **changes,
    }


def part(number: str, kind: str, author: str = "admin", body: str | None = None, **changes: object) -> dict[str, object]:
    author_said = {"type": author, "id": "a1"}
    return {
        "type": "conversation_part",
        "id": number,
        "part_type": kind,
        "body": body,
        "created_at": REPLIED,
        "author": author_said,
        **changes,
    }


def with_parts(*parts: object, total: int | None = None) -> dict[str, object]:
    listed = {"type": "conversation_part.list", "conversation_parts": list(parts), "total_count": len(parts) if total is None else total}
    return conversation(conversation_parts=listed)


def page(*conversations: object) -> bytes:
    return json.dumps({"type": "conversation.list", "conversations": list(conversations), "pages": {"page": 1}}).encode()


def cells(taken: Taken, table: str, *columns: str) -> list[Any]:
    return taken.tables[table].select(columns).rows()


def moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).replace(tzinfo=None)


def test_a_conversation_is_a_ticket_with_the_totals_of_its_life(take: Take) -> None:
    taken = take("intercom_json", page(conversation()), columns={"category": "custom_attributes.issue_type"})

    assert cells(
        taken, TICKETS, "source_record_id", "opened_at", "updated_at", "first_replied_at", "first_solved_at", "last_solved_at"
    ) == [("1911149811", moment(CREATED), moment(UPDATED), moment(REPLIED), moment(CLOSED), moment(UPDATED))]
    assert cells(taken, TICKETS, "status", "priority", "channel", "category", "opened_by", "customer_ref", "reopen_count", "history") == [
        ("closed", "normal", "chat", "Billing", "customer", "<id:c-17>", 3, "events")
    ]
    assert (cells(taken, EVENTS, "event"), cells(taken, ANSWERS, "value"), taken.refusals) == ([], [], [])


@pytest.mark.parametrize(
    ("delivered", "opened_by"),
    [
        ("customer_initiated", "customer"),
        ("admin_initiated", "agent"),
        ("operator_initiated", "bot"),
        ("automated", "system"),
        ("campaigns_initiated", "system"),
        (None, "customer"),
    ],
)
def test_only_what_a_customer_began_is_a_contact(take: Take, delivered: str | None, opened_by: str) -> None:
    source = {"type": "email", "delivered_as": delivered, "author": {"type": "lead"}}

    assert cells(take("intercom_json", page(conversation(source=source))), TICKETS, "opened_by", "channel") == [(opened_by, "email")]


@pytest.mark.parametrize(("state", "ours"), [("open", "open"), ("closed", "closed"), ("snoozed", "hold")])
def test_states_and_priorities_have_intercoms_own_names(take: Take, state: str, ours: str) -> None:
    taken = take("intercom_json", page(conversation(state=state, priority="priority")))

    assert cells(taken, TICKETS, "status", "priority") == [(ours, "high")]


def test_the_customer_is_known_by_what_other_systems_know_too(take: Take) -> None:
    nobody = {"contacts": [{"id": "u1", "external_id": None}]}
    by_admin = {"type": "email", "delivered_as": "admin_initiated", "author": {"type": "admin", "email": "we@x.org"}}
    conversations = [
        conversation(contacts=nobody),
        conversation(contacts=nobody, source=by_admin),
        conversation(contacts=None, source=by_admin),
    ]

    assert cells(take("intercom_json", page(*conversations)), TICKETS, "customer_ref") == [("<email:ann@x.org>",), ("<id:u1>",), (None,)]
    assert cells(take("intercom_json", page(conversations[0]), columns={"customer_id": "source.author.id"}), TICKETS, "customer_ref") == [
        ("<id:u1>",)
    ]


def test_what_only_the_ai_agent_handled_is_self_service_and_its_replies_are_a_bots(take: Take) -> None:
    statistics = {"first_admin_reply_at": None}
    alone = {**with_parts(part("1", "comment", "bot", "<p>Try this</p>")), "teammates": [], "statistics": statistics}
    taken = take("intercom_json", page({**alone, "ai_agent_participated": True}, conversation(ai_agent_participated=True)))

    assert cells(taken, TICKETS, "touchpoint", "opened_by") == [("self_service", "customer"), (None, "customer")]
    assert cells(taken, EVENTS, "event", "actor") == [("created", "customer"), ("public_reply", "bot")]


def test_parts_are_events_and_records_behind_those_of_the_conversations(take: Take) -> None:
    parts = [
        part("11", "comment", "admin", "<p>Hello</p>"),
        part("12", "comment", "user", "<p>Thanks</p>"),
        part("13", "note", "admin", "<p>VIP</p>"),
        part("14", "close", "admin", "<p>Bye</p>", created_at=CLOSED),
        part("15", "open", "user", "<p>Again</p>"),
        part("16", "assign_and_reopen", "admin"),
        part("17", "snoozed", "admin"),
        part("18", "away_mode_assignment", "bot"),
        part("19", "participant_added", "admin"),
    ]
    taken = take("intercom_json", page(with_parts(*parts), conversation(id="2")))

    assert cells(taken, EVENTS, "record_number", "source_record_id", "position", "event", "actor", "status_to") == [
        (3, "created:1911149811", 0, "created", "customer", "open"),
        (4, "11", 0, "public_reply", "agent", None),
        (5, "12", 0, "customer_reply", "customer", None),
        (6, "13", 0, "private_note", "agent", None),
        (7, "14", 0, "public_reply", "agent", None),
        (7, "14", 1, "status", "agent", "closed"),
        (8, "15", 0, "customer_reply", "customer", None),
        (8, "15", 1, "status", "customer", "open"),
        (9, "16", 0, "status", "agent", "open"),
        (9, "16", 1, "assigned", "agent", None),
        (10, "17", 0, "status", "agent", "hold"),
        (11, "18", 0, "assigned", "bot", None),
        (12, "19", 0, "other", "agent", None),
    ]
    assert cells(taken, EVENTS, "ticket_ref", "happened_at")[4] == ("shop:1911149811", moment(CLOSED))
    assert json.loads(taken.records[3][1])["id"] == "11"


def test_a_conversation_without_a_part_has_a_history_of_its_beginning_alone(take: Take) -> None:
    assert cells(take("intercom_json", page(with_parts())), EVENTS, "event", "happened_at") == [("created", moment(CREATED))]


def test_a_part_at_fault_costs_neither_the_others_nor_the_conversation(take: Take) -> None:
    parts = ["nonsense", part("1", "close", created_at=None), part("2", "close", created_at=0), part("", "close"), part("4", "close")]
    taken = take("intercom_json", page(with_parts(*parts)))

    assert taken.refusals == [
        (3, None, "wrong_shape"),
        (4, "happened_at", "missing"),
        (5, "happened_at", "out_of_range"),
        (6, "id", "missing"),
    ]
    assert (cells(taken, EVENTS, "record_number"), cells(taken, TICKETS, "record_number")) == ([(2,), (7,)], [(1,)])


def test_a_conversation_of_which_the_page_holds_some_parts_only_has_no_full_history(take: Take) -> None:
    taken = take("intercom_json", page(with_parts(part("1", "close"), total=501)))

    assert (cells(taken, TICKETS, "history"), cells(taken, EVENTS, "event")) == ([("last_values",)], [("status",)])


def test_a_rating_is_an_answer_of_its_own_and_one_that_was_only_asked_for_is_none(take: Take) -> None:
    rated = conversation(conversation_rating={"rating": 5, "remark": "Great", "created_at": UPDATED, "contact": {"id": "u1"}})
    asked = conversation(id="2", conversation_rating={"rating": None, "created_at": UPDATED})
    bad = conversation(id="3", conversation_rating={"rating": 9, "created_at": UPDATED})
    taken = take("intercom_json", page(rated, asked, bad))

    assert cells(taken, ANSWERS, "record_number", "source_record_id", "question", "metric", "value", "scale_low", "scale_high") == [
        (4, "1911149811", "conversation_rating", "csat", 5.0, 1.0, 5.0)
    ]
    assert cells(taken, ANSWERS, "ticket_ref", "answered_at", "channel", "customer_ref", "comment") == [
        ("shop:1911149811", moment(UPDATED), "chat", "<id:c-17>", "Great")
    ]
    assert taken.refusals == [(5, "conversation_rating", "out_of_scale")]


def test_a_tombstone_is_the_deletion_of_its_ticket_on_the_day_it_arrived(take: Take) -> None:
    taken = take("intercom_json", page({"id": "7", "object": "conversation", "deleted": True}, {"object": "conversation", "deleted": True}))

    assert cells(taken, EVENTS, "source_record_id", "ticket_ref", "event", "happened_at") == [
        ("deleted:7", "shop:7", "deleted", dt.datetime.fromisoformat("2024-05-02"))
    ]
    assert taken.refusals == [(2, "id", "missing")]


def test_a_conversation_at_fault_is_refused_alone(take: Take) -> None:
    conversations = [
        conversation(state="lost"),
        conversation(created_at=None),
        conversation(created_at="2020"),
        conversation(source={"type": "telex", "delivered_as": "customer_initiated"}),
        conversation(source=None),
        conversation(statistics={"count_reopens": -1}),
        conversation(created_at=10**18),
        "nonsense",
        conversation(),
    ]
    taken = take("intercom_json", page(*conversations))

    assert taken.refusals == [
        (1, "status", "unknown_word"),
        (2, "opened_at", "missing"),
        (3, "opened_at", "not_an_instant"),
        (4, "channel", "unknown_word"),
        (5, "opened_by", "missing"),
        (5, "channel", "missing"),
        (6, "reopen_count", "not_a_number"),
        (7, "opened_at", "not_an_instant"),
        (8, None, "wrong_shape"),
    ]
    assert cells(taken, TICKETS, "record_number") == [(9,)]


def test_conversations_may_come_line_by_line(take: Take) -> None:
    lines = b"\n".join(json.dumps(record).encode() for record in (conversation(), {"id": "7", "object": "conversation", "deleted": True}))
    taken = take("intercom_json", lines)

    assert (len(cells(taken, TICKETS, "status")), cells(taken, EVENTS, "event")) == (1, [("deleted",)])


def test_another_document_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="none of the keys conversations"):
        take("intercom_json", b'{"type": "error.list", "errors": []}')


def test_a_long_page_is_given_in_parts_and_numbered_through(take: Take) -> None:
    conversations = [{**with_parts(part(f"{number}1", "close"), 7), "id": f"{number}"} for number in (1, 2)]
    taken = take("intercom_json", page(*conversations), Limits(batch_records=1))

    assert [number for number, _ in taken.records] == list(range(1, 9))
    assert cells(taken, TICKETS, "record_number", "source_record_id") == [(1, "1"), (5, "2")]
    assert cells(taken, EVENTS, "record_number", "source_record_id") == [(2, "created:1"), (3, "11"), (6, "created:2"), (7, "21")]
    assert taken.refusals == [(4, None, "wrong_shape"), (8, None, "wrong_shape")]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3) | st.just(CREATED),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "id", "email", "rating"]), inner, max_size=3),
    max_leaves=4,
)
odd_parts = st.dictionaries(
    st.sampled_from(["id", "part_type", "body", "created_at", "author"]), anything | st.sampled_from(["close", "note"])
)
odd_conversations = st.fixed_dictionaries(
    {},
    optional={
        "id": anything,
        "created_at": anything,
        "conversation_rating": anything,
        "conversation_parts": anything | st.fixed_dictionaries({"conversation_parts": st.lists(odd_parts | anything, max_size=3)}),
        "contacts": anything,
        "teammates": anything,
        "source": anything,
        "statistics": anything,
        "deleted": anything,
    },
)


@pytest.mark.slow
@given(changes=st.lists(odd_conversations, max_size=3))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_conversations_of_any_shape_are_taken_or_refused(take: Take, changes: list[dict[str, object]]) -> None:
    taken = take("intercom_json", page(*(conversation(**change) for change in changes)))

    numbers = [number for number, _ in taken.records]
    accepted = {number for rows in taken.tables.values() for number in rows["record_number"]}
    refused = {number for number, _, _ in taken.refusals}
    assert numbers == list(range(1, len(numbers) + 1))
    assert (accepted | refused, accepted & refused) == (set(numbers), set())
