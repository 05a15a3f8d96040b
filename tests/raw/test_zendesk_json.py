import datetime as dt
import json
from typing import Any

import pytest

from assets.raw.reading import Limits, UnreadableFileError
from tests.raw.conftest import Take, Taken

CREATED = "2020-02-03T10:16:38Z"


def ticket(**changes: object) -> dict[str, object]:
    return {
        "id": 35436,
        "status": "solved",
        "priority": "high",
        "created_at": CREATED,
        "updated_at": "2020-02-03T18:16:38Z",
        "generated_timestamp": 1580753798,
        "via": {"channel": "email"},
        "requester_id": 7,
        "submitter_id": 7,
        "tags": ["vip"],
        "custom_fields": [{"id": 27642, "value": "billing"}, {"id": 27643, "value": "service_center"}],
        **changes,
    }


def audit(number: int, *events: dict[str, object], author: int = 7, **changes: object) -> dict[str, object]:
    return {
        "id": number,
        "ticket_id": 5,
        "created_at": CREATED,
        "author_id": author,
        "via": {"channel": "web"},
        "events": list(events),
        **changes,
    }


def page(**parts: object) -> bytes:
    return json.dumps(parts).encode()


def comment(*, public: bool = True) -> dict[str, object]:
    return {"type": "Comment", "public": public, "body": "…"}


def status(before: str | None, after: str) -> dict[str, object]:
    if before is None:
        return {"type": "Create", "field_name": "status", "value": after}
    return {"type": "Change", "field_name": "status", "previous_value": before, "value": after}


def events(taken: Taken, *columns: str) -> list[Any]:
    return taken.tables["raw.ticket_events"].select(columns).rows()


USERS = [
    {"id": 7, "role": "end-user"},
    {"id": 9, "role": "agent"},
    {"id": 11, "role": "admin"},
    {"id": 13, "role": "agent", "is_bot": True},
]


def test_a_ticket_is_the_state_at_the_time_its_page_was_made(take: Take) -> None:
    columns = {"category": "custom:27642", "touchpoint": "custom:27643"}
    taken = take("zendesk_json", page(tickets=[ticket()], end_of_stream=True), columns=columns)

    assert taken.rows(
        "source_record_id", "updated_at", "opened_at", "channel", "status", "priority", "category", "touchpoint", "customer_ref"
    ) == [
        (
            "35436",
            dt.datetime.fromisoformat("2020-02-03T18:16:38"),
            dt.datetime.fromisoformat("2020-02-03T10:16:38"),
            *("email", "solved", "high", "billing", "service_center", "<id:7>"),
        ),
    ]
    assert taken.rows("opened_by", "is_merged", "is_abandoned", "first_solved_at") == [("customer", False, False, None)]


@pytest.mark.parametrize(
    ("written", "ours"),
    [("voice", "phone"), ("phone", "phone"), ("native_messaging", "chat"), ("mobile_sdk", "app"), ("facebook", "social"), ("api", "web")],
)
def test_channels_have_zendesks_own_names(take: Take, written: str, ours: str) -> None:
    assert take("zendesk_json", page(tickets=[ticket(via={"channel": written})])).rows("channel") == [ours]


def test_the_feeds_own_words_come_before_zendesks(take: Take) -> None:
    taken = take("zendesk_json", page(tickets=[ticket(via={"channel": "api"})]), values={"channel": {"api": "app"}})

    assert taken.rows("channel") == ["app"]


def test_who_opened_a_ticket_decides_whether_it_is_a_contact(take: Take) -> None:
    tickets = [ticket(), ticket(submitter_id=9), ticket(via={"channel": "rule"}), ticket(via={"channel": "closed_ticket"})]

    assert take("zendesk_json", page(tickets=tickets)).rows("opened_by") == ["customer", "agent", "system", "system"]


def test_merged_and_deleted_tickets_are_kept_and_marked(take: Take) -> None:
    tickets = [ticket(tags=["closed_by_merge"], status="closed"), ticket(status="deleted")]

    assert take("zendesk_json", page(tickets=tickets)).rows("status", "is_merged") == [("closed", True), ("deleted", False)]


def test_the_requester_is_known_by_what_other_systems_know_too(take: Take) -> None:
    tickets = [ticket(requester={"external_id": "K7"}), ticket(requester={"email": "Ann@X.org"}), ticket(requester_id=None)]

    assert take("zendesk_json", page(tickets=tickets)).rows("customer_ref") == ["<id:K7>", "<email:ann@x.org>", None]
    assert take("zendesk_json", page(tickets=tickets[1:2]), columns={"email": "requester.email"}).rows("customer_ref") == [
        "<email:ann@x.org>"
    ]


