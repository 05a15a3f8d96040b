"""What becomes of mails and texts as files arrive, change their names and go, and as tickets come to know of them."""

import datetime as dt
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import PipelineError
from tests.conftest import THOROUGH
from tests.world import SETTINGS, World, differences, refresh_all

pytestmark = pytest.mark.slow

MONDAY, TUESDAY, WEDNESDAY = (dt.date(2026, 3, day) for day in (2, 3, 4))
FEEDS = """
[feeds.mail]
adapter = "email_mime"
[feeds.sms]
adapter = "twilio_csv"
[feeds.audits]
adapter = "zendesk_json"
[feeds.sent]
adapter = "sns_csv"
[asked.repair]
channel = "sms"
question = "repair"
metric = "csat"
scale = [1, 5]
window_hours = 24
matches = "(?i)how was your repair"
[asked.advice]
channel = "sms"
question = "advice"
metric = "nps"
scale = [0, 10]
window_hours = 2
matches = "recommend"
"""
TABLES = ("core.identities", "core.ticket_messages", "core.message_parts", "core.messages", "core.replied_answers", "core.answers")
TWILIO = "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit"


SNS = "PublishTimeUTC,MessageId,DestinationPhoneNumber,MessageType,DeliveryStatus,PriceInUSD,PartNumber,TotalParts"


@pytest.fixture(autouse=True)
def _few_tables(world: World) -> None:
    world.declare(SETTINGS + FEEDS)
    world.tables = TABLES


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


def sent_part(message: str, number: int, price: str = "0.01", phone: str = "12025550143") -> str:
    return f"2026-03-02T10:00:0{number}Z,{message},{phone},Transactional,Delivered,{price},{number},3"


@pytest.mark.parametrize("order", [(MONDAY, TUESDAY, WEDNESDAY), (WEDNESDAY, TUESDAY, MONDAY), (TUESDAY, WEDNESDAY, MONDAY)])
def test_the_parts_of_a_message_are_joined_whichever_files_they_lie_in_and_come_apart_when_a_file_is_withdrawn(
    world: World, order: tuple[dt.date, ...]
) -> None:
    rows = {
        MONDAY: [sent_part("m", 1), sent_part("m", 2, price="")],
        TUESDAY: [sent_part("m", 3), sent_part("m", 1), sent_part("n", 1)],
        WEDNESDAY: [sent_part("m", 2)],
    }
    for day in order:
        world.deliver("sent", day, *rows[day], header=SNS)
        world.load(day)

    known = "source_record_id, sent_at, segment_count, part_count, cost"
    first = dt.datetime.fromisoformat("2026-03-02T10:00:01")
    assert world.rows("core.messages", known) == [("m", first, 3, 3, 0.015), ("n", first, 3, 1, 0.005)]
    counted = "records_read, records_accepted, records_duplicate"
    assert world.rows("ledger.deliveries", counted) == [(1, 1, 0), (2, 2, 0), (3, 2, 1)]

    world.withdraw("sent", TUESDAY)
    world.load(TUESDAY)
    assert world.rows("core.messages", known) == [("m", first, 3, 2, 0.01)]

    world.withdraw("sent", WEDNESDAY)
    world.withdraw("sent", MONDAY)
    world.load(MONDAY, WEDNESDAY)
    assert world.rows("core.messages", known) == []


def test_a_message_in_parts_learns_of_its_customer_as_any_other_does(world: World) -> None:
    world.deliver("sent", MONDAY, sent_part("m", 1), header=SNS)
    world.load()
    assert world.rows("core.messages", "segment, is_matched") == [("unknown", False)]

    world.declare(SETTINGS.replace('email = "email", segment', 'phone = "email", segment') + FEEDS)
    world.deliver("crm", TUESDAY, "c1,+12025550143,gold,2026-03-01 00:00:00")
    world.load(TUESDAY)
    assert world.rows("core.messages", "segment, is_matched") == [("gold", True)]


def text(number: str, body: str, at: str, *, direction: str = "inbound", customer: str = "+12025550143") -> str:
    sender, receiver = (customer, "+12025550100") if direction == "inbound" else ("+12025550100", customer)
    return f"{sender},{receiver},{body},received,{at},2010-04-01,1,,AC1,{number},{direction},,"


def given_answers(world: World) -> list[tuple[object, ...]]:
    return world.rows("core.answers", "source_record_id, question, value, is_superseded")


