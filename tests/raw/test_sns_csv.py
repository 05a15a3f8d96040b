import datetime as dt
import gzip
from decimal import Decimal

import pytest

from assets.raw.reading import Limits, UnreadableFileError
from tests.raw.conftest import Take

HEADER = "PublishTimeUTC,MessageId,DestinationPhoneNumber,MessageType,DeliveryStatus,PriceInUSD,PartNumber,TotalParts\n"
SENT = dt.datetime.fromisoformat("2016-05-10T03:00:29.476")


def part(
    message: str = "m1",
    number: int = 1,
    total: int = 1,
    *,
    price: str = "0.00645",
    at: str = "2016-05-10T03:00:29.476Z",
    phone: str = "12025550143",
    status: str = "Message has been accepted by phone carrier",
) -> str:
    return f"{at},{message},{phone},Transactional,{status},{price},{number},{total}\n"


def report(*parts: str) -> bytes:
    return (HEADER + "".join(parts)).encode()


def test_a_message_of_one_part_is_one_outbound_message_without_a_text(take: Take) -> None:
    taken = take("sns_csv", report(part()))

    assert taken.rows("source_record_id", "message_id", "sent_at", "direction", "channel", "body", "reply_text", "reply_method") == [
        ("m1", "m1", SENT, "outbound", "sms", None, None, None),
    ]
    assert taken.rows("customer_ref", "segment_count", "part_count", "delivery_status", "exclusion") == [
        ("<phone:+12025550143>", 1, 1, "Message has been accepted by phone carrier", None),
    ]


def test_a_price_of_five_decimals_is_kept_exactly_and_is_a_cost(take: Take) -> None:
    assert take("sns_csv", report(part())).rows("cost_amount", "currency") == [(Decimal("0.00645"), "USD")]


@pytest.mark.parametrize("first", [0, 1])
def test_the_parts_of_a_message_count_once_and_their_prices_add_up(take: Take, first: int) -> None:
    parts = [part(number=first + 1, total=2, at="2016-05-10T03:00:30.000Z"), part("m2"), part(number=first, total=2)]
    taken = take("sns_csv", report(*parts))

    assert taken.rows("source_record_id", "cost_amount", "segment_count", "part_count", "sent_at") == [
        ("m1", Decimal("0.0129"), 2, 2, SENT),
        ("m2", Decimal("0.00645"), 1, 1, SENT),
    ]


def test_the_record_is_the_message_and_its_text_is_its_lines(take: Take) -> None:
    one, other, two = part(number=1, total=2), part("m2"), part(number=2, total=2)

    assert take("sns_csv", report(one, other, two)).records == [(1, one + two.strip()), (2, other.strip())]


def test_a_part_that_is_not_in_the_file_shows_in_the_counts(take: Take) -> None:
    assert take("sns_csv", report(part(number=2, total=3))).rows("segment_count", "part_count") == [(3, 1)]


def test_a_line_that_is_repeated_is_one_part(take: Take) -> None:
    taken = take("sns_csv", report(part(number=1, total=2), part(number=1, total=2), part(number=2, total=2)))

    assert taken.rows("cost_amount", "part_count") == [(Decimal("0.0129"), 2)]


def test_a_message_is_refused_whole_when_a_part_cannot_be_read(take: Take) -> None:
    taken = take("sns_csv", report(part(number=1, total=2), part(number=2, total=2, price="free"), part("m2")))

    assert taken.rows("source_record_id") == ["m2"]
    assert taken.refusals == [(1, "cost_amount", "not_a_number")]


def test_a_line_of_another_width_is_a_record_of_its_own(take: Take) -> None:
    taken = take("sns_csv", report(part(number=1, total=2), "2016,m1,1\n", part(number=2, total=2)))

    assert taken.records[1] == (2, "2016,m1,1")
    assert taken.refusals == [(2, None, "wrong_column_count")]
    assert taken.rows("part_count") == [2]


def test_a_line_without_an_id_is_joined_to_nothing(take: Take) -> None:
    assert take("sns_csv", report(part(""), part(""))).refusals == [
        (1, "source_record_id", "missing"),
        (2, "source_record_id", "missing"),
    ]


def test_parts_that_fared_differently_say_so(take: Take) -> None:
    taken = take("sns_csv", report(part(number=1, total=2, status="Delivered"), part(number=2, total=2, status="Blocked")))

    assert taken.rows("delivery_status") == ["Delivered; Blocked"]


def test_a_price_that_is_not_known_is_no_price(take: Take) -> None:
    assert take("sns_csv", report(part(price=""))).rows("cost_amount", "currency") == [(None, None)]


def test_what_cannot_be_read_is_refused(take: Take) -> None:
    taken = take("sns_csv", report(part("a", at="soon"), part("b", phone="SHOP"), part("c", price="0.123456789")))

    assert sorted(taken.refusals) == [(1, "sent_at", "not_an_instant"), (2, "phone", "not_a_phone"), (3, "cost_amount", "out_of_range")]


def test_the_report_comes_compressed(take: Take) -> None:
    assert take("sns_csv", gzip.compress(report(part()))).rows("source_record_id") == ["m1"]


def test_messages_are_handed_on_in_parts_of_the_file_without_being_torn(take: Take) -> None:
    parts = [part(f"m{number}", number=place, total=2) for place in (1, 2) for number in range(7)]
    taken = take("sns_csv", report(*parts), Limits(batch_records=3))

    assert taken.rows("source_record_id", "part_count") == [(f"m{number}", 2) for number in range(7)]
    assert [number for number, _ in taken.records] == list(range(1, 8))


def test_a_report_too_long_to_be_held_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="smaller files"):
        take("sns_csv", report(part()), Limits(document_bytes=20))


def test_another_kind_of_file_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="'MessageId'"):
        take("sns_csv", b"id,at\n1,2\n")
