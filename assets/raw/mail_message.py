"""One message's bytes to its headers, text and parts, within limits. Which messages are feedback stands in `email_mime`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.feedparser import BytesFeedParser
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from typing import Any, Final

from assets.raw.html_text import html_text
from assets.raw.reading import Limits

_EVERY_MAIL_HAS_ONE_OF: Final = ("from", "date", "subject", "received", "message-id", "to", "return-path")
_LONGEST_HEADER: Final = 16 * 2**10
"""Characters of a header that are read: the standard library takes the square of its length over some."""

_BLANKS: Final = re.compile(r"\s+")
_QUOTED_OR_COMMENT: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|\([^()]*+\)')
_IN_BRACKETS: Final = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
_BARE: Final = re.compile(r"[^\s<>:;@]{1,64}+@[^\s<>:;@]++")


class TooComplexError(Exception):
    """The message has more parts, headers or nesting than allowed."""


class NotAMailError(Exception):
    """The bytes are no message."""


@dataclass(frozen=True)
class MailMessage:
    """What a message says."""

    headers: dict[str, list[str]]
    """Raw values by lower-case name, in their order."""
    content_types: frozenset[str]
    body: str | None
    attachment_count: int
    defect_count: int

    def header(self, name: str) -> str | None:
        """Give a header's first value, unfolded; None when it is absent."""
        values = self.headers.get(name)
        return _BLANKS.sub(" ", values[0]).strip() if values else None

    def address(self, name: str) -> str:
        """Give the first e-mail address in a header; empty when there is none."""
        for one in _QUOTED_OR_COMMENT.sub(" ", self.header(name) or "").split(","):
            if found := _IN_BRACKETS.search(one):
                return found[1]
            if found := _BARE.search(one):
                return found[0]
        return ""

    def words(self, name: str) -> str | None:
        """Give a header's first value as people read it, encoded words decoded."""
        value = self.header(name)
        return None if value is None else decoded_words(value)


def read_message(content: bytes, limits: Limits) -> MailMessage:
    """Read a message. Raises TooComplexError or NotAMailError."""
    message = _parse(content, limits)
    headers: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), []).append(_as_text(str(value)))
    if not any(name in headers for name in _EVERY_MAIL_HAS_ONE_OF):
        raise NotAMailError
    plain: list[str] = []
    html: list[str] = []
    types: set[str] = set()
    attachments = defects = 0
    for part, depth in _parts(message):
        if depth > limits.mail_depth:
            raise TooComplexError
        defects += len(part.defects)
        kind = part.get_content_type()
        types.add(kind)
        if part.is_multipart() and not kind.startswith("message/"):
            continue
        if kind not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment" or part.get_filename():
            attachments += kind not in ("message/delivery-status", "text/rfc822-headers")
            continue
        text, is_guessed = _text(part)
        defects += is_guessed
        (plain if kind == "text/plain" else html).append(text)
    body = "\n".join(plain) if any(map(str.strip, plain)) else "\n".join(map(html_text, html))
    return MailMessage(headers, frozenset(types), body.strip() or None, attachments, defects)


def decoded_words(value: str) -> str:
    """Decode encoded words (`=?utf-8?q?…?=`); what cannot be decoded stays as written."""
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
    except (ValueError, LookupError, MessageError):
        return value
    return _as_text("".join(part if isinstance(part, str) else _decoded(part, charset)[0] for part, charset in parts))


def _parse(content: bytes, limits: Limits) -> Message:
    """Parse within limits. compat32 takes a sixth of the default policy's time."""
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


def _parts(message: Message) -> Iterator[tuple[Message, int]]:
    """Walk without recursion, in order; what is inside a forwarded message is that message's, not this one's."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    while waiting:
        part, depth = waiting.pop()
        yield part, depth
        payload = part.get_payload()
        if isinstance(payload, list):
            is_forwarded = part.get_content_maintype() == "message"
            waiting.extend((inner, depth + 1) for inner in reversed(payload) if isinstance(inner, Message) and not is_forwarded)


def _text(part: Message) -> tuple[str, bool]:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    return _decoded(content, part.get_content_charset())


def _decoded(content: bytes, charset: str | None) -> tuple[str, bool]:
    """Decode as declared, else as UTF-8, else as cp1252; and whether it was not as declared."""
    for candidate in (charset or "us-ascii", "utf-8"):
        try:
            return _as_text(content.decode(candidate)), candidate != (charset or candidate)
        except (UnicodeError, LookupError, ValueError):
            continue
    return _as_text(content.decode("cp1252", "replace")), True


def _as_text(text: str) -> str:
    """Take out what no database stores: NUL and bytes that stand as half characters."""
    if text.isascii():
        return text.replace("\0", "")
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "")
