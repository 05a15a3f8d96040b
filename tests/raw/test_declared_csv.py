import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

ORDERS: dict[str, Any] = {
    "time_zone": "Europe/Berlin",
    "currency": "EUR",
    "columns": {"source_record_id": "No", "ordered_at": "Placed", "channel": "Via", "revenue_amount": "Net", "email": "E-Mail"},
}
TICKETS: dict[str, Any] = {
    "time_zone": "UTC",
    "columns": {
        "source_record_id": "id",
        "opened_at": "opened",
        "status": "state",
        "last_solved_at": "solved",
        "is_resolved_at_first_contact": "first",
        "phone": "caller",
    },
    "constants": {"channel": "phone"},
    "values": {"status": {"erledigt": "solved", "offen": "open"}},
}
COSTS: dict[str, Any] = {
    "delimiter": ";",
    "decimal": ",",
    "date_format": "%d.%m.%Y",
    "currency": "EUR",
    "columns": {"costed_on": "Datum", "account": "Konto", "cost_category": "Konto", "debit": "Soll", "credit": "Haben"},
    "values": {"cost_category": {"4711": "service"}},
}


def test_an_order_is_mapped_as_declared_and_what_is_absent_has_its_meaning(take: Take) -> None:
    taken = take("orders_csv", b"No,Placed,Via,Net,E-Mail,Note\n1,2024-05-01 10:00:00,WEB,12.50,Ann@X.org,hi\n", **ORDERS)

    assert taken.rows("source", "source_record_id", "ordered_at", "channel", "revenue_amount", "currency", "customer_ref") == [
        ("shop", "1", dt.datetime.fromisoformat("2024-05-01T08:00"), "web", Decimal("12.5"), "EUR", "<email:ann@x.org>"),
    ]
    assert taken.rows("status", "refunded_amount", "service_role", "margin_amount", "updated_at") == [
        ("completed", Decimal(0), "none", None, None)
    ]
    assert taken.refusals == []


def test_every_fault_of_a_record_is_named_and_the_record_is_refused_whole(take: Take) -> None:
    content = b"No,Placed,Via,Net,E-Mail\n5.7E+17,2024-02-30 10:00:00,carrier pigeon,1x,nobody\n2,2024-05-01 10:00:00,web,1,\n"
    taken = take("orders_csv", content, **ORDERS)

    assert taken.rows("source_record_id") == ["2"]
    assert sorted(taken.refusals) == [
        (1, "channel", "unknown_word"),
        (1, "email", "not_an_email"),
        (1, "ordered_at", "not_an_instant"),
        (1, "revenue_amount", "not_a_number"),
        (1, "source_record_id", "damaged_id"),
    ]
    assert taken.records[0] == (1, "5.7E+17,2024-02-30 10:00:00,carrier pigeon,1x,nobody")


def test_a_negative_order_and_an_undeclared_currency_are_refused(take: Take) -> None:
    columns = {**ORDERS["columns"], "currency": "Cur"}
    content = (
        b"No,Placed,Via,Net,E-Mail,Cur\n"
        b"1,2024-05-01 10:00:00,web,-1,,EUR\n2,2024-05-01 10:00:00,web,1,,XYZ\n3,2024-05-01 10:00:00,web,1,,\n"
    )
    taken = take("orders_csv", content, **{**ORDERS, "columns": columns})

    assert sorted(taken.refusals) == [(1, "revenue_amount", "out_of_range"), (2, "currency", "undeclared_currency")]
    assert taken.rows("source_record_id", "currency") == [("3", "EUR")]


def test_words_yes_and_no_and_constants_are_those_of_the_settings(take: Take) -> None:
    content = (
        b"id,opened,state,solved,first,caller\n"
        b"1,2024-05-01 10:00:00,Erledigt,2024-05-01 11:00:00,Y,+12025550143\n2,2024-05-01 10:00:00,offen,,,\n"
    )
    taken = take("tickets_csv", content, **TICKETS)

    assert taken.rows("channel", "status", "is_resolved_at_first_contact", "is_abandoned", "opened_by", "customer_ref") == [
        ("phone", "solved", True, False, "customer", "<phone:+12025550143>"),
        ("phone", "open", None, False, "customer", None),
    ]


