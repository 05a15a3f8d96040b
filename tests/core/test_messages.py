from decimal import Decimal
from typing import Any

import pytest

from assets.core.messages import messages
from assets.parameters import Asked, Parameters
from schemas.core.ticket_messages import TicketMessages
from schemas.raw.messages import RawMessages
from schemas.vocabulary import MESSAGE_EXCLUSIONS
from tests.core.rows import at, calendar, identities, lazy, message, only, rates

NPS = Asked(channel="email", question="q", metric="nps", scale=(0, 10), window_hours=24, matches="(?i)would you recommend")
ANY = Asked(channel="email", question="p", metric="csat", scale=(1, 5), window_hours=24, sender="Survey@shop.example")


def read(held: tuple[str, ...] = (), **given: Any) -> dict[str, Any]:
    known = lazy(
        TicketMessages,
        *(
            {"source": "desk", "source_record_id": str(number), "ticket_ref": "desk:1", "message_id": name}
            for number, name in enumerate(held)
        ),
    )
    known_customers = identities(("mail", "key", "gold"))
    parameters = Parameters(asked={"nps": NPS, "any": ANY})
    return only(messages(lazy(RawMessages, message(**given)), known, known_customers, rates(USD=0.5), calendar(), parameters))


def test_an_inbound_message_that_nothing_excludes_is_feedback() -> None:
    assert read()["is_feedback"] is True


@pytest.mark.parametrize("exclusion", MESSAGE_EXCLUSIONS)
def test_an_excluded_message_is_kept_and_is_no_feedback(exclusion: str) -> None:
    row = read(exclusion=exclusion)

    assert (row["exclusion"], row["is_feedback"]) == (exclusion, False)


def test_what_we_write_is_no_feedback() -> None:
    assert read(direction="outbound")["is_feedback"] is False


@pytest.mark.parametrize(
    ("given", "exclusion"),
    [
        ({}, "in_ticket_system"),
        ({"exclusion": "bounce"}, "bounce"),
        ({"direction": "outbound"}, None),
        ({"channel": "sms"}, None),
        ({"message_id": "<2@x>"}, None),
        ({"message_id": None}, None),
    ],
)
def test_a_mail_that_a_ticket_holds_is_the_tickets(given: dict[str, Any], exclusion: str | None) -> None:
    row = read(("<1@x>", "<1@x>"), **{"message_id": "<1@x>", **given})

    assert (row["exclusion"], row["is_feedback"]) == (exclusion, exclusion is None and given.get("direction") != "outbound")


def test_cost_is_converted_and_unknown_until_billed() -> None:
    assert read(cost_amount=Decimal("0.0100"), currency="USD")["cost"] == 0.005
    assert read()["cost"] is None
    assert read(currency="USD")["cost"] is None


def test_a_message_in_which_nobody_wrote_anything_has_no_text() -> None:
    assert (read()["has_text"], read(reply_text=None)["has_text"]) == (True, False)


def test_a_message_has_its_customer_and_its_business_day() -> None:
    row = read(customer_ref="mail", sent_at=at("02 23:30"))

    assert (row["customer_key"], row["segment"], row["sent_on"]) == ("key", "gold", at("03 00:00").date())


@pytest.mark.parametrize(
    ("given", "asks"),
    [
        ({"body": "Would you\nrecommend us?"}, None),
        ({"body": "WOULD YOU RECOMMEND us?"}, "nps"),
        ({"body": None, "subject": "Would you recommend us?"}, "nps"),
        ({"body": "Hello", "own_address": "survey@SHOP.example"}, "any"),
        ({"body": "Would you recommend us?", "own_address": "survey@shop.example"}, "nps"),
        ({"body": "Would you recommend us?", "direction": "inbound"}, None),
        ({"body": "Would you recommend us?", "channel": "sms"}, None),
        ({"body": "Hello", "own_address": None}, None),
    ],
)
def test_a_message_of_ours_asks_what_its_text_or_its_sender_says(given: dict[str, Any], asks: str | None) -> None:
    assert read(**{"direction": "outbound", **given})["asks"] == asks
