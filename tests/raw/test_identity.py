import polars as pl
import pytest

from assets.raw.identity import Referencer, Refused, customer_id, email, phone
from assets.raw.reading import Reading


def test_an_address_is_known_whatever_its_case() -> None:
    assert email(" Ann@Example.ORG ") == "ann@example.org"
    assert email("ann at example.org") == Refused("not_an_email")
    assert email("a@b@c") == Refused("not_an_email")


@pytest.mark.parametrize(
    ("written", "region"),
    [("202-555-0143", "US"), ("+1 (202) 555-0143", "DE"), ("whatsapp:+12025550143", "GB"), ("12025550143", "US")],
)
def test_a_number_is_known_however_it_is_written(written: str, region: str) -> None:
    assert phone(written, region) == "+12025550143"


@pytest.mark.parametrize("written", ["GOOGLE", "12", "+999", "1" * 300])
def test_what_is_no_number_is_refused(written: str) -> None:
    assert phone(written, "US") == Refused("not_a_phone")


def test_a_customer_number_that_a_spreadsheet_rounded_is_refused() -> None:
    assert customer_id("5.7E+17") == Refused("damaged_id")
    assert customer_id(" 0042 ") == "0042"


def test_references_are_namespaced_so_that_an_id_never_meets_a_number(reading: Reading) -> None:
    referencer = Referencer(reading.pseudonym, "US")

    assert referencer.reference("customer_id", "7") == "<id:7>"
    assert referencer.reference("email", "A@x.org") == "<email:a@x.org>"
    assert referencer.reference("phone", "2025550143") == "<phone:+12025550143>"
    assert referencer.reference("employee_id", "7") == "<employee:7>"


def test_a_column_keeps_blanks_apart_from_refusals(reading: Reading) -> None:
    references, reasons = Referencer(reading.pseudonym, "US").references("email", pl.Series(["A@x.org", None, " ", "nobody", "a@x.org"]))

    assert references.to_list() == ["<email:a@x.org>", None, None, None, "<email:a@x.org>"]
    assert reasons.to_list() == [None, None, None, "not_an_email", None]


@pytest.mark.parametrize(
    ("written", "without", "kept"),
    [
        ("Ann+Shop@example.com", "ann@example.com", "ann+shop@example.com"),
        ("ann+a+b@example.com", "ann@example.com", "ann+a+b@example.com"),
        ("ann@exa+mple.com", "ann@exa+mple.com", "ann@exa+mple.com"),
        ("+ann@example.com", "+ann@example.com", "+ann@example.com"),
    ],
)
def test_a_plus_tag_is_part_of_an_address_unless_the_settings_ignore_it(written: str, without: str, kept: str) -> None:
    assert Referencer(str, "US", without_tags=True).reference("email", written) == f"email:{without}"
    assert Referencer(str, "US").reference("email", written) == f"email:{kept}"
