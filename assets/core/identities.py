"""Which identifiers name the same customer."""

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assets.derivation import Whole, derive
from assets.frames import Eager
from schemas.core.identities import Identities
from schemas.raw.customers import RawCustomers
from schemas.vocabulary import UNKNOWN

REFS = ("id_ref", "email_ref", "phone_ref", "same_as_ref")
LATEST = ("updated_at", "source", "source_record_id")
"""By what records follow one another; one that does not say when it was changed comes first."""

NOWHERE = -1
Places = NDArray[np.int32]
"""Of identifiers among all of them in their order."""


@derive(Identities, is_eager=True, customers=Whole(RawCustomers, reads=(*REFS, *LATEST, "segment")))
def identities(customers: Eager) -> Eager:
    """Connected components of the customer records, joined by shared identifiers; computed anew, never patched."""
    records: pl.DataFrame = customers.to_native()
    refs, places = _placed(records)
    smallest = _smallest_of_component(places, len(refs))
    segments = _segments(records.with_columns(customer=pl.Series(smallest[places.max(axis=1, initial=NOWHERE)])))
    told = np.full(len(refs), segments.height, dtype=np.int32)
    told[segments["customer"].to_numpy()] = np.arange(segments.height)
    rows = pl.DataFrame(
        {
            "customer_ref": refs,
            "customer_key": refs.gather(smallest),
            "segment": pl.concat([segments["segment"], pl.Series([UNKNOWN])]).gather(told[smallest]),
        }
    )
    return nw.from_native(rows, eager_only=True)


def _placed(records: pl.DataFrame) -> tuple[pl.Series, Places]:
    """All identifiers in order; and for each record, in a column for each kind, the place of its own among them, or `NOWHERE`."""
    is_first = pl.col("ref") != pl.col("ref").shift(1)
    held = (
        pl.concat([records[name].alias("ref") for name in REFS])
        .to_frame()
        .lazy()  # which sorts texts several times as fast as a frame does
        .with_row_index("cell")
        .drop_nulls()
        .sort("ref")
        .with_columns(is_first=is_first.fill_null(value=True))
        .collect()
    )
    places = np.full(len(REFS) * records.height, NOWHERE, dtype=np.int32)
    places[held["cell"].to_numpy()] = held["is_first"].cum_sum().to_numpy() - 1
    return held["ref"].filter(held["is_first"]), places.reshape(len(REFS), records.height).T


def _smallest_of_component(places: Places, count: int) -> Places:
    """For each of so many identifiers the first one that records lead to, step by step.

    Every round takes what the neighbours know and what those know whom one knows, so a chain is halved in each (Shiloach and Vishkin).
    """
    known = np.arange(count + 1, dtype=np.int32)  # behind them all stands one that is none, of which `NOWHERE` is the place
    while True:
        told = known[places].min(axis=1, initial=count)
        better = known.copy()
        for of_a_kind in places.T:
            np.minimum.at(better, known[of_a_kind], told)
            np.minimum.at(better, of_a_kind, told)
        better[NOWHERE] = count
        better = better[better]
        if np.array_equal(better, known):
            return known[:count]
        known = better


def _segments(records: pl.DataFrame) -> pl.DataFrame:
    """The segment of each `customer` of whom a record says one: that of the latest such record."""
    saying = records.select("customer", "segment", *LATEST).drop_nulls("segment")
    is_one = saying["customer"].is_unique()
    several = saying.filter(~is_one).sort(LATEST, nulls_last=False).group_by("customer").agg(pl.col("segment").last())
    return pl.concat([saying.filter(is_one).select("customer", "segment"), several])
