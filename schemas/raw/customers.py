"""Customer records as delivered."""

import datetime as dt

import pandera.polars as pa
import polars as pl

from schemas.raw.record import RawTable


class RawCustomers(RawTable):
    """One customer record of a CRM; two records that share an address or a number are one customer.

    Further ids, addresses and numbers of a record are rows of it, which name the record's first identifier in `same_as_ref`.
    """

    id_ref: str = pa.Field(nullable=True, description="Keyed hash of the customer id that other systems use.")
    email_ref: str = pa.Field(nullable=True, description="Keyed hash of the e-mail address.")
    phone_ref: str = pa.Field(nullable=True, description="Keyed hash of the phone number.")
    same_as_ref: str = pa.Field(nullable=True, description="First identifier of the record, where the row holds further ones; else null.")
    segment: str = pa.Field(nullable=True, description="Segment the KPIs are cut by: plan, tier or rating.")
    region: str = pa.Field(nullable=True, description="Region of the customer.")
    customer_since_on: dt.date = pa.Field(nullable=True, description="First day as a customer.")

    class Config:
        name = "raw.customers"

    @pa.dataframe_check(name="missing")
    def identified(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """A record holds at least one identifier."""
        return data.lazyframe.select(pl.any_horizontal(pl.col("id_ref", "email_ref", "phone_ref").is_not_null()))
