import datetime as dt
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpi.contact_history import contact_history
from assets.parameters import Parameters
from schemas.core.interactions import Interactions
from schemas.core.tickets import Tickets
from tests.core.rows import NOON, lazy, polars, values
from tests.kpi.rows import Row, interaction, ticket

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def story(*rows: Row) -> Any:
    """The history of tickets, each under its own number; those that are contacts are interactions too."""
    tickets = [dict(row, ticket_ref=row.get("ref", f"s:{place}")) for place, row in enumerate(rows)]
    shared = ("ticket_ref", "contact_group", "customer_key", "channel", "category", "csat_n", "csat_satisfied", "csat_dissatisfied")
    contacts = [
        interaction(row["opened_at"], is_resolved_by_survey=row["is_resolved_by_survey"], **{name: row[name] for name in shared})
        for row in tickets
        if row["is_contact"]
    ]
    kept = [{name: value for name, value in row.items() if name != "ref"} for row in tickets]
    return contact_history(lazy(Interactions, *contacts), lazy(Tickets, *kept), Parameters())


def solved(opened: dt.datetime, after: dt.timedelta, **more: Any) -> Row:
    return ticket(opened, **{"first_solved_at": opened + after, "last_solved_at": opened + after, "status": "solved", **more})


def test_contacts_of_a_customer_are_put_in_order_with_the_days_between() -> None:
    frame = story(ticket(NOON + DAY + 12 * HOUR), ticket(), ticket(NOON + HOUR, contact_group="d", customer_key="d"))

    assert values(frame, "ticket_ref", "place", "days_since_previous", "previous_ticket_ref") == [
        ("s:0", 2, 1.5, "s:1"),
        ("s:1", 1, None, None),
        ("s:2", 1, None, None),
    ]


def test_contacts_of_one_instant_are_ordered_by_their_ticket_and_the_later_one_sees_the_earlier_open() -> None:
    assert values(story(ticket(), ticket()), "ticket_ref", "place", "open_ticket_count") == [("s:0", 1, 0), ("s:1", 2, 1)]


def test_tickets_not_solved_at_the_moment_of_the_contact_are_open_and_the_contact_itself_is_not_among_them() -> None:
    frame = story(
        solved(NOON - DAY, DAY),
        solved(NOON - DAY, DAY + HOUR),
        ticket(NOON - DAY),
        ticket(NOON - HOUR, is_contact=False, opened_by="agent"),
        ticket(NOON - HOUR, is_contact=False),
        ticket(NOON - HOUR, is_contact=False, opened_by="agent", status="deleted"),
        ticket(NOON, ref="now"),
    )

    assert dict(values(frame, "ticket_ref", "open_ticket_count"))["now"] == 3


def test_a_ticket_finished_at_an_unknown_moment_is_not_counted_as_open_and_its_outcome_is_unknown() -> None:
    frame = story(ticket(NOON - DAY, status="closed"), ticket(ref="now"))

    assert values(frame, "ticket_ref", "open_ticket_count", "previous_outcome") == [("now", 0, "unknown"), ("s:0", 0, None)]


@pytest.mark.parametrize(
    ("hours", "outcome", "count"), [(1, "unresolved", 1), (2, "resolved", 0), (3, "resolved", 0), (4, "unresolved", 1), (6, "resolved", 0)]
)
def test_a_reopened_ticket_is_open_again_until_it_is_solved_for_the_last_time(hours: int, outcome: str, count: int) -> None:
    before = ticket(first_solved_at=NOON + 2 * HOUR, first_reopened_at=NOON + 4 * HOUR, last_solved_at=NOON + 6 * HOUR)

    frame = story(before, ticket(NOON + hours * HOUR, ref="now"))

    assert values(frame, "ticket_ref", "previous_outcome", "open_ticket_count")[0] == ("now", outcome, count)


def test_what_the_customer_said_goes_before_what_the_ticket_says() -> None:
    said_no, said_yes = solved(NOON - DAY, HOUR, is_resolved_by_survey=False), ticket(NOON - DAY, is_resolved_by_survey=True)

    assert values(story(said_no, ticket(ref="now")), "previous_outcome") == [None, "unresolved"]
    assert values(story(said_yes, ticket(ref="now")), "previous_outcome") == [None, "resolved"]


@pytest.mark.parametrize(
    ("ratings", "box"), [((0, 0, 0), None), ((2, 2, 0), "satisfied"), ((2, 1, 0), "neither"), ((2, 1, 1), "dissatisfied")]
)
def test_the_previous_contacts_ratings_lie_in_one_box(ratings: tuple[int, int, int], box: str | None) -> None:
    rated = dict(zip(("csat_n", "csat_satisfied", "csat_dissatisfied"), ratings, strict=True))

    assert values(story(ticket(NOON - DAY, **rated), ticket(ref="now")), "ticket_ref", "previous_csat_box")[0] == ("now", box)


def test_customers_repeat_themselves_on_the_same_matter_within_the_window_through_whichever_channel() -> None:
    frame = story(
        ticket(NOON - 20 * DAY),
        ticket(NOON - 7 * DAY, channel="phone"),
        ticket(NOON - DAY, category="y", channel="phone"),
        ticket(NOON),
        ticket(NOON + dt.timedelta(seconds=1), category="y"),
    )

    assert values(frame, "place", "had_to_repeat", "is_channel_switched") == [
        (1, False, None),
        (2, False, True),
        (3, False, False),
        (4, True, True),
        (5, True, False),
    ]


def test_of_nobody_known_nothing_is_said() -> None:
    frame = story(ticket(customer_key=None, contact_group="s:0"))

    names = ("status", "place", "open_ticket_count", "had_to_repeat", "previous_outcome", "days_since_previous")
    assert values(frame, *names) == [("no_data", None, None, None, None, None)]


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_open_tickets_are_those_that_counting_them_one_by_one_finds(seed: int) -> None:
    draw = Random(seed)

    def moment(low: int) -> dt.datetime | None:
        return draw.choice([None, NOON + draw.randrange(low, 12) * HOUR])

    rows = []
    for _ in range(12):
        start = draw.randrange(10)
        first, again, last = moment(start), moment(start), moment(start)
        rows.append(
            ticket(
                NOON + start * HOUR, first_solved_at=first, first_reopened_at=again, last_solved_at=last, contact_group=draw.choice("ab")
            )
        )
    frame = story(*rows)

    def is_open(row: Row, now: dt.datetime) -> bool:
        first, again, last = row["first_solved_at"], row["first_reopened_at"], row["last_solved_at"]
        if first is None or now < first:
            return True
        reopened = again is not None and first <= again <= now
        return reopened and (last is None or last < again or now < last)

    refs = [f"s:{place}" for place in range(len(rows))]
    for ref, count in values(frame, "ticket_ref", "open_ticket_count"):
        own = rows[refs.index(ref)]
        earlier = [
            row
            for other, row in zip(refs, rows, strict=True)
            if row["contact_group"] == own["contact_group"] and (row["opened_at"], other) < (own["opened_at"], ref)
        ]
        assert count == sum(is_open(row, own["opened_at"]) for row in earlier)
    assert polars(frame).height == len(rows)


def test_two_thousand_tickets_of_a_customer_in_a_day_stand_in_order_and_each_sees_those_before_it_open() -> None:
    flood = [ticket(NOON + place * dt.timedelta(seconds=20), ref=f"s:{place:04}") for place in range(2000)]

    found = values(story(*flood), "ticket_ref", "place", "open_ticket_count")

    assert found == [(f"s:{place:04}", place + 1, place) for place in range(2000)]
