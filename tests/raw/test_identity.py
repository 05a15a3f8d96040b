from dataclasses import replace

import polars as pl
import pytest

from assets.raw.identity import IDENTIFIERS, PhoneNotation, email, phone, reference
from assets.raw.parsing import Parsed, identifier
from assets.raw.reading import Reading

TEXT = pl.col("text")


def read(parsed: Parsed, *texts: str | None) -> list[tuple[str | None, str | None]]:
    """Give each text's value and reason."""
    return (
        pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(parsed.value.alias("value"), parsed.reason.alias("reason")).rows()
    )


def test_an_address_is_known_whatever_its_case() -> None:
    assert read(email(TEXT), "Ann@Example.ORG", "ann at example.org", "a@b@c", "ann@example.org\n") == [
        ("ann@example.org", None),
        (None, "not_an_email"),
        (None, "not_an_email"),
        (None, "not_an_email"),
    ]


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("202-555-0143", "US"),
        ("+1 (202) 555-0143", "DE"),
        ("whatsapp:+12025550143", "GB"),
        ("rcs:+12025550143", "GB"),
        ("12025550143", "US"),
    ],
)
def test_a_number_is_known_however_it_is_written(written: str, region: str) -> None:
    assert read(phone(TEXT, PhoneNotation(region)), written) == [("+12025550143", None)]


@pytest.mark.parametrize("written", ["GOOGLE", "12", "+999", "1" * 300])
def test_what_is_no_number_is_refused(written: str) -> None:
    assert read(phone(TEXT, PhoneNotation("US")), "+12025550143", written, None) == [
        ("+12025550143", None),
        (None, "not_a_phone"),
        (None, None),
    ]


def test_a_customer_number_that_a_spreadsheet_rounded_is_refused() -> None:
    assert read(identifier(TEXT), "5.7E+17", "0042") == [(None, "damaged_id"), ("0042", None)]


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        ("customer_id", "7", "<id:7>"),
        ("email", "A@x.org", "<email:a@x.org>"),
        ("phone", "2025550143", "<phone:+12025550143>"),
        ("employee_id", "7", "<employee:7>"),
    ],
)
def test_references_are_namespaced_so_that_an_id_never_meets_a_number(reading: Reading, kind: str, written: str, expected: str) -> None:
    assert read(reference(kind, TEXT, reading, PhoneNotation("US")), written) == [(expected, None)]


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_nothing_has_neither_a_reference_nor_a_reason(reading: Reading, kind: str) -> None:
    assert read(reference(kind, TEXT, reading, PhoneNotation("US")), None, None) == [(None, None), (None, None)]


@pytest.mark.parametrize(
    ("written", "without", "kept"),
    [
        ("Ann+Shop@example.com", "ann@example.com", "ann+shop@example.com"),
        ("ann+a+b@example.com", "ann@example.com", "ann+a+b@example.com"),
        ("ann@exa+mple.com", "ann@exa+mple.com", "ann@exa+mple.com"),
        ("+ann@example.com", "+ann@example.com", "+ann@example.com"),
    ],
)
def test_a_plus_tag_is_part_of_an_address_unless_the_settings_ignore_it(reading: Reading, written: str, without: str, kept: str) -> None:
    assert read(reference("email", TEXT, replace(reading, ignores_plus_tags=True), PhoneNotation("US")), written) == [
        (f"<email:{without}>", None)
    ]
    assert read(reference("email", TEXT, reading, PhoneNotation("US")), written) == [(f"<email:{kept}>", None)]
