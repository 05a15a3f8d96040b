from typing import Any

from assets.core.ticket_events import ticket_events
from schemas.raw.ticket_events import RawTicketEvents
from schemas.raw.ticket_people import RawTicketPeople
from tests.core.rows import Row, at, event, lazy, person, polars


def told(*events: Row, people: tuple[Row, ...] = ()) -> list[Any]:
    """What each event is, and who did it, in the order of time."""
    result = polars(ticket_events(lazy(RawTicketEvents, *events), lazy(RawTicketPeople, *people)))
    return result.sort("happened_at", "ticket_ref").select("event", "actor").rows()


def comment(when: str, author: str | None, **given: Any) -> Row:
    return event(at(when), "public_comment", None, author_ref=author, **given)


def test_who_wrote_a_comment_is_known_from_any_page_that_lists_its_author() -> None:
    comments = comment("02 09:00", "ann"), comment("02 10:00", "bob"), comment("02 11:00", "robot")

    assert told(*comments, people=(person("ann", "customer"), person("bob", "agent"), person("robot", "bot"))) == [
        ("customer_reply", "customer"),
        ("public_reply", "agent"),
        ("public_reply", "bot"),
    ]


def test_an_author_whom_nobody_lists_is_taken_for_nobody() -> None:
    assert told(comment("02 09:00", "ann"), comment("02 10:00", None), event(at("02 11:00"), actor=None, author_ref="ann")) == [
        ("public_comment", None),
        ("public_comment", None),
        ("status", None),
    ]


def test_the_requester_is_the_customer_of_the_own_ticket_alone() -> None:
    created = event(at("02 08:00"), "created", None, author_ref="bob", requester_ref="ann")
    again = event(at("02 08:30"), "other", None, author_ref="bob", requester_ref="ann")

    assert told(created, again, comment("02 09:00", "ann"), comment("02 10:00", "bob"), comment("02 11:00", "ann", ticket_ref="s:2")) == [
        ("created", None),
        ("other", None),
        ("customer_reply", "customer"),
        ("public_comment", None),
        ("public_comment", None),
    ]


def test_a_listed_role_comes_before_being_the_requester_and_the_records_own_word_before_both() -> None:
    created = event(at("02 08:00"), "created", None, author_ref="bob", requester_ref="bob")
    by_rule = event(at("02 10:00"), "public_reply", "system", author_ref="bob")

    assert told(created, comment("02 09:00", "bob"), by_rule, people=(person("bob", "agent"),)) == [
        ("created", "agent"),
        ("public_reply", "agent"),
        ("public_reply", "system"),
    ]
