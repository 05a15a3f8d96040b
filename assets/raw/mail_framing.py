"""Mail files to messages: a single message as it is, or an mbox cut at its `From ` lines. What a message says stands in `mail_message`."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from assets.raw.decompression import plain_chunks
from assets.raw.reading import Limits, UnreadableFileError

_SEPARATOR: Final = b"From "
_QUOTED_SEPARATOR: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_BLANK: Final = (b"\n", b"\r\n", b"\r")


class RawMessage(NamedTuple):
    """The bytes of a message; of one longer than allowed only the head."""

    content: bytes
    is_whole: bool


def mail_messages(stream: BinaryIO, limits: Limits) -> Iterator[RawMessage]:
    """Give the messages of a file, one at a time."""
    chunks = plain_chunks(stream, limits)
    first = next(chunks, b"")
    if not first.strip():
        raise UnreadableFileError("The file is empty: there is no message in it; fetch it again.")
    if first.startswith(_SEPARATOR):
        yield from _of_mbox(first, chunks, limits)
    else:
        yield _single(first, chunks, limits)


def _single(first: bytes, chunks: Iterator[bytes], limits: Limits) -> RawMessage:
    parts, size = [first], len(first)
    while size <= limits.record_bytes and (chunk := next(chunks, b"")):
        parts.append(chunk)
        size += len(chunk)
    for _ in chunks:  # the rest is read for the sake of the file's own limits
        pass
    content = b"".join(parts)
    return RawMessage(content[: limits.record_bytes], size <= limits.record_bytes)


def _of_mbox(first: bytes, chunks: Iterator[bytes], limits: Limits) -> Iterator[RawMessage]:
    """Cut at `From ` lines behind an empty line, so that a sentence beginning with From is no new message."""
    message: list[bytes] = []
    size = 0
    is_behind_blank = True
    for line in _lines(first, chunks, limits):
        if is_behind_blank and line.startswith(_SEPARATOR):
            if message:
                yield _message(message, size, limits)
            message, size = [line], 0
        else:
            size += len(line)
            if size <= limits.record_bytes or len(message) == 1:
                message.append(line)
        is_behind_blank = line in _BLANK
    if message:
        yield _message(message, size, limits)


def _message(lines: list[bytes], size: int, limits: Limits) -> RawMessage:
    """Take the separator, the empty line before the next one, and the quoting of `From ` off a message of an mbox."""
    body = lines[1:]
    if body and body[-1] in _BLANK:
        body = body[:-1]
    content = b"".join(body)
    if b">From " in content:
        content = _QUOTED_SEPARATOR.sub(rb"\1", content)
    return RawMessage(content[: limits.record_bytes], size <= limits.record_bytes)


def _lines(first: bytes, chunks: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    """Give lines with their ends; one longer than a message may be comes in pieces."""
    rest = first
    while True:
        *lines, rest = rest.split(b"\n")
        for line in lines:
            yield line + b"\n"
        if len(rest) > limits.record_bytes:
            yield rest
            rest = b""
        chunk = next(chunks, b"")
        if not chunk:
            break
        rest += chunk
    if rest:
        yield rest