def test_an_empty_cell_that_a_constant_fills_hides_no_unreadable_one(take: Take) -> None:
    declared = ORDERS | {"columns": ORDERS["columns"] | {"touchpoint": "Desk"}, "constants": {"touchpoint": "field"}}
    lines = b"No,Placed,Via,Net,E-Mail,Desk\n1,2024-05-01 10:00:00,web,1,,\n2,2024-05-01 10:00:00,web,1,,nowhere\n"
    taken = take("orders_csv", lines, **declared)

    assert taken.rows("source_record_id", "touchpoint") == [("1", "field")]
    assert taken.refusals == [(2, "touchpoint", "unknown_word")]


def test_a_ticket_solved_before_it_was_opened_is_refused(take: Take) -> None:
    content = b"id,opened,state,solved,first,caller\n1,2024-05-01 10:00:00,solved,2024-05-01 09:59:59,,\n"

    assert take("tickets_csv", content, **TICKETS).refusals == [(1, None, "time_reversed")]


def test_debit_and_credit_make_a_signed_cost_and_equal_postings_stay_two(take: Take) -> None:
    content = "Datum;Konto;Soll;Haben\n1.5.2024;4711;1.234,50;\n1.5.2024;4711;1.234,50;\n2.5.2024;4711;;2\n3.5.2024;4711;;\n".encode(
        "utf-8-sig"
    )
    taken = take("costs_csv", content, **COSTS)
    ids = taken.rows("source_record_id")

    assert taken.rows("costed_on", "account", "cost_category", "cost_amount", "currency") == [
        (dt.date(2024, 5, 1), "4711", "service", Decimal("1234.5"), "EUR"),
        (dt.date(2024, 5, 1), "4711", "service", Decimal("1234.5"), "EUR"),
        (dt.date(2024, 5, 2), "4711", "service", Decimal(-2), "EUR"),
    ]
    assert [name.partition("-")[2] for name in ids] == ["1", "2", "1"]
    assert ids[0][:64] == ids[1][:64] != ids[2][:64]
    assert taken.refusals == [(4, "cost_amount", "missing")]
    assert take("costs_csv", content, **COSTS).rows("source_record_id") == ids


def test_an_unreadable_credit_is_refused_however_well_its_debit_reads(take: Take) -> None:
    taken = take("costs_csv", b"Datum;Konto;Soll;Haben\n01.05.2024;4711;10,00;oops\n", **COSTS)

    assert taken.rows("cost_amount") == []
    assert taken.refusals == [(1, "cost_amount", "not_a_number")]


def test_a_customer_keeps_each_identifier_apart_and_needs_one(take: Take) -> None:
    columns = {**{name: name for name in ("source_record_id", "customer_id", "email", "phone", "segment", "customer_since_on")}}
    content = (
        b"source_record_id,customer_id,email,phone,segment,customer_since_on\n"
        b"1,K7,a@x.org,2025550143,Gold,1987-06-05\n2,,,,Gold,\n3,,b@x.org,12,,\n"
    )
    taken = take("customers_csv", content, columns=columns)

    assert taken.rows("id_ref", "email_ref", "phone_ref", "segment", "customer_since_on") == [
        ("<id:K7>", "<email:a@x.org>", "<phone:+12025550143>", "Gold", dt.date(1987, 6, 5)),
    ]
    assert sorted(taken.refusals, key=str) == [(2, None, "missing"), (3, "phone", "not_a_phone")]


def test_an_invitation_names_its_ticket_in_the_tickets_own_source(take: Take) -> None:
    declared: dict[str, Any] = {
        "time_zone": "UTC",
        "ticket_source": "zendesk",
        "columns": {"source_record_id": "id", "sent_at": "sent", "ticket_id": "ticket", "is_delivered": "ok"},
        "constants": {"channel": "email"},
    }
    taken = take("invites_csv", b"id,sent,ticket,ok\n1,2024-05-01 10:00:00,77,true\n2,2024-05-01 10:00:00,,\n", **declared)

    assert taken.rows("ticket_ref", "is_delivered") == [("zendesk:77", True), (None, None)]
    with pytest.raises(UnreadableFileError, match="`ticket_source`"):
        take("invites_csv", b"id,sent,ticket,ok\n1,2024-05-01 10:00:00,77,true\n", **{**declared, "ticket_source": None})


