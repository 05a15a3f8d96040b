import re
from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.raw import csv_bytes
from assets.raw.csv_bytes import WellFormed
from assets.raw.csv_framing import Framing
from assets.raw.reading import Limits, UnreadableFileError

SNIPPETS = st.sampled_from([b"a", b",", b'"', b'""', b"\n", b"\r\n", b"\r", b" ", b"\xc3\xa4", b"\xff", b"\0", b'","', b'\n"'])
FILES = st.lists(SNIPPETS, max_size=40).map(b"".join)


def framed(content: bytes, limits: Limits | None = None, chunk: int = 1 << 20) -> list[tuple[str, str | None]]:
    chunks = [content[start : start + chunk] for start in range(0, len(content), chunk)]
    return [
        (text, part.reasons.get(place))
        for part in Framing(",", limits or Limits()).records(chunks)
        for place, text in enumerate(part.texts)
    ]


def records_read_character_by_character(content: bytes) -> list[tuple[bytes, bool]]:
    """Read by the rules as they are written down, with no regard to speed: the text of each record, and whether it is whole."""
    found, start = [], 0
    while start < len(content):
        end, line_end, is_whole, is_first_line = _record_end(content, start)
        if not is_whole and not is_first_line:
            end = line_end
        record = content[start:end]
        if record:
            found.append((record, is_whole))
        start = end + (2 if content[end : end + 2] == b"\r\n" else 1)
    return found


def _record_end(content: bytes, start: int) -> tuple[int, int, bool, bool]:
    """Give where the record ends, where its first line ends, whether its quotes are in order, whether it is one line."""
    state, is_whole, place, line_end = "cell begins", True, start, -1
    while place < len(content):
        sign = content[place : place + 1]
        is_break = sign in (b"\n", b"\r")
        if is_break and line_end < 0:
            line_end = place
        if state == "in quotes":
            if sign == b'"':
                state = "quote in quotes"
        elif state == "quote in quotes" and sign == b'"':
            state = "in quotes"
        elif is_break:
            return place, line_end, is_whole, line_end == place
        elif sign == b",":
            state = "cell begins"
        elif state == "cell begins" and sign == b'"':
            state = "in quotes"
        elif state == "quote in quotes":
            state, is_whole = "in cell", False
        else:
            state = "in cell"
        place += 1
    is_open = state == "in quotes"
    return place, place if line_end < 0 else line_end, is_whole and not is_open, line_end < 0


def lines(content: bytes) -> list[bytes]:
    return [line for line in re.split(rb"\r\n|\n|\r", content) if line]


@pytest.mark.slow
@given(FILES, st.integers(1, 50))
@settings(max_examples=200, deadline=None)
def test_records_are_those_of_a_reader_that_goes_character_by_character(content: bytes, chunk: int) -> None:
    expected = records_read_character_by_character(content)
    found = framed(content, chunk=chunk)

    assert [text for text, _ in found] == [record.decode("utf-8", "replace").replace("\0", "\ufffd") for record, _ in expected]
    for (_, reason), (record, is_whole) in zip(found, expected, strict=True):
        is_text = b"\0" not in record and record == record.decode("utf-8", "replace").encode()
        assert reason == (None if is_text and is_whole else "not_text" if not is_text else "wrong_shape")


@pytest.mark.slow
@given(FILES.filter(lambda content: b"\xff" not in content and b"\0" not in content), st.integers(1, 50), st.integers(1, 30))
@settings(max_examples=120, deadline=None)
def test_every_line_of_a_file_is_in_exactly_one_record_whatever_the_limits(content: bytes, chunk: int, longest: int) -> None:
    texts = [text.encode() for text, reason in framed(content, Limits(record_bytes=longest), chunk) if reason != "too_long"]
    too_long = [text for text, reason in framed(content, Limits(record_bytes=longest), chunk) if reason == "too_long"]
    of_records = [line for text in texts for line in lines(text)]
    whole = lines(content)

    assert len(of_records) + len(too_long) == len(whole)
    assert not set(of_records) - set(whole)


def test_line_breaks_of_any_kind_end_a_record_and_empty_lines_are_none() -> None:
    assert framed(b"a\nb\r\n\r\nc\rd") == [("a", None), ("b", None), ("c", None), ("d", None)]


def test_line_breaks_inside_quotes_do_not_end_a_record() -> None:
    assert framed(b'1,"x\n\r\ny"\n2,z\n') == [('1,"x\n\r\ny"', None), ("2,z", None)]


def test_a_quote_that_never_closes_costs_its_own_line() -> None:
    assert framed(b'1,"x\n2,y\n3,z\n') == [('1,"x', "wrong_shape"), ("2,y", None), ("3,z", None)]


