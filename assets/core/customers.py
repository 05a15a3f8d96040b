"""Customers, each one once."""

import narwhals as nw

from assets.derivation import Whole, derive
from assets.frames import Lazy
from schemas.core.customers import Customers
from schemas.core.identities import Identities
from schemas.raw.customers import RawCustomers
from schemas.vocabulary import UNKNOWN


@derive(Customers, customers=Whole(RawCustomers), identities=Whole(Identities))
def customers(customers: Lazy, identities: Lazy) -> Lazy:
    """One row per customer; a region comes from the record changed last that has one."""
    own_rows = customers.filter(nw.col("same_as_ref").is_null())
    records = own_rows.with_columns(customer_ref=nw.coalesce("id_ref", "email_ref", "phone_ref")).drop("segment")
    named = records.join(identities, on="customer_ref", how="inner")
    latest = ["updated_at", "source", "source_record_id"]
    regions = (
        named.filter(~nw.col("region").is_null())
        .with_columns(later=nw.col("source_record_id").shift(-1).over("customer_key", order_by=latest))
        .filter(nw.col("later").is_null())
        .select("customer_key", "region")
    )
    return (
        named.group_by("customer_key")
        .agg(segment=nw.col("segment").max(), customer_since_on=nw.col("customer_since_on").min(), record_count=nw.len())
        .join(regions, on="customer_key", how="left")
        .with_columns(region=nw.coalesce(nw.col("region"), nw.lit(UNKNOWN)))
        .select("customer_key", "segment", "region", "customer_since_on", "record_count")
    )
