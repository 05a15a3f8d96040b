from typing import Any

import pytest

from assets.core.answers import answers
from assets.core.ticket_events import ticket_events
from assets.core.tickets import tickets
from schemas.core.replied_answers import RepliedAnswers
from schemas.core.text_labels import TextLabels
from schemas.raw.answers import RawAnswers
from schemas.raw.ticket_events import RawTicketEvents
from schemas.raw.ticket_people import RawTicketPeople
from schemas.raw.tickets import RawTickets
from tests.core.rows import Row, answer, at, calendar, event, identities, lazy, only, ticket, values
from tests.kpi.rows import label

OPENED = at("02 09:00")


def known(*events: Row, ratings: tuple[Row, ...] = (), labels: tuple[Row, ...] = (), more: tuple[Row, ...] = (), **changes: Any) -> Any:
    """Tickets as they come out of one literal ticket, its events and its answers."""
    nobody = identities()
    return tickets(
        lazy(RawTickets, ticket(opened_at=OPENED, **changes), *more),
        ticket_events(lazy(RawTicketEvents, *events), lazy(RawTicketPeople)),
        answers(lazy(RawAnswers, *ratings), lazy(RepliedAnswers), nobody, calendar()),
        lazy(TextLabels, *labels),
        nobody,
        calendar(),
    )


def status(when: str, after: str, before: str | None = None, **given: Any) -> Row:
    return event(at(when), "status", status_from=before, status_to=after, **given)


def agent_reply(when: str) -> Row:
    return event(at(when), "public_reply")


def customer_reply(when: str) -> Row:
    return event(at(when), "customer_reply", "customer")


def created(after: str = "new") -> Row:
    return event(OPENED, "created", "customer", status_to=after)


def test_the_first_reply_is_the_first_public_one_by_an_agent() -> None:
    row = only(
        known(
            created(),
            event(at("02 09:01"), "public_reply", "bot"),
            event(at("02 09:02"), "public_reply", "system"),
            event(at("02 09:03"), "private_note"),
            customer_reply("02 09:04"),
            agent_reply("02 10:00"),
            agent_reply("02 11:00"),
        )
    )

    assert (row["first_replied_at"], row["agent_reply_count"]) == (at("02 10:00"), 2)


def test_a_ticket_to_which_only_a_bot_replied_is_unanswered() -> None:
    row = only(known(created(), event(at("02 09:01"), "public_reply", "bot")))

    assert (row["first_replied_at"], row["agent_reply_count"], row["has_events"]) == (None, 0, True)


def test_solved_reopened_and_solved_again_has_a_first_and_a_last_solution_and_one_reopen() -> None:
    row = only(
        known(
            created(),
            status("02 10:00", "solved", "new"),
            status("03 10:00", "open", "solved"),
            status("04 10:00", "solved", "open"),
            status("09 10:00", "closed", "solved"),
        )
    )

    assert (row["first_solved_at"], row["last_solved_at"]) == (at("02 10:00"), at("04 10:00"))
    assert (row["first_reopened_at"], row["reopen_count"]) == (at("03 10:00"), 1)


def test_the_status_before_is_that_of_the_event_before_where_the_source_does_not_say() -> None:
    row = only(
        known(
            created(), status("02 10:00", "solved"), status("03 10:00", "pending"), status("04 10:00", "closed"), status("05 10:00", "hold")
        )
    )

    assert (row["first_solved_at"], row["last_solved_at"]) == (at("02 10:00"), at("04 10:00"))
    assert (row["first_reopened_at"], row["reopen_count"]) == (at("03 10:00"), 2)


def test_the_same_status_twice_is_one_solution_and_no_reopen() -> None:
    row = only(known(created(), status("02 10:00", "solved"), status("02 11:00", "solved"), status("02 12:00", "closed")))

    assert (row["first_solved_at"], row["last_solved_at"], row["reopen_count"]) == (at("02 10:00"), at("02 10:00"), 0)


def test_open_twice_after_a_solution_is_one_reopen() -> None:
    row = only(known(created(), status("02 10:00", "solved"), status("03 10:00", "open"), status("04 10:00", "open")))

    assert row["reopen_count"] == 1


def test_a_deletion_is_no_reopen() -> None:
    row = only(known(created(), status("02 10:00", "solved", "new"), status("03 10:00", "deleted", "solved"), status="deleted"))

    assert (row["reopen_count"], row["first_reopened_at"]) == (0, None)


def test_events_of_one_record_follow_their_position() -> None:
    together: dict[str, Any] = {"source_record_id": "audit", "happened_at": at("02 10:00")}
    row = only(known(created(), event(**together, position=2, status_to="solved"), event(**together, position=1, status_to="open")))

    assert (row["first_solved_at"], row["reopen_count"]) == (at("02 10:00"), 0)


def test_closed_without_ever_being_solved_is_solved_when_closed() -> None:
    row = only(known(created(), status("05 10:00", "closed", "open")))

    assert (row["first_solved_at"], row["last_solved_at"]) == (at("05 10:00"), at("05 10:00"))


def test_solved_before_the_customer_wrote_again_is_resolved_at_first_contact() -> None:
    row = only(known(created(), agent_reply("02 09:30"), status("02 10:00", "solved", "new"), customer_reply("02 11:00")))

    assert row["is_marked_resolved"] is True


def test_solved_after_the_customer_wrote_again_is_not_resolved_at_first_contact() -> None:
    row = only(known(created(), agent_reply("02 09:30"), customer_reply("02 09:45"), status("02 10:00", "solved", "new")))

    assert row["is_marked_resolved"] is False