def test_a_number_becomes_an_answer_when_its_question_arrives_and_is_none_when_that_is_withdrawn(world: World) -> None:
    world.tables = (*TABLES, "kpi.satisfaction_daily")
    world.deliver("sms", TUESDAY, text("r1", "2", "2026-03-02T12:00:00Z"), text("r2", "5/5!", "2026-03-02T13:00:00Z"), header=TWILIO)
    world.load()
    assert given_answers(world) == []

    world.deliver("sms", MONDAY, text("q", "How was your repair?", "2026-03-02T10:00:00Z", direction="outbound-api"), header=TWILIO)
    world.load(MONDAY)
    assert given_answers(world) == [("r1", "repair", 2.0, True), ("r2", "repair", 5.0, False)]
    assert world.rows("kpi.satisfaction_daily", "csat_n, csat_satisfied", "csat_n > 0") == [(1, 1)]

    world.withdraw("sms", MONDAY)
    world.load(MONDAY)
    assert given_answers(world) == []


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("scale = [1, 5]", "asked.repair.scale: a csat scale has"),
        ('matches = "(?i)how was your repair"', "asked.repair: the asking message cannot be told"),
        ("window_hours = 24", "asked.repair.window_hours"),
    ],
)
def test_a_question_that_nobody_could_judge_is_told_by_its_key(world: World, declared: str, said: str) -> None:
    with pytest.raises(PipelineError, match=said):
        world.declare(SETTINGS + FEEDS.replace(declared, "scale = [1, 5.5]" if declared.startswith("scale") else "", 1))


DAYS = [MONDAY, TUESDAY, WEDNESDAY]
moments = st.builds(lambda day, hour: f"2026-03-0{day}T{hour:02d}:00:00Z", st.sampled_from([2, 3]), st.sampled_from([8, 9, 10, 12, 20]))
texts = st.builds(
    lambda number, body, at, is_ours, customer: text(
        number, body, at, direction="outbound-api" if is_ours else "inbound", customer=customer
    ),
    st.sampled_from("abcdef"),
    st.sampled_from(["How was your repair?", "Would you recommend us?", "1", "5", "9", "5/5", "STOP", "It leaks"]),
    moments,
    st.booleans(),
    st.sampled_from(["+12025550143", "+12025550144"]),
)
parts = st.builds(sent_part, st.sampled_from("mn"), st.sampled_from((1, 2, 3)), st.sampled_from(["", "0.01"]))
deliveries = st.one_of(
    st.tuples(st.just("sms"), st.sampled_from(DAYS), st.lists(texts, max_size=6)),
    st.tuples(st.just("mail"), st.sampled_from(DAYS), st.lists(st.sampled_from("ab"), max_size=1)),
    st.tuples(st.just("audits"), st.sampled_from(DAYS), st.lists(st.sampled_from("ab"), max_size=2)),
    st.tuples(st.just("sent"), st.sampled_from(DAYS), st.lists(parts, max_size=4)),
)


def put(world: World, feed: str, day: dt.date, rows: list[str]) -> None:
    if not rows:
        (world.folder / "inbox" / feed / day.isoformat() / "file").unlink(missing_ok=True)
    elif feed in {"sms", "sent"}:
        world.deliver(feed, day, *rows, file="file", header=TWILIO if feed == "sms" else SNS)
    else:
        world.put(feed, day, "file", mail(rows[0]) if feed == "mail" else audits(*rows))


@pytest.mark.slow
@settings(max_examples=40 if THOROUGH else 6)
@given(history=st.lists(st.lists(deliveries, min_size=1, max_size=4), min_size=1, max_size=4))
def test_after_any_history_messages_and_the_answers_in_them_are_what_one_loading_of_the_final_inbox_gives(
    history: list[list[tuple[str, dt.date, list[str]]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world, afresh = World(Path(folder) / "history", TABLES), World(Path(folder) / "afresh", TABLES)
        for one in (world, afresh):
            one.declare(SETTINGS + FEEDS)
        final = {}
        for step in history:
            for feed, day, rows in step:
                final[feed, day] = rows
                put(world, feed, day, rows)
            world.load(*dict.fromkeys(day for _, day, _ in step))
        for (feed, day), rows in final.items():
            put(afresh, feed, day, rows)
        afresh.load()

        assert differences(world.contents(), afresh.contents()) == {}
        with world.warehouse() as warehouse:
            done = refresh_all(warehouse, world.settings, only=TABLES, rebuild=True)
        assert [name for name, refreshed in done.items() if refreshed.deleted or refreshed.inserted] == []
