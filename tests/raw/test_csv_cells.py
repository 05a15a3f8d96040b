import csv
import io
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.raw import csv_cells
from assets.raw.csv_cells import CsvTable
from assets.raw.feed import Feed
from assets.raw.reading import Limits, UnreadableFileError

CELL = st.text(st.sampled_from('aé€,;"\n\r \t😀'), max_size=6)


def read(content: bytes, limits: Limits | None = None, **declared: str) -> tuple[list[tuple[str, ...]], list[str]]:
    table = CsvTable(io.BytesIO(content), Feed(adapter="survey_csv", **declared), limits or Limits())
    header = table.header()
    batches = list(table.batches(len(header), {name: place for place, name in enumerate(header)}))
    return [row[1:] for batch in batches for row in batch.cells.rows()], [row[2] for batch in batches for row in batch.refusals.rows()]


def written(rows: list[list[str]], quoting: Literal[0, 1]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=quoting).writerows(rows)
    return file.getvalue().encode()


@pytest.mark.slow
@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8)))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("vector_from", [0, 10**9])
def test_what_a_csv_writer_wrote_is_read_back(quoting: Literal[0, 1], vector_from: int, rows: list[list[str]]) -> None:
    header = [f"h{place}" for place in range(len(rows[0]))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_cells, "_WORTH_A_VECTOR", vector_from)
        cells, reasons = read(written([header, *rows], quoting))

    assert (cells, reasons) == ([tuple(row) for row in rows], [])


@given(st.lists(st.sampled_from(["a", ",", '"', '""', '","', "b c", "\n", '"x"', '"x\ny"', '"x"y']), max_size=25).map("".join))
@settings(max_examples=40, deadline=None)
def test_both_ways_of_reading_cells_agree_on_any_text(text: str) -> None:
    results = []
    for vector_from in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_cells, "_WORTH_A_VECTOR", vector_from)
            results.append(read(b"p,q\n" + text.encode()))

    assert results[0] == results[1]


def test_a_row_of_the_wrong_width_is_refused_and_the_rest_is_read() -> None:
    assert read(b"a,b\n1,2\n3\n4,5,6\n7,8\n") == ([("1", "2"), ("7", "8")], ["wrong_column_count"] * 2)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("batch_records", [50_000, 300])
def test_rows_of_the_wrong_width_are_refused_in_a_long_file_whichever_cells_are_wanted(line_end: str, batch_records: int) -> None:
    wrong = ["1,2", "1,2,3,4", '"1","2, 2","3 ""x""",4', "1,2,3,", '"","",3,""', ",", "ä,2,ö,4", '1,"2,3"']
    right = ['"1, 1","2",3', ",,", '"","",""', '"1 ""x""",2,3', "ä,2,ö"]
    rows = [row for _ in range(100) for row in [*right, *wrong]]
    table = CsvTable(io.BytesIO(line_end.join(["a,b,c", *rows]).encode()), Feed(adapter="survey_csv"), Limits(batch_records=batch_records))
    batches = list(table.batches(len(table.header()), {"first": 0}))
    read = [row for batch in batches for row in batch.cells.rows()]

    assert [rows[number - 1] for number, _ in read] == right * 100
    assert [first for _, first in read] == ["1, 1", "", "", '1 "x"', "ä"] * 100
    assert [rows[row[0] - 1] for batch in batches for row in batch.refusals.rows()] == wrong * 100


@pytest.mark.parametrize("empty", ["1,2,", '1,2,""', '"1, 1","2",', ",,"])
def test_a_row_that_lacks_its_last_cell_is_told_from_one_whose_last_cell_is_empty(empty: str) -> None:
    lacking = ["1,2", "1,", '"1, 1",2', ","]
    rows = [row for _ in range(100) for row in ["1,2,3", empty, *lacking]]
    table = CsvTable(io.BytesIO("\n".join(["a,b,c", *rows]).encode()), Feed(adapter="survey_csv"), Limits())
    batches = list(table.batches(len(table.header()), {"first": 0}))

    assert [rows[number - 1] for batch in batches for number, _ in batch.cells.rows()] == ["1,2,3", empty] * 100
    assert [rows[row[0] - 1] for batch in batches for row in batch.refusals.rows()] == lacking * 100


def test_a_quote_inside_an_unquoted_cell_is_a_character() -> None:
    assert read(b'a,b\n5" pipe,6"\n') == ([('5" pipe', '6"')], [])


def test_repeated_header_names_are_told_apart_by_number() -> None:
    table = CsvTable(io.BytesIO(b"Comment, Comment,Other,Comment\n"), Feed(adapter="survey_csv"), Limits())

    assert table.header() == ["Comment", "Comment#2", "Other", "Comment#3"]


def test_a_file_without_a_header_is_unreadable_and_one_with_nothing_else_has_no_records() -> None:
    with pytest.raises(UnreadableFileError, match="empty"):
        read(b"\xef\xbb\xbf\r\n")
    assert read(b"a,b") == ([], [])


def test_batches_are_bounded_and_numbered_through() -> None:
    table = CsvTable(io.BytesIO(b"a\n" + b"x\n" * 7), Feed(adapter="survey_csv"), Limits(batch_records=3))
    table.header()

    assert [batch.texts["record_number"].to_list() for batch in table.batches(1, {"a": 0})] == [[1, 2, 3], [4, 5, 6], [7]]


def test_the_original_is_kept_up_to_its_limit_and_the_cells_whole() -> None:
    table = CsvTable(io.BytesIO(b"a\nabcdef\n"), Feed(adapter="survey_csv"), Limits(original_chars=3))
    table.header()
    (batch,) = table.batches(1, {"a": 0})

    assert batch.records(Limits(original_chars=3)).table().rows() == [(1, "abc")]
    assert batch.cells["a"].to_list() == ["abcdef"]
