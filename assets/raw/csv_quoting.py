"""How the cells of CSV records are quoted, told from the bytes of many records at once."""

from typing import Final, NamedTuple

import numpy as np

_QUOTE: Final = ord('"')
_LINE_END: Final = ord("\n")


class Quoting(NamedTuple):
    """What the quotes of some records do, each of whose cells is quoted whole or not at all."""

    marks: int
    """Quotes that are no content: those around cells, and one of two that stand for one."""
    holds_line_ends: bool
    """Whether a quoted cell holds a line end, so that a record takes more than one line."""


NO_QUOTES: Final = Quoting(0, holds_line_ends=False)


def quoting(body: bytes, delimiter: bytes) -> Quoting | None:
    """Tell how records that end at LF are quoted; None where a quote stands elsewhere than around a cell or doubled inside it.

    In turn one quote opens and the next closes. One that opens stands at the start of a cell, one that closes at its end; where
    one closes right before the next opens, the two are a doubled one.
    """
    if b'"' not in body:
        return NO_QUOTES
    read = np.frombuffer(body, dtype=np.uint8)
    places = np.flatnonzero(read == _QUOTE)
    opening, closing = places[::2], places[1::2]
    if opening.size != closing.size:
        return None
    before, after = read[opening - 1], read[closing + 1]  # before the first byte stands the last, which is a line end
    is_doubled = after == _QUOTE
    mark = ord(delimiter)
    opens = (before == mark) | (before == _LINE_END) | (before == _QUOTE)
    closes = (after == mark) | (after == _LINE_END) | is_doubled
    if not (opens.all() and closes.all()):
        return None
    is_inside = np.searchsorted(places, np.flatnonzero(read == _LINE_END)) % 2 == 1
    return Quoting(int(places.size - np.count_nonzero(is_doubled)), holds_line_ends=bool(is_inside.any()))