def test_a_ticket_at_fault_is_refused_alone(take: Take) -> None:
    tickets = [
        ticket(status="exploded"),
        ticket(created_at=None),
        ticket(generated_timestamp=10**20),
        "nonsense",
        ticket(id=None),
        ticket(),
    ]
    taken = take("zendesk_json", page(tickets=tickets))

    assert taken.refusals == [
        (1, "status", "unknown_word"),
        (2, "opened_at", "missing"),
        (3, "updated_at", "not_an_instant"),
        (4, None, "wrong_shape"),
        (5, "source_record_id", "missing"),
    ]
    assert taken.rows("record_number") == [6]


def test_audits_give_events_in_their_order_and_the_first_comment_is_part_of_the_creation(take: Take) -> None:
    audits = [
        audit(1, comment(), status(None, "new")),
        audit(2, comment(), status("new", "pending"), author=9),
        audit(3, comment(), status("pending", "open")),
        audit(4, comment(public=False), {"type": "Change", "field_name": "assignee_id", "value": "11"}, author=11),
        audit(5, status("open", "solved"), via={"channel": "rule"}, author=-1),
        audit(6, comment(), author=13),
    ]
    taken = take("zendesk_json", page(ticket_audits=audits, users=USERS))

    assert events(taken, "source_record_id", "position", "event", "author_ref", "status_from", "status_to") == [
        ("1", 1, "created", "<person:shop:7>", None, "new"),
        ("2", 0, "public_comment", "<person:shop:9>", None, None),
        ("2", 1, "status", "<person:shop:9>", "new", "pending"),
        ("3", 0, "public_comment", "<person:shop:7>", None, None),
        ("3", 1, "status", "<person:shop:7>", "pending", "open"),
        ("4", 0, "private_note", "<person:shop:11>", None, None),
        ("4", 1, "assigned", "<person:shop:11>", None, None),
        ("5", 0, "status", None, "open", "solved"),
        ("6", 0, "public_comment", "<person:shop:13>", None, None),
    ]
    assert [actor for (actor,) in events(taken, "actor")] == [*[None] * 7, "system", None]
    assert set(events(taken, "ticket_ref", "happened_at")) == {("shop:5", dt.datetime.fromisoformat("2020-02-03T10:16:38"))}


def test_the_people_of_a_page_are_records_of_their_own_behind_its_audits(take: Take) -> None:
    users = [*USERS, {"id": 15, "role": "agent", "updated_at": "2020-02-03T10:00:00Z"}, {"id": 17, "role": "juggler"}, {"role": "agent"}]
    taken = take("zendesk_json", page(audits=[audit(1, comment())], users=users))

    assert taken.tables["raw.ticket_people"].select("record_number", "source", "source_record_id", "updated_at", "actor").rows() == [
        (2, "shop", "<person:shop:7>", None, "customer"),
        (3, "shop", "<person:shop:9>", None, "agent"),
        (4, "shop", "<person:shop:11>", None, "agent"),
        (5, "shop", "<person:shop:13>", None, "bot"),
        (6, "shop", "<person:shop:15>", dt.datetime.fromisoformat("2020-02-03T10:00:00"), "agent"),
    ]
    assert sorted(taken.refusals) == [(7, "actor", "unknown_word"), (8, "source_record_id", "missing")]
    assert [number for number, _ in taken.records] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_page_may_list_people_alone_or_line_by_line(take: Take) -> None:
    lines = b"\n".join(json.dumps(user).encode() for user in USERS)
    alone = [page(users=USERS, end_of_stream=True), page(users=USERS, audits=[]), lines]

    assert [take("zendesk_json", content).rows("actor") for content in alone] == [["customer", "agent", "agent", "bot"]] * 3


def test_people_are_listed_once_though_a_page_is_read_in_parts(take: Take) -> None:
    taken = take("zendesk_json", page(audits=[audit(1, comment()), audit(2, comment())], users=USERS[:1]), Limits(batch_records=1))

    assert [number for number, _ in taken.records] == [1, 2, 3]
    assert taken.tables["raw.ticket_people"].height == 1


def test_an_audit_says_the_same_whoever_its_page_lists(take: Take) -> None:
    audits = [audit(1, status(None, "new")), audit(2, comment(), author=9), audit(3, comment())]
    bare, peopled = (take("zendesk_json", content) for content in (page(audits=audits), page(audits=audits, users=USERS)))

    assert bare.tables["raw.ticket_events"].equals(peopled.tables["raw.ticket_events"])