def test_a_ticket_with_a_history_and_no_solution_is_not_resolved_at_first_contact() -> None:
    assert only(known(created(), agent_reply("02 09:30")))["is_marked_resolved"] is False


@pytest.mark.parametrize("said", [True, False])
def test_what_the_source_says_of_the_first_contact_goes_before_the_history(said: bool) -> None:
    history = (created(), customer_reply("02 09:45"), status("02 10:00", "solved", "new"))

    assert only(known(*history, is_resolved_at_first_contact=said))["is_marked_resolved"] is said


def test_without_events_the_moments_are_the_tickets_own_and_reopens_are_unknown() -> None:
    row = only(known(first_replied_at=at("02 10:00"), first_solved_at=at("02 11:00"), last_solved_at=at("03 11:00")))

    assert (row["first_replied_at"], row["first_solved_at"], row["last_solved_at"]) == (at("02 10:00"), at("02 11:00"), at("03 11:00"))
    assert (row["has_events"], row["reopen_count"], row["agent_reply_count"], row["is_marked_resolved"]) == (False, None, None, False)


def test_without_events_a_ticket_that_was_closed_and_never_solved_is_solved_when_closed() -> None:
    row = only(known(status="closed", closed_at=at("05 10:00")))

    assert (row["first_solved_at"], row["last_solved_at"]) == (at("05 10:00"), at("05 10:00"))


def test_without_events_a_ticket_whose_export_knows_only_the_first_solution_was_last_solved_then() -> None:
    assert only(known(first_solved_at=at("02 11:00")))["last_solved_at"] == at("02 11:00")


def test_with_events_the_tickets_own_moments_are_not_looked_at() -> None:
    row = only(known(created(), first_replied_at=at("02 10:00"), first_solved_at=at("02 11:00")))

    assert (row["first_replied_at"], row["first_solved_at"]) == (None, None)


def test_events_belong_to_the_ticket_they_name() -> None:
    result = known(event(at("02 10:00"), "public_reply", ticket_ref="s:2"), more=(ticket(source_record_id="2", opened_at=OPENED),))

    assert values(result, "ticket_ref", "has_events", "first_replied_at") == [("s:1", False, None), ("s:2", True, at("02 10:00"))]


@pytest.mark.parametrize(
    "changes", [{"status": "deleted"}, {"is_merged": True}, {"is_abandoned": True}, {"opened_by": "agent"}, {"opened_by": "bot"}]
)
def test_deleted_merged_and_abandoned_tickets_and_those_of_our_own_are_no_contacts(changes: dict[str, Any]) -> None:
    assert only(known(**changes))["is_contact"] is False


@pytest.mark.parametrize("status", ["new", "open", "pending", "hold", "solved", "closed"])
def test_any_other_ticket_of_a_customer_is_a_contact(status: str) -> None:
    assert only(known(status=status))["is_contact"] is True


def test_ratings_are_the_csat_answers_about_the_ticket_that_count() -> None:
    def rated(number: str, value: float | None, **given: Any) -> Row:
        return answer(source_record_id=number, value=value, **{"ticket_ref": "s:1", **given})

    row = only(
        known(
            ratings=(
                rated("1", 5),
                rated("2", 4),
                rated("3", 3),
                rated("4", 1),
                rated("5", None),
                rated("6", 5, ticket_ref="s:9"),
                rated("7", 5, ticket_ref=None),
                rated("8", 7, metric="ces", scale_high=7),
                rated("9", 1, invite_id="i", answered_at=at("02 10:00")),
                rated("a", 5, invite_id="i", answered_at=at("02 11:00")),
            )
        )
    )

    assert (row["csat_n"], row["csat_satisfied"], row["csat_dissatisfied"]) == (5, 3, 1)


def said_resolved(number: str, when: str, value: int | None) -> Row:
    scale = {"metric": "fcr", "scale_low": 0, "scale_high": 1}
    return answer(source_record_id=number, question="fcr", value=value, answered_at=at(when), ticket_ref="s:1", **scale)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], None),
        ([("1", "02 10:00", 1)], True),
        ([("1", "02 10:00", 0)], False),
        ([("1", "02 10:00", 1), ("2", "02 11:00", 0)], False),
        ([("1", "02 10:00", 1), ("2", "02 11:00", None)], True),
        ([("1", "02 10:00", None)], None),
    ],
)
def test_the_last_answer_to_resolved_in_the_first_contact_counts(said: list[tuple[str, str, int | None]], expected: bool | None) -> None:
    assert only(known(ratings=tuple(said_resolved(*answered) for answered in said)))["is_resolved_by_survey"] is expected


def test_a_ticket_of_nobody_is_a_group_of_its_own_and_what_nobody_said_is_unknown() -> None:
    row = only(known(category=None))

    assert (row["contact_group"], row["customer_key"], row["segment"]) == ("s:1", None, "unknown")
    assert (row["category"], row["touchpoint"], row["priority"]) == ("unknown", "unknown", "unknown")


def test_a_known_customers_tickets_are_one_group() -> None:
    assert only(known(customer_ref="ref"))["contact_group"] == "ref"


def test_a_ticket_without_a_category_takes_that_of_its_subject_and_never_one_of_a_comment() -> None:
    said = {"ticket_ref": "s:1", "category": "billing", "touchpoint": "field"}
    labels = (label(kind="ticket", **said), label(kind="answer", source_record_id="9", ticket_ref="s:1", category="other"))

    assert only(known(category=None, labels=labels))["category"] == "billing"
    assert only(known(category="x", labels=labels))["category"] == "x"
    assert only(known(category=None, labels=labels))["touchpoint"] == "field"
    assert only(known(category=None))["category"] == "unknown"
