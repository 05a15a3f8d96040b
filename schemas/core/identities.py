"""Which customer each identifier belongs to."""

import pandera.polars as pa

from schemas.table import Table


class Identities(Table):
    """One identifier (customer id, e-mail address, phone number; keyed hash) and the customer it names.

    Identifiers that any customer record holds together name one customer, through any number of steps.
    """

    customer_ref: str = pa.Field(description="Keyed hash of the identifier.")
    customer_key: str = pa.Field(description="The customer: the smallest of all hashes that name them.")
    segment: str = pa.Field(description="The customer's current segment; `unknown` where no record says.")

    class Config:
        name = "core.identities"
        unique = ["customer_ref"]
