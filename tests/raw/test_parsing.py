import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.raw import parsing
from assets.raw.parsing import ISO, Notation, Parsed
from assets.raw.reading import UnreadableFileError

BERLIN = Notation(decimal=",", time_format="%d.%m.%Y %H:%M", time_zone="Europe/Berlin", date_format="%d.%m.%Y")


utc = dt.datetime.fromisoformat


def read(parse: Callable[[pl.Expr], Parsed], *texts: str | None) -> list[object]:
    """Give the value of each text, or the reason of its refusal."""
    parsed = parse(parsing.trimmed(pl.col("text")))
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(value=parsed.value, reason=parsed.reason)
    assert not any(value is not None and reason is not None for value, reason in frame.rows())
    return [value if reason is None else reason for value, reason in frame.rows()]


def test_an_empty_text_is_no_value_and_no_refusal() -> None:
    for parse in (lambda text: parsing.number(text, "."), lambda text: parsing.instant(text, ISO), parsing.identifier):
        assert read(parse, None, "", "  \t") == [None, None, None]


def test_numbers_are_read_in_the_declared_notation_only() -> None:
    assert read(lambda text: parsing.number(text, "."), "1", " -2.5 ", "1e3", "1,5", "nan", "inf", "1e400", "0x10") == [
        *(1.0, -2.5, 1000.0),
        *["not_a_number"] * 5,
    ]
    assert read(lambda text: parsing.number(text, ","), "2,5", "1.5", "1.234,5") == [2.5, "not_a_number", "not_a_number"]


@given(st.lists(st.text("0123456789+-.,eEinfatyNI_ ", max_size=8), min_size=1))
@settings(deadline=None)
def test_a_number_read_the_plainest_way_is_the_one_read_with_care(texts: list[str]) -> None:
    careful = parsing.number(pl.col("text"), ".")
    assert careful.plain is not None

    frame = pl.DataFrame({"text": texts}).select(plain=careful.plain, careful=careful.value)

    assert all(plain is None or plain == value for plain, value in frame.rows())


def test_seconds_are_whole_or_written_as_a_clock_with_all_three_parts() -> None:
    assert read(parsing.seconds, "0", "75", "0:01:15", "00:01:15", "26:00:00") == [0, 75, 75, 75, 93_600]
    assert read(parsing.seconds, "1:15", "0:01:75", "0:60:00", "-5", "12.5", "1:2:3") == ["not_a_number"] * 6


def test_amounts_are_exact_or_refused() -> None:
    assert read(lambda text: parsing.money(text, "."), "0.1", "-0.00750", "99999999999999.9999", "0.00005", "1e3", "$5") == [
        *(Decimal("0.1"), Decimal("-0.0075"), Decimal("99999999999999.9999")),
        *("out_of_range", "not_a_number", "not_a_number"),
    ]


def test_grouping_marks_are_read_where_they_can_be_nothing_else() -> None:
    assert read(lambda text: parsing.money(text, "."), "1,234.50", "1,234,567", "1 234", "1'234.5", "1,234", "12,34.5") == [
        *(Decimal("1234.5"), Decimal(1234567), Decimal(1234), Decimal("1234.5")),
        *("not_a_number", "not_a_number"),
    ]
    assert read(lambda text: parsing.money(text, ","), "1.234,50", "1.234") == [Decimal("1234.5"), "not_a_number"]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**13), max_value=10**13))
@settings(max_examples=25, deadline=None)
def test_every_amount_of_four_decimals_is_read_as_it_is(amount: Decimal) -> None:
    assert read(lambda text: parsing.money(text, "."), f"{amount:f}") == [amount]


def test_local_times_become_utc_and_a_repeated_hour_is_its_first() -> None:
    assert read(lambda text: parsing.instant(text, BERLIN), "1.5.2024 12:00", "27.10.2024 02:30") == [
        utc("2024-05-01T10:00:00"),
        utc("2024-10-27T00:30:00"),
    ]


def test_impossible_times_are_refused_each_for_its_reason() -> None:
    assert read(lambda text: parsing.instant(text, BERLIN), "31.03.2024 02:30", "30.02.2024 12:00", "01.01.1970 00:00", "soon") == [
        *("no_such_local_time", "not_an_instant", "out_of_range", "not_an_instant"),
    ]


