"""The pins: settings that cannot change under rows that are stored already."""

import pandera.polars as pa

from schemas.table import Table


class Pins(Table):
    """One setting, as it was when the warehouse was made."""

    name: str = pa.Field(description="The setting.")
    fingerprint: str = pa.Field(description="Hash of its value; never the value itself.")

    class Config:
        name = "ledger.pins"
        unique = ["name"]
