"""A message's bytes to the standard library's `Message`, within limits. What it says stands in `mail_message`.

Most messages are one text under a plain block of headers. That block is cut by one pattern, at a fraction of the
standard library's cost; whatever is not exactly so goes through the standard library's parser.
"""

import re
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import compat32
from functools import lru_cache
from typing import Any, Final, NamedTuple

from assets.raw.reading import Limits

_LONGEST_HEADER: Final = 16 * 2**10
"""Characters of a header that are read: the standard library takes the square of its length over some."""

_FIELD: Final = re.compile(r"([!-9;-~]++):[ \t]*+([^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*)\r?\n")
_PLAIN_HEADERS: Final = re.compile(rf"(?P<fields>(?:{_FIELD.pattern})+)\r?\n")
_TEXTS: Final = ("text/plain", "text/html")
_CONTENTS_KEPT: Final = 256


class TooComplexError(Exception):
    """The message has more parts, headers or nesting than allowed."""


class Content(NamedTuple):
    """What a part's headers say it holds."""

    kind: str
    is_text: bool
    """Whether people read it as part of the message: a text that is no attachment."""
    charset: str | None


def parsed(content: bytes, limits: Limits) -> Message:
    """Parse within limits. Raises TooComplexError, and whatever the standard library raises on hostile bytes."""
    single = _single(content, limits)
    return _any(content, limits) if single is None else single


def content_of(part: Message) -> Content:
    """Say what a part holds; the same few declarations come again and again."""
    first = {name.lower(): value for name, value in reversed(list(part.raw_items()))}
    return _content(first.get("content-type"), first.get("content-disposition"), part.get_default_type())


@lru_cache(maxsize=_CONTENTS_KEPT)
def _content(content_type: str | None, disposition: str | None, default_type: str) -> Content:
    part = Message(compat32)
    part.set_default_type(default_type)
    if content_type is not None:
        part.set_raw("content-type", content_type)
    if disposition is not None:
        part.set_raw("content-disposition", disposition)
    kind = part.get_content_type()
    is_text = kind in _TEXTS and part.get_content_disposition() != "attachment" and not part.get_filename()
    return Content(kind, is_text, part.get_content_charset() if is_text else None)


def _single(content: bytes, limits: Limits) -> Message | None:
    """Parse a message of one part whose headers are all well formed; else None."""
    text = content.decode("ascii", "surrogateescape")
    headers = _PLAIN_HEADERS.match(text)
    if headers is None:
        return None
    fields = _FIELD.findall(headers["fields"])
    if len(fields) > limits.mail_headers:
        raise TooComplexError
    message = Message(compat32)
    for name, value in fields:
        message.set_raw(name, value[:_LONGEST_HEADER])
    if content_of(message).kind.startswith(("multipart/", "message/")):
        return None
    message.set_payload(text[headers.end() :])
    return message


def _any(content: bytes, limits: Limits) -> Message:
    """Parse any bytes. compat32 takes a sixth of the default policy's time."""
    left = {"parts": limits.mail_parts, "headers": limits.mail_headers}

    class Counted(Message):
        def __init__(self, policy: Any = compat32) -> None:  # as the standard library declares it
            left["parts"] -= 1
            if left["parts"] < 0:
                raise TooComplexError
            super().__init__(policy)

        def set_raw(self, name: str, value: Any) -> None:  # as the standard library declares it
            left["headers"] -= 1
            if left["headers"] < 0:
                raise TooComplexError
            super().set_raw(name, str(value)[:_LONGEST_HEADER])

    parser = BytesFeedParser(Counted, policy=compat32)
    try:
        parser.feed(content)
        return parser.close()
    except RecursionError as error:
        raise TooComplexError from error