def test_times_with_an_offset_need_no_zone() -> None:
    shopify = Notation(".", "%Y-%m-%d %H:%M:%S %z", None, "%Y-%m-%d")

    assert read(lambda text: parsing.instant(text, shopify), "2012-01-01 11:13:13 -0500") == [utc("2012-01-01T16:13:13")]
    assert read(lambda text: parsing.instant(text, ISO), "2020-02-03T18:16:38.5Z", "2020-02-03 18:16:38+01:00", "2020-02-03T18:16:38") == [
        *(utc("2020-02-03T18:16:38.500000"), utc("2020-02-03T17:16:38")),
        "not_an_instant",
    ]


def test_times_of_several_formats_are_each_read_by_the_one_that_can() -> None:
    notation = Notation(".", "%Y-%m-%dT%H:%M:%SZ", "UTC", "%Y-%m-%d", ("%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S %z"))
    texts = [None, "01.05.2024 10:00", "2024-05-01T10:00:00Z", "soon", "2024-05-01 10:00:00 +0200", "01.05.1024 10:00"]

    assert parsing.moments(pl.Series(texts), notation).to_list() == [
        *(None, utc("2024-05-01T10:00:00"), utc("2024-05-01T10:00:00"), None, utc("2024-05-01T08:00:00"), utc("1024-05-01T10:00:00")),
    ]
    assert parsing.moments(pl.Series([None], dtype=pl.String), notation).to_list() == [None]
    assert read(lambda text: parsing.instant(text, notation), *texts[1:]) == [
        *(utc("2024-05-01T10:00:00"), utc("2024-05-01T10:00:00"), "not_an_instant", utc("2024-05-01T08:00:00"), "out_of_range"),
    ]


def test_a_naive_time_without_a_declared_zone_makes_the_file_unreadable() -> None:
    with pytest.raises(UnreadableFileError, match="`time_zone`"):
        parsing.instant(pl.col("text"), Notation(".", "%Y-%m-%d %H:%M:%S", None, "%Y-%m-%d"))
    with pytest.raises(UnreadableFileError, match="Mars"):
        parsing.instant(pl.col("text"), Notation(".", "%Y-%m-%d %H:%M:%S", "Mars", "%Y-%m-%d"))


def test_dates_may_be_old_but_must_exist() -> None:
    assert read(lambda text: parsing.date(text, "%d.%m.%Y"), "1.5.1950", "31.2.2024", "01.01.0024") == [
        *(dt.date(1950, 5, 1), "not_a_date", "out_of_range"),
    ]


def test_yes_and_no_have_usual_and_declared_words() -> None:
    assert read(lambda text: parsing.yes_or_no(text, {"ja": "yes", "k.a.": ""}), "TRUE", "0", "Ja", "k.A.", "maybe") == [
        *(True, False, True, None, "not_yes_or_no"),
    ]


def test_words_are_those_of_the_vocabulary_or_mapped_to_it() -> None:
    words = {"mail": "email", "-": "", "fax": "paper"}

    assert read(lambda text: parsing.word_of(text, ("web", "email"), words), "WEB", "Mail", "-", "fax", "x") == [
        *("web", "email", None, "unknown_word", "unknown_word"),
    ]


def test_an_id_that_a_spreadsheet_rounded_is_refused() -> None:
    assert read(parsing.identifier, "5.70306E+17", "5,7E+17", "570306133677760513") == ["damaged_id", "damaged_id", "570306133677760513"]


def test_a_currency_needs_a_declared_rate() -> None:
    assert read(lambda text: parsing.currency(text, {"EUR"}), "eur", "USD") == ["EUR", "undeclared_currency"]
    assert read(lambda text: parsing.currency(text, ()), "EUR") == ["undeclared_currency"]


@pytest.mark.slow
@given(st.lists(st.text(max_size=12), max_size=5))
@settings(max_examples=25, deadline=None)
def test_a_text_that_is_there_is_read_or_refused_and_never_lost(texts: list[str]) -> None:
    for parse in (
        lambda text: parsing.number(text, ","),
        lambda text: parsing.money(text, "."),
        lambda text: parsing.instant(text, BERLIN),
        lambda text: parsing.date(text, "%Y-%m-%d"),
        lambda text: parsing.yes_or_no(text, {}),
        lambda text: parsing.word_of(text, ("web",), {}),
        parsing.count,
        parsing.seconds,
    ):
        found = read(parse, *texts)
        assert [value is None for value in found] == [not text.strip() for text in texts]
