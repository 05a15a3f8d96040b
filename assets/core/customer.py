"""Putting the customer on a row that names one by an identifier."""

import narwhals as nw

from assets.frames import Lazy
from schemas.vocabulary import UNKNOWN


def with_customer(frame: Lazy, identities: Lazy) -> Lazy:
    """``frame`` with ``customer_key``, ``segment`` and ``is_matched``; an identifier that no customer record holds is its own customer."""
    return frame.join(identities, on="customer_ref", how="left").with_columns(
        is_matched=~nw.col("customer_key").is_null(),
        customer_key=nw.coalesce("customer_key", "customer_ref"),
        segment=nw.coalesce(nw.col("segment"), nw.lit(UNKNOWN)),
    )
