"""Columns computed once for each different text: customers and ratings come again and again."""

from threading import Lock
from typing import Final

import polars as pl

from assets.raw.parsing import trimmed

_REMEMBERED: Final = 2**26
"""Bytes from which on a memory begins anew: half a million identifiers, or a few texts that are none."""

_BESIDE_A_TEXT: Final = 100
"""Bytes that a text takes beside its own: its value, and its place among the others."""


class Once:
    """Computes ``value``, made of the column ``name``, once for each text, and remembers it for the columns that come later.

    Blanks at both ends of a text are taken off; an empty one is none. What is computed of no text stands for it. Threads may
    share a memory.
    """

    def __init__(self, name: str, value: pl.Expr, most: int = _REMEMBERED) -> None:
        self._name = name
        self._value = value
        self._most = most
        self._lock = Lock()
        self._forget()

    def of(self, texts: pl.Series) -> pl.Series:
        """Give the values of a column of texts, under its name."""
        with self._lock:
            if self._bytes > self._most:
                self._forget()
            codes = texts.cast(self._coded.dtype).to_physical()
            self._learn(codes)
            return self._values.gather((codes + 1).fill_null(0)).alias(texts.name)

    def _forget(self) -> None:
        self._coded = pl.Series(dtype=pl.Categorical(pl.Categories.random()))
        """A column that holds nothing, and keeps the codes from being forgotten."""
        self._values = self._computed(pl.Series([None], dtype=pl.String))
        """That of no text first, then by the texts' codes."""
        self._bytes = 0

    def _learn(self, codes: pl.Series) -> None:
        highest = codes.max()
        count = highest + 1 if isinstance(highest, int) else 0
        known = self._values.len() - 1
        if count > known:
            new = pl.int_range(known, count, dtype=pl.UInt32, eager=True).cat.to(self._coded.dtype).cast(pl.String)
            self._bytes += int(new.str.len_bytes().sum()) + _BESIDE_A_TEXT * new.len()
            self._values.extend(self._computed(new))

    def _computed(self, texts: pl.Series) -> pl.Series:
        written = texts.alias(self._name).to_frame().select(trimmed(pl.col(self._name)))
        return written.select(self._value.alias(self._name)).to_series()


def once_each(texts: pl.Series, value: pl.Expr) -> pl.Series:
    """Compute ``value``, made of the column of this name, once for each text, as ``Once`` does, and remember nothing."""
    return Once(texts.name, value).of(texts)


def has_unread(texts: pl.Series, values: pl.Series) -> bool:
    """Tell by counting whether a text that is there and not blank has no value."""
    missing = values.null_count()
    return missing > texts.null_count() and missing > texts.to_frame().select(trimmed(pl.col(texts.name))).to_series().null_count()
