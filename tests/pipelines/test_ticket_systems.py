"""What becomes of tickets whose past arrives in pieces: from the files of each system to core and the KPIs."""

import datetime as dt
import json
from typing import Any

import pytest

from tests.world import World, differences

pytestmark = pytest.mark.slow

DAYS = [dt.date(2026, 3, 27) + dt.timedelta(days=number) for number in range(4)]
LATER = dt.date(2026, 4, 30)
DECLARED = """
time_zone = "UTC"
currency = "EUR"
start_day = 2026-01-01
[feeds.zendesk]
adapter = "zendesk_json"
[feeds.servicenow]
adapter = "servicenow_csv"
time_zone = "UTC"
[feeds.jira]
adapter = "jira_csv"
time_zone = "UTC"
constants = { channel = "web" }
[feeds.intercom]
adapter = "intercom_json"
[feeds.freshdesk]
adapter = "freshdesk_json"
"""
SERVICENOW = "number,incident_state,sys_mod_count,reopen_count,opened_at,sys_updated_at,contact_type,caller_id"
JIRA = "Issue key,Status,Created,Updated,Resolved,Reporter Id,Satisfaction rating,Custom field (Satisfaction date)"
KNOWN = "ticket_ref, history, is_resolution_known, reopen_count, agent_reply_count"


@pytest.fixture
def desk(world: World) -> World:
    world.declare(DECLARED)
    return world


def put(world: World, feed: str, day: dt.date, **page: object) -> None:
    world.put(feed, day, f"{len(page)}-{next(iter(page))}.json", json.dumps(page).encode())


def epoch(text: str) -> int:
    return int(dt.datetime.fromisoformat(f"{text}+00:00").timestamp())


def conversation(**changes: object) -> dict[str, object]:
    source = {"type": "conversation", "delivered_as": "customer_initiated", "author": {"type": "user", "id": "u1"}}
    base: dict[str, Any] = {"id": "1", "created_at": epoch("2026-03-27T09:00"), "updated_at": epoch("2026-03-27T09:00"), "state": "open"}
    return {**base, "source": source, "contacts": {"contacts": [{"id": "u1"}]}, **changes}


def part(number: str, kind: str, at: str, author: str = "admin", body: str = "") -> dict[str, object]:
    return {"id": number, "part_type": kind, "created_at": epoch(at), "body": body, "author": {"type": author}}


def test_the_log_of_incidents_may_come_in_pieces_and_the_newest_piece_is_the_state(desk: World) -> None:
    desk.deliver(
        "servicenow",
        DAYS[0],
        "INC1,New,0,0,2026-03-27 08:00:00,2026-03-27 08:05:00,Phone,c1",
        "INC1,Resolved,1,0,2026-03-27 08:00:00,2026-03-27 09:00:00,Phone,c1",
        header=SERVICENOW,
    )
    desk.deliver("servicenow", DAYS[1], "INC1,Active,2,1,2026-03-27 08:00:00,2026-03-28 08:00:00,Phone,c1", header=SERVICENOW)
    loaded = desk.load()

    assert (loaded.records_read, loaded.records_accepted, loaded.records_quarantined) == (5, 5, 0)
    assert desk.rows("core.tickets", KNOWN) == [("servicenow:INC1", "status_events", False, 1, None)]
    assert desk.rows("core.tickets", "status, first_solved_at, first_reopened_at") == [
        ("open", dt.datetime.fromisoformat("2026-03-27T09:00"), dt.datetime.fromisoformat("2026-03-28T08:00"))
    ]


def test_a_rating_that_arrives_later_leaves_the_issue_one_ticket(desk: World) -> None:
    issue = "A-1,Done,2026-03-27 08:00:00,{},2026-03-27 09:00:00,c1,{},{}"
    desk.deliver("jira", DAYS[0], issue.format("2026-03-27 09:00:00", "", ""), header=JIRA)
    desk.deliver("jira", DAYS[1], issue.format("2026-03-28 09:00:00", "2", "2026-03-28 09:00:00"), header=JIRA)
    desk.load()

    assert desk.rows("core.tickets", "ticket_ref, status, history, csat_n, csat_dissatisfied") == [
        ("jira:A-1", "solved", "last_values", 1, 1)
    ]