def test_a_renamed_column_makes_the_file_unreadable_and_the_error_says_what_to_do(take: Take) -> None:
    with pytest.raises(
        UnreadableFileError, match=r"no column 'Net'.*revenue_amount.*It has: No, Placed, Via, Total, E-Mail.*`columns\.revenue_amount`"
    ):
        take("orders_csv", b"No,Placed,Via,Total,E-Mail\n", **ORDERS)


def test_settings_that_say_nothing_of_a_needed_column_are_named(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match=r"`columns\.channel`"):
        take(
            "orders_csv",
            b"No,Placed,Net\n1,2024-05-01 10:00:00,1\n",
            time_zone="UTC",
            columns={"source_record_id": "No", "ordered_at": "Placed"},
        )


def test_a_typing_error_in_the_settings_is_named(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match=r"`columns\.revenue`"):
        take("orders_csv", b"No\n", columns={"revenue": "No"})


def test_an_empty_file_is_unreadable_and_a_header_alone_has_no_records(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="empty"):
        take("orders_csv", b"", **ORDERS)
    assert take("orders_csv", b"No,Placed,Via,Net,E-Mail\n", **ORDERS).records == []


def test_a_file_in_neither_encoding_loses_only_the_records_at_fault(take: Take) -> None:
    content = b"No,Placed,Via,Net,E-Mail\n1,2024-05-01 10:00:00,web,1,\n2,2024-05-01 10:00:00,w\xe4b,1,\n"
    taken = take("orders_csv", content, **ORDERS)

    assert (taken.rows("source_record_id"), taken.refusals) == (["1"], [(2, None, "not_text")])


def test_records_with_one_id_and_different_content_are_all_taken(take: Take) -> None:
    content = b"No,Placed,Via,Net,E-Mail\n1,2024-05-01 10:00:00,web,1,\n1,2024-05-01 10:00:00,web,2,\n"

    assert take("orders_csv", content, **ORDERS).rows("source_record_id", "revenue_amount") == [("1", Decimal(1)), ("1", Decimal(2))]


def test_a_refund_that_is_a_row_of_its_own_names_its_order_and_sells_nothing(take: Take) -> None:
    columns = {**ORDERS["columns"], "refund_of": "Refund of", "status": "State"}
    content = (
        b"No,Placed,Via,Net,E-Mail,Refund of,State\n1,2024-05-01 10:00:00,web,20,,,\n2,2024-05-02 10:00:00,web,-5.50,,1,\n"
        b"3,2024-05-02 10:00:00,web,5.50,,1,returned\n4,2024-05-02 10:00:00,web,-2,,,returned\n5,2024-05-02 10:00:00,web,-2,,5.7E+17,\n"
    )
    taken = take("orders_csv", content, **{**ORDERS, "columns": columns, "values": {"status": {"returned": "refund"}}})

    assert taken.rows("source_record_id", "status", "revenue_amount", "refunded_amount", "refund_of") == [
        ("1", "completed", Decimal(20), Decimal(0), None),
        ("2", "refund", Decimal(0), Decimal("5.5"), "1"),
        ("3", "refund", Decimal(0), Decimal("5.5"), "1"),
        ("4", "refund", Decimal(0), Decimal(2), None),
    ]
    assert taken.refusals == [(5, "refund_of", "damaged_id")]


def test_a_missing_column_is_named_with_the_headers_most_like_it(take: Take) -> None:
    header = ",".join([*(f"unrelated {number}" for number in range(600)), "Order-Id"])

    with pytest.raises(
        UnreadableFileError, match=r"no column 'Order Id'.*It has: unrelated .*, and 581 more\. Correct `columns\.source_record_id`"
    ):
        take("orders_csv", f"{header}\n".encode(), columns={"source_record_id": "Order Id"})

    with pytest.raises(UnreadableFileError, match=r"It has: Order-Id, unrelated"):
        take("orders_csv", f"{header[-400:]}\n".encode(), columns={"source_record_id": "Order Id"})
