import json

import pytest

from assets.raw.json_values import TOO_DEEP, moment_text, text_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("a\0b", "ab"),
        (True, "true"),
        (7, "7"),
        (0.5, "0.5"),
        (50.0, "50"),
        (1e5, "100000"),
        (1.5e-7, "0.00000015"),
        (5.70306e20, "5.703060E+20"),
        ([1, {"a": None}], '[1,{"a":null}]'),
    ],
)
def test_a_value_is_written_as_a_csv_would_write_it(value: object, text: str | None) -> None:
    assert text_of(value) == text


def test_a_value_nested_too_deep_is_a_mark_and_no_error() -> None:
    assert text_of(json.loads("[" * 300 + "]" * 300)) == TOO_DEEP


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "1970-01-01T00:00:00+00:00"),
        (1539897198, "2018-10-18T21:13:18+00:00"),
        (10**20, "100000000000000000000"),
        (True, "true"),
        ("2020-02-03T10:16:38Z", "2020-02-03T10:16:38Z"),
        (None, None),
    ],
)
def test_seconds_since_1970_are_written_as_an_instant(value: object, text: str | None) -> None:
    assert moment_text(value) == text
