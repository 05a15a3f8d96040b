"""Frames as tables on a terminal."""

import datetime as dt
from decimal import Decimal

import polars as pl
from rich.table import Table
from rich.text import Text


def as_table(title: str, frame: pl.DataFrame) -> Table:
    """A frame as a table; numbers to the right, nothing interpreted as markup."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, header_style="dim", pad_edge=False)
    for name, dtype in frame.schema.items():
        table.add_column(name, justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows():
        table.add_row(*(Text(_cell(value)) for value in row))
    return table


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.3f}"
        case Decimal():
            return f"{value:,.2f}"
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case _:
            return str(value)
