"""Customers, each one once."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table


class Customers(Table):
    """One customer, however many records and identifiers the sources hold of them."""

    customer_key: str = pa.Field(description="The customer.")
    segment: str = pa.Field(description="Current segment: of the record changed last; `unknown` where none says.")
    region: str = pa.Field(description="Current region, likewise.")
    customer_since_on: dt.date = pa.Field(nullable=True, description="Earliest first day of all the customer's records.")
    record_count: int = pa.Field(ge=1, description="Source records joined into this customer.", metadata={"unit": "records"})

    class Config:
        name = "core.customers"
        unique = ["customer_key"]
