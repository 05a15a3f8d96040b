"""One message's bytes to its headers, text and parts, within limits. Which messages are feedback stands in `email_mime`.

How bytes become the standard library's message stands in `mail_parsing`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from typing import Final

from assets.raw.html_text import html_text, marks_quotes
from assets.raw.mail_parsing import TooComplexError, content_of, parsed
from assets.raw.reading import Limits
from assets.raw.reply_text import Reply, reply_text

_EVERY_MAIL_HAS_ONE_OF: Final = frozenset(("from", "date", "subject", "received", "message-id", "to", "return-path"))
_QUOTED_OR_COMMENT: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*"|\([^()]*+\)')
_IN_BRACKETS: Final = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
_BARE: Final = re.compile(r"[^\s<>:;@]{1,64}+@[^\s<>:;@]++")


class NotAMailError(Exception):
    """The bytes are no message."""


@dataclass(frozen=True)
class MailMessage:
    """What a message says."""

    headers: dict[str, list[str]]
    """Raw values by lower-case name, in their order."""
    content_types: frozenset[str]
    body: str | None
    reply: Reply
    """What of the body its sender wrote in this message."""
    attachment_count: int
    defect_count: int

    def header(self, name: str) -> str | None:
        """Give a header's first value, unfolded; None when it is absent."""
        values = self.headers.get(name)
        return " ".join(values[0].split()) if values else None

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
    message = parsed(content, limits)
    headers: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), []).append(_as_text(str(value)))
    if _EVERY_MAIL_HAS_ONE_OF.isdisjoint(headers):
        raise NotAMailError
    plain: list[str] = []
    html: list[str] = []
    types: set[str] = set()
    attachments = defects = 0
    for part, depth in _parts(message):
        if depth > limits.mail_depth:
            raise TooComplexError
        defects += len(part.defects)
        kind, is_text, charset = content_of(part)
        types.add(kind)
        if part.is_multipart() and not kind.startswith("message/"):
            continue
        if not is_text:
            attachments += kind not in ("message/delivery-status", "text/rfc822-headers")
            continue
        payload = part.get_payload(decode=True)
        text, is_guessed = _decoded(payload if isinstance(payload, bytes) else b"", charset)
        defects += is_guessed
        (plain if kind == "text/plain" else html).append(text)
    is_plain = any(map(str.strip, plain))
    body = ("\n".join(plain) if is_plain else "\n".join(map(html_text, html))).strip() or None
    reply = reply_text(body) if is_plain else _reply_in(html, body)
    return MailMessage(headers, frozenset(types), body, reply, attachments, defects)


def _reply_in(html: Sequence[str], body: str | None) -> Reply:
    """Find the reply in marked-up parts: what is not marked as quoted, else what the words tell."""
    unmarked = "\n".join(html_text(part, with_quotes=False) for part in html).strip()
    found = reply_text(unmarked)
    if unmarked == body or (found.text is None and not any(map(marks_quotes, html))):
        return reply_text(body)
    return Reply(found.text, "markup") if body else Reply(None, None)


def decoded_words(value: str) -> str:
    """Decode encoded words (`=?utf-8?q?…?=`); what cannot be decoded stays as written."""
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
    except (ValueError, LookupError, MessageError):
        return value
    return _as_text("".join(part if isinstance(part, str) else _decoded(part, charset)[0] for part, charset in parts))


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
