"""What is known of tickets whose source does not tell everything that happened."""

import datetime as dt
from typing import Any

import pytest

from assets.core.interactions import interactions
from assets.core.ticket_events import ticket_events
from assets.core.tickets import tickets
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.text_labels import TextLabels
from schemas.core.tickets import Tickets
from schemas.raw.ticket_events import RawTicketEvents
from schemas.raw.ticket_people import RawTicketPeople
from schemas.raw.tickets import RawTickets
from tests.core.rows import Row, at, calendar, eager, event, identities, lazy, only, ticket
from tests.kpi.rows import ticket as core_ticket

OPENED = at("02 09:00")


def known(*events: Row, **changes: Any) -> dict[str, Any]:
    """The one ticket that comes out of a literal ticket and its events."""
    nobody = identities()
    return only(
        tickets(
            lazy(RawTickets, ticket(opened_at=OPENED, **changes)),
            ticket_events(lazy(RawTicketEvents, *events), lazy(RawTicketPeople)),
            lazy(Answers),
            lazy(TextLabels),
            nobody,
            calendar(),
        )
    )


def clock(when: str, what: str) -> Row:
    return event(at(when), what, "system")


WORKED = (
    clock("02 09:00", "work_started"),
    clock("02 10:00", "work_paused"),
    clock("02 11:00", "work_started"),
    clock("02 12:00", "work_finished"),
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"history": "events"}, "none"),
        ({"history": "events", "first_solved_at": at("02 10:00")}, "last_values"),
        ({"history": "status_events"}, "none"),
        ({"history": "last_values"}, "last_values"),
        ({"history": "none", "first_solved_at": at("02 10:00")}, "none"),
    ],
)
def test_before_any_event_has_arrived_a_ticket_has_at_most_its_last_values(said: dict[str, Any], expected: str) -> None:
    assert known(**said)["history"] == expected


def test_what_a_source_tells_of_replies_decides_whether_touches_are_known() -> None:
    solved = event(at("02 10:00"), status_from="open", status_to="solved")

    every, statuses = known(solved), known(solved, history="status_events", first_replied_at=at("02 09:30"))

    assert (every["history"], every["agent_reply_count"], every["is_resolution_known"]) == ("events", 0, True)
    assert (statuses["history"], statuses["agent_reply_count"], statuses["is_resolution_known"]) == ("status_events", None, False)
    assert (statuses["first_solved_at"], statuses["first_replied_at"]) == (at("02 10:00"), at("02 09:30"))
    assert (every["is_marked_resolved"], statuses["is_marked_resolved"]) == (True, False)


def test_a_total_of_reopens_is_kept_without_a_moment() -> None:
    row = known(history="last_values", reopen_count=2)

    assert (row["reopen_count"], row["first_reopened_at"], row["has_events"]) == (2, None, False)


def test_events_go_before_a_total_of_reopens() -> None:
    assert known(event(at("02 10:00"), status_to="solved"), reopen_count=7)["reopen_count"] == 0


@pytest.mark.parametrize(("mark", "expected"), [(True, True), (False, True), (None, False)])
def test_without_a_history_only_the_sources_mark_tells_of_the_first_contact(mark: bool | None, expected: bool) -> None:
    assert known(history="last_values", is_resolved_at_first_contact=mark)["is_resolution_known"] is expected


def test_clocks_tell_of_solutions_reopens_and_the_first_reply_but_not_of_every_reply() -> None:
    row = known(clock("02 09:30", "reply_given"), *WORKED, clock("03 09:00", "work_started"), clock("03 10:00", "work_finished"))

    assert (row["first_solved_at"], row["last_solved_at"]) == (at("02 12:00"), at("03 10:00"))
    assert (row["first_reopened_at"], row["reopen_count"]) == (at("03 09:00"), 1)
    assert (row["first_replied_at"], row["agent_reply_count"], row["history"]) == (at("02 09:30"), None, "status_events")
    assert row["is_resolution_known"] is False


