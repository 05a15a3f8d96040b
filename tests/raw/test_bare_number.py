import polars as pl
import pytest

from assets.raw.bare_number import with_bare_numbers


def found(text: str | None) -> tuple[float | None, float | None]:
    rows = pl.DataFrame({"reply_text": [text]}, schema={"reply_text": pl.String})
    (pair,) = with_bare_numbers(rows).select("bare_number", "bare_number_of").rows()
    return pair


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9", (9.0, None)),
        (" 10\n", (10.0, None)),
        ("0", (0.0, None)),
        ("9/10", (9.0, 10.0)),
        ("5 / 5", (5.0, 5.0)),
        ("9!", (9.0, None)),
        ("9.", (9.0, None)),
        ("(9)", (9.0, None)),
        ('"9"', (9.0, None)),
        ("4.5", (4.5, None)),
        ("4,5/5", (4.5, 5.0)),
        ("９／１０", (9.0, 10.0)),
    ],
)
def test_a_reply_that_is_nothing_but_a_number(text: str, expected: tuple[float, float | None]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "nine", "9 because it leaks", "I give 9", "9 of 10", "9-10", "9 10", "-9", "+9", "9?", "#9", "9%", "9/", "/10", "1234"),
        *("9/10/2024", "10:30", "9 stars", "9\n8", "٩", "²", "9th", "1e1", "9/10 thanks", "4.555"),
    ],
)
def test_anything_more_than_a_number_is_none(text: str | None) -> None:
    assert found(text) == (None, None)
