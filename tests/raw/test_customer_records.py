from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

COLUMNS: dict[str, Any] = {
    "source_record_id": "No",
    "customer_id": "No",
    "email": "Mail",
    "email_2": "Second mail",
    "phone": "Phone",
    "phone_2": "Mobile",
    "segment": "Plan",
}
HEADER = "No,Mail,Second mail,Phone,Mobile,Plan\n"


def test_further_addresses_and_numbers_are_rows_of_the_record_that_name_its_first_identifier(take: Take) -> None:
    lines = "K7,a@x.org,B@x.org,2025550143,2025550144,gold\nK8,c@x.org,,,,\n"
    taken = take("customers_csv", (HEADER + lines).encode(), columns=COLUMNS)

    assert taken.rows("source_record_id", "id_ref", "email_ref", "phone_ref", "same_as_ref", "segment") == [
        ("K7", "<id:K7>", "<email:a@x.org>", "<phone:+12025550143>", None, "gold"),
        ("K7", None, "<email:b@x.org>", "<phone:+12025550144>", "<id:K7>", "gold"),
        ("K8", "<id:K8>", "<email:c@x.org>", None, None, None),
    ]
    assert taken.refusals == []


def test_a_second_address_without_a_first_is_the_first(take: Take) -> None:
    columns = {"source_record_id": "No", "email": "Mail", "email_2": "Second mail"}
    taken = take("customers_csv", (HEADER + "1,,b@x.org,,,\n2,a@x.org,b@x.org,,,\n").encode(), columns=columns)

    assert taken.rows("source_record_id", "email_ref", "same_as_ref") == [
        ("1", "<email:b@x.org>", None),
        ("2", "<email:a@x.org>", None),
        ("2", "<email:b@x.org>", "<email:a@x.org>"),
    ]


def test_a_second_address_that_is_none_refuses_the_record_whole(take: Take) -> None:
    taken = take("customers_csv", (HEADER + "K7,a@x.org,nobody,,,\nK8,c@x.org,,,12,\n,,,,,\n").encode(), columns=COLUMNS)

    assert taken.rows("source_record_id") == []
    assert sorted(taken.refusals, key=str) == [
        (1, "email", "not_an_email"),
        (2, "phone", "not_a_phone"),
        (3, "source_record_id", "missing"),
    ]


def test_rows_that_repeat_a_customer_are_records_of_their_own_known_by_their_identifiers(take: Take) -> None:
    columns = {"customer_id": "No", "email": "Mail", "segment": "Plan"}
    lines = "K7,a@x.org,,,,gold\nK7,b@x.org,,,,gold\n,c@x.org,,,,\n,,,,,gold\n"
    taken = take("customers_csv", (HEADER + lines).encode(), columns=columns)

    assert taken.rows("source_record_id", "id_ref", "email_ref", "same_as_ref") == [
        ("<id:K7> <email:a@x.org>", "<id:K7>", "<email:a@x.org>", None),
        ("<id:K7> <email:b@x.org>", "<id:K7>", "<email:b@x.org>", None),
        ("<email:c@x.org>", None, "<email:c@x.org>", None),
    ]
    assert {(number, reason) for number, _, reason in taken.refusals} == {(4, "missing")}


def test_a_key_that_no_customer_has_is_named(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match=r"`columns\.email_22`"):
        take("customers_csv", HEADER.encode(), columns={"source_record_id": "No", "email_22": "Mail"})
