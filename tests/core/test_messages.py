from decimal import Decimal
from typing import Any

import pytest

from assets.core.message_parts import message_parts
from assets.core.messages import messages
from assets.parameters import Asked, Parameters
from schemas.core.message_parts import MessageParts
from schemas.core.ticket_messages import TicketMessages
from schemas.raw.message_parts import RawMessageParts
from schemas.raw.messages import RawMessages
from schemas.vocabulary import MESSAGE_EXCLUSIONS
from tests.core.rows import Row, at, calendar, identities, lazy, message, only, part, polars, rates

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
    return only(
        messages(lazy(RawMessages, message(**given)), lazy(MessageParts), known, known_customers, rates(USD=0.5), calendar(), parameters)
    )


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


def of_parts(*parts: Row, messages_: tuple[Row, ...] = ()) -> list[dict[str, Any]]:
    """The messages that come out of parts, beside those that came whole."""
    known = identities(("phone", "key", "gold"))
    given = message_parts(lazy(RawMessageParts, *parts), known)
    made = messages(lazy(RawMessages, *messages_), given, lazy(TicketMessages), known, rates(USD=0.5), calendar(), Parameters())
    return polars(made).sort("source_record_id").rows(named=True)


def test_the_parts_of_a_message_are_one_that_was_sent_with_the_first_and_costs_what_they_cost_together() -> None:
    billed = {"currency": "USD", "segment_count": 3, "customer_ref": "phone"}
    first, second = (
        part("m", 2, sent_at=at("02 10:01"), cost_amount=Decimal("0.01290"), **billed),
        part("m", 1, sent_at=at("02 10:00"), cost_amount=Decimal("0.00645"), **billed),
    )
    (joined,) = of_parts(first, second)

    assert (joined["source"], joined["source_record_id"], joined["sent_at"], joined["sent_on"]) == (
        *("s", "m"),
        *(at("02 10:00"), at("02 10:00").date()),
    )
    assert (joined["segment_count"], joined["part_count"], joined["cost"]) == (3, 2, 0.009675)
    assert (joined["customer_key"], joined["segment"], joined["is_matched"]) == ("key", "gold", True)
    assert (joined["direction"], joined["channel"], joined["is_feedback"], joined["has_text"]) == ("outbound", "sms", False, False)


def test_parts_of_other_messages_and_messages_that_came_whole_stay_apart() -> None:
    rows = of_parts(part("a", 1), part("b", 1), part("b", 2, source="t"), messages_=(message(source_record_id="c"),))

    assert [(row["source"], row["source_record_id"], row["part_count"]) for row in rows] == [
        *(("s", "a", 1), ("s", "b", 1), ("t", "b", 1)),
        ("s", "c", None),
    ]


def test_what_no_part_was_billed_for_is_not_known_and_a_part_that_was_is() -> None:
    unbilled, half = of_parts(part("a", 1), part("b", 1, cost_amount=Decimal("0.01"), currency="USD"), part("b", 2))

    assert (unbilled["cost"], half["cost"]) == (None, 0.005)
