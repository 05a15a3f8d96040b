"""Text files in any encoding to UTF-8 bytes: byte order mark, else strict UTF-8, else what the feed declares. Never detected.

Bytes that are no text in that encoding stay recognisable: they come out as bytes that are no UTF-8 either, so that
the framing modules refuse the record they stand in and read the rest of the file.
"""

import codecs
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import BinaryIO, Final

from assets.raw.decompression import plain_chunks
from assets.raw.reading import Limits, UnreadableFileError

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LONGEST_MARK: Final = 4
_UTF8_NAMES: Final = frozenset({"utf-8", "utf-8-sig", "ascii"})
_STANDS_FOR_BROKEN_BYTES: Final = "\udcff"
_HANDLER: Final = "feedback-kpis-mark"


def _mark_broken_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _STANDS_FOR_BROKEN_BYTES, error.end


codecs.register_error(_HANDLER, _mark_broken_bytes)


def utf8_chunks(stream: BinaryIO, encoding: str, limits: Limits) -> Iterator[bytes]:
    """Give the file's text as UTF-8 without a byte order mark, a few MiB at a time."""
    declared = _codec_name(encoding)
    chunks = plain_chunks(stream, limits)
    first = next(chunks, b"")
    for mark, marked in _BYTE_ORDER_MARKS:
        if first.startswith(mark):
            rest = _chained(first[len(mark) :], chunks)
            return rest if marked == "utf-8" else _transcoded(rest, marked)
    if declared in _UTF8_NAMES:
        return _chained(first, chunks)
    if is_utf8(_chained(first, chunks)):
        return plain_chunks(stream, limits)
    return _transcoded(plain_chunks(stream, limits), declared)


@lru_cache
def _codec_name(encoding: str) -> str:
    try:
        codec = codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, UnicodeError) as error:
        raise UnreadableFileError(f"No text encoding is called {encoding!r}; correct `encoding` in the feed's settings.") from error
    return codec.name


def _chained(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def is_utf8(chunks: Iterable[bytes]) -> bool:
    """Tell whether bytes are text in UTF-8, piece by piece."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _transcoded(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors=_HANDLER)
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
