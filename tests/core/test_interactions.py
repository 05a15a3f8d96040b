import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.core.interactions import interactions
from assets.parameters import Parameters
from schemas.core.tickets import Tickets
from tests.core.rows import Row, eager, values
from tests.kpi.rows import ticket

START = dt.datetime(2026, 1, 1, 9)
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


def contact(after: dt.timedelta = 0 * DAY, customer: str | None = "c", **given: Any) -> Row:
    """A contact some time after the start; its ticket is named by that time unless said otherwise."""
    ref = given.pop("ticket_ref", f"t{after / DAY:05.1f}")
    return ticket(ticket_ref=ref, customer_key=customer, contact_group=customer or ref, opened_at=START + after, **given)


def chained(*contacts: Row, window: int = 7) -> Any:
    return interactions(eager(Tickets, *contacts), Parameters(repeat_window_days=window))


def flags(frame: Any, *names: str) -> list[Any]:
    """The flags in order of contact."""
    return [row[2] if len(names) == 1 else row[2:] for row in values(frame, "contacted_at", "ticket_ref", *names)]


def test_on_a_chain_of_contacts_every_five_days_fixed_anchors_are_every_other_one_and_sliding_only_the_first() -> None:
    chain = chained(*(contact(number * 5 * DAY) for number in range(5)))

    assert flags(chain, "is_anchor") == [True, False, True, False, True]
    assert flags(chain, "is_repeated") == [True, True, True, True, False]
    assert flags(chain, "is_sliding_anchor") == [True, False, False, False, False]
    assert flags(chain, "is_sliding_repeated") == [True, False, False, False, False]


def test_a_contact_exactly_one_window_later_is_a_repeat_under_both_rules() -> None:
    result = chained(contact(), contact(7 * DAY))

    assert flags(result, "is_anchor", "is_repeated", "is_sliding_anchor", "is_sliding_repeated") == [
        (True, True, True, True),
        (False, False, False, False),
    ]


def test_a_contact_a_second_past_the_window_is_a_new_anchor_under_both_rules() -> None:
    result = chained(contact(), contact(7 * DAY + SECOND))

    assert flags(result, "is_anchor", "is_repeated", "is_sliding_anchor", "is_sliding_repeated") == [
        (True, False, True, False),
        (True, False, True, False),
    ]


def test_the_window_is_the_declared_one() -> None:
    assert flags(chained(contact(), contact(7 * DAY), window=6), "is_anchor") == [True, True]
    assert flags(chained(contact(), contact(7 * DAY), window=30), "is_anchor") == [True, False]


def test_of_contacts_at_the_same_instant_the_one_with_the_smaller_ticket_is_first() -> None:
    result = chained(contact(ticket_ref="b"), contact(ticket_ref="a"))

    assert values(result, "ticket_ref", "is_anchor", "is_repeated") == [("a", True, True), ("b", False, False)]


def test_another_category_or_another_customer_is_another_case() -> None:
    result = chained(contact(), contact(1 * DAY, category="other"), contact(2 * DAY, customer="d"))

    assert flags(result, "is_anchor", "is_repeated") == [(True, False), (True, False), (True, False)]


def test_anonymous_contacts_are_never_each_others_repeats() -> None:
    result = chained(contact(customer=None), contact(1 * DAY, customer=None))

    assert flags(result, "is_anchor", "is_repeated", "is_sliding_repeated") == [(True, False, False), (True, False, False)]


def test_a_repeat_through_another_channel_is_a_repeat_but_not_of_the_same_channel() -> None:
    result = chained(contact(channel="phone"), contact(1 * DAY, channel="web"))

    names = ("is_repeated", "is_repeated_same_channel", "is_sliding_repeated", "is_sliding_repeated_same_channel")
    assert flags(result, *names) == [(True, False, True, False), (False, False, False, False)]


def test_a_contact_in_between_does_not_hide_a_later_one_through_the_same_channel() -> None:
    result = chained(contact(channel="phone"), contact(1 * DAY, channel="web"), contact(2 * DAY, channel="phone"))

    assert flags(result, "is_repeated_same_channel", "is_sliding_repeated_same_channel") == [(True, True), (False, False), (False, False)]


