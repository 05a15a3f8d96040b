"""The keyed hash that stands for a customer. Normalising what is hashed belongs to `identity`."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Final

SHORTEST_KEY: Final = 16
LENGTH: Final = 32
"""Hex digits kept: 128 bits, enough that no two customers ever meet."""

_CACHED: Final = 2**17
_INNER: Final = 0x36
_OUTER: Final = 0x5C


def pseudonym(key: bytes) -> Callable[[str], str]:
    """Give the hash for one key: HMAC-SHA256 of a namespaced identifier such as `email:a@example.org`, cut to 32 hex digits."""
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"the pseudonym key has {len(key)} bytes; give a secret of at least {SHORTEST_KEY}")

    begun, ended = _begun(key)

    @lru_cache(maxsize=_CACHED)
    def keyed_hash(identifier: str) -> str:
        inner, outer = begun.copy(), ended.copy()
        inner.update(identifier.encode())
        outer.update(inner.digest())
        return outer.hexdigest()[:LENGTH]

    return keyed_hash


def _begun(key: bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """Hash the padded key once, inner and outer (RFC 2104): that is half of the work of each short identifier."""
    block = hashlib.sha256().block_size
    padded = (key if len(key) <= block else hashlib.sha256(key).digest()).ljust(block, b"\0")
    return hashlib.sha256(bytes(byte ^ _INNER for byte in padded)), hashlib.sha256(bytes(byte ^ _OUTER for byte in padded))
