"""The head of a file as a person would see it: its shape, its encoding, its first rows. Which format it is stands in `recognising`."""

import codecs
import csv
import gzip
import io
import json
import math
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final, Literal

from assets.raw.feed import Feed
from assets.raw.parquet_cells import parquet_cells, parquet_names
from assets.raw.reading import File, Limits
from assets.raw.xlsx_cells import xlsx_rows

Shape = Literal["csv", "json", "lines", "mail", "xlsx", "parquet", "empty", "unknown"]

HEAD_BYTES: Final = 512 * 2**10
"""How much of a file is looked at."""

ROWS: Final = 200
_DELIMITERS: Final = (",", ";", "\t", "|")
_GZIP: Final = b"\x1f\x8b"
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MAIL_HEADER: Final = re.compile(rb"(?im)^(from|to|date|subject|received|return-path|message-id|mime-version|delivered-to)[ \t]*:")
_LIKELIEST_ENCODING: Final = "cp1252"
_FEWEST_MAIL_HEADERS: Final = 2
_LONGEST_CELL: Final = 131_072


@dataclass(frozen=True)
class Sample:
    """What the head of a file shows."""

    shape: Shape
    is_gzip: bool = False
    encoding: str = "utf-8"
    """A guess where the bytes are no UTF-8."""
    is_guessed: bool = False
    """Whether the encoding is one."""
    delimiter: str = ","
    rows: tuple[tuple[str, ...], ...] = ()
    """First rows of a CSV, its header among them."""
    keys: tuple[str, ...] = ()
    """Keys of a JSON document as far as they were seen, in their order."""
    records: tuple[Mapping[str, Any], ...] = field(default=())
    """First records of a JSON document or of JSON lines."""


def sample(head: bytes) -> Sample:
    """Look at the first bytes of a file, compressed or not."""
    is_gzip = head.startswith(_GZIP)
    plain = _decompressed(head) if is_gzip else head[:HEAD_BYTES]
    if not plain.strip():
        return Sample("empty", is_gzip)
    if plain.startswith(b"PK\x03\x04"):
        return Sample("xlsx", is_gzip)
    if plain.startswith(b"PAR1"):
        return Sample("parquet", is_gzip)
    if _is_mail(plain):
        return Sample("mail", is_gzip)
    text, encoding, is_guessed = _decoded(plain)
    if text.lstrip()[:1] in {"{", "["}:
        return _of_json(text.lstrip(), is_gzip=is_gzip)
    return _of_csv(text, encoding, is_gzip=is_gzip, is_guessed=is_guessed)


def with_rows(seen: Sample, file: File) -> Sample:
    """Look into a workbook or a Parquet file, whose head alone says nothing. Raises UnreadableFileError."""
    feed = Feed(adapter="", source="")
    if seen.shape == "xlsx":
        rows = tuple(tuple(row) for row in islice(xlsx_rows(file, feed, Limits()), ROWS) if not isinstance(row, str))
        width = len(rows[0]) if rows else 0
        return replace(seen, rows=tuple((*row, *[""] * (width - len(row))) for row in rows))
    if seen.shape == "parquet":
        header = parquet_names(file)
        first = next(parquet_cells(file, feed, Limits(), {name: name for name in header}), None)
        cells = [] if first is None else first.cells.select(header).head(ROWS).fill_null("").rows()
        return replace(seen, rows=(tuple(header), *cells))
    return seen


def _decompressed(head: bytes) -> bytes:
    """Give what the beginning of a gzip file holds; it may end in the middle."""
    stream = gzip.GzipFile(fileobj=io.BytesIO(head))
    found = b""
    try:
        while len(found) < HEAD_BYTES and (chunk := stream.read1(2**16)):
            found += chunk
    except (EOFError, OSError, zlib.error):
        pass
    return found[:HEAD_BYTES]


def _is_mail(plain: bytes) -> bool:
    block = re.split(rb"\r?\n\r?\n", plain, maxsplit=1)[0]
    if plain.startswith(b"From ") and b"\n" in block:
        return True
    first = block.partition(b"\n")[0]
    return re.match(rb"[!-9;-~]+:", first) is not None and len(set(_MAIL_HEADER.findall(block))) >= _FEWEST_MAIL_HEADERS


def _decoded(plain: bytes) -> tuple[str, str, bool]:
    for mark, encoding in _MARKS:
        if plain.startswith(mark):
            return plain.decode(encoding, "replace").lstrip("\ufeff"), "utf-8", False
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(plain), "utf-8", False
    except UnicodeDecodeError:
        return plain.decode(_LIKELIEST_ENCODING, "replace"), _LIKELIEST_ENCODING, True


def _of_json(text: str, *, is_gzip: bool) -> Sample:
    first_line, _, rest = text.partition("\n")
    try:
        first = json.loads(first_line)
    except (ValueError, RecursionError):
        first = None
    if isinstance(first, dict) and rest.lstrip()[:1] == "{":
        return Sample("lines", is_gzip, records=tuple(_objects(text)))
    keys = re.findall(r'"([^"\\]{1,80})"\s*:\s*\[', text[:65_536])
    if text.startswith("["):
        return Sample("json", is_gzip, records=tuple(_objects(text[1:])))
    holder = next((key for key in keys if text[text.index(f'"{key}"') :].partition("[")[2].lstrip()[:1] == "{"), None)
    records = () if holder is None else tuple(_objects(text[text.index(f'"{holder}"') :].partition("[")[2]))
    return Sample("json", is_gzip, keys=(holder,) if holder else tuple(keys), records=records)


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """Give the complete objects that a text begins with, with or without commas between them."""
    decoder = json.JSONDecoder()
    place = 0
    for _ in range(ROWS):
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        try:
            found, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        if not isinstance(found, dict):
            return
        yield found


def _of_csv(text: str, encoding: str, *, is_gzip: bool, is_guessed: bool) -> Sample:
    whole = text[: text.rfind("\n") + 1] or text
    readings = {delimiter: _rows(whole, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda each: _regularity(readings[each]))
    rows = readings[delimiter]
    if "\0" in text or not rows:
        return Sample("unknown", is_gzip, encoding, is_guessed)
    return Sample("csv", is_gzip, encoding, is_guessed, delimiter, tuple(tuple(row) for row in rows))


def _rows(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) == ROWS:
                break
    except csv.Error:
        pass
    return rows


def _regularity(rows: list[list[str]]) -> float:
    """Say how much rows look like a table: wide, and all of one width."""
    if not rows or len(rows[0]) == 1:
        return 0
    alike = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
    return alike * alike * math.sqrt(len(rows[0]))
