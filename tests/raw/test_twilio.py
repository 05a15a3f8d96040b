import datetime as dt
import json
from decimal import Decimal

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

HEADER = "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit\n"
SENT = dt.datetime.fromisoformat("2019-05-24T17:44:46")


def logged(
    body: str = "Great",
    *,
    direction: str = "inbound",
    price: str = "-0.00750",
    sent: str = "2019-05-24 17:44:46",
    number: str = "+12025550143",
) -> str:
    return f'{number},+12025550100,"{body}",received,{sent},2010-04-01,2,,AC1,SM1,{direction},{price},USD\n'


def message(**changes: object) -> dict[str, object]:
    return {
        "sid": "SM1",
        "from": "whatsapp:+12025550143",
        "to": "+12025550100",
        "body": "Great",
        "status": "received",
        "date_sent": "Fri, 24 May 2019 17:44:46 +0000",
        "date_created": "Fri, 24 May 2019 17:44:40 +0000",
        "date_updated": "Sat, 25 May 2019 08:00:00 +0000",
        "num_segments": "2",
        "num_media": "1",
        "direction": "inbound",
        "price": "-0.00750",
        "price_unit": "USD",
        **changes,
    }


def test_a_console_log_gives_messages_with_positive_costs(take: Take) -> None:
    taken = take("twilio_csv", (HEADER + logged()).encode())

    assert taken.rows("source_record_id", "sent_at", "channel", "direction", "body", "segment_count", "cost_amount", "currency") == [
        ("SM1", SENT, "sms", "inbound", "Great", 2, Decimal("0.0075"), "USD"),
    ]
    assert taken.rows("customer_ref", "exclusion", "delivery_status", "updated_at") == [("<phone:+12025550143>", None, "received", None)]


def test_a_page_of_the_interface_says_the_same_in_its_own_words(take: Take) -> None:
    taken = take("twilio_json", json.dumps({"messages": [message()], "next_page_uri": None}).encode())

    assert taken.rows("source_record_id", "sent_at", "updated_at", "attachment_count", "segment_count", "cost_amount", "customer_ref") == [
        ("SM1", SENT, dt.datetime.fromisoformat("2019-05-25T08:00"), 1, 2, Decimal("0.0075"), "<phone:+12025550143>"),
    ]


def test_a_price_that_is_not_known_yet_is_no_price(take: Take) -> None:
    taken = take("twilio_json", json.dumps({"messages": [message(price=None)]}).encode())

    assert taken.rows("cost_amount", "currency") == [(None, None)]


def test_a_price_and_a_status_that_come_late_make_a_newer_version_of_the_same_message(take: Take) -> None:
    first = message(price=None, status="sent", num_segments="0", date_updated="Fri, 24 May 2019 17:44:47 +0000")
    taken = take("twilio_json", json.dumps({"messages": [first, message(status="delivered")]}).encode())

    assert taken.rows("source_record_id", "updated_at", "delivery_status", "cost_amount", "segment_count") == [
        ("SM1", dt.datetime.fromisoformat("2019-05-24T17:44:47"), "sent", None, 0),
        ("SM1", dt.datetime.fromisoformat("2019-05-25T08:00"), "delivered", Decimal("0.0075"), 2),
    ]


def test_a_price_of_more_than_four_decimals_is_kept_exactly(take: Take) -> None:
    assert take("twilio_csv", (HEADER + logged(price="-0.00645")).encode()).rows("cost_amount") == [Decimal("0.00645")]


@pytest.mark.parametrize("written", ["whatsapp:+12025550143", "rcs:+12025550143", "12025550143"])
def test_numbers_of_every_kind_of_message_name_the_same_customer(take: Take, written: str) -> None:
    assert take("twilio_csv", (HEADER + logged(number=written)).encode()).rows("customer_ref") == ["<phone:+12025550143>"]


@pytest.mark.parametrize(("direction", "own"), [("inbound", "+12025550100"), ("outbound-api", "SHOP")])
def test_our_own_number_is_that_of_our_side(take: Take, direction: str, own: str) -> None:
    number = "SHOP" if direction != "inbound" else "whatsapp:+12025550143"

    assert take("twilio_csv", (HEADER + logged(direction=direction, number=number)).encode()).rows("own_address") == [own]


def test_a_text_message_is_its_own_reply_and_one_without_a_text_has_none(take: Take) -> None:
    assert take("twilio_csv", (HEADER + logged() + logged("")).encode()).rows("reply_text", "reply_method") == [
        ("Great", "whole"),
        (None, None),
    ]


def test_a_message_not_sent_yet_has_the_time_it_was_made(take: Take) -> None:
    taken = take("twilio_json", json.dumps({"messages": [message(date_sent=None)]}).encode())

    assert taken.rows("sent_at") == [dt.datetime.fromisoformat("2019-05-24T17:44:40")]


@pytest.mark.parametrize("direction", ["outbound-api", "outbound-call", "outbound-reply"])
def test_the_customer_of_an_outbound_message_is_its_receiver(take: Take, direction: str) -> None:
    taken = take("twilio_csv", (HEADER + logged("STOP", direction=direction)).encode())

    assert taken.rows("direction", "customer_ref", "exclusion") == [("outbound", "<phone:+12025550100>", None)]


@pytest.mark.parametrize("body", ["STOP", " stop. ", "Unsubscribe", "HELP", "Stop all", "OPTOUT", "revoke", "End"])
def test_opt_out_words_are_no_feedback(take: Take, body: str) -> None:
    assert take("twilio_csv", (HEADER + logged(body)).encode()).rows("exclusion") == ["opt_out"]


def test_a_sentence_with_an_opt_out_word_is_feedback(take: Take) -> None:
    assert take("twilio_csv", (HEADER + logged("Please stop sending the wrong parts")).encode()).rows("exclusion") == [None]


@pytest.mark.parametrize(
    "sent", ["2019-05-24T17:44:46Z", "2019-05-24T19:44:46+02:00", '"Fri, 24 May 2019 17:44:46 +0000"', "2019-05-24 17:44:46 UTC"]
)
def test_times_come_in_several_notations_and_are_utc(take: Take, sent: str) -> None:
    assert take("twilio_csv", (HEADER + logged(sent=sent)).encode()).rows("sent_at") == [SENT]


def test_what_cannot_be_read_is_refused_and_never_null(take: Take) -> None:
    content = HEADER + logged(number="GOOGLE") + logged(sent="yesterday") + logged(price="free") + logged(direction="sideways")

    assert sorted(take("twilio_csv", content.encode()).refusals) == [
        (1, "phone", "not_a_phone"),
        (2, "sent_at", "not_an_instant"),
        (3, "cost_amount", "not_a_number"),
        (4, "direction", "unknown_word"),
    ]


def test_a_log_without_its_ids_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="'Sid'"):
        take("twilio_csv", HEADER.replace("Sid,Direction", "MessageSid,Direction").encode())
