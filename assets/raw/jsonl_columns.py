"""JSON lines whose wanted values Polars reads at once, as texts that are what `json_values` makes of them one by one."""

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl

from assets.raw.json_values import CUSTOM_FIELD
from assets.raw.reading import Limits

_LONG_NUMBER: Final = r"^-?\d{19,}$"
"""A number of so many digits may be one that a float has rounded, which only the careful way tells."""
_FEWEST_DIGITS: Final = 19
_LINE_END: Final = ord("\n")
_OPENING: Final = ord("{")

Tree = dict[str, Any]
"""Names of values, each with a tree of those inside it, or empty."""


class JsonColumns:
    """The values at the mapped paths as columns of text."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        tree: Tree = {}
        for path in paths.values():
            node = tree
            for name in path.split("."):
                node = node.setdefault(name, {})
        self._columns = {key: _column(path.split(".")) for key, path in paths.items()}
        self._schema = {name: _dtype(inside) for name, inside in tree.items()}
        self._are_texts = not any(
            path.startswith(CUSTOM_FIELD) or other.startswith(f"{path}.") for path in paths.values() for other in paths.values()
        )

    def of(self, body: bytes, limits: Limits) -> pl.DataFrame | None:
        """Give a row for each line; None where one must be looked at by itself.

        Such a line is blank, too long or no object, or it holds a value that would be written differently.
        """
        if not self._are_texts:
            return None
        signs = np.frombuffer(body, dtype=np.uint8)
        ends = np.flatnonzero(signs == _LINE_END)
        lines = np.diff(ends, prepend=-1, append=signs.size) if signs[-1] != _LINE_END else np.diff(ends, prepend=-1)
        if lines.max() > limits.record_bytes or _names_twice(body[: lines[0]]):
            return None
        try:
            read = pl.read_ndjson(body, schema=self._schema)
        except pl.exceptions.PolarsError:
            return None
        if read.height != lines.size:
            return None
        texts = read.select(column.alias(key) for key, column in self._columns.items())
        holds_more = b"[" in body or bool(np.count_nonzero(signs == _OPENING) > lines.size)
        return texts if _are_plain(texts, holds_more=holds_more, holds_escapes=b"\\" in body) else None


def _are_plain(texts: pl.DataFrame, *, holds_more: bool, holds_escapes: bool) -> bool:
    """Tell whether no text is an object or a list, a number that may have been rounded, or half a character."""
    always = [r"^[\[{]"] * holds_more + [r"\x00"] * holds_escapes
    for column in texts:
        longest = column.str.len_bytes().max()
        is_long = isinstance(longest, int) and longest >= _FEWEST_DIGITS
        unsure = [*always, _LONG_NUMBER] if is_long else always
        if unsure and column.str.contains("|".join(unsure)).any():
            return False
    return True


def _names_twice(line: bytes) -> bool:
    """Tell whether an object gives a name twice, or is none: Polars takes the first value, everything else the last."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError
        return found

    try:
        json.loads(line, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return True
    return False


def _column(names: list[str]) -> pl.Expr:
    column = pl.col(names[0])
    for name in names[1:]:
        column = column.struct.field(name)
    return column


def _dtype(inside: Tree) -> pl.DataType:
    return pl.Struct({name: _dtype(further) for name, further in inside.items()}) if inside else pl.String()
