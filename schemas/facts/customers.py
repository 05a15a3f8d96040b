"""Customers that rows of facts and KPIs refer to."""

import datetime as dt

import pandera.polars as pa

from schemas.core import customers as core
from schemas.facts.copied import as_in
from schemas.table import Table


class FactCustomers(Table):
    """One customer of any fact or customer record; `is_recorded` tells whom the customer records know.

    Anonymous rows have no customer key, and no row here.
    """

    customer_key: str = as_in(core.Customers, "customer_key")
    is_recorded: bool = pa.Field(description="Whether a customer record names this customer.")
    segment: str = pa.Field(description="Current segment; `unknown` where no record says.")
    region: str = pa.Field(description="Current region, likewise.")
    customer_since_on: dt.date = pa.Field(nullable=True, description="Earliest first day of all the customer's records.")

    class Config:
        name = "facts.customers"
        unique = ["customer_key"]
