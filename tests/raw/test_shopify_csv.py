import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from assets.raw.reading import Limits, UnreadableFileError
from tests.raw.conftest import Take, Taken

pytestmark = pytest.mark.slow

COLUMNS = (
    "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Cancelled at,Payment Method,Refunded Amount,Id,Source"
)


def line(name: str = "#1001", item: str = "Mug", **order: str) -> str:
    """One line; the order's own cells are those given."""
    given = {"Name": name, "Lineitem quantity": "1", "Lineitem name": item} | {key.replace("_", " "): value for key, value in order.items()}
    assert set(given) <= set(COLUMNS.split(","))
    return ",".join(given.get(column, "") for column in COLUMNS.split(",")) + "\n"


def head(name: str = "#1001", item: str = "Mug", **order: str) -> str:
    """The first line of an order."""
    defaults = {
        "Email": "Ann@X.org",
        "Financial_Status": "paid",
        "Currency": "EUR",
        "Subtotal": "109.00",
        "Shipping": "10.00",
        "Taxes": "19.00",
        "Total": "119.00",
        "Discount_Amount": "5.00",
        "Created_at": "2024-05-01 10:00:00 +0200",
        "Refunded_Amount": "0.00",
        "Id": "555",
        "Source": "web",
    }
    return line(name, item, **defaults | order)


def read(take: Take, *lines: str, limits: Limits | None = None, **declared: Any) -> Taken:
    return take("shopify_csv", (COLUMNS + "\n" + "".join(lines)).encode(), limits, **declared)


def test_the_lines_of_an_order_are_one_record_whose_original_is_its_lines(take: Take) -> None:
    lines = [head(), line(item="Spoon"), line(item="Cup"), head("#1002", Total="12.00", Taxes="2.00")]
    taken = read(take, *lines)

    assert taken.records == [(1, "".join(lines[:3]).rstrip("\n")), (2, lines[3].rstrip("\n"))]
    assert taken.rows("source_record_id", "ordered_at", "channel", "status", "revenue_amount", "currency", "customer_ref") == [
        ("#1001", dt.datetime.fromisoformat("2024-05-01T08:00"), "web", "completed", Decimal(100), "EUR", "<email:ann@x.org>"),
        ("#1002", dt.datetime.fromisoformat("2024-05-01T08:00"), "web", "completed", Decimal(10), "EUR", "<email:ann@x.org>"),
    ]
    assert taken.rows("refunded_amount", "margin_amount", "service_role", "updated_at") == [(Decimal(0), None, "none", None)] * 2
    assert taken.refusals == []


def test_an_order_whose_cells_are_repeated_on_every_line_counts_once(take: Take) -> None:
    taken = read(take, head(), head(item="Spoon"))

    assert taken.rows("source_record_id", "revenue_amount") == [("#1001", Decimal(100))]


def test_lines_that_contradict_each_other_refuse_the_order(take: Take) -> None:
    taken = read(take, head(), head(item="Spoon", Total="120.00"), head("#1002"))

    assert taken.refusals == [(1, "total", "contradictory")]
    assert taken.rows("source_record_id") == ["#1002"]


@pytest.mark.parametrize("batch", [1, 2, 3, 50])
def test_an_order_is_whole_however_the_file_is_cut_into_batches(take: Take, batch: int) -> None:
    lines = [head(), line(item="Spoon"), line(item="Cup"), head("#1002"), head("#1003"), line("#1003", "Bowl")]
    taken = read(take, *lines, limits=Limits(batch_records=batch))

    assert taken.records == [
        (1, "".join(lines[:3]).rstrip("\n")),
        (2, lines[3].rstrip("\n")),
        (3, "".join(lines[4:]).rstrip("\n")),
    ]
    assert taken.rows("source_record_id") == ["#1001", "#1002", "#1003"]


@pytest.mark.parametrize("batch", [1, 2, 50])
def test_a_broken_line_inside_an_order_refuses_the_order_and_elsewhere_itself_alone(take: Take, batch: int) -> None:
    broken = "#1001,too,short\n"
    taken = read(take, broken, head(), broken, line(item="Cup"), broken, head("#1002"), broken, limits=Limits(batch_records=batch))

    assert taken.refusals == [
        (1, None, "wrong_column_count"),
        (2, None, "wrong_column_count"),
        (3, None, "wrong_column_count"),
        (5, None, "wrong_column_count"),
    ]
    assert taken.rows("source_record_id") == ["#1002"]
    assert taken.records[1][1].count("\n") == 2


