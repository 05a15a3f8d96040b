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


def test_each_line_is_a_part_of_an_outbound_message(take: Take) -> None:
    taken = take("sns_csv", report(part(number=2, total=2)))

    assert taken.rows("source_record_id", "part_of", "part", "sent_at", "direction", "channel") == [
        ("m1:2", "m1", 2, SENT, "outbound", "sms")
    ]
    assert taken.rows("customer_ref", "segment_count", "delivery_status", "updated_at") == [
        ("<phone:+12025550143>", 2, "Message has been accepted by phone carrier", None),
    ]


def test_a_price_of_five_decimals_is_kept_exactly_and_is_a_cost(take: Take) -> None:
    assert take("sns_csv", report(part())).rows("cost_amount", "currency") == [(Decimal("0.00645"), "USD")]


@pytest.mark.parametrize("first", [0, 1])
def test_parts_are_told_apart_from_whatever_they_are_counted(take: Take, first: int) -> None:
    parts = [part(number=first + 1, total=2), part("m2"), part(number=first, total=2)]

    assert take("sns_csv", report(*parts)).rows("source_record_id") == [f"m1:{first + 1}", "m2:1", f"m1:{first}"]


def test_a_message_of_one_part_needs_no_number_for_it_and_any_other_does(take: Take) -> None:
    alone, torn, unsaid = (part(message, total=total).replace(",1,", ",,") for message, total in (("a", 1), ("b", 2), ("c", 0)))
    taken = take("sns_csv", report(alone, torn, unsaid))

    assert taken.rows("source_record_id", "part") == [("a:1", 1)]
    assert taken.refusals == [(2, "part", "missing"), (3, "part", "missing")]


def test_a_part_is_refused_alone(take: Take) -> None:
    taken = take("sns_csv", report(part(number=1, total=2), part(number=2, total=2, price="free"), "2016,m1,1\n", part("")))

    assert taken.rows("source_record_id") == ["m1:1"]
    assert sorted(taken.refusals, key=repr) == [
        (2, "cost_amount", "not_a_number"),
        (3, None, "wrong_column_count"),
        (4, "source_record_id", "missing"),
    ]


def test_a_price_that_is_not_known_is_no_price(take: Take) -> None:
    assert take("sns_csv", report(part(price=""))).rows("cost_amount", "currency") == [(None, None)]


def test_what_cannot_be_read_is_refused(take: Take) -> None:
    taken = take("sns_csv", report(part("a", at="soon"), part("b", phone="SHOP"), part("c", price="0.123456789")))

    assert sorted(taken.refusals) == [(1, "sent_at", "not_an_instant"), (2, "phone", "not_a_phone"), (3, "cost_amount", "out_of_range")]


def test_the_report_comes_compressed(take: Take) -> None:
    assert take("sns_csv", gzip.compress(report(part()))).rows("source_record_id") == ["m1:1"]


def test_a_report_is_read_part_by_part(take: Take) -> None:
    taken = take("sns_csv", report(*(part(f"m{number}") for number in range(7))), Limits(batch_records=3))

    assert [number for number, _ in taken.records] == list(range(1, 8))
    assert taken.rows("part_of") == [f"m{number}" for number in range(7)]


def test_another_kind_of_file_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="'MessageId'"):
        take("sns_csv", b"id,at\n1,2\n")
