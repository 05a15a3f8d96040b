"""What becomes of mails and texts as files arrive, change their names and go, and as tickets come to know of them."""

import datetime as dt
import json

import pytest

from tests.world import SETTINGS, World

MONDAY, TUESDAY, WEDNESDAY = (dt.date(2026, 3, day) for day in (2, 3, 4))
FEEDS = """
[feeds.mail]
adapter = "email_mime"
[feeds.sms]
adapter = "twilio_csv"
[feeds.audits]
adapter = "zendesk_json"
"""
TWILIO = "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit"


@pytest.fixture(autouse=True)
def _few_tables(world: World) -> None:
    world.declare(SETTINGS + FEEDS)
    world.tables = ("core.identities", "core.ticket_messages", "core.messages")


def mail(name: str, body: str = "It leaks.") -> bytes:
    return f"From: ann@x.example\nDate: Mon, 02 Mar 2026 10:00:00 +0000\nMessage-ID: <{name}@x.example>\n\n{body}\n".encode()


def audits(*mails: str) -> bytes:
    return json.dumps(
        {
            "audits": [
                {
                    "id": number,
                    "ticket_id": 5,
                    "created_at": "2026-03-02T10:05:00Z",
                    "author_id": 7,
                    "events": [{"type": "Comment", "public": True}],
                    "metadata": {"system": {"message_id": f"<{name}@x.example>"}},
                }
                for number, name in enumerate(mails)
            ]
        }
    ).encode()


def exclusions(world: World) -> list[tuple[object, ...]]:
    return world.rows(
        "core.messages JOIN raw.messages USING (source, source_record_id)", "message_id, core.messages.exclusion, is_feedback"
    )


def test_the_mails_of_a_maildir_are_read_and_those_not_yet_whole_are_not(world: World) -> None:
    world.put("mail", MONDAY, "new/1700000000.M1P1.host", mail("a"))
    world.put("mail", MONDAY, "cur/1700000001.M1P1.host:2,S", mail("b"))
    world.put("mail", MONDAY, "tmp/1700000002.M1P1.host", mail("c")[:20])
    world.put("mail", MONDAY, ".Sent/cur/1700000003.M1P1.host:2,S", mail("d"))

    world.load()

    assert world.rows("raw.messages", "message_id") == [("<a@x.example>",), ("<b@x.example>",)]


def test_a_mail_that_is_read_or_moved_within_its_maildir_is_the_same_message(world: World) -> None:
    path = world.put("mail", MONDAY, "new/1700000000.M1P1.host", mail("a"))
    world.load()
    before = world.rows("core.messages")

    world.put("mail", MONDAY, "cur/1700000000.M1P1.host:2,RS", mail("a"))
    path.unlink()
    world.load(MONDAY)

    assert world.rows("core.messages") == before
    assert world.rows("ledger.deliveries", "file, records_accepted") == [("cur/1700000000.M1P1.host:2,RS", 1)]


def test_a_mail_becomes_the_tickets_when_a_ticket_comes_to_know_of_it_and_feedback_again_when_it_no_longer_does(world: World) -> None:
    world.put("mail", MONDAY, "a.eml", mail("a"))
    world.put("mail", MONDAY, "b.eml", mail("b"))
    world.load()
    assert exclusions(world) == [("<a@x.example>", None, True), ("<b@x.example>", None, True)]

    world.put("audits", TUESDAY, "audits.json", audits("a", "elsewhere"))
    world.load(TUESDAY)
    assert exclusions(world) == [("<a@x.example>", "in_ticket_system", False), ("<b@x.example>", None, True)]

    world.withdraw("audits", TUESDAY, "audits.json")
    world.load(TUESDAY)
    assert exclusions(world) == [("<a@x.example>", None, True), ("<b@x.example>", None, True)]


def test_a_price_that_comes_days_later_is_the_messages_cost_whichever_file_is_read_first(world: World) -> None:
    sent, billed = (
        f"+12025550143,+12025550100,Great,{status},2026-03-02T10:00:00Z,2010-04-01,1,,AC1,SM1,outbound-api,{price},USD"
        for status, price in (("sent", ""), ("delivered", "-0.00645"))
    )
    world.deliver("sms", TUESDAY, billed, header=TWILIO)
    world.load()
    world.deliver("sms", MONDAY, sent, header=TWILIO)
    world.load(MONDAY)

    assert world.rows("core.messages", "segment_count, cost") == [(1, 0.003225)]
    assert world.rows("raw.messages", "delivery_status, cost_amount::VARCHAR") == [("delivered", "0.00645000"), ("sent", None)]
