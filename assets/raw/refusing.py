"""Frames of refused records. Which reasons there are stands in the vocabulary; who gives them, in every other module here."""

from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from assets.raw.reading import RECORD_NUMBER, REFUSALS

NONE_REFUSED: Final = REFUSALS.to_frame()

Refusal = tuple[int, str | None, str]
"""A record's number, the column at fault where it is one, and the reason's code."""


def refusal_frame(refusals: Sequence[Refusal]) -> pl.DataFrame:
    """Put refusals into a frame."""
    return pl.DataFrame(refusals, schema=REFUSALS, orient="row") if refusals else NONE_REFUSED


def all_refusals(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Join the refusals that several steps gave, in the order of the records."""
    filled = [frame for frame in frames if frame.height]
    if not filled:
        return NONE_REFUSED
    return pl.concat(filled).sort(RECORD_NUMBER, maintain_order=True) if len(filled) > 1 else filled[0]
