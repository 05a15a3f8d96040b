import datetime as dt
from decimal import Decimal

import pytest

from assets.raw.reading import Limits, UnreadableFileError
from tests.raw.conftest import Take

HEADER = "msisdn,to,messageId,text,type,message-timestamp,keyword,concat,concat-ref,concat-total,concat-part"
SENT = dt.datetime.fromisoformat("2024-05-01T10:00:00")


def line(
    message: str = "a",
    text: str = "Great",
    *,
    ref: str = "",
    part: str = "",
    total: str = "3",
    number: str = "447700900123",
    at: str = "2024-05-01 10:00:00",
) -> str:
    concat = f"true,{ref},{total},{part}" if ref else "false,,,"
    return f'{number},447520615146,{message},"{text}",text,{at},GREAT,{concat}'


def log(*lines: str, more: str = "") -> bytes:
    return "\n".join([HEADER + more, *lines, ""]).encode()


def test_a_short_text_is_one_inbound_message(take: Take) -> None:
    taken = take("vonage_csv", log(line()))

    assert taken.rows("source_record_id", "message_id", "sent_at", "direction", "channel", "body", "reply_text", "reply_method") == [
        ("a", "a", SENT, "inbound", "sms", "Great", "Great", "whole"),
    ]
    assert taken.rows("customer_ref", "own_address", "segment_count", "part_count", "cost_amount", "currency") == [
        ("<phone:+447700900123>", "447520615146", 1, 1, None, None),
    ]


def test_the_parts_of_a_long_text_are_joined_in_their_order_with_the_blanks_at_the_seams(take: Take) -> None:
    taken = take(
        "vonage_csv",
        log(
            line("c", "not work.", ref="7", part="3"),
            line("x", "Other"),
            line("a", "The kettle ", ref="7", part="1"),
            line("b", "does ", ref="7", part="2"),
        ),
    )

    assert taken.rows("source_record_id", "body", "reply_text", "segment_count", "part_count") == [
        ("a", "The kettle does not work.", "The kettle does not work.", 3, 3),
        ("x", "Other", "Other", 1, 1),
    ]
    assert [text.count("\n") for _, text in taken.records] == [2, 0]


def test_more_than_nine_parts_are_in_the_order_of_numbers(take: Take) -> None:
    lines = [line(str(part), f"{part} ", ref="7", part=str(part), total="11") for part in range(11, 0, -1)]

    assert take("vonage_csv", log(*lines)).rows("body") == ["1 2 3 4 5 6 7 8 9 10 11"]


def test_a_missing_part_keeps_what_is_there_and_shows_in_the_counts(take: Take) -> None:
    taken = take("vonage_csv", log(line("c", "not work.", ref="7", part="3"), line("b", "does ", ref="7", part="2")))

    assert taken.rows("source_record_id", "body", "segment_count", "part_count") == [("b", "does not work.", 3, 2)]


def test_another_sender_or_a_part_that_comes_again_is_another_message(take: Take) -> None:
    taken = take(
        "vonage_csv",
        log(
            line("a", "one ", ref="7", part="1", total="2"),
            line("b", "else", ref="7", part="1", total="2", number="447700900999"),
            line("c", "two", ref="7", part="2", total="2"),
            line("d", "three ", ref="7", part="1", total="2"),
            line("e", "four", ref="7", part="2", total="2"),
        ),
    )

    assert taken.rows("source_record_id", "body") == [("a", "one two"), ("b", "else"), ("d", "three four")]


def test_parts_that_are_days_apart_are_two_messages(take: Take) -> None:
    taken = take("vonage_csv", log(line("a", "one", ref="7", part="1"), line("b", "two", ref="7", part="2", at="2024-05-03 10:00:00")))

    assert taken.rows("source_record_id", "part_count") == [("a", 1), ("b", 1)]


def test_a_line_that_is_repeated_is_one_part(take: Take) -> None:
    one, two = line("a", "one ", ref="7", part="1", total="2"), line("b", "two", ref="7", part="2", total="2")

    assert take("vonage_csv", log(one, one, two)).rows("body", "part_count") == [("one two", 2)]


def test_a_price_is_a_cost_in_euros_and_the_parts_add_up(take: Take) -> None:
    taken = take(
        "vonage_csv",
        log(
            line("a", "one ", ref="7", part="1", total="2") + ",0.03330000",
            line("b", "two", ref="7", part="2", total="2") + ",0.00570001",
            line("c") + ",",
            more=",price",
        ),
    )

    assert taken.rows("source_record_id", "cost_amount", "currency") == [("a", Decimal("0.03900001"), "EUR"), ("c", None, None)]


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_records_are_the_same_however_many_lines_are_read_before_the_first_part(take: Take, batch: int) -> None:
    long = [line(f"p{part}", f"{part} of ", ref="7", part=str(part)) for part in (1, 2, 3)]
    lines = [line("a"), "torn", line("b"), long[0], line("c"), long[1], line("d"), "torn", long[2], line("e")]

    taken = take("vonage_csv", log(*lines), Limits(batch_records=batch))

    assert taken.rows("record_number", "source_record_id", "body") == [
        *((1, "a", "Great"), (3, "b", "Great"), (4, "p1", "1 of 2 of 3 of"), (5, "c", "Great"), (6, "d", "Great"), (8, "e", "Great")),
    ]
    assert taken.refusals == [(2, None, "wrong_column_count"), (7, None, "wrong_column_count")]
    assert [number for number, _ in taken.records] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_the_customer_of_an_outbound_message_is_its_receiver(take: Take) -> None:
    taken = take("vonage_csv", log(line(text="STOP") + ",outbound", more=",direction"))

    assert taken.rows("direction", "customer_ref", "own_address", "exclusion") == [
        ("outbound", "<phone:+447520615146>", "447700900123", None),
    ]


def test_an_opt_out_word_is_no_feedback_and_one_in_a_long_text_is(take: Take) -> None:
    parts = [line("a", "stop", ref="7", part="1", total="2"), line("b", " sending wrong parts", ref="7", part="2", total="2")]

    assert take("vonage_csv", log(line(text="Stop!"))).rows("exclusion") == ["opt_out"]
    assert take("vonage_csv", log(*parts)).rows("body", "exclusion") == [("stop sending wrong parts", None)]


def test_what_cannot_be_read_is_refused_whole(take: Take) -> None:
    taken = take(
        "vonage_csv",
        log(
            line("a", "one ", ref="7", part="1", total="2"),
            line("b", "two", ref="7", part="2", total="2", at="noon"),
            line("c", number="SHOP"),
            line(""),
        ),
    )

    assert sorted(taken.refusals) == [(1, "sent_at", "not_an_instant"), (2, "phone", "not_a_phone"), (3, "source_record_id", "missing")]
    assert taken.rows("source_record_id") == []


def test_another_kind_of_file_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="'msisdn'"):
        take("vonage_csv", b"id,at\n1,2\n")


def test_a_key_that_nothing_reads_is_told(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match=r"columns\.colour"):
        take("vonage_csv", log(line()), columns={"colour": "type"})
