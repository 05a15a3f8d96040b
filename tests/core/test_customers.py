from typing import Any

from assets.core.customers import customers
from assets.core.identities import identities
from schemas.raw.customers import RawCustomers
from tests.core.rows import Row, at, customer, eager, lazy, values


def known(*rows: Row) -> list[Any]:
    named = identities(eager(RawCustomers, *rows)).lazy()
    return values(customers(lazy(RawCustomers, *rows), named), "customer_key", "segment", "region", "customer_since_on", "record_count")


def test_records_of_one_customer_become_one_row_with_the_earliest_first_day() -> None:
    result = known(
        customer(source_record_id="1", id_ref="a", email_ref="m", segment="gold", customer_since_on=at("05 00:00").date()),
        customer(source_record_id="2", email_ref="m", customer_since_on=at("02 00:00").date()),
        customer(source_record_id="3", email_ref="m"),
        customer(source_record_id="4", phone_ref="p"),
    )

    assert result == [("a", "gold", "unknown", at("02 00:00").date(), 3), ("p", "unknown", "unknown", None, 1)]


def test_the_region_is_that_of_the_record_changed_last_that_names_one() -> None:
    result = known(
        customer(source_record_id="1", id_ref="a", region="north", updated_at=at("01 00:00")),
        customer(source_record_id="2", id_ref="a", region="south", updated_at=at("02 00:00")),
        customer(source_record_id="3", id_ref="a", region=None, updated_at=at("03 00:00")),
        customer(source_record_id="4", id_ref="a", region="east", updated_at=None),
    )

    assert [row[2] for row in result] == ["south"]


def test_a_record_with_two_addresses_is_one_record() -> None:
    result = known(
        customer(source_record_id="1", id_ref="a", email_ref="m"),
        customer(source_record_id="1", email_ref="n", same_as_ref="a"),
    )

    assert result == [("a", "unknown", "unknown", None, 1)]
