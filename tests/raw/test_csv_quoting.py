import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets.raw.csv_quoting import NO_QUOTES, Quoting, quoting

CELL = r'(?:"(?:[^"]|"")*"|[^",\n]*)'
WELL_QUOTED = re.compile(rf"(?:{CELL}(?:,{CELL})*\n)*")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", NO_QUOTES),
        (b"a,b\n", NO_QUOTES),
        (b'"a",b\n', Quoting(2, holds_line_ends=False)),
        (b'"",""\n', Quoting(4, holds_line_ends=False)),
        (b'"say ""a""",b\n', Quoting(4, holds_line_ends=False)),
        (b'"a\nb",c\n', Quoting(2, holds_line_ends=True)),
    ],
)
def test_what_the_quotes_of_records_do_is_told(body: bytes, told: Quoting) -> None:
    assert quoting(body, b",") == told


@pytest.mark.parametrize("body", [b'a"b\n', b'"a"b,c\n', b'a,"b\n', b'a"",b\n', b'"a";"b"\n', b'"a,"b,"c"\n'])
def test_nothing_is_told_where_a_quote_stands_elsewhere(body: bytes) -> None:
    assert quoting(body, b",") is None


@given(st.text('a",\n', max_size=12))
@example('"\n"a"\n"')
@example('a"\n"a')
def test_it_is_told_exactly_of_well_quoted_records_what_the_standard_library_reads(text: str) -> None:
    body = f"{text}\n"
    is_well_quoted = WELL_QUOTED.fullmatch(body) is not None
    rows = list(csv.reader(io.StringIO(body, newline="")))
    content = sum(len(cell) for row in rows for cell in row)
    separators = sum(max(len(row) - 1, 0) for row in rows)
    holds_line_ends = any("\n" in cell for row in rows for cell in row)
    marks = len(body) - content - separators - len(rows)

    assert quoting(body.encode(), b",") == (Quoting(marks, holds_line_ends) if is_well_quoted else None)
