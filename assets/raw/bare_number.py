"""Replies that are nothing but a number: `9`, `9/10`, `5 / 5`, `9!`. What was asked stands in `core`."""

from typing import Final

import polars as pl

_ASKED_FOR_A_NUMBER: Final = r"""^[\s("'*]*([0-9]{1,3}(?:[.,][0-9]{1,2})?)\s*(?:/\s*([0-9]{1,3}))?[\s)"'*!.,]*$"""
_WIDE: Final = {chr(ord(written) + 0xFEE0): written for written in "0123456789/.,!"}
"""Characters as Chinese and Japanese keyboards write them."""
_MAY_BE_ONE: Final = r"""^[\s("'*]*[0-9\u{ff10}-\u{ff19}]"""
_FOUND: Final = pl.col("reply_text").str.replace_many(_WIDE).str.extract_groups(_ASKED_FOR_A_NUMBER)
_NUMBERS: Final = (
    _FOUND.struct.field("1").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False).alias("bare_number"),
    _FOUND.struct.field("2").cast(pl.Float64, strict=False).alias("bare_number_of"),
)


def with_bare_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill `bare_number` and `bare_number_of` from `reply_text`; both are null where the reply is anything more than a number."""
    places = rows["reply_text"].str.contains(_MAY_BE_ONE).fill_null(value=False).arg_true()
    found = rows[places].select(_NUMBERS)
    return rows.with_columns(_placed(numbers, places, rows.height) for numbers in found)


def _placed(numbers: pl.Series, places: pl.Series, height: int) -> pl.Series:
    return pl.repeat(None, height, dtype=pl.Float64, eager=True).scatter(places, numbers).alias(numbers.name)
