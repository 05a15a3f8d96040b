import datetime as dt
import zlib
from decimal import Decimal
from typing import Any

import pytest

from assets.raw.reading import Limits, UnreadableFileError
from assets.raw.xlsx_values import CellNotation
from tests.raw.conftest import Take
from tests.raw.containers import MAIN, sheet, text_cell, texts_workbook, workbook

ORDERS: dict[str, Any] = {
    "time_zone": "Europe/Berlin",
    "currency": "EUR",
    "columns": {"source_record_id": "No", "ordered_at": "Placed", "revenue_amount": "Net"},
    "constants": {"channel": "web"},
}
HEADER = "".join(map(text_cell, ("No", "Placed", "Net")))
FORMATS = (
    '<numFmts><numFmt numFmtId="164" formatCode="[$-407]dd/mm/yyyy\\ hh:mm;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
)
STYLES = f'{FORMATS}<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs>'


def number(value: str, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def good(number_of_order: str = "1001") -> str:
    return number(number_of_order) + number("45413.416666666664", 1) + number("49.9")


def test_numbers_and_dates_are_the_texts_that_a_csv_would_hold(take: Take) -> None:
    taken = take("orders_xlsx", workbook(sheet(HEADER, good()), styles=STYLES), **ORDERS)

    assert taken.rows("source_record_id", "ordered_at", "revenue_amount") == [
        ("1001", dt.datetime.fromisoformat("2024-05-01T08:00"), Decimal("49.9")),
    ]
    assert taken.records == [(1, "1001,2024-05-01 10:00:00,49.9")]


@pytest.mark.parametrize(
    ("written", "kind", "text"),
    [
        ("12", "", "12"),
        ("12.0", "", "12"),
        ("3.3000000000000003", "", "3.3"),
        ("-0.5", "", "-0.5"),
        ("1E-7", "", "0.0000001"),
        ("1.25E-7", "", "0.000000125"),
        ("570306000000000000", "", "5.70306000000000E+17"),
        ("999999999999999", "", "999999999999999"),
        ("text", "", "text"),
        ("nan", "", "nan"),
        ("45413", "%Y-%m-%d", "2024-05-01"),
        ("1", "%Y-%m-%d", "1900-01-01"),
        ("61", "%Y-%m-%d", "1900-03-01"),
        ("0.5", "%H:%M:%S", "12:00:00"),
        ("1E300", "%Y-%m-%d", f"{1e300:.14E}"),
    ],
)
def test_a_number_is_written_by_its_format(written: str, kind: str, text: str) -> None:
    assert CellNotation({"1": kind} if kind else {}, ".").text(written, "1") == text


def test_numbers_are_in_the_feeds_own_notation_like_those_typed_as_text(take: Take) -> None:
    rows = (good("1"), good("2").replace(number("49.9"), text_cell("1.049,90")))
    taken = take("orders_xlsx", workbook(sheet(HEADER, *rows), styles=STYLES), **ORDERS, decimal=",")

    assert taken.rows("revenue_amount") == [Decimal("49.9"), Decimal("1049.9")]


def test_a_workbook_may_count_its_days_from_1904(take: Take) -> None:
    content = workbook(sheet(HEADER, good().replace("45413", "43951")), styles=STYLES, properties='<workbookPr date1904="1"/>')

    assert take("orders_xlsx", content, **ORDERS).rows("ordered_at") == [dt.datetime.fromisoformat("2024-05-01T08:00")]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("yyyy-mm-dd", "2024-05-01"),
        ("h:mm", "10:00:00"),
        ("0.00", "45413.4166666667"),
        ("[h]:mm", "45413.4166666667"),
        ('0 "days"', "45413.4166666667"),
    ],
)
def test_a_format_is_a_date_by_its_code_and_not_by_what_it_quotes(take: Take, code: str, text: str) -> None:
    quoted = code.replace('"', "&quot;")
    styles = f'<numFmts><numFmt numFmtId="170" formatCode="{quoted}"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'

    assert take("orders_xlsx", workbook(sheet(HEADER, good()), styles=styles), **ORDERS).records == [(1, f"1001,{text},49.9")]


def test_texts_are_shared_or_rich_or_made_by_formulas(take: Take) -> None:
    strings = "<si><t>No</t></si><si><r><t>Pla</t></r><r><t>ced</t></r><rPh><t>x</t></rPh></si><si><t>a_x000D_b_x005F_</t></si>"
    header = '<c t="s"><v>0</v></c><c t="s"><v>1</v></c>' + text_cell("Net")
    row = '<c t="s"><v>2</v></c><c t="str"><f>A1</f><v>2024-05-01 10:00:00</v></c><c t="e"><v>#N/A</v></c>'
    taken = take("orders_xlsx", workbook(sheet(header, row), strings=strings), **ORDERS)

    assert taken.records == [(1, '"a\rb_",2024-05-01 10:00:00,#N/A')]
    assert taken.refusals == [(1, "revenue_amount", "not_a_number")]


def test_a_part_whose_names_have_prefixes_is_read_too(take: Take) -> None:
    cells = "".join(f'<x:c t="inlineStr"><x:is><x:t>{text}</x:t></x:is></x:c>' for text in ("No", "Placed", "Net"))
    rows = f"<x:row>{cells}</x:row><x:row><x:c><x:v>7</x:v></x:c></x:row>"
    content = workbook(f'<x:worksheet xmlns:x="{MAIN[7:-1]}"><x:sheetData>{rows}</x:sheetData></x:worksheet>')

    assert take("orders_xlsx", content, **ORDERS).records == [(1, "7")]


