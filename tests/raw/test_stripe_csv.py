import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take, Taken

HEADER = (
    "balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,source_id,charge_id,customer_email\n"
)
AS_ORDERS: dict[str, Any] = {"charges_are_orders": True, "constants": {"channel": "web"}}


def line(category: str = "charge", gross: str = "50.00", fee: str = "1.75", net: str = "48.25", **given: str) -> str:
    cells = {
        "balance_transaction_id": "txn_1",
        "created_utc": "2024-04-30 23:30:00",
        "currency": "eur",
        "source_id": "ch_1",
        "charge_id": "ch_1",
        "customer_email": "",
    } | given
    cells |= {"gross": gross, "fee": fee, "net": net, "reporting_category": category}
    return ",".join(cells.get(name, "") for name in HEADER.strip().split(",")) + "\n"


def read(take: Take, *lines: str, **declared: Any) -> Taken:
    return take("stripe_csv", (HEADER + "".join(lines)).encode(), **declared)


def refund(**given: str) -> str:
    return line("refund", "-20.00", "0.00", "-20.00", **{"balance_transaction_id": "txn_2", "source_id": "re_1"} | given)


def test_fees_are_costs_and_charges_no_orders_unless_the_feed_says_so(take: Take) -> None:
    taken = read(take, line(), refund())

    assert taken.rows("source_record_id", "costed_on", "cost_category", "cost_amount", "currency", "channel") == [
        ("txn_1", dt.date(2024, 4, 30), "selling", Decimal("1.75"), "EUR", None),
        ("txn_2", dt.date(2024, 4, 30), "selling", Decimal(0), "EUR", None),
    ]
    assert taken.refusals == []


def test_the_day_of_a_fee_is_that_of_the_declared_zone(take: Take) -> None:
    assert read(take, line(), time_zone="Europe/Berlin").rows("costed_on") == [dt.date(2024, 5, 1)]


def test_a_charge_may_be_an_order_with_its_fee_beside_it_and_a_refund_names_it(take: Take) -> None:
    taken = read(take, line(customer_email="Ann@X.org"), refund(), **AS_ORDERS)
    orders, costs = taken.tables["raw.orders"], taken.tables["raw.costs"]

    assert orders.select(
        "source_record_id", "ordered_at", "status", "revenue_amount", "refunded_amount", "refund_of", "customer_ref"
    ).rows() == [
        ("ch_1", dt.datetime.fromisoformat("2024-04-30T23:30"), "completed", Decimal(50), Decimal(0), None, "<email:ann@x.org>"),
        ("txn_2", dt.datetime.fromisoformat("2024-04-30T23:30"), "refund", Decimal(0), Decimal(20), "ch_1", None),
    ]
    assert costs.select("record_number", "source_record_id", "cost_amount", "channel").rows() == [(1, "ch_1", Decimal("1.75"), "web")]
    assert taken.refusals == []


def test_what_stripe_bills_and_what_a_dispute_takes_with_its_fee_are_costs(take: Take) -> None:
    taken = read(
        take,
        line("fee", "-10.00", "0.00", "-10.00"),
        line("dispute", "-50.00", "15.00", "-65.00", balance_transaction_id="txn_2"),
        line("dispute_reversal", "50.00", "0.00", "50.00", balance_transaction_id="txn_3"),
    )

    assert taken.rows("cost_category", "cost_amount") == [
        ("selling", Decimal(10)),
        ("remediation", Decimal(65)),
        ("remediation", Decimal(-50)),
    ]


def test_moves_between_own_accounts_and_categories_nobody_knows_are_refused(take: Take) -> None:
    lines = (line("payout", "-100.00", "0.00", "-100.00"), line("other_adjustment", "-1.00", "0.00", "-1.00"))

    assert read(take, *lines).refusals == [(1, "category", "own_transfer"), (2, "category", "unknown_word")]
    assert read(take, *lines, values={"category": {"other_adjustment": "fee"}}).rows("cost_amount") == [Decimal(1)]


@pytest.mark.parametrize("declared", [{}, AS_ORDERS])
def test_what_cannot_be_read_is_refused_once_and_in_no_table(take: Take, declared: dict[str, Any]) -> None:
    taken = read(
        take,
        line(gross="x"),
        line(net="48.00"),
        line(created_utc="30/04/2024"),
        line(currency="xyz"),
        line(fee=""),
        line(balance_transaction_id="", source_id="", charge_id=""),
        line(""),
        **declared,
    )

    assert all(rows.height == 0 for rows in taken.tables.values())
    assert sorted(taken.refusals) == [
        (1, "gross", "not_a_number"),
        (2, "net", "contradictory"),
        (3, "created_at", "not_an_instant"),
        (4, "currency", "undeclared_currency"),
        (5, "fee", "missing"),
        (6, "source_record_id", "missing"),
        (7, "category", "missing"),
    ]


def test_a_refund_that_failed_is_not_taken_for_a_negative_one(take: Take) -> None:
    assert read(take, line("refund", "20.00", "0.00", "20.00"), **AS_ORDERS).refusals == [(1, "refunded_amount", "out_of_range")]


def test_a_refund_that_names_no_charge_stands_alone(take: Take) -> None:
    assert read(take, refund(charge_id=""), **AS_ORDERS).tables["raw.orders"]["refund_of"].to_list() == [None]


def test_charges_as_orders_need_a_channel(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match=r"`constants\.channel`"):
        read(take, line(), charges_are_orders=True)


def test_another_report_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="'balance_transaction_id'"):
        take("stripe_csv", b"id,Created (UTC),Amount\n")
