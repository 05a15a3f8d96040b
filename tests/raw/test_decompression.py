import gzip
import io

import pytest

from assets.raw.decompression import plain_chunks
from assets.raw.reading import Limits, UnreadableFileError


def plain(content: bytes, limits: Limits | None = None) -> bytes:
    return b"".join(plain_chunks(io.BytesIO(content), limits or Limits()))


def test_gzip_is_told_by_its_first_bytes() -> None:
    assert plain(gzip.compress(b"a") + gzip.compress(b"b")) == b"ab"
    assert plain(b"a,b") == b"a,b"


def test_a_truncated_gzip_file_is_unreadable() -> None:
    with pytest.raises(UnreadableFileError, match="cut off"):
        plain(gzip.compress(b"a" * 1000)[:-4])


def test_a_damaged_gzip_file_is_unreadable() -> None:
    content = bytearray(gzip.compress(bytes(range(256)) * 8))
    content[40] ^= 0xFF

    with pytest.raises(UnreadableFileError, match="damaged"):
        plain(bytes(content))


@pytest.mark.slow
def test_a_gzip_bomb_is_unreadable_and_costs_no_memory() -> None:
    with pytest.raises(UnreadableFileError, match="more than the allowed 1000000 bytes"):
        plain(gzip.compress(b"\0" * 50_000_000), Limits(file_bytes=1_000_000))