def test_what_is_no_contact_neither_appears_nor_repeats() -> None:
    result = chained(contact(), contact(1 * DAY, is_contact=False))

    assert flags(result, "is_repeated") == [False]


def test_reopened_counts_up_to_one_window_after_the_contact() -> None:
    result = chained(
        contact(0 * DAY, first_reopened_at=START + 7 * DAY),
        contact(20 * DAY, first_reopened_at=START + 27 * DAY + SECOND),
        contact(40 * DAY, first_reopened_at=None),
    )

    assert flags(result, "is_reopened") == [True, False, False]


def test_a_ticket_solved_at_any_time_is_solved() -> None:
    assert flags(chained(contact(), contact(30 * DAY, first_solved_at=START + 90 * DAY)), "is_solved") == [False, True]


def test_without_tickets_there_are_no_contacts() -> None:
    assert values(chained(), "ticket_ref") == []


def walked(contacts: Sequence[Row], window: dt.timedelta) -> dict[str, dict[str, bool]]:
    """The same question asked contact by contact, in plain words."""
    said: dict[str, dict[str, bool]] = {}
    for group, category in {(row["contact_group"], row["category"]) for row in contacts}:
        case = sorted(
            (row for row in contacts if (row["contact_group"], row["category"]) == (group, category)),
            key=lambda row: (row["opened_at"], row["ticket_ref"]),
        )
        starts = [0, *(place + 1 for place, (one, two) in enumerate(pairwise(case)) if two["opened_at"] - one["opened_at"] > window)]
        anchored_at: dt.datetime | None = None
        for place, row in enumerate(case):
            is_anchor = anchored_at is None or row["opened_at"] - anchored_at > window
            anchored_at = row["opened_at"] if is_anchor else anchored_at
            following = [later for later in case[place + 1 :] if later["opened_at"] - row["opened_at"] <= window]
            end = min((start for start in starts if start > place), default=len(case))
            rest = case[place + 1 : end] if place in starts else []
            said[row["ticket_ref"]] = {
                "is_anchor": is_anchor,
                "is_repeated": bool(following),
                "is_repeated_same_channel": any(later["channel"] == row["channel"] for later in following),
                "is_sliding_anchor": place in starts,
                "is_sliding_repeated": bool(rest),
                "is_sliding_repeated_same_channel": any(later["channel"] == row["channel"] for later in rest),
            }
    return said


hours = st.integers(0, 24 * 20).map(lambda number: number * dt.timedelta(hours=6))
contacts = st.lists(
    st.tuples(hours, st.sampled_from(["c", "d", None]), st.sampled_from(["x", "y"]), st.sampled_from(["web", "phone"])), max_size=25
).map(
    lambda drawn: [
        contact(after, customer, ticket_ref=f"t{number}", category=category, channel=channel)
        for number, (after, customer, category, channel) in enumerate(drawn)
    ]
)


@pytest.mark.slow
@settings(max_examples=60)
@given(contacts=contacts, window=st.sampled_from([1, 7, 30]))
def test_random_contacts_come_out_as_a_walk_through_them_says(contacts: list[Row], window: int) -> None:
    frame = chained(*contacts, window=window)

    expected = walked(contacts, window * DAY)
    names = (
        "is_anchor",
        "is_repeated",
        "is_repeated_same_channel",
        "is_sliding_anchor",
        "is_sliding_repeated",
        "is_sliding_repeated_same_channel",
    )
    found = {ref: dict(zip(names, flags, strict=True)) for ref, *flags in values(frame, "ticket_ref", *names)}
    assert found == expected


def test_of_two_thousand_contacts_of_a_customer_in_a_day_one_is_an_anchor_and_the_others_repeat_it() -> None:
    flood = [contact(number * 40 * SECOND, ticket_ref=f"t{number:04}") for number in range(2000)]

    found = flags(chained(*flood), "is_anchor", "is_sliding_anchor", "is_repeated")

    assert found == [(True, True, True), *[(False, False, True)] * 1998, (False, False, False)]
