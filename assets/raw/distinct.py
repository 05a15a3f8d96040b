"""Columns computed once for each different text: customers and ratings come again and again."""

import polars as pl

from assets.raw.parsing import trimmed


def once_each(texts: pl.Series, value: pl.Expr) -> pl.Series:
    """Compute ``value``, made of the column of this name, once for each text, whose blanks at both ends are taken off, and for none."""
    coded = texts.cast(pl.Categorical(pl.Categories.random()))
    codes = coded.to_physical()
    highest = codes.max()
    count = highest + 1 if isinstance(highest, int) else 0
    distinct = pl.int_range(count, dtype=pl.UInt32, eager=True).cat.to(coded.dtype).cast(pl.String)
    written = distinct.extend_constant(None, 1).alias(texts.name).to_frame().select(trimmed(pl.col(texts.name)))
    return written.select(value.alias(texts.name)).to_series().gather(codes.fill_null(count))


def has_unread(texts: pl.Series, values: pl.Series) -> bool:
    """Tell by counting whether a text that is there and not blank has no value."""
    missing = values.null_count()
    return missing > texts.null_count() and missing > texts.to_frame().select(trimmed(pl.col(texts.name))).to_series().null_count()
