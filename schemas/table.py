"""The base of every contract: what all tables promise alike. Columns and vocabularies stand elsewhere."""

from typing import Annotated

import pandera.polars as pa
import polars as pl

Money = Annotated[pl.Decimal, 18, 4]
"""An exact amount in the currency named beside it, or in the reporting currency; never a float."""

UnitPrice = Annotated[pl.Decimal, 18, 8]
"""An exact price of one small thing, such as a text message, whose sums would be wrong if it were rounded to `Money`."""


class Table(pa.DataFrameModel):
    """A contract: exactly these columns, in this order, of these types; nothing is ever cast to fit.

    A subclass names its table in ``Config.name`` (``layer.table``). Its docstring and each
    ``Field(description=…)`` are the only descriptions the table has: DDL comments, the Dagster
    Columns tab and the data dictionary are all read from here. ``metadata`` on a field may carry
    ``unit`` and, for a computed figure, ``formula``.
    """

    class Config:
        strict = True
        ordered = True
        coerce = False