def test_a_quote_that_closes_in_a_later_record_costs_the_lines_at_fault() -> None:
    assert framed(b'1,"x\n2,y\n3,"z"\n4,w\n') == [('1,"x', "wrong_shape"), ("2,y", None), ('3,"z"', None), ("4,w", None)]


def test_a_line_longer_than_allowed_is_refused_and_the_rest_is_read() -> None:
    content = b"1,a\n" + b"x" * 1_000_000 + b"\n2,b\n"

    assert framed(content, Limits(record_bytes=100, original_chars=3), chunk=64) == [("1,a", None), ("xxx", "too_long"), ("2,b", None)]


def test_short_lines_that_end_in_a_lone_cr_are_no_long_one_wherever_a_chunk_ends() -> None:
    content = b"a,b\n" + b"1,2\r" * 100

    for chunk in range(200, 210):
        assert framed(content, Limits(record_bytes=100), chunk) == [("a,b", None), *[("1,2", None)] * 100]


def test_nul_bytes_and_broken_bytes_are_refused_record_by_record() -> None:
    assert framed(b"a\0\nb\xff\nc") == [("a\ufffd", "not_text"), ("b\ufffd", "not_text"), ("c", None)]


@pytest.mark.slow
def test_a_file_full_of_unclosed_quotes_is_read_in_linear_time() -> None:
    found = framed(b'a","\n' * 200_000, Limits(record_bytes=10_000))

    assert len(found) == 200_000
    assert {reason for _, reason in found} <= {"wrong_shape", "too_long"}


@pytest.mark.parametrize("delimiter", ['"', "\n", "é", "\0"])
def test_a_delimiter_that_cannot_separate_is_named(delimiter: str) -> None:
    with pytest.raises(UnreadableFileError, match="`delimiter`"):
        Framing(delimiter, Limits())


QUOTED = st.sampled_from(["a", '"b"', '"c, ""d"""', '"e\nf"', '"\n\n"', '""', '"\n,"', ""])


@given(st.lists(st.tuples(QUOTED, QUOTED), min_size=1, max_size=30), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_line_breaks_inside_quotes_are_kept_without_a_walk_from_line_to_line(
    rows: list[tuple[str, str]], line_end: str, has_last_end: bool
) -> None:
    records = [f"{one},{other}".replace("\n", line_end) for one, other in rows]
    content = (line_end + line_end).join(records) + line_end * has_last_end

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Framing, "_line_by_line", lambda *_, **__: pytest.fail("The lines were walked through one by one."))
        assert framed(content.encode()) == [(record, None) for record in records]


MANY = {
    "lines": b"a,1\nb,2\nc,3\n",
    "without a last line end": b"a,1\nb,2",
    "with empty lines": b"\n\na,1\n\nb,2\n\n",
    "with an empty line and no last line end": b"a,1\n\nb,2",
    "with CRLF": b"a,1\r\nb,2\r\n",
    "with CRLF and empty lines": b"a,1\r\n\r\nb,2\r\n",
    "with characters that only look like line ends": "a\x0b,1\x85\nb\u2028,2\n\x1c\n".encode(),
    "with quotes": b'"a","1"\n"b ""2""",2\n',
}


@pytest.mark.parametrize("content", MANY.values(), ids=MANY.keys())
def test_lines_are_the_same_whether_python_or_arrow_cuts_them(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    by_python = framed(content)
    monkeypatch.setattr(csv_bytes, "_WORTH_A_VECTOR", 0)

    assert framed(content) == by_python == [(line, None) for line in re.split("\r?\n", content.decode()) if line]


@pytest.mark.parametrize("content", MANY.values(), ids=MANY.keys())
def test_the_bytes_given_with_records_hold_exactly_these_whatever_part_of_them_is_taken(content: bytes) -> None:
    (whole,) = Framing(",", Limits()).records([content])

    for start, end in combinations_with_replacement(range(5), 2):
        part = whole.part(start, end)
        assert isinstance(part, WellFormed)
        assert part.texts.to_list() == whole.texts.to_list()[start:end]
        assert part.body == "".join(f"{text}\n" for text in part.texts).encode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_quoted_cell_that_goes_on_in_the_next_chunk_waits_for_it_and_no_line_is_walked_through(
    line_end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [f'{number},"first{line_end}second{line_end}third"' for number in range(100)]
    content = "".join(f"{record}{line_end}" for record in records).encode()
    monkeypatch.setattr(Framing, "_line_by_line", lambda *_, **__: pytest.fail("The lines were walked through one by one."))

    for chunk in range(100, 140):
        assert framed(content, chunk=chunk) == [(record, None) for record in records]