@pytest.mark.parametrize("batch", [1, 50])
def test_an_order_longer_than_a_record_may_be_is_refused_with_all_of_its_lines(take: Take, batch: int) -> None:
    taken = read(take, head(), *[head(item="Spoon")] * 9, head("#1002"), limits=Limits(record_bytes=400, batch_records=batch))

    assert set(taken.reasons()) == {"too_long"}
    assert taken.rows("source_record_id") == ["#1002"]


def test_an_apostrophe_that_protects_a_number_is_no_part_of_it(take: Take) -> None:
    taken = read(take, head("'1001", Id="'555"), columns={"source_record_id": "Id"})

    assert taken.rows("source_record_id") == ["555"]
    assert read(take, head("'1001")).rows("source_record_id") == ["1001"]


@pytest.mark.parametrize(
    ("refunded", "net"),
    [("0.00", Decimal(0)), ("", Decimal(0)), ("119.00", Decimal(100)), ("59.50", Decimal(50)), ("10.00", Decimal("8.4034"))],
)
def test_a_refund_is_taken_net_of_the_orders_share_of_tax(take: Take, refunded: str, net: Decimal) -> None:
    assert read(take, head(Refunded_Amount=refunded)).rows("revenue_amount", "refunded_amount") == [(Decimal(100), net)]


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"Financial_Status": "pending"}, "completed"),
        ({"Financial_Status": "partially_refunded"}, "completed"),
        ({"Financial_Status": "voided"}, "cancelled"),
        ({"Cancelled_at": "2024-05-02 10:00:00 +0200"}, "cancelled"),
        ({"Payment_Method": "(for testing) Bogus Gateway"}, "test"),
    ],
)
def test_cancelled_and_test_orders_are_told_apart_from_sales(take: Take, order: dict[str, str], status: str) -> None:
    assert read(take, head(**order)).rows("status") == [status]


def test_the_feed_may_say_that_what_is_not_paid_is_no_sale(take: Take) -> None:
    assert read(take, head(Financial_Status="pending"), values={"status": {"pending": "cancelled"}}).rows("status") == ["cancelled"]


@pytest.mark.parametrize(("source", "channel"), [("web", "web"), ("pos", "in_person"), ("iphone", "app")])
def test_the_source_of_an_order_is_its_channel(take: Take, source: str, channel: str) -> None:
    assert read(take, head(Source=source)).rows("channel") == [channel]


def test_a_source_that_nobody_named_is_refused_unless_the_feed_gives_all_orders_one_channel(take: Take) -> None:
    assert read(take, head(Source="580111")).refusals == [(1, "channel", "unknown_word")]
    assert read(take, head(Source="580111"), values={"channel": {"580111": "social"}}).rows("channel") == ["social"]
    assert read(take, head(Source="580111"), constants={"channel": "web"}).rows("channel") == ["web"]


def test_what_cannot_be_read_is_refused_and_never_null(take: Take) -> None:
    taken = read(
        take,
        head("#1", Total="much"),
        head("#2", Taxes='"1,9"'),
        head("#3", Taxes=""),
        head("#4", Refunded_Amount="x"),
        head("#5", Created_at="2024-05-01 10:00:00"),
        head("#6", Currency="XYZ"),
        head("#7", Financial_Status="odd"),
        head("#8", Email="nobody"),
        line("#9"),
        head(""),
        head(""),
        head("#12", Taxes="200.00"),
    )

    assert taken.rows("source_record_id") == []
    assert sorted(taken.refusals) == [
        (1, "revenue_amount", "not_a_number"),
        (2, "revenue_amount", "not_a_number"),
        (3, "revenue_amount", "missing"),
        (4, "refunded_amount", "not_a_number"),
        (5, "ordered_at", "not_an_instant"),
        (6, "currency", "undeclared_currency"),
        (7, "status", "unknown_word"),
        (8, "email", "not_an_email"),
        (9, "channel", "missing"),
        (9, "currency", "missing"),
        (9, "ordered_at", "missing"),
        (9, "revenue_amount", "missing"),
        (9, "status", "missing"),
        (10, "source_record_id", "missing"),
        (11, "source_record_id", "missing"),
        (12, "revenue_amount", "out_of_range"),
    ]


def test_a_file_that_is_no_orders_export_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="no column 'Created at'"):
        take("shopify_csv", b"Name,Total\n#1,2\n")
