from assets.kpi.identity_match_monthly import identity_match_monthly
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.messages import Messages
from schemas.core.orders import Orders
from schemas.core.tickets import Tickets
from tests.core.rows import lazy, values
from tests.kpi.rows import answer, message, order, ticket

FEW = Parameters(small_sample=1)


def test_records_are_counted_with_and_without_a_customer_and_with_one_that_is_known() -> None:
    tickets = [
        ticket(ticket_ref="s:1"),
        ticket(ticket_ref="s:2", customer_key="x", is_matched=False),
        ticket(ticket_ref="s:3", customer_key=None, is_matched=False),
        ticket(ticket_ref="s:4", customer_key=None, is_matched=False),
    ]
    found = identity_match_monthly(lazy(Answers), lazy(Messages), lazy(Tickets, *tickets), lazy(Orders), FEW)

    assert values(found, "kind", "record_count", "identified_count", "matched_count", "identified", "matched") == [
        ("ticket", 4, 2, 1, 0.5, 0.25)
    ]


def test_every_kind_and_source_has_a_row_of_its_own_and_what_we_wrote_is_left_out() -> None:
    found = identity_match_monthly(
        lazy(Answers, answer(source="survey")),
        lazy(Messages, message(), message(source_record_id="2", direction="outbound")),
        lazy(Tickets, ticket(source="desk")),
        lazy(Orders, order(source="shop")),
        FEW,
    )

    assert values(found, "source", "kind", "record_count") == [
        ("desk", "ticket", 1),
        ("s", "message", 1),
        ("shop", "order", 1),
        ("survey", "answer", 1),
    ]