def test_a_conversation_keeps_its_parts_and_rating_when_a_later_page_holds_neither_until_it_is_deleted(desk: World) -> None:
    parts = [part("11", "comment", "2026-03-27T10:00", body="Hello"), part("12", "close", "2026-03-27T11:00")]
    rated = {"rating": 5, "created_at": epoch("2026-03-27T12:00")}
    put(
        desk, "intercom", DAYS[0], conversations=[conversation(conversation_parts={"conversation_parts": parts}, conversation_rating=rated)]
    )
    put(desk, "intercom", DAYS[1], conversations=[conversation(state="closed", updated_at=epoch("2026-03-28T09:00"))])
    desk.load()

    assert desk.rows("core.tickets", KNOWN) == [("intercom:1", "events", True, 0, 1)]
    assert desk.rows("core.tickets", "status, csat_n, is_marked_resolved, is_contact") == [("closed", 1, True, True)]

    put(desk, "intercom", DAYS[2], conversations=[{"id": "1", "object": "conversation", "deleted": True}])
    desk.load(DAYS[2])

    assert desk.rows("core.tickets", "status, is_contact") == [("deleted", False)]


def test_zendesks_clocks_tell_of_a_ticket_until_its_audits_arrive(desk: World) -> None:
    ticket = {"id": 5, "status": "solved", "created_at": "2026-03-27T08:00:00Z", "via": {"channel": "email"}, "requester_id": 1}
    clock = {"ticket_id": 5, "metric": "agent_work_time", "instance_id": 1}
    put(desk, "zendesk", DAYS[0], tickets=[ticket])
    put(
        desk,
        "zendesk",
        DAYS[0],
        ticket_metric_events=[
            {**clock, "id": 1, "type": "activate", "time": "2026-03-27T08:00:00Z"},
            {**clock, "id": 2, "type": "fulfill", "time": "2026-03-27T09:00:00Z"},
        ],
    )
    desk.load()

    assert desk.rows("core.tickets", KNOWN) == [("zendesk:5", "status_events", False, 0, None)]

    solved = {"type": "Change", "field_name": "status", "previous_value": "new", "value": "solved"}
    audit = {"id": 3, "ticket_id": 5, "created_at": "2026-03-27T09:00:00Z", "author_id": 9, "events": [{"type": "Comment"}, solved]}
    put(desk, "zendesk", DAYS[1], audits=[audit], users=[{"id": 9, "role": "agent"}])
    desk.load(DAYS[1])

    assert desk.rows("core.tickets", KNOWN) == [("zendesk:5", "events", True, 0, 1)]


AUDITS = [
    {"id": 3, "ticket_id": 5, "created_at": "2026-03-27T09:00:00Z", "author_id": 9, "events": [{"type": "Comment"}]},
    {
        "id": 4,
        "ticket_id": 5,
        "created_at": "2026-03-27T10:00:00Z",
        "author_id": 1,
        "events": [{"type": "Comment"}, {"type": "Change", "field_name": "status", "previous_value": "new", "value": "solved"}],
    },
]
PEOPLE = [{"id": 9, "role": "agent"}, {"id": 1, "role": "end-user"}]
OPENED: dict[str, object] = {"id": 5, "status": "solved", "created_at": "2026-03-27T08:00:00Z", "requester_id": 1, "submitter_id": 1}


