"""Which identifiers name the same customer."""

import narwhals as nw
import polars as pl

from assets.derivation import Whole, derive
from assets.frames import Eager
from schemas.core.identities import Identities
from schemas.raw.customers import RawCustomers
from schemas.vocabulary import UNKNOWN

REFS = ("id_ref", "email_ref", "phone_ref", "same_as_ref")


@derive(Identities, is_eager=True, customers=Whole(RawCustomers))
def identities(customers: Eager) -> Eager:
    """Connected components of the customer records, joined by shared identifiers; computed anew, never patched."""
    records = customers.sort("updated_at", "source", "source_record_id", nulls_last=False)
    held = [tuple(ref for ref in row if ref is not None) for row in records.select(*REFS).iter_rows()]
    keys = _components(held)
    segments = {keys[refs[0]]: segment for refs, segment in zip(held, records["segment"].to_list(), strict=True) if segment is not None}
    rows = sorted((ref, key, segments.get(key, UNKNOWN)) for ref, key in keys.items())
    schema = {"customer_ref": pl.String, "customer_key": pl.String, "segment": pl.String}
    return nw.from_native(pl.DataFrame(rows, schema=schema, orient="row"), eager_only=True)


def _components(records: list[tuple[str, ...]]) -> dict[str, str]:
    """The smallest identifier of its component, for every identifier (union-find with path halving)."""
    parent: dict[str, str] = {}

    def root(ref: str) -> str:
        while parent[ref] != ref:
            parent[ref] = parent[parent[ref]]
            ref = parent[ref]
        return ref

    for refs in records:
        for ref in refs:
            parent.setdefault(ref, ref)
            one, other = sorted((root(refs[0]), root(ref)))
            parent[other] = one
    return {ref: root(ref) for ref in parent}
