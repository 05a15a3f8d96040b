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
Places = NDArray[np.int64]


@derive(Identities, is_eager=True, customers=Whole(RawCustomers))
def identities(customers: Eager) -> Eager:
    """Connected components of the customer records, joined by shared identifiers; computed anew, never patched."""
    records: pl.DataFrame = customers.sort("updated_at", "source", "source_record_id", nulls_last=False).to_native()
    held = (
        records.select(REFS).with_row_index("record").unpivot(REFS, index="record", value_name="customer_ref").drop_nulls().sort("record")
    )
    refs = held["customer_ref"].unique().sort()
    places = held["customer_ref"].cast(pl.Enum(refs)).to_physical().cast(pl.Int64).to_numpy()
    smallest = _smallest_of_component(places, held["record"].cast(pl.Int64).to_numpy(), len(refs))
    known = pl.DataFrame({"customer_ref": refs, "customer_key": refs.gather(smallest)})
    named = (
        records.select("segment").with_row_index("record").drop_nulls().join(held, on="record", how="inner", maintain_order="left_right")
    )
    segments = (
        named.join(known, on="customer_ref", how="left", maintain_order="left").group_by("customer_key").agg(pl.col("segment").last())
    )
    rows = known.join(segments, on="customer_key", how="left", maintain_order="left").with_columns(pl.col("segment").fill_null(UNKNOWN))
    return nw.from_native(rows, eager_only=True)


def _smallest_of_component(places: Places, records: Places, count: int) -> Places:
    """For each of so many identifiers the first one that records lead to, step by step; a record holds the places with its number.

    Every round takes what the neighbours know and what those know whom one knows, so a chain is halved in each (Shiloach and Vishkin).
    """
    known = np.arange(count)
    if not len(places):
        return known
    starts = np.flatnonzero(np.diff(records, prepend=-1))
    lengths = np.diff(starts, append=len(places))
    while True:
        told = np.repeat(np.minimum.reduceat(known[places], starts), lengths)
        better = known.copy()
        np.minimum.at(better, known[places], told)
        np.minimum.at(better, places, told)
        better = better[better]
        if np.array_equal(better, known):
            return known
        known = better