def test_an_audit_names_whose_ticket_it_is_where_it_sets_or_changes_that(take: Take) -> None:
    audits = [
        audit(1, status(None, "new"), {"type": "Create", "field_name": "requester_id", "value": "7"}, author=9),
        audit(2, {"type": "Change", "field_name": "requester_id", "previous_value": "7", "value": "8"}, author=9),
        audit(3, comment()),
    ]

    assert events(take("zendesk_json", page(audits=audits)), "event", "author_ref", "requester_ref") == [
        ("created", "<person:shop:9>", "<person:shop:7>"),
        ("other", "<person:shop:9>", "<person:shop:8>"),
        ("public_comment", "<person:shop:7>", None),
    ]


def test_an_audit_that_names_nobody_was_made_by_nobody_known_and_not_by_the_system(take: Take) -> None:
    taken = take("zendesk_json", page(audits=[audit(1, comment(), author_id=None)]))

    assert events(taken, "event", "actor", "author_ref") == [("public_comment", None, None)]


def test_a_role_given_with_the_event_comes_first(take: Take) -> None:
    audits = [audit(1, {**comment(), "author_role": "end-user"}, author=9), audit(2, comment(), author=7, author_role="agent")]

    assert events(take("zendesk_json", page(audits=audits, users=USERS)), "event", "actor") == [
        ("customer_reply", "customer"),
        ("public_reply", "agent"),
    ]


def test_a_merge_is_seen_by_the_tag_it_adds(take: Take) -> None:
    merge: dict[str, object] = {"type": "Change", "field_name": "tags", "previous_value": ["a"], "value": ["a", "closed_by_merge"]}

    assert take("zendesk_json", page(audits=[audit(1, merge, author=9)])).rows("event", "author_ref") == [("merged", "<person:shop:9>")]


def test_the_mail_that_an_audit_took_in_is_named(take: Take) -> None:
    taken = take(
        "zendesk_json",
        page(audits=[audit(1, comment(), metadata={"system": {"message_id": "<1@x>"}}), audit(2, comment(), metadata={"system": None})]),
    )

    assert taken.rows("source_record_id", "message_id") == [("1", "<1@x>"), ("2", None)]


def test_an_audit_of_nothing_we_count_still_is_accounted_for(take: Take) -> None:
    taken = take("zendesk_json", page(audits=[audit(1, {"type": "Notification"})], users=USERS))
    events = taken.tables["raw.ticket_events"]["event"].to_list()

    assert events == ["other"] or taken.refusals == [(1, "event", "unknown_word")]


def test_an_audit_at_fault_is_refused_alone(take: Take) -> None:
    audits = [
        *(audit(1, status("new", "exploded")), audit(2, created_at="2020-02-03T10:16:38"), audit(3, created_at="1970-01-01T00:00:00Z")),
        *(audit(4, events=None), audit(5, ticket_id=None), audit(6, comment())),
    ]
    taken = take("zendesk_json", page(audits=audits, users=USERS))

    assert taken.refusals == [
        (1, "status", "unknown_word"),
        (2, "happened_at", "not_an_instant"),
        (3, "happened_at", "out_of_range"),
        (4, "events", "wrong_shape"),
        (5, "ticket_id", "missing"),
    ]
    assert events(taken, "source_record_id") == [("6",)]


def test_tickets_and_audits_may_come_line_by_line(take: Take) -> None:
    lines = b"\n".join(json.dumps(record).encode() for record in (ticket(), audit(1, comment(), status(None, "new"))))
    taken = take("zendesk_json", lines)

    assert {table: rows.height for table, rows in taken.tables.items()} == {"raw.tickets": 1, "raw.ticket_events": 1}


def test_a_truncated_page_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="no complete JSON document"):
        take("zendesk_json", page(tickets=[ticket()])[:-20])


def test_zendesk_gives_every_event_and_totals_where_the_page_holds_metric_sets(take: Take) -> None:
    metrics = {"reopens": 2, "replies": 3, "solved_at": "2020-02-03T12:16:38Z"}
    taken = take("zendesk_json", page(tickets=[ticket(metric_set=metrics), ticket()]))

    assert taken.rows("history", "reopen_count", "last_solved_at") == [
        ("events", 2, dt.datetime.fromisoformat("2020-02-03T12:16:38")),
        ("events", None, None),
    ]


def test_a_follow_up_of_a_closed_ticket_is_no_contact_whatever_its_channel(take: Take) -> None:
    via = {"channel": "web", "source": {"rel": "follow_up", "from": {"ticket_id": 7}}}

    assert take("zendesk_json", page(tickets=[ticket(via=via)])).rows("opened_by", "channel") == [("system", "web")]


def test_a_page_that_holds_two_kinds_of_records_is_unreadable_as_one_of_them_would_be_lost(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="records under tickets and under audits"):
        take("zendesk_json", page(tickets=[ticket()], audits=[audit(1, comment())]))

    assert take("zendesk_json", page(tickets=[ticket()], audits=[])).tables["raw.tickets"].height == 1
