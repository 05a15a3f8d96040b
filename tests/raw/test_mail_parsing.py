from email import message_from_bytes
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.raw.mail_parsing import TooComplexError, content_of, parsed
from assets.raw.reading import Limits

PIECES = (
    *(b"From: a@x.org\n", b"Subject: a\n b\n", b"X: \n", b"To:b\r\n", b"content-type: text/html; charset=latin-1\n"),
    *(b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: message/rfc822\n", b"Content-Disposition: attachment\n"),
    *(b"From x\n", b": x\n", b" x\n", b"no header\n", b"\n", b"\r\n", b"\r", b"--b\n", b"--b--\n", b"\xe4\x00\x0b\x85", b"X: y"),
)


def told(message: Message) -> object:
    payload = message.get_payload()
    return (
        list(message.raw_items()),
        [type(defect) for defect in message.defects],
        payload if isinstance(payload, str) else [told(part) for part in payload if isinstance(part, Message)],
    )


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_a_message_is_parsed_as_the_standard_library_parses_it(content: bytes) -> None:
    assert told(parsed(content, Limits())) == told(message_from_bytes(content))


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_a_part_holds_what_the_standard_library_says(content: bytes) -> None:
    message = message_from_bytes(content)
    found = content_of(message)

    assert found.kind == message.get_content_type()
    assert found.charset == (message.get_content_charset() if found.is_text else None)


@pytest.mark.parametrize("line", [b"X: y\n", b"X: y\nno header\n"])
def test_headers_are_limited_however_they_are_parsed(line: bytes) -> None:
    with pytest.raises(TooComplexError):
        parsed(b"From: a@x.org\nTo: b@x.org\n" + line + b"\nHi\n", Limits(mail_headers=2))
