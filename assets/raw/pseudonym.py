"""The keyed hash that stands for a customer. Normalising what is hashed belongs to `identity`."""

from collections.abc import Callable
from typing import Final

import polars as pl
from polars_hash import CryptographicHashingNameSpace

SHORTEST_KEY: Final = 16
LENGTH: Final = 32
"""Hex digits kept: 128 bits, enough that no two customers ever meet."""


def pseudonym(key: str) -> Callable[[pl.Expr], pl.Expr]:
    """Give the hash for one key: HMAC-SHA256 of a namespaced identifier such as `email:a@example.org`, cut to 32 hex digits."""
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"the pseudonym key has {len(key)} characters; give a secret of at least {SHORTEST_KEY}")

    def keyed_hash(identifier: pl.Expr) -> pl.Expr:
        return CryptographicHashingNameSpace(identifier).hmac_sha256(key=key).str.head(LENGTH)

    return keyed_hash