def test_a_later_page_that_does_not_list_its_people_takes_nothing_away_from_what_is_known(desk: World) -> None:
    put(desk, "zendesk", DAYS[0], tickets=[{**OPENED, "via": {"channel": "email"}}])
    put(desk, "zendesk", DAYS[0], audits=AUDITS)
    desk.load()

    assert desk.rows("core.tickets", KNOWN) == [("zendesk:5", "status_events", False, 0, None)]
    assert desk.rows("core.ticket_events", "event, actor") == [("public_comment", None), ("public_comment", None), ("status", None)]

    put(desk, "zendesk", DAYS[1], audits=AUDITS, users=PEOPLE)
    put(desk, "zendesk", DAYS[2], audits=AUDITS)
    desk.load(DAYS[1], DAYS[2])

    replied = [("customer_reply", "customer"), ("public_reply", "agent"), ("status", "customer")]
    assert desk.rows("core.tickets", KNOWN) == [("zendesk:5", "events", True, 0, 1)]
    assert desk.rows("core.ticket_events", "event, actor") == replied


def test_who_wrote_is_the_same_in_any_order_of_loading_and_unknown_again_when_the_page_that_says_so_is_withdrawn(
    desk: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    afresh = World(tmp_path_factory.mktemp("afresh") / "world")
    afresh.declare(DECLARED)
    for world in (desk, afresh):
        put(world, "zendesk", DAYS[0], audits=AUDITS, users=PEOPLE[:1])
        put(world, "zendesk", DAYS[1], tickets=[{**OPENED, "via": {"channel": "email"}}], users=PEOPLE)
        put(world, "zendesk", DAYS[2], audits=AUDITS)
    for day in (DAYS[2], DAYS[1], DAYS[0]):
        desk.load(day)
    afresh.load()

    assert differences(desk.contents(), afresh.contents()) == {}
    assert desk.rows("core.tickets", KNOWN) == [("zendesk:5", "events", True, 0, 1)]

    for world in (desk, afresh):
        world.withdraw("zendesk", DAYS[1], "2-tickets.json")
        put(world, "zendesk", DAYS[1], tickets=[{**OPENED, "via": {"channel": "email"}}])
    desk.load(DAYS[1])

    assert desk.rows("core.tickets", KNOWN) == [("zendesk:5", "status_events", False, 0, None)]


def test_tickets_without_a_history_are_in_no_rate_that_needs_one_and_are_counted(desk: World) -> None:
    ticket = {
        "id": 1,
        "status": 4,
        "source": 1,
        "created_at": "2026-03-27T08:00:00Z",
        "updated_at": "2026-03-27T09:00:00Z",
        "requester_id": 7,
    }
    desk.put("freshdesk", DAYS[0], "page.json", json.dumps([ticket]).encode())
    desk.put("freshdesk", LATER, "page.json", b"[]")
    desk.load()

    resolution = "n_eligible, judged_count, n_without_history, resolved_count, fcr_gross, ocr"
    assert desk.rows("kpi.first_contact_resolution_daily", resolution) == [(1, 0, 1, 0, None, 1.0)]
    times = "without_history_count, reopen_unknown_count, reopened_count, touched_count"
    assert desk.rows("kpi.ticket_times_daily", times) == [(1, 1, 0, 0)]


def test_whatever_the_order_of_loading_the_tables_are_the_same(desk: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    afresh = World(tmp_path_factory.mktemp("afresh") / "world")
    afresh.declare(DECLARED)
    parts = {"conversation_parts": [part("11", "close", "2026-03-27T11:00")]}
    for world in (desk, afresh):
        put(world, "intercom", DAYS[0], conversations=[conversation(conversation_parts=parts)])
        put(world, "intercom", DAYS[1], conversations=[conversation(updated_at=epoch("2026-03-28T09:00"))])
        put(world, "intercom", DAYS[2], conversations=[{"id": "1", "deleted": True}])
        world.deliver("servicenow", DAYS[1], "INC1,New,0,0,2026-03-27 08:00:00,2026-03-27 08:05:00,Phone,c1", header=SERVICENOW)
        world.deliver("servicenow", DAYS[2], "INC1,Closed,1,0,2026-03-27 08:00:00,2026-03-28 08:05:00,Phone,c1", header=SERVICENOW)
    for day in (DAYS[2], DAYS[0], DAYS[1]):
        desk.load(day)
    afresh.load()

    assert differences(desk.contents(), afresh.contents()) == {}
