"""The keyed hash that stands for a customer. Normalising what is hashed belongs to `identity`."""

import hmac
from collections.abc import Callable
from functools import lru_cache
from typing import Final

SHORTEST_KEY: Final = 16
LENGTH: Final = 32
"""Hex digits kept: 128 bits, enough that no two customers ever meet."""

_CACHED: Final = 2**17


def pseudonym(key: bytes) -> Callable[[str], str]:
    """Give the hash for one key: HMAC-SHA256 of a namespaced identifier such as `email:a@example.org`, cut to 32 hex digits."""
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"the pseudonym key has {len(key)} bytes; give a secret of at least {SHORTEST_KEY}")

    @lru_cache(maxsize=_CACHED)
    def keyed_hash(identifier: str) -> str:
        return hmac.digest(key, identifier.encode(), "sha256").hex()[:LENGTH]

    return keyed_hash
