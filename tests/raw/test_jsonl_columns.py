import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.raw.json_values import column_texts
from assets.raw.jsonl_columns import JsonColumns
from assets.raw.reading import RECORD_NUMBER, Limits

PATHS = {"id": "id", "score": "score", "city": "address.city", "street": "address.street"}
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1000, 1000).map(lambda number: round(number, 2)),
    st.text(max_size=5),
)
VALUES = st.one_of(
    PLAIN, st.integers(-(2**70), 2**70), st.lists(PLAIN, max_size=2), st.dictionaries(st.text(max_size=2), PLAIN, max_size=2)
)
ADDRESSES = st.one_of(st.none(), st.fixed_dictionaries({}, optional={"city": VALUES, "street": PLAIN, "zip": VALUES}), PLAIN)
OBJECTS = st.fixed_dictionaries({}, optional={"id": VALUES, "score": PLAIN, "address": ADDRESSES, "more": VALUES})


@given(objects=st.lists(OBJECTS, min_size=1, max_size=5), ensure_ascii=st.booleans(), line_end=st.sampled_from(["\n", "\r\n"]))
@example(objects=[{"id": 50.0}, {"id": 1e5}, {"id": 1.5e-7}, {"id": -0.0}], ensure_ascii=True, line_end="\n")
@example(objects=[{"id": 1e22}, {"id": 2**63}], ensure_ascii=True, line_end="\n")
@example(objects=[{"id": "{}"}], ensure_ascii=True, line_end="\n")
@example(objects=[{"id": "\x00"}], ensure_ascii=True, line_end="\n")
@settings(max_examples=300, deadline=None)
def test_values_read_at_once_are_those_read_one_by_one(objects: list[dict[str, object]], ensure_ascii: bool, line_end: str) -> None:
    lines = [json.dumps(found, ensure_ascii=ensure_ascii) for found in objects]
    careful = column_texts(dict(enumerate(map(json.loads, lines))), PATHS).drop(RECORD_NUMBER)

    at_once = JsonColumns(PATHS).of(line_end.join([*lines, ""]).encode(), Limits())

    assert at_once is None or at_once.equals(careful)


def test_plain_values_are_read_at_once_wherever_in_the_objects_they_stand() -> None:
    objects = [
        {"id": "a{b", "score": 7, "address": {"city": "Köln", "zip": [1]}},
        {"id": 1001, "score": 49.90, "address": None},
        {"id": "ä", "score": True, "extra": {"n": [[]]}},
    ]
    body = "\n".join(map(json.dumps, objects)).encode()

    found = JsonColumns(PATHS).of(body, Limits())

    assert found is not None
    assert found.rows() == [("a{b", "7", "Köln", None), ("1001", "49.9", None, None), ("ä", "true", None, None)]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"7",
        b"[1]",
        b"{oops}",
        b'{"id": "\xff"}',
        b'{"id": 1} {"id": 2}',
        b'{"id": {"of": 1}}',
        b'{"id": ["a"]}',
        b'{"id": "\\ud83d"}',
        b'{"id": 12345678901234567890}',
        b'{"address": "Main Street"}',
        b'{"id": "' + b"x" * 100 + b'"}',
        b'{"more": ' + b"[" * 2_000 + b"]" * 2_000 + b"}",
    ],
)
def test_lines_with_one_that_needs_a_look_of_its_own_are_not_read_at_once(line: bytes) -> None:
    good = b'{"id": "good"}'

    assert JsonColumns(PATHS).of(b"\n".join([good, line, good, b""]), Limits(record_bytes=100)) is None
    assert JsonColumns(PATHS).of(b"\n".join([good, good, b""]), Limits(record_bytes=100)) is not None


@pytest.mark.parametrize("paths", [{"a": "custom:7"}, {"a": "address", "b": "address.city"}])
def test_a_path_that_leads_to_no_single_text_is_not_read_at_once(paths: dict[str, str]) -> None:
    assert JsonColumns(paths).of(b'{"id": 1}\n', Limits()) is None


def test_objects_that_give_a_name_twice_are_not_read_at_once() -> None:
    assert JsonColumns(PATHS).of(b'{"id": 1, "id": 2}\n' * 3, Limits()) is None
