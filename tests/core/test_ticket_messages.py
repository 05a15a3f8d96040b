from assets.core.ticket_messages import ticket_messages
from schemas.raw.ticket_events import RawTicketEvents
from schemas.raw.tickets import RawTickets
from tests.core.rows import Row, event, lazy, ticket, values


def listed(tickets: list[Row], events: list[Row]) -> list[tuple[str, ...]]:
    frame = ticket_messages(lazy(RawTickets, *tickets), lazy(RawTicketEvents, *events))
    return values(frame, "source_record_id", "ticket_ref", "message_id")


def test_tickets_and_their_events_name_mails_with_and_without_brackets() -> None:
    assert listed([ticket(message_id="1@x")], [event(source_record_id="9", message_id=" <2@x> ")]) == [
        ("1", "s:1", "<1@x>"),
        ("9", "s:1", "<2@x>"),
    ]


def test_an_audit_of_several_events_names_its_mail_once() -> None:
    events = [event(source_record_id="9", position=place, message_id="<2@x>") for place in (0, 1)]

    assert listed([], events) == [("9", "s:1", "<2@x>")]


def test_what_names_no_mail_is_not_listed() -> None:
    assert listed([ticket()], [event(message_id="<>")]) == []
