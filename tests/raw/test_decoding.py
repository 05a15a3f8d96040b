import io

import pytest

from assets.raw.decoding import utf8_chunks
from assets.raw.reading import Limits, UnreadableFileError


def utf8(content: bytes, encoding: str = "utf-8") -> bytes:
    return b"".join(utf8_chunks(io.BytesIO(content), encoding, Limits()))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding_whatever_is_declared(encoding: str) -> None:
    assert utf8("grün €".encode(encoding), "cp1252") == "grün €".encode()


def test_a_file_that_is_utf8_is_utf8_whatever_is_declared() -> None:
    assert utf8("grün €".encode(), "cp1252") == "grün €".encode()


def test_a_file_that_is_not_utf8_is_read_as_declared() -> None:
    assert utf8("grün €".encode("cp1252"), "cp1252") == "grün €".encode()


def test_bytes_that_are_no_text_stay_recognisable() -> None:
    with pytest.raises(UnicodeDecodeError):
        utf8(b"gr\xfcn \x81", "cp1252").decode()


def test_an_unknown_encoding_is_named() -> None:
    with pytest.raises(UnreadableFileError, match="`encoding`"):
        utf8(b"a", "utf-9")
