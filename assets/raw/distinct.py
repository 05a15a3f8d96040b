"""Columns computed once for each different text: customers and ratings come again and again."""

from threading import Lock
from typing import Final

import polars as pl

from assets.raw.parsing import trimmed

_REMEMBERED: Final = 2**26
"""Bytes from which on a memory begins anew: half a million identifiers, or a few texts that are none."""

_BESIDE_A_TEXT: Final = 100
"""Bytes that a text takes beside its own: its value, and its place among the others."""

_NO_TEXT: Final = pl.Series([None], dtype=pl.String)


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
            return self._learned(codes).gather((codes + 1).fill_null(0)).alias(texts.name)

    def _forget(self) -> None:
        self._coded = pl.Series(dtype=pl.Categorical(pl.Categories.random()))
        """A column that holds nothing, and keeps the codes from being forgotten."""
        self._values: pl.Series | None = None
        """That of no text first, then by the texts' codes."""
        self._bytes = 0

    def _learned(self, codes: pl.Series) -> pl.Series:
        """Give the values by the texts' codes, those of texts that were never seen among them."""
        highest = codes.max()
        count = highest + 1 if isinstance(highest, int) else 0
        known = 0 if self._values is None else self._values.len() - 1
        if self._values is not None and count <= known:
            return self._values
        new = pl.int_range(known, count, dtype=pl.UInt32, eager=True).cat.to(self._coded.dtype).cast(pl.String)
        if self._values is None:
            values = _computed(pl.concat([_NO_TEXT, new]), self._name, self._value)
        else:
            values = pl.concat([self._values, _computed(new, self._name, self._value)])
        self._values = values.rechunk()  # Polars gathers from several pieces ten times as slowly
        self._bytes += int(new.str.len_bytes().sum()) + _BESIDE_A_TEXT * new.len()
        return self._values


def once_each(texts: pl.Series, value: pl.Expr) -> pl.Series:
    """Compute ``value``, made of the column of this name, once for each text, as ``Once`` does, and remember nothing."""
    if texts.is_empty():
        return _computed(texts, texts.name, value)
    if _are_one(texts):
        return _computed(texts.head(1), texts.name, value).new_from_index(0, texts.len())
    return Once(texts.name, value).of(texts)


def _are_one(texts: pl.Series) -> bool:
    """Tell whether every text of a column that holds some is the same."""
    there = texts.len() - texts.null_count()
    return there == 0 or (there == texts.len() and bool((texts == texts[0]).all()))


def _computed(texts: pl.Series, name: str, value: pl.Expr) -> pl.Series:
    return texts.to_frame(name).select(trimmed(pl.col(name))).select(value.alias(name)).to_series()


def has_unread(texts: pl.Series, values: pl.Series) -> bool:
    """Tell by counting whether a text that is there and not blank has no value."""
    missing = values.null_count()
    return missing > texts.null_count() and missing > texts.to_frame().select(trimmed(pl.col(texts.name))).to_series().null_count()
