import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets.raw.csv_bytes import end_of_records, well_formed

CELL = r'(?:"(?:[^"]|"")*"|[^",\n]*)'
WELL_FORMED = re.compile(rf"(?:{CELL}(?:,{CELL})*\n)*")


@pytest.mark.parametrize(
    ("body", "texts", "marks"),
    [
        (b"", [], 0),
        (b"a,b\n", ["a,b"], 0),
        (b'"a",b\n', ['"a",b'], 2),
        (b'"",""\n', ['"",""'], 4),
        (b'"say ""a""",b\n', ['"say ""a""",b'], 4),
        (b'"a\nb",c\nd,e\n', ['"a\nb",c', "d,e"], 2),
        (b'a,b\r\n"c\r\nd",e\r\n', ["a,b", '"c\r\nd",e'], 2),
        (b'a,"b\r"\n\r\n\nc,d\n', ['a,"b\r"', "c,d"], 2),
    ],
)
def test_the_records_of_bytes_are_told_with_the_quotes_that_are_no_content(body: bytes, texts: list[str], marks: int) -> None:
    records = well_formed(body, ",")

    assert records is not None
    assert (records.texts.to_list(), len(records), records.marks) == (texts, len(texts), marks)
    assert records.longest() == max(map(len, texts), default=0)


@pytest.mark.parametrize("body", [b'a"b\n', b'"a"b,c\n', b'a,"b\n', b'a"",b\n', b'"a";"b"\n', b'"a,"b,"c"\n', b"a\rb\n"])
def test_no_record_is_told_where_a_quote_stands_elsewhere_than_around_a_cell_or_a_lone_cr_ends_one(body: bytes) -> None:
    assert well_formed(body, ",") is None


@given(st.text('a",\n', max_size=12))
@example('"\n"a"\n"')
@example('a"\n"a')
def test_exactly_well_formed_records_are_told_as_the_standard_library_reads_them(text: str) -> None:
    body = f"{text}\n"
    rows = [row for row in csv.reader(io.StringIO(body, newline="")) if row]

    records = well_formed(body.encode(), ",")

    assert (records is not None) == (WELL_FORMED.fullmatch(body) is not None)
    if records is not None:
        assert list(csv.reader(records.texts.to_list())) == rows
        content = sum(len(cell) for row in rows for cell in row)
        assert records.marks == len(records.body) - content - sum(map(len, rows))


@given(st.text('a"\n', max_size=12), st.integers(0, 14))
def test_whole_records_go_as_far_as_the_last_line_end_that_no_open_quote_has_swallowed(text: str, tail: int) -> None:
    ends = [place + 1 for place, sign in enumerate(text) if sign == "\n" and text[:place].count('"') % 2 == 0 and place >= len(text) - tail]

    assert end_of_records(text.encode(), tail) == max(ends, default=0)
