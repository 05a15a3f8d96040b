"""The visits of one ticket, opened on 2 March 09:00, by its events."""

from itertools import pairwise
from typing import Any

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.core.ticket_visits import ticket_visits
from assets.frames import Lazy
from schemas.core.ticket_events import TicketEvents
from schemas.core.ticket_visits import TicketVisits
from schemas.core.tickets import Tickets
from schemas.projection import columns
from tests.core.rows import NOON, Row, at, calendar, event, lazy, values
from tests.kpi.rows import ticket
from tests.kpi.stored import stored

OPENED = at("02 09:00")
KNOWN = {column.name for column in columns(TicketEvents)}


def visits(*events: Row, **given: Any) -> Lazy:
    rows = [{name: value for name, value in {**row, "position": place}.items() if name in KNOWN} for place, row in enumerate(events)]
    made = ticket_visits(lazy(Tickets, ticket(OPENED, **given)), lazy(TicketEvents, *rows), calendar())
    return nw.from_native(stored(TicketVisits, made).lazy())


def moved(when: str, to: str, **given: Any) -> Row:
    return event(at(when), "status", status_to=to, **given)


def stays(*events: Row, **given: Any) -> list[Any]:
    return values(visits(*events, **given), "visit_number", "status", "entered_at", "left_at", "is_rework")


def test_a_visit_lasts_from_one_move_to_the_next_and_the_last_one_is_open() -> None:
    assert stays(
        moved("02 10:00", "open", status_from="new"), moved("02 12:00", "pending"), moved("03 09:00", "solved"), status="solved"
    ) == [
        (1, "new", OPENED, at("02 10:00"), False),
        (2, "open", at("02 10:00"), at("02 12:00"), False),
        (3, "pending", at("02 12:00"), at("03 09:00"), False),
        (4, "solved", at("03 09:00"), None, False),
    ]


def test_a_second_visit_of_a_status_is_rework() -> None:
    moves = moved("02 10:00", "open"), moved("02 11:00", "pending"), moved("02 12:00", "open"), moved("02 13:00", "pending")

    assert [(status, is_rework) for _, status, _, _, is_rework in stays(*moves)] == [
        ("new", False),
        ("open", False),
        ("pending", False),
        ("open", True),
        ("pending", True),
    ]


def test_a_move_into_the_same_status_is_none_and_hops_of_no_length_leave_no_visit() -> None:
    again = moved("02 10:00", "open"), moved("02 11:00", "open"), moved("02 12:00", "hold"), moved("02 12:00", "open")

    assert stays(*again) == [(1, "new", OPENED, at("02 10:00"), False), (2, "open", at("02 10:00"), None, False)]


def test_what_happened_before_the_ticket_was_opened_happened_when_it_was() -> None:
    assert stays(moved("02 08:00", "open", status_from="new")) == [(1, "open", OPENED, None, False)]


def test_deleted_and_merged_tickets_leave_the_status_they_were_in() -> None:
    deleted = stays(event(at("02 10:00"), "deleted", "system"), status="deleted")
    merged = stays(event(at("02 10:00"), "merged", "agent"), status="closed")

    assert [row[1:4] for row in deleted] == [("new", OPENED, at("02 10:00")), ("deleted", at("02 10:00"), None)]
    assert [row[1:4] for row in merged] == [("new", OPENED, at("02 10:00")), ("closed", at("02 10:00"), None)]


def test_clocks_tell_where_no_audits_do() -> None:
    clocks = event(at("02 10:00"), "work_started", "system"), event(at("02 12:00"), "work_finished", "system")

    assert [row[1:4] for row in stays(*clocks, status="solved")] == [
        ("new", OPENED, at("02 10:00")),
        ("open", at("02 10:00"), at("02 12:00")),
        ("solved", at("02 12:00"), None),
    ]


@pytest.mark.parametrize(
    ("status", "solved_at", "expected"),
    [
        ("open", None, [(OPENED, None)]),
        ("solved", at("04 09:00"), [(OPENED, at("04 09:00"))]),
        ("open", at("04 09:00"), [(OPENED, None)]),
        ("closed", None, []),
        ("solved", OPENED, []),
    ],
)
def test_without_a_history_a_ticket_is_somewhere_unknown_until_it_was_last_solved(status: str, solved_at: Any, expected: Any) -> None:
    replied = event(at("02 10:00"), "public_reply")
    for events in ((), (replied,)):
        rows = stays(*events, status=status, last_solved_at=solved_at)
        assert [(row[2], row[3]) for row in rows] == expected
        assert {row[1] for row in rows} <= {"unknown"}


def test_a_visit_without_a_known_end_is_left_out() -> None:
    assert stays(moved("02 10:00", "open"), status="closed") == [(1, "new", OPENED, at("02 10:00"), False)]


def test_visits_have_the_business_days_of_their_ends() -> None:
    assert values(visits(moved("02 23:30", "open")), "entered_on", "left_on") == [
        (NOON.date(), at("03 00:00").date()),
        (at("03 00:00").date(), None),
    ]


@pytest.mark.slow
@settings(max_examples=20)
@given(moves=st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["open", "pending", "solved"])), max_size=8))
def test_visits_follow_each_other_without_a_gap_and_never_repeat(moves: list[tuple[int, str]]) -> None:
    rows = stays(*(moved(f"02 {10 + hour}:00", to) for hour, to in sorted(moves, key=lambda move: move[0])))

    assert rows[0][2] == OPENED
    assert rows[-1][3] is None
    for before, after in pairwise(rows):
        assert before[3] == after[2] > before[2]
        assert before[1] != after[1]