def test_gaps_are_empty_cells_empty_rows_no_records_and_a_row_wider_than_the_header_is_refused(take: Take) -> None:
    rows = ("", HEADER, '<c r="A5"><v>1</v></c><c r="C5"><v>7</v></c>', "<c/>", good("2") + text_cell("note"), good("3") + text_cell(""))
    taken = take("orders_xlsx", workbook(sheet(*rows), styles=STYLES), **ORDERS)

    assert taken.rows("source_record_id") == ["3"]
    assert taken.refusals == [(1, "ordered_at", "missing"), (2, None, "wrong_column_count")]


def test_the_feed_names_the_sheet_and_the_first_is_read_unless_it_does(take: Take) -> None:
    content = workbook(sheet(text_cell("Notes")), sheet(HEADER, good()), styles=STYLES)

    assert take("orders_xlsx", content, **ORDERS, sheet="More").rows("source_record_id") == ["1001"]
    with pytest.raises(UnreadableFileError, match="no column 'No'"):
        take("orders_xlsx", content, **ORDERS)
    with pytest.raises(UnreadableFileError, match=r"no sheet 'Mar'.*It has: Data, More.*`sheet`"):
        take("orders_xlsx", content, **ORDERS, sheet="Mar")


def test_an_id_that_the_spreadsheet_rounded_is_refused(take: Take) -> None:
    taken = take("orders_xlsx", workbook(sheet(HEADER, good("5.70306E+17")), styles=STYLES), **ORDERS)

    assert taken.refusals == [(1, "source_record_id", "damaged_id")]


def test_a_sheet_that_claims_to_be_enormous_costs_what_it_holds(take: Take) -> None:
    last = '<c r="XFD1048576"><v>1</v></c><c r="ZZZ1"><v>1</v></c>'
    taken = take("orders_xlsx", workbook(sheet(HEADER, good(), last), styles=STYLES), **ORDERS)

    assert (taken.rows("source_record_id"), taken.refusals) == (["1001"], [(2, None, "wrong_column_count")])


def test_a_record_longer_than_allowed_is_refused_however_short_its_sheet(take: Take) -> None:
    strings = f"<si><t>{'x' * 90}</t></si>"
    row = '<c t="s"><v>0</v></c>' * 3
    limits = Limits(record_bytes=200, original_chars=20)
    taken = take("orders_xlsx", workbook(sheet(HEADER, row, good()), strings=strings, styles=STYLES), limits, **ORDERS)

    assert (taken.rows("source_record_id"), taken.refusals) == (["1001"], [(1, None, "too_long")])


BOMB = sheet("<c><v>" + "0" * 5_000_000 + "</v></c>")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no whole"),
        (b"No,Placed\n", "no whole"),
        (b"PK\x05\x06" + bytes(18), "part 'xl/workbook.xml'"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "password"),
        (workbook(sheet(HEADER))[:-30], "no whole"),
        (workbook(sheet()), "sheet is empty"),
        (workbook(), "no sheet"),
        (workbook(BOMB), "more than the allowed 1000000 bytes"),
        (workbook(f"<worksheet {MAIN}><sheetData><row>"), "no whole"),
        (workbook(f'<!DOCTYPE a [<!ENTITY b "c">]><worksheet {MAIN}/>'), "document type"),
        (
            workbook(
                f"<worksheet {MAIN} x='{'y' * 3_000_000}'/>",
            ),
            "allowed",
        ),
        (b"PK\x05\x06" + bytes(8) + b"\xff" * 4 + bytes(6), "no whole"),
    ],
)
def test_a_workbook_that_is_broken_or_made_to_cost_is_unreadable(take: Take, content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFileError, match=sentence):
        take("orders_xlsx", content, Limits(document_bytes=1_000_000), **ORDERS)


def test_a_tag_without_an_end_is_unreadable_soon(take: Take) -> None:
    content = workbook(f"<worksheet {MAIN} x='{'y' * 3_000_000}'/>")

    with pytest.raises(UnreadableFileError, match="tag longer"):
        take("orders_xlsx", content, **ORDERS)


def test_a_damaged_part_is_unreadable(take: Take) -> None:
    content = bytearray(texts_workbook(("No", "Placed", "Net"), *(("1", str(zlib.crc32(bytes([row]))), "2") for row in range(200))))
    middle = content.index(b"xl/worksheets/sheet1.xml") + 200
    content[middle : middle + 50] = bytes(50)

    with pytest.raises(UnreadableFileError, match="no whole"):
        take("orders_xlsx", bytes(content), **ORDERS)


def test_a_survey_in_a_workbook_is_read_like_one_in_csv(take: Take) -> None:
    content = texts_workbook(("at", "Satisfied?", "Liked?"), ("2024-05-01 10:00:00", "4", "Price, Speed"))
    questions = {
        "Satisfied?": {"metric": "csat", "scale": [1, 5]},
        "Liked?": {"metric": "choice", "separator": ",", "choices": {"Price": "price", "Speed": "speed"}},
    }
    taken = take("survey_xlsx", content, time_zone="UTC", columns={"answered_at": "at"}, constants={"channel": "web"}, questions=questions)

    assert taken.rows("value", "choice") == [(4.0, None), (None, "price"), (None, "speed")]
