"""JSON exports to records: a document with a list under a known key, a plain list, or one object a line.

What a record means stands in the adapters.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

import orjson
import polars as pl

from assets.raw.decoding import is_utf8, utf8_chunks
from assets.raw.feed import Feed
from assets.raw.json_values import TOO_DEEP, json_bytes
from assets.raw.reading import RECORD_NUMBER, RECORDS, Limits, Records, UnreadableFileError
from assets.raw.refusing import Refusal, refusal_frame

_LINES_TRIED: Final = 100
"""Lines looked at to tell a file of lines, some broken, from a broken document."""

_WIDEST_CHARACTER: Final = 4


class _Broken:
    """What stands for a text that is no JSON; None is JSON."""


_BROKEN: Final = _Broken()


@dataclass
class JsonBatch:
    """Some records of one page, by their number in the file."""

    page: Mapping[str, object]
    """What the document says beside its records."""
    kind: str
    """The key that held the records; empty where records stand alone."""
    originals: dict[int, str] = field(default_factory=dict)
    objects: dict[int, dict[str, object]] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    def records(self) -> Records:
        """Give every record with its original text."""
        return Records.of(pl.DataFrame({RECORD_NUMBER: list(self.originals), "original": list(self.originals.values())}, schema=RECORDS))

    def refusals(self) -> pl.DataFrame:
        """Give the refused records with their reasons."""
        return refusal_frame(self.refused)


@dataclass(frozen=True)
class Lines:
    """Some lines of a file of one object a line."""

    body: bytes
    is_whole: bool = True
    """Whether these are whole lines; else it is the head of a line that is longer than allowed."""


def json_batches(stream: BinaryIO, feed: Feed, limits: Limits, keys: tuple[str, ...], beside: tuple[str, ...] = ()) -> Iterator[JsonBatch]:
    """Give the records of a file.

    ``keys`` are the names under which a document may hold its records; ``beside`` those of lists that stand beside them, and are
    the records of a document that holds no others.
    """
    chunks = utf8_chunks(stream, feed.encoding, limits)
    head = _first_line(chunks, limits)
    line = head.lstrip().partition(b"\n")[0]
    if not line:
        raise UnreadableFileError("The file is empty: there is no JSON in it; fetch it again.")
    first = _loads(line)
    if isinstance(first, dict) and not _key_of(first, keys + beside):
        lines = _lines(_pieces(head, chunks, limits), limits)
        alone = next(lines)
        following = next(lines, None)
        if following is None and not _names_itself(first):
            raise UnreadableFileError(f"The JSON document has none of the keys {', '.join(keys)}; it has: {', '.join(map(str, first))}.")
        yield from _of_lines([alone] if following is None else _with_first([alone, following], lines), limits)
        return
    whole = _whole(head, chunks, limits)
    document = first if len(line) == len(whole.strip()) else _loads(whole)
    if not isinstance(document, _Broken):
        yield from _of_document(document, limits, keys, beside)
    elif _has_lines(whole):
        yield from _of_lines(_lines([Lines(whole)], limits), limits)
    else:
        raise UnreadableFileError(f"The file is no complete JSON document: {_fault(whole)}; fetch it again.")


def json_lines(stream: BinaryIO, feed: Feed, limits: Limits) -> Iterator[JsonBatch | Lines]:
    """Give the records of a plain list of objects, whatever keys they have, or the lines of a file of one object a line."""
    chunks = utf8_chunks(stream, feed.encoding, limits)
    head = _first_line(chunks, limits)
    if not head.strip():
        raise UnreadableFileError("The file is empty: there is no JSON in it; fetch it again.")
    if head.lstrip().startswith(b"["):
        yield from json_batches(stream, feed, limits, ())
    else:
        yield from _pieces(head, chunks, limits)


def line_batches(lines: Lines, limits: Limits, after: int) -> Iterator[JsonBatch]:
    """Give the records of lines, numbered behind those before them."""
    return _of_lines(_lines([lines], limits), limits, after)


def _of_document(document: object, limits: Limits, keys: tuple[str, ...], beside: tuple[str, ...]) -> Iterator[JsonBatch]:
    page = document if isinstance(document, dict) else {}
    key = _key_of(page, keys)
    if not page.get(key):
        key = _key_of(page, beside) or key
    records = document if isinstance(document, list) else page.get(key)
    if not isinstance(records, list):
        raise UnreadableFileError(
            f"The JSON document holds no list of records under any of the keys {', '.join(keys)}; check what was fetched."
        )
    if others := [other for other in keys if other != key and isinstance(page.get(other), list) and page.get(other)]:
        raise UnreadableFileError(
            f"The JSON document holds records under {key} and under {', '.join(others)}, and only one of them would be read;"
            " save each in a file of its own."
        )
    facts = {name: value for name, value in page.items() if name != key}
    for start in range(0, len(records), limits.batch_records):
        batch = JsonBatch(facts, key)
        for number, record in enumerate(records[start : start + limits.batch_records], start + 1):
            written = json_bytes(record)
            batch.originals[number] = TOO_DEEP if written is None else text_head(written, limits)
            if written is None:
                batch.refused.append((number, None, "too_complex"))
            elif len(written) > limits.record_bytes:
                batch.refused.append((number, None, "too_long"))
            elif not isinstance(record, dict):
                batch.refused.append((number, None, "wrong_shape"))
            else:
                batch.objects[number] = record
        yield batch


def _of_lines(lines: Iterable[tuple[bytes, bool]], limits: Limits, after: int = 0) -> Iterator[JsonBatch]:
    batch = JsonBatch({}, "")
    for number, (line, is_whole) in enumerate(lines, after + 1):
        batch.originals[number] = text_head(line, limits)
        record = _loads(line) if is_whole else _BROKEN
        if not is_whole:
            batch.refused.append((number, None, "too_long"))
        elif isinstance(record, _Broken):
            batch.refused.append((number, None, "not_json" if is_utf8([line]) else "not_text"))
        elif not isinstance(record, dict):
            batch.refused.append((number, None, "wrong_shape"))
        else:
            batch.objects[number] = record
        if len(batch.originals) == limits.batch_records:
            yield batch
            batch = JsonBatch({}, "")
    if batch.originals:
        yield batch


def _lines(pieces: Iterable[Lines], limits: Limits) -> Iterator[tuple[bytes, bool]]:
    """Cut into lines that are not blank; of a line longer than allowed only the head is given, and that it is not whole."""
    for piece in pieces:
        for line in piece.body.split(b"\n"):
            if line.strip():
                yield line[: limits.record_bytes], piece.is_whole and len(line) <= limits.record_bytes


def _pieces(head: bytes, chunks: Iterator[bytes], limits: Limits) -> Iterator[Lines]:
    """Cut into pieces of whole lines."""
    rest, is_dropping = head, False
    while True:
        end = rest.rfind(b"\n") + 1
        if end:
            yield Lines(rest[:end])
            rest = rest[end:]
        if len(rest) > limits.record_bytes:
            yield Lines(rest[: limits.record_bytes], is_whole=False)
            rest, is_dropping = b"", True
        chunk = next(chunks, b"")
        if not chunk:
            break
        if is_dropping:
            end = chunk.find(b"\n") + 1
            if end == 0:
                continue
            chunk, is_dropping = chunk[end:], False
        rest += chunk
    if rest.strip():
        yield Lines(rest)


def _first_line(chunks: Iterator[bytes], limits: Limits) -> bytes:
    """Read until a line that is not blank has ended."""
    parts: list[bytes] = []
    size = 0
    has_text = False
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        text = chunk if has_text else chunk.lstrip()
        has_text = bool(text)
        if b"\n" in text or size > limits.document_bytes:
            break
    return b"".join(parts)


def _with_first(first: list[tuple[bytes, bool]], others: Iterator[tuple[bytes, bool]]) -> Iterator[tuple[bytes, bool]]:
    yield from first
    yield from others


def _whole(head: bytes, chunks: Iterator[bytes], limits: Limits) -> bytes:
    parts, size = [head], len(head)
    while size <= limits.document_bytes and (chunk := next(chunks, b"")):
        parts.append(chunk)
        size += len(chunk)
    if size > limits.document_bytes:
        raise UnreadableFileError(f"The JSON document is longer than the allowed {limits.document_bytes} bytes; fetch it in smaller pages.")
    return b"".join(parts)


def _loads(text: bytes) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _loads_with_half_characters(text)


def _loads_with_half_characters(text: bytes) -> object:
    """Read what orjson refuses only because an export cut a character such as an emoji in half."""
    if b"\\ud" not in text and b"\\uD" not in text:
        return _BROKEN
    try:
        tolerant = json.dumps(json.loads(text), ensure_ascii=False, allow_nan=False)
        return orjson.loads(tolerant.encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return _BROKEN


def _key_of(document: Mapping[str, object], keys: tuple[str, ...]) -> str:
    return next((key for key in keys if isinstance(document.get(key), list)), "")


def _names_itself(record: Mapping[str, object]) -> bool:
    return "id" in record or "sid" in record


def _has_lines(text: bytes) -> bool:
    """Tell whether any of the first lines is an object of its own."""
    lines = [line for line in text.split(b"\n", _LINES_TRIED)[:_LINES_TRIED] if line.strip()]
    return len(lines) > 1 and any(isinstance(_loads(line), dict) for line in lines)


def _fault(text: bytes) -> str:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return f"line {error.lineno}, column {error.colno}, of {len(text)} bytes: {error.msg.partition(':')[0]}"
    return "it cannot be read"


def text_head(raw: bytes, limits: Limits) -> str:
    """Give the beginning of a record's text, as much as is kept."""
    return raw[: limits.original_chars * _WIDEST_CHARACTER].decode("utf-8", "replace")[: limits.original_chars]
