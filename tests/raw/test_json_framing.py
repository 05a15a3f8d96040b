import io
import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.raw.feed import Feed
from assets.raw.json_framing import JsonBatch, json_batches
from assets.raw.reading import Limits, UnreadableFileError

FEED = Feed(adapter="zendesk_json")


def batches(content: bytes, limits: Limits | None = None) -> list[JsonBatch]:
    return list(json_batches(io.BytesIO(content), FEED, limits or Limits(), ("tickets", "audits")))


def read(content: bytes, limits: Limits | None = None) -> list[object]:
    """Give the object of each record, or the reason of its refusal, in order."""
    found: list[object] = []
    for batch in batches(content, limits):
        reasons = {number: reason for number, _, reason in batch.refused}
        found += [batch.objects.get(number, reasons.get(number)) for number in batch.originals]
    return found


@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_gives_its_records_and_the_facts_of_its_page(indent: int | None) -> None:
    document = {"users": [{"id": 1}], "audits": [{"id": 5}, {"id": 6}], "count": 2}
    (batch,) = batches(b"\xef\xbb\xbf" + json.dumps(document, indent=indent).encode())

    assert (batch.kind, list(batch.objects.items())) == ("audits", [(1, {"id": 5}), (2, {"id": 6})])
    assert batch.page == {"users": [{"id": 1}], "count": 2}
    assert batch.originals == {1: '{"id":5}', 2: '{"id":6}'}


def test_lines_are_records_and_a_broken_one_is_refused_alone() -> None:
    assert read(b'{"id":1}\n\n{"id":2\n7\n{"id":3,"x":"\xff"}\n{"id":4}') == [{"id": 1}, "not_json", "wrong_shape", "not_text", {"id": 4}]


def test_lines_are_read_even_when_the_first_is_broken() -> None:
    assert read(b'{"id":1\n{"id":2}\n') == ["not_json", {"id": 2}]


def test_a_record_longer_than_allowed_is_refused_alone() -> None:
    long = b'{"id":2,"text":"' + b"x" * 1000 + b'"}'

    assert read(b'{"id":1}\n' + long + b'\n{"id":3}\n', Limits(record_bytes=100)) == [{"id": 1}, "too_long", {"id": 3}]
    assert read(b'{"tickets":[{"id":1},' + long + b"]}", Limits(record_bytes=100)) == [{"id": 1}, "too_long"]


def test_a_truncated_document_is_unreadable_and_says_where() -> None:
    with pytest.raises(UnreadableFileError, match=r"line 1, column \d+, of 28 bytes"):
        batches(b'{"tickets":[{"id":1},{"id":2')


@pytest.mark.parametrize("content", [b"", b" \n ", b'{"error":"rate limited"}', b'{"tickets":{}}', b"7", b"null", b"not json"])
def test_a_file_without_records_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        batches(content)


def test_a_document_longer_than_allowed_is_unreadable() -> None:
    with pytest.raises(UnreadableFileError, match="longer than the allowed 50 bytes"):
        batches(b'{"tickets":[\n' + b"{},\n" * 50 + b"{}]}", Limits(document_bytes=50))


def test_deep_nesting_is_unreadable_and_no_crash() -> None:
    with pytest.raises(UnreadableFileError):
        batches(b'{"tickets":' + b"[" * 100_000)


def test_half_a_character_costs_the_character_not_the_page() -> None:
    assert read(b'{"tickets":[{"id":1,"subject":"\\ud83d"}]}') == [{"id": 1, "subject": "?"}]


def test_batches_are_bounded_and_numbered_through() -> None:
    for content in (b'{"id":1}\n' * 5, b'{"tickets":[' + b",".join([b'{"id":1}'] * 5) + b"]}"):
        assert [list(batch.originals) for batch in batches(content, Limits(batch_records=2))] == [[1, 2], [3, 4], [5]]


@pytest.mark.slow
@given(
    st.lists(st.sampled_from([b'{"id":1}', b"\n", b" ", b"{", b"7", b"\xff", b'{"tickets":[{}]}', b"x" * 30]), max_size=20).map(b"".join)
)
@settings(max_examples=200, deadline=None)
def test_every_line_is_one_record_or_the_file_is_unreadable(content: bytes) -> None:
    try:
        found = batches(content, Limits(record_bytes=20, batch_records=3))
    except UnreadableFileError:
        return
    numbers = [number for batch in found for number in batch.originals]

    assert numbers[:1] == [1]
    assert all(after == before + 1 for before, after in pairwise(numbers))
    for batch in found:
        assert sorted(batch.originals) == sorted([*batch.objects, *(number for number, _, _ in batch.refused)])
    if not any(batch.kind for batch in found) and content.strip().count(b"\n"):
        assert len(numbers) == len([line for line in content.split(b"\n") if line.strip()])


def test_a_record_nested_deeper_than_can_be_written_is_refused_alone() -> None:
    deep = b'{"id":' + b"[" * 300 + b"]" * 300 + b"}"

    assert read(b'{"tickets":[{"id":1},' + deep + b"]}") == [{"id": 1}, "too_complex"]