def test_clocks_count_nothing_twice_where_audits_tell_the_same() -> None:
    audits = (
        event(OPENED, "created", "customer", status_to="new"),
        event(at("02 09:30"), "public_reply"),
        event(at("02 12:00"), status_from="open", status_to="solved"),
        event(at("03 09:00"), status_from="solved", status_to="open"),
    )
    row = known(*audits, *WORKED, clock("02 09:30", "reply_given"), clock("03 09:00", "work_started"))

    assert (row["history"], row["agent_reply_count"], row["reopen_count"]) == ("events", 1, 1)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"has_events": False, "reopen_count": 1}, True),
        ({"has_events": False, "reopen_count": 0}, False),
        ({"has_events": False, "reopen_count": None}, False),
        ({"has_events": True, "reopen_count": 1, "first_reopened_at": OPENED + dt.timedelta(days=9)}, False),
    ],
)
def test_a_reopen_whose_moment_nobody_knows_counts_against_the_contact(said: dict[str, Any], expected: bool) -> None:
    contact = core_ticket(OPENED, **said)

    assert only(interactions(eager(Tickets, contact), Parameters()))["is_reopened"] is expected


def test_a_ticket_whose_status_says_so_is_solved_even_if_nobody_knows_when() -> None:
    assert only(interactions(eager(Tickets, core_ticket(OPENED, status="closed")), Parameters()))["is_solved"] is True


def test_a_ticket_that_an_event_says_is_deleted_is_no_contact() -> None:
    row = known(event(at("02 10:00"), "deleted", "system"), status="open")

    assert (row["status"], row["is_contact"]) == ("deleted", False)


def test_events_are_not_looked_at_where_the_source_says_that_they_are_not_all() -> None:
    row = known(event(at("02 10:00"), status_to="solved"), history="last_values", reopen_count=3, last_solved_at=at("05 10:00"))

    assert (row["history"], row["has_events"], row["reopen_count"]) == ("last_values", False, 3)
    assert (row["first_solved_at"], row["agent_reply_count"]) == (at("05 10:00"), None)


@pytest.mark.parametrize(
    ("events", "acknowledged"),
    [
        ((event(at("02 10:00"), "public_reply", "bot"), event(at("02 11:00"), "public_reply", "agent")), at("02 10:00")),
        ((event(at("02 10:00"), "private_note", "agent"), event(at("02 11:00"), "public_reply", "agent")), at("02 11:00")),
        ((event(at("02 10:00"), "public_reply", "customer"),), None),
    ],
)
def test_anything_public_from_us_acknowledges(events: tuple[Row, ...], acknowledged: dt.datetime | None) -> None:
    assert known(*events)["first_acknowledged_at"] == acknowledged


def test_without_a_history_a_known_reply_acknowledges() -> None:
    assert known(history="last_values", first_replied_at=at("02 10:00"))["first_acknowledged_at"] == at("02 10:00")


def test_a_comment_by_nobody_knows_whom_leaves_the_replies_unknown_and_the_changes_of_status_known() -> None:
    comment = event(at("02 09:30"), "public_comment", None)
    solved = event(at("02 10:00"), status_from="open", status_to="solved")

    clear, unclear = known(solved), known(solved, comment)

    assert (clear["history"], clear["agent_reply_count"], clear["is_resolution_known"], clear["is_marked_resolved"]) == (
        *("events", 0),
        *(True, True),
    )
    assert (unclear["history"], unclear["agent_reply_count"], unclear["is_resolution_known"], unclear["is_marked_resolved"]) == (
        *("status_events", None),
        *(False, False),
    )
    assert (unclear["has_events"], unclear["first_solved_at"], unclear["reopen_count"]) == (True, at("02 10:00"), 0)


@pytest.mark.parametrize(("unclear", "expected"), [("02 09:30", None), ("02 10:00", at("02 10:00")), ("02 10:30", at("02 10:00"))])
def test_the_first_reply_is_known_when_no_comment_before_it_may_have_been_one(unclear: str, expected: dt.datetime | None) -> None:
    result = known(event(at(unclear), "public_comment", None), event(at("02 10:00"), "public_reply", source_record_id="r"))

    assert (result["first_replied_at"], result["first_acknowledged_at"]) == (expected, expected)
