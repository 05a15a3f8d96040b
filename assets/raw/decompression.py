"""Files as stored to plain bytes: gzip is told by its first bytes, and a small file may not grow without bound.

What the bytes mean (encodings, records) stands in the framing modules.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final, cast

from assets.raw.reading import Limits, UnreadableFileError

CHUNK_BYTES: Final = 2 * 2**20

_GZIP_MAGIC: Final = b"\x1f\x8b"


def plain_chunks(stream: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """Give the decompressed content from the stream's start, a few MiB at a time; the stream must be able to seek."""
    stream.seek(0)
    is_gzip = stream.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    stream.seek(0)
    source = cast("io.BufferedIOBase", gzip.GzipFile(fileobj=stream) if is_gzip else stream)
    total = 0
    while True:
        try:
            chunk = source.read(CHUNK_BYTES)
        except EOFError as error:
            raise UnreadableFileError(f"The gzip file is cut off after {total} plain bytes; fetch it again.") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableFileError(f"The gzip file is damaged after {total} plain bytes ({error}); fetch it again.") from error
        if not chunk:
            return
        total += len(chunk)
        if total > limits.file_bytes:
            raise UnreadableFileError(
                f"The file holds more than the allowed {limits.file_bytes} bytes after decompression; split it or raise the limit."
            )
        yield chunk
