import datetime as dt
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assets.core.identities import identities
from schemas.raw.customers import RawCustomers
from tests.core.rows import Row, at, customer, eager, values


def known(*rows: Row) -> list[Any]:
    return values(identities(eager(RawCustomers, *rows)), "customer_ref", "customer_key", "segment")


def test_records_that_share_an_address_or_a_number_are_one_customer_through_any_number_of_steps() -> None:
    result = known(
        customer(source_record_id="1", id_ref="id1", email_ref="mail1"),
        customer(source_record_id="2", email_ref="mail1", phone_ref="phone1"),
        customer(source_record_id="3", id_ref="id3", phone_ref="phone1"),
        customer(source_record_id="4", id_ref="id4", phone_ref="phone4"),
    )

    assert result == [
        ("id1", "id1", "unknown"),
        ("id3", "id1", "unknown"),
        ("id4", "id4", "unknown"),
        ("mail1", "id1", "unknown"),
        ("phone1", "id1", "unknown"),
        ("phone4", "id4", "unknown"),
    ]


def test_the_key_is_the_smallest_of_all_identifiers() -> None:
    assert known(customer(id_ref="z", email_ref="m", phone_ref="a")) == [
        ("a", "a", "unknown"),
        ("m", "a", "unknown"),
        ("z", "a", "unknown"),
    ]


def test_a_record_that_joins_two_customers_makes_them_one() -> None:
    apart = [customer(source_record_id="1", id_ref="a", email_ref="b"), customer(source_record_id="2", id_ref="c", email_ref="d")]
    joining = customer(source_record_id="3", email_ref="b", phone_ref="d")

    assert {key for _, key, _ in known(*apart)} == {"a", "c"}
    assert {key for _, key, _ in known(*apart, joining)} == {"a"}


def test_the_segment_is_that_of_the_record_changed_last_that_names_one() -> None:
    result = known(
        customer(source_record_id="1", id_ref="a", segment="gold", updated_at=at("03 00:00")),
        customer(source_record_id="2", id_ref="a", segment="silver", updated_at=at("01 00:00")),
        customer(source_record_id="3", id_ref="a", segment=None, updated_at=at("04 00:00")),
        customer(source_record_id="4", id_ref="a", segment="bronze", updated_at=None),
    )

    assert result == [("a", "a", "gold")]


def test_of_records_changed_at_the_same_instant_the_highest_source_and_id_speaks() -> None:
    result = known(
        customer(source="t", source_record_id="1", id_ref="a", segment="gold"),
        customer(source="s", source_record_id="2", id_ref="a", segment="silver"),
    )

    assert result == [("a", "a", "gold")]


def test_without_customers_there_are_no_identities() -> None:
    assert known() == []


refs = st.sampled_from([None, "a", "b", "c", "d", "e", "f"])
records = st.lists(st.tuples(refs, refs, refs).filter(any), max_size=10).map(
    lambda held: [
        customer(source_record_id=str(number), id_ref=id_ref, email_ref=email, phone_ref=phone, segment=f"s{number}", updated_at=None)
        for number, (id_ref, email, phone) in enumerate(held)
    ]
)


@settings(max_examples=40)
@given(records=records, seed=st.integers(0, 99))
def test_the_order_of_the_records_does_not_matter(records: list[Row], seed: int) -> None:
    shuffled = list(records)
    random.Random(seed).shuffle(shuffled)

    assert known(*shuffled) == known(*records)


@settings(max_examples=40)
@given(records=records)
def test_identifiers_are_one_customer_exactly_when_records_lead_from_one_to_the_other(records: list[Row]) -> None:
    groups: list[set[str]] = []
    for record in records:
        held = {record[name] for name in ("id_ref", "email_ref", "phone_ref")} - {None}
        joined = [group for group in groups if group & held]
        groups = [group for group in groups if not group & held] + [held.union(*joined)]

    assert [(ref, key) for ref, key, _ in known(*records)] == sorted((ref, min(group)) for group in groups for ref in group)


def test_dates_far_apart_are_compared_as_dates() -> None:
    old, new = dt.datetime(1999, 12, 31), dt.datetime(2000, 1, 1)

    result = known(
        customer(source_record_id="2", id_ref="a", segment="old", updated_at=old),
        customer(source_record_id="1", id_ref="a", segment="new", updated_at=new),
    )

    assert result == [("a", "a", "new")]


def test_a_further_address_of_a_record_names_the_same_customer() -> None:
    result = known(
        customer(source_record_id="1", id_ref="id1", email_ref="mail1", segment="gold"),
        customer(source_record_id="1", email_ref="mail2", same_as_ref="id1", segment="gold"),
        customer(source_record_id="2", email_ref="mail2", phone_ref="phone2"),
    )

    assert {(key, segment) for _, key, segment in result} == {("id1", "gold")}
    assert [ref for ref, _, _ in result] == ["id1", "mail1", "mail2", "phone2"]
